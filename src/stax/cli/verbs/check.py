"""`stax check [NAME]`."""

from argparse import Namespace
from pathlib import Path

from stax.api.check import CheckRequest, check
from stax.cli.json_text import document
from stax.cli.junit import junit
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.errors import Exit, StaxError, Unhealthy
from stax.model.checkup import Checkup

WORDS = {"ok": "ok", "note": "note", "fail": "FAIL"}


def run(values: Namespace, terminal: Terminal) -> int:
    """Show how every promise stands; the exit code is 6 when one is broken."""
    request = CheckRequest(
        name=values.name or "",
        looks_inside=not values.no_ssh,
        ssh_key=Path(values.ssh_key) if values.ssh_key else None,
    )
    report = heard(check(site_of(values, terminal), request, person_home=Path.home()), terminal)
    if values.junit:
        _write(Path(values.junit), junit(report))
    if terminal.answers_in_json:
        terminal.answer(document({"is_well": not report.faults, "report": report}))
    else:
        rows = [(item.group, item.subject, WORDS[item.verdict], item.finding) for item in report.items]
        show(Table(headings=("OF", "WHAT", "HOW", "FINDING"), rows=rows), terminal)
    if report.faults:
        raise Unhealthy(_summary(report), hint="\n".join(_advice(report)))
    return Exit.DONE


def _summary(report: Checkup) -> str:
    many = f"{len(report.faults)} of {len(report.items)} promises of {report.name} are broken"
    return f"1 promise of {report.name} is broken" if len(report.faults) == 1 else many


def _advice(report: Checkup) -> list[str]:
    lines = []
    for item in report.faults:
        lines.append(f"{item.group}, {item.subject}: {item.finding}")
        lines += [f"  {line}" for line in item.advice.splitlines()]
    return lines


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StaxError(f"{path} cannot be written: {error.strerror}", hint="--junit names a file") from error
