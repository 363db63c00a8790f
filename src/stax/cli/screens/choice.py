"""Which screen a command gets."""

from types import TracebackType
from typing import Protocol, Self

from stax import events
from stax.cli.screens.lines import Lines
from stax.cli.screens.silent import Silent
from stax.cli.terminal import Terminal


class Screen(Protocol):
    """Something that shows events between being entered and left."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def show(self, event: events.Event) -> None:
        """Show one event."""
        ...


def screen_for(terminal: Terminal, *, answers_with_events: bool = False) -> Screen:
    """Return the screen for a verb's events.

    With `answers_with_events` the events themselves are what --output json prints.
    """
    if terminal.answers_in_json and answers_with_events:
        from stax.cli.screens.json_lines import JsonLines  # noqa: PLC0415

        return JsonLines(terminal.stdout)
    if terminal.is_quiet:
        return Silent()
    if terminal.draws_on(terminal.stderr) and not terminal.is_debugging:
        from stax.cli.screens.live import LiveScreen  # noqa: PLC0415 - rich takes 60 ms that a pipe need not wait for

        return LiveScreen(terminal.stderr)
    return Lines(terminal.stderr, shows_times=terminal.is_debugging)
