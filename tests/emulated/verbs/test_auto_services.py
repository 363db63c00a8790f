"""AutoServices: refused before anything is made, and told where nothing could run."""

import json
import secrets
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.emulated.verbs.conftest import EXAMPLE, Operator

from stax.compose.auto_services import AutoServices
from stax.events import Warned

LIMIT_S = 120.0


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """A configuration with a slip of the pen."""
    entries = json.loads(EXAMPLE.read_text())
    path = tmp_path / "config.json"
    path.write_text(json.dumps([*entries, {"ParameterKey": "AutoServices", "ParameterValue": "registry, ngnix"}]))
    return path


@pytest.mark.parametrize("words", [("validate",), ("create", "web", "--yes", "--region", "local")])
def test_a_service_that_there_is_not_is_refused_before_anything_is_made(
    region: Any, configuration: Path, words: tuple[str, ...]
) -> None:
    command = [sys.executable, "-m", "stax", *words, "--config", str(configuration)]
    done = subprocess.run(command, env=region.stax_env, capture_output=True, text=True, timeout=LIMIT_S, check=False)

    assert done.returncode == 2, done.stdout + done.stderr
    said = done.stdout + done.stderr
    assert "there is no service ngnix" in said
    assert "nginx" in said
    assert "creating the stack" not in said


def test_where_no_machine_boots_none_is_started_and_that_is_said(operator: Operator) -> None:
    name = f"auto-{secrets.token_hex(4)}"
    operator.creates(replace(operator.wants(name), services=AutoServices(names=("nginx",))))

    warned = [event.text for event in operator.heard if isinstance(event, Warned)]
    assert any(text.startswith("nginx: not started") for text in warned)
    operator.destroys(name)
