"""`stax test`."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stax.api.test import Trial, TrialRequest, clear_leftovers, prepare
from stax.api.trial.steps import STEPS, chosen
from stax.cli import trials
from stax.cli.follow import Interrupted, follow
from stax.cli.json_text import document, result_line
from stax.cli.place import command_line, site_of
from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.cli.wishes import create_request
from stax.errors import Exit, StaxError, UsageError
from stax.model.trial import TrialReport


def run(values: Namespace, terminal: Terminal) -> int:
    """Say what is going to happen, ask, walk, take away, and show how it went."""
    if values.list:
        return _listed(terminal)
    if values.junit:
        _try(Path(values.junit))
    site = site_of(values, terminal)
    values.name, values.keep_on_failure = "", values.keep
    only = tuple(word.strip() for word in (values.only or "").split(",") if word.strip())
    request = TrialRequest(creation=create_request(values, site, terminal), only=only)
    untouched = Interrupted("interrupted; nothing was made")
    plan = follow(prepare(site, request), terminal, is_answer=True, interrupted=untouched)
    terminal.tell(trials.plan_lines(plan, keeps=values.keep))
    terminal.ask(f"ok to test stax in {plan.creation.region}")
    left = Interrupted("interrupted; the next stax test goes on removing what is left")
    follow(clear_leftovers(site, plan), terminal, is_answer=True, interrupted=left)
    trial = Trial(site, request, plan, chosen(only), Path.home())
    with site.local.trials.at_work(plan.name, holder=trial.holder), _reported(trial, values, terminal):
        _walk(trial, values, terminal)
    return _verdict(trial.report())


def _listed(terminal: Terminal) -> int:
    if terminal.answers_in_json:
        terminal.answer(document([{"step": step.name, "about": step.about} for step in STEPS]))
    else:
        show(Table(headings=("STEP", "WHAT"), rows=[(step.name, step.about) for step in STEPS]), terminal)
    return Exit.DONE


def _walk(trial: Trial, values: Namespace, terminal: Terminal) -> None:
    """Walk, and clear away whatever comes: the end, Ctrl-C, or a fault of stax."""
    name = trial.plan.name
    stopped = Interrupted("the test was interrupted", hint=f"{name} is taken away again")
    try:
        follow(trial.walk(), terminal, is_answer=True, interrupted=stopped)
    finally:
        if values.keep:
            trial.keep()
            terminal.say("NOTE", f"{name} is kept: {command_line(values, 'destroy', name)}")
        else:
            hint = f"the next stax test does it, or: {command_line(values, 'destroy', name)}"
            left = Interrupted(f"stopped before {name} was taken away", hint=hint)
            follow(trial.clear_away(), terminal, is_answer=True, interrupted=left)


@contextmanager
def _reported(trial: Trial, values: Namespace, terminal: Terminal) -> Iterator[None]:
    """Show the report when the block ends, however it ends."""
    try:
        yield
    finally:
        report = trial.report()
        if values.junit:
            _write(Path(values.junit), trials.junit(report))
        if terminal.answers_in_json:
            terminal.answer(result_line(report))
        else:
            show(trials.table(report), terminal)


def _verdict(report: TrialReport) -> int:
    if report.is_passed:
        return Exit.DONE
    failed = [one for one in report.results if one.verdict == "failed"]
    message = f"{len(failed)} of {len(report.results)} steps failed: {', '.join(one.step for one in failed)}"
    lines = [line for one in failed for line in (f"{one.step}: {one.reason}", *one.advice.splitlines())]
    raise StaxError(message, hint="\n".join(lines))


def _try(path: Path) -> None:
    """Refuse a file that cannot be written before anything is made, not minutes later."""
    try:
        path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise _unwritable(path, error) from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> StaxError:
    return UsageError(f"{path} cannot be written: {error.strerror}", hint="--junit names a file")
