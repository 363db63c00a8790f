"""The story for programs: an event a line, on stdout."""

from types import TracebackType
from typing import Self, TextIO

from stax import events
from stax.cli.json_text import event_line


class JsonLines:
    """Writes each event as a line of JSON, at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing to put away: the last line, result or error, is the command's."""

    def show(self, event: events.Event) -> None:
        """Write the event."""
        self._stream.write(event_line(event) + "\n")
        self._stream.flush()
