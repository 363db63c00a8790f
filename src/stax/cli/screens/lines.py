"""The story as plain lines on stderr: for pipes, logs and terminals that cannot draw."""

from types import TracebackType
from typing import Self, TextIO

from stax import events
from stax.cli.screens.wording import lines_of


class Lines:
    """Writes each event at once, a line or more; with `shows_times` each line begins with the time in UTC."""

    def __init__(self, stream: TextIO, *, shows_times: bool = False) -> None:
        self._stream = stream
        self._shows_times = shows_times

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.flush()

    def show(self, event: events.Event) -> None:
        """Write the event."""
        time = f"{event.at:%Y-%m-%dT%H:%M:%SZ} " if self._shows_times else ""
        for label, text in lines_of(event):
            self._stream.write(f"{time}{f'[ {label} ]' if label else '        '}  {text}\n")
        self._stream.flush()
