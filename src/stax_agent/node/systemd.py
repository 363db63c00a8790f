"""Units of this host's systemd: asked, started, stopped."""

from stax_agent.node.commands import run
from stax_agent.setback import Setback


def is_active(unit: str) -> bool:
    """Whether a unit runs, or is about to."""
    try:
        run(("systemctl", "is-active", "--quiet", unit))
    except Setback as setback:
        if setback.code in ("Timeout", "NoProgram"):
            raise
        return False
    return True


def start(unit: str) -> None:
    """Start a unit; what it takes to be ready is not waited for."""
    run(("systemctl", "start", "--no-block", unit))


def restart(unit: str) -> None:
    """Start a unit anew, or for the first time."""
    run(("systemctl", "restart", "--no-block", unit))


def stop(unit: str) -> None:
    """Stop a unit and wait until it has."""
    run(("systemctl", "stop", unit), timeout_s=100)
