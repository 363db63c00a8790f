"""How each kind of event reads: a label such as ---- and a text; no label continues what is above."""

from stax import events
from stax.cli.text import duration, printable

Line = tuple[str, str]
"""Label (four letters, or empty) and text."""

_WIDE, _NARROW = 18, 15
"""Columns for a status: CREATE_IN_PROGRESS, or where that does not occur CREATE_COMPLETE; longer ones stick out."""
_TIME = 9
"""Columns for a time: 1 min 5 s."""
_VERDICTS = {"passed": "PASS", "failed": "FAIL", "skipped": "SKIP"}


def lines_of(event: events.Event, *, narrow: bool = False) -> list[Line]:
    """Return the lines that tell an event, free of control characters; `narrow` makes most of 80 columns."""
    return [(label, printable(text)) for label, text in _lines_of(event, narrow=narrow)]


def _lines_of(event: events.Event, *, narrow: bool) -> list[Line]:
    lines: list[Line]
    match event:
        case events.StaxNamed():
            lines = [("NAME", event.name), ("", f"in {event.region}")]
        case events.StepStarted():
            lines = [("----", event.step)]
        case events.StepDetail():
            lines = [("", event.text)]
        case events.Warned():
            lines = [("WARN", event.text), *_hint(event.hint)]
        case events.Checked():
            lines = [_checked(event), *_hint(event.hint, deeper=True)]
        case events.ResourceChanged():
            lines = [("", _resource(event, narrow=narrow))]
        case events.StackChanged():
            lines = [
                ("", _joined(f"{event.status:{_NARROW if narrow else _WIDE}}", f"stack {event.name}", event.reason))
            ]
        case events.Finished():
            lines = [("DONE", f"{event.text} ({duration(event.elapsed_s)})")]
        case events.TrialStepStarted() | events.TrialStepEnded():
            lines = [_trial(event)]
        case _:
            lines = [("", type(event).__name__)]
    return lines


def short_type(resource_type: str) -> str:
    """Return a resource type without the AWS:: that they all begin with."""
    return resource_type.removeprefix("AWS::")


def _resource(event: events.ResourceChanged, *, narrow: bool) -> str:
    took = "" if event.elapsed_s is None else duration(event.elapsed_s)
    status = f"{event.status:{_NARROW if narrow else _WIDE}}  {took:>{_TIME}}"
    kind = short_type(event.resource_type) if narrow else event.resource_type
    return _joined(status, event.logical_id, kind, event.reason)


def _checked(event: events.Checked) -> Line:
    text = f"{event.subject}: {event.finding}"
    return ("", f"ok    {text}") if event.ok else ("", f"FAIL  {text}")


def _trial(event: events.TrialStepStarted | events.TrialStepEnded) -> Line:
    if isinstance(event, events.TrialStepStarted):
        return "TEST", f"{event.number}/{event.count} {event.step}: {event.about}"
    reason = f": {event.reason}" if event.reason else ""
    return _VERDICTS.get(event.verdict, "TEST"), f"{event.step} ({duration(event.elapsed_s)}){reason}"


def _hint(hint: str, *, deeper: bool = False) -> list[Line]:
    return [("", f"{'      ' if deeper else ''}{line}") for line in hint.splitlines()]


def _joined(*parts: str) -> str:
    return "  ".join(part for part in parts if part)
