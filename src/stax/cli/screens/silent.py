"""--quiet: nobody listens."""

from types import TracebackType
from typing import Self

from stax import events


class Silent:
    """Shows nothing; errors and questions do not pass through a screen."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing to put away."""

    def show(self, event: events.Event) -> None:
        """Let the event pass."""
