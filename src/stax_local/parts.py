"""What a service of the region may be besides a service; the region asks each for what it is."""

from typing import Any, Protocol, runtime_checkable

from stax_local.desired import World


@runtime_checkable
class Remembers(Protocol):
    """Has a state that is to survive the region's process."""

    def state(self) -> Any:
        """Everything to be remembered, in a form that pickles."""
        ...

    def restore(self, state: Any) -> None:
        """Remember it, and go on with what was under way."""
        ...


@runtime_checkable
class Watches(Protocol):
    """Acts when the world changes."""

    def world_changed(self, world: World) -> None:
        """Take note; called under the lock of the accounts, so return at once."""
        ...


@runtime_checkable
class Starts(Protocol):
    """Has a thread of its own, to be started when the region is ready."""

    def start(self) -> None:
        """Begin."""
        ...


@runtime_checkable
class Closes(Protocol):
    """Has work of its own that must end with the region."""

    def close(self) -> None:
        """Stop where it is, within a few seconds."""
        ...


@runtime_checkable
class Signalled(Protocol):
    """Gave away URLs of the region that anybody may PUT to."""

    def put_signal(self, path: str, body: bytes) -> bool:
        """Take what was PUT; False when the path is none of those."""
        ...
