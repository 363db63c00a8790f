"""`stax validate` as a person runs it: cfn-lint is a program of its own, and takes its time."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLE = str(Path("config/config.json.example").resolve())


@dataclass
class Outcome:
    """What a command line came to."""

    exit_code: int
    out: str


@pytest.fixture
def stax(tmp_path) -> Callable[..., Outcome]:
    """Run a command line in the present folder, with a home of its own."""
    environment = {**os.environ, "STAX_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}

    def run(*words: str) -> Outcome:
        argv = [sys.executable, "-m", "stax", *words]
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)
        return Outcome(done.returncode, done.stdout)

    return run


def test_the_example_and_the_template_are_fine(stax):
    outcome = stax("validate", "-c", EXAMPLE)

    assert outcome.exit_code == 0, outcome.out


def test_everything_wrong_is_said_at_once_with_its_place(stax, tmp_path):
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"ClusterSize": 0,\n "Projct": "x",\n "VpcCidr": "10.0.0.1/16", "CostCenter": "1"}')

    outcome = stax("validate", "-c", str(wrong))

    assert outcome.exit_code == 2
    places = [line.partition(": ")[0] for line in outcome.out.splitlines()]
    assert places == [f"{wrong}:{place}" for place in ("1:17", "2:2", "3:13")]


def test_json_has_each_finding(stax, tmp_path):
    template = tmp_path / "mine.yaml"
    template.write_text("Resources: {Vpc: {Type: AWS::EC2::VPX}}")

    outcome = stax("validate", str(template), "-o", "json")
    told = json.loads(outcome.out)

    assert outcome.exit_code == 2
    assert told["is_fine"] is False
    assert told["findings"][0]["path"] == str(template)


def test_a_missing_configuration_is_a_finding_with_what_to_do(stax, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    outcome = stax("validate")

    assert outcome.exit_code == 2
    assert "config/config.json.example config/config.json" in outcome.out


def test_offline_means_without_the_aws_library():
    script = (
        "import sys; sys.argv = ['stax', 'validate', '-c', 'config/config.json.example']\n"
        "from stax.cli.main import main\n"
        "main()\n"
        "print('botocore' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "False"
