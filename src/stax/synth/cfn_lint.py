"""cfn-lint, AWS's own linter, as a program: its findings as TemplateProblems.

A program, not an import: importing it costs a second, and it is an extra (`stax[lint]`) that may be missing.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from stax.synth.problems import TemplateProblem

START = "import sys, cfnlint.runner; sys.exit(cfnlint.runner.main())"
"""What its own script does: the package cannot be run by `python -m`, and a script may lie outside PATH."""
DEADLINE_S = 60.0
"""stax's own template takes 2 s; this is for a slow machine, so that nothing waits for ever."""


def is_installed() -> bool:
    """Whether cfn-lint is there to be run, found out without importing it."""
    return importlib.util.find_spec("cfnlint") is not None


def cfn_lint_problems(path: Path) -> list[TemplateProblem]:
    """Run cfn-lint, informational rules included; empty when it finds nothing.

    Where it is not installed or does not finish, that is what the one problem says, and it is no error.
    """
    if not is_installed():
        return [
            TemplateProblem(
                "cfn-lint", "not installed, so its checks were left out: pip install 'stax[lint]'", is_error=False
            )
        ]
    argv = [sys.executable, "-c", START, "--format", "json", "--include-checks", "I", "--", str(path)]
    try:
        run = subprocess.run(argv, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [_gave_up(type(error).__name__)]
    try:
        return [_problem(match) for match in json.loads(run.stdout)]
    except ValueError:
        last_words = run.stderr.strip().splitlines()[-1:] or [f"exit status {run.returncode}"]
        return [_gave_up(last_words[0])]


def _gave_up(reason: str) -> TemplateProblem:
    return TemplateProblem("cfn-lint", f"cfn-lint did not finish: {reason}", is_error=False)


def _problem(match: dict[str, Any]) -> TemplateProblem:
    location = match.get("Location", {})
    place = location.get("Path") or ()
    return TemplateProblem(
        rule=str(match.get("Rule", {}).get("Id", "cfn-lint")),
        message=str(match.get("Message", "")),
        place=tuple(part if isinstance(part, int) else str(part) for part in place),
        line=location.get("Start", {}).get("LineNumber"),
        is_error=match.get("Level") == "Error",
    )
