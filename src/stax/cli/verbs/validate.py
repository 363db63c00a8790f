"""`stax validate [TEMPLATE]`."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stax.cli.inputs import configuration_of
from stax.cli.json_text import document
from stax.cli.terminal import Terminal
from stax.cli.text import printable
from stax.config import DEFAULT_PATH, ConfigurationError, Problem
from stax.errors import Exit, UsageError
from stax.synth.lint import lint_template
from stax.synth.problems import BadTemplate, UnreadableTemplate
from stax.synth.template import STAX_TEMPLATE


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: in which file, where in it (0 where that cannot be said), and what."""

    path: str
    line: int
    message: str
    is_error: bool = True
    column: int = 0


def run(values: Namespace, terminal: Terminal) -> int:
    """Say everything that is wrong with the configuration and the template; the exit code is 2 for any error."""
    template = Path(values.template) if values.template else STAX_TEMPLATE
    configuration = _configuration_path(values)
    findings = _of_template(template)
    if configuration:
        findings += _of_configuration(values, configuration, terminal)
    is_fine = not any(finding.is_error for finding in findings)
    if terminal.answers_in_json:
        terminal.answer(document({"is_fine": is_fine, "findings": findings}))
    else:
        looked_at = [str(template), *([configuration] if configuration else [])]
        terminal.answer("\n".join(_lines(findings, looked_at)))
    if is_fine and values.api:
        from stax.cli.cloudformation_check import check  # noqa: PLC0415 - botocore, for those who asked for it

        check(values, template, terminal)
    return Exit.DONE if is_fine else Exit.USAGE


def _of_template(path: Path) -> list[Finding]:
    return [Finding(str(path), p.line or 0, str(p), p.is_error) for p in lint_template(path)]


def _configuration_path(values: Namespace) -> str:
    """Return the configuration to look at: none where only a template was named and there is no other."""
    if values.config or not values.template or DEFAULT_PATH.exists():
        return values.config or str(DEFAULT_PATH)
    return ""


def _of_configuration(values: Namespace, path: str, terminal: Terminal) -> list[Finding]:
    try:
        configuration_of(
            values, terminal, template=Path(values.template) if values.template else None, own_address=None
        )
    except ConfigurationError as error:
        return [_of_problem(path, problem) for problem in error.problems]
    except (BadTemplate, UnreadableTemplate):
        return []  # said already
    except UsageError as error:
        return [Finding(path, 0, f"{error.message} ({error.hint})" if error.hint else error.message)]
    return []


def _of_problem(path: str, problem: Problem) -> Finding:
    if problem.position is None:
        return Finding(path, 0, str(problem))
    return Finding(path, problem.position.line, str(problem), column=problem.position.column)


def _lines(findings: Sequence[Finding], looked_at: Sequence[str]) -> list[str]:
    if findings:
        return [printable(_line(finding)) for finding in findings]
    return [f"{printable(path)} is fine" for path in looked_at]


def _line(finding: Finding) -> str:
    place = ":".join([finding.path, *(str(number) for number in (finding.line, finding.column) if number)])
    return f"{place}: {'' if finding.is_error else 'warning: '}{finding.message}"
