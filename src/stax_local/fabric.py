"""The region's network, kept as the account says: one owner of the kernel's side of it."""

from pathlib import Path

from stax_local.desired import World
from stax_local.kernel.applying import apply
from stax_local.kernel.delay_lines import DelayLines
from stax_local.kernel.ledger import Ledger
from stax_local.kernel.namespaces import drop
from stax_local.kernel.observing import observe
from stax_local.kernel.process import KernelError
from stax_local.network.names import Names
from stax_local.network.plan import wanted_network
from stax_local.network.weather import CALM, Weather
from stax_local.observed import Namespace, Observed, Wanted
from stax_local.reconcile import Command, commands


class Fabric:
    """Settles the kernel on the newest world.  Not thread-safe: one thread owns it."""

    def __init__(self, state: Path, *, has_uplink: bool = False) -> None:
        self._has_uplink = has_uplink
        self._ledger = Ledger(state / "network.json")
        self._delay_lines = DelayLines(state / "delays")
        self.names = Names(self._ledger.label)
        self._settled: Wanted | None = None

    def settle(self, world: World, weather: Weather = CALM) -> list[Command]:
        """Make the kernel say what the account says, and return what that took.

        What was settled before is taken for granted: looking costs more than changing, and what
        somebody else changed is the sweep's affair.  When the kernel refuses a command, everything
        is looked at and it is tried once more; a second refusal raises KernelError.
        """
        wanted = wanted_network(world, self.names, weather, has_uplink=self._has_uplink)
        try:
            return self._settle(wanted)
        except KernelError:
            self._settled = None
            return self._settle(wanted)

    def sweep(self) -> list[Command]:
        """Look at everything, mend what somebody else changed, and return what that took."""
        if self._settled is None:
            return []
        wanted, self._settled = self._settled, None
        return self._settle(wanted)

    def remove(self) -> None:
        """Take everything down that was ever recorded."""
        self._delay_lines.end_all()
        for name in sorted(self._ledger.namespaces):
            drop(name)
        self._ledger.strike(self._ledger.namespaces)
        self._settled = None

    def abandon(self) -> None:
        """Take everything down that is remembered; the records are gone."""
        self._delay_lines.abandon()
        for name in sorted(self._ledger.namespaces):
            drop(name)

    def _settle(self, wanted: Wanted) -> list[Command]:
        observed = settled(self._settled) if self._settled else self._look(wanted)
        steps = list(commands(wanted, observed))
        self._ledger.record(existing(wanted))
        apply(steps, self._delay_lines)
        self._ledger.strike(self._ledger.namespaces - existing(wanted))
        self._settled = wanted
        return steps

    def _look(self, wanted: Wanted) -> Observed:
        """Look at everything that is wanted or recorded."""
        names = existing(wanted) | self._ledger.namespaces
        return observe(wanted.routers.keys(), names - wanted.routers.keys())


def existing(wanted: Wanted) -> frozenset[str]:
    """The names of all namespaces that shall exist."""
    return wanted.hosts | wanted.routers.keys()


def settled(wanted: Wanted) -> Observed:
    """What observation would say if all were as wanted."""
    return Observed(
        namespaces={**wanted.routers, **{name: Namespace(name) for name in wanted.hosts}},
        ends=frozenset(end for cable in wanted.cables for end in (cable.near, cable.far)),
    )
