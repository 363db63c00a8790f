"""Two linters that others wrote have nothing to say against stax's template, and nothing was silenced for it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stax.synth.cfn_lint import cfn_lint_problems, is_installed
from stax.synth.lint import lint_template
from stax.synth.template import STAX_TEMPLATE

ROOT = Path(__file__).parents[2]
ALLOWED_SKIPS: set[str] = set()
"""checkov's checks that may be skipped, each with its reason in the template's Metadata: none is needed."""


def test_cfn_lint_finds_no_error_no_warning_and_nothing_informational():
    assert is_installed()
    assert cfn_lint_problems(STAX_TEMPLATE) == []
    assert "cfn-lint" not in STAX_TEMPLATE.read_text(encoding="utf-8"), "silenced inside the template"


def test_what_cfn_lint_finds_comes_with_line_and_place(tmp_path: Path):
    path = tmp_path / "t.yaml"
    path.write_text("Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlok: 10.0.0.0/16\n")

    found = [problem for problem in lint_template(path) if problem.rule == "E3002"]

    assert [(problem.line, problem.where, problem.is_error) for problem in found] == [
        (5, "Resources.Vpc.Properties.CidrBlok", True)
    ]


def test_a_path_that_looks_like_an_option_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("-v").write_bytes(STAX_TEMPLATE.read_bytes())

    assert cfn_lint_problems(Path("-v")) == []


@pytest.fixture(scope="module")
def checkov() -> dict[str, Any]:
    uv = shutil.which("uv", path=str(ROOT / ".uv/bin"))
    if uv is None:
        pytest.skip("checkov: no .uv/bin/uv to install it with; run tools/bootstrap")
    run = [uv, "run", "--quiet", "--project", str(ROOT / "tools/checkov"), "--locked"]
    installed = subprocess.run([*run, "python", "-c", "pass"], capture_output=True, text=True, timeout=240, check=False)
    if installed.returncode != 0:
        pytest.skip(f"checkov: cannot be installed here: {installed.stderr.strip()[-200:]}")
    # Nothing is downloaded or sent: the checks themselves are in the package.
    offline = ["checkov", "--skip-download", "--framework", "cloudformation", "--output", "json"]
    # Beside the template: checkov looks for secrets in the path it is given too, and a checkout can lie at a path that
    # looks like one (40 characters, CKV_AWS_46).
    scan = subprocess.run(
        [*run, *offline, "--file", STAX_TEMPLATE.name],
        cwd=STAX_TEMPLATE.parent,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    report: dict[str, Any] = json.loads(scan.stdout)
    return report


def test_checkov_finds_nothing(checkov: dict[str, Any]):
    assert [check["check_id"] for check in checkov["results"]["failed_checks"]] == []
    assert checkov["summary"]["parsing_errors"] == 0
    assert checkov["summary"]["passed"] >= 80, "it did look"


def test_checkov_was_told_to_skip_exactly_what_is_agreed(checkov: dict[str, Any]):
    assert {check["check_id"] for check in checkov["results"]["skipped_checks"]} == ALLOWED_SKIPS
