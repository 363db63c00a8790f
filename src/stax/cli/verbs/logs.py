"""`stax logs SERVICE…`."""

from argparse import Namespace

from stax.api.logs import LogLine, LogRequest, logs
from stax.cli.json_text import line_of
from stax.cli.place import site_of
from stax.cli.rollouts import place_in
from stax.cli.story import heard
from stax.cli.terminal import Terminal
from stax.cli.text import printable
from stax.errors import Exit, UsageError

_LONGEST = 4000
"""Of a line: whole JSON documents are logged."""


def run(values: Namespace, terminal: Terminal) -> int:
    """Write the lines as they come; Ctrl-C is the way out of --follow."""
    lines = heard(logs(site_of(values, terminal), place_in(values), _request(values)), terminal)
    try:
        for line in lines:
            terminal.answer(line_of(line) if terminal.answers_in_json else _told(line))
            if values.follow:
                terminal.flush()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return Exit.DONE


def _request(values: Namespace) -> LogRequest:
    if not values.service:
        raise UsageError("logs of which service?", hint="stax services lists what runs")
    if values.lines is not None and not values.lines.isdecimal():
        raise UsageError(f"--lines {values.lines}: not a number", hint="such as --lines 500")
    return LogRequest(
        names=tuple(values.service),
        follow=values.follow,
        since=values.since or "",
        lines=int(values.lines) if values.lines is not None else LogRequest.lines,
        grep=values.grep or "",
    )


def _told(line: LogLine) -> str:
    where = f"@{line.machine}" if line.machine else ""
    return f"{line.task}{where}  {printable(line.text, most=_LONGEST)}"
