"""What can be wrong with a box's own forwarding, seen from the box; its rules, as they are in the kernel."""

import subprocess
from pathlib import Path

from stax_agent.nat.rules import ruleset
from stax_agent.nat.site import Site

_SETTINGS = Path("/proc/sys/net")

CHANGED_RULES = "somebody changed the rules; they are being put back"


class Rules:
    """The rules of a box: loaded in one transaction, then compared with what nft lists."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._listed = ""
        self.settled: frozenset[int] = frozenset()

    def load(self, settled: frozenset[int] = frozenset()) -> None:
        """Load them, whatever is there.  Raises OSError with nft's words."""
        _load(ruleset(self._site, settled=settled))
        self.settled, self._listed = settled, _listed()

    def are_changed(self) -> bool:
        """Whether the kernel has others."""
        return _listed() != self._listed


class Settling:
    """Which zones have been here for as long as a connection may be idle.

    What their hosts send on a connection that the kernel does not know belongs to one that has ended.
    Before, it may belong to one that was open when the zone came, and that nobody had told of.
    """

    def __init__(self) -> None:
        self._since_s: dict[int, float] = {}

    def zones(self, carried: frozenset[int], idle_s: float, now_s: float) -> frozenset[int]:
        """Return those zones, told at every examination which are here."""
        self._since_s = {zone: self._since_s.get(zone, now_s) for zone in carried}
        return frozenset(zone for zone, since_s in self._since_s.items() if now_s - since_s >= idle_s)


def fault(rules: Rules) -> str:
    """Return what is wrong, with what mends it; empty when nothing is.  Takes some 5 ms."""
    if (_SETTINGS / "ipv4/ip_forward").read_text().strip() != "1":
        return "ip_forward is 0; put it back with: sysctl -w net.ipv4.ip_forward=1"
    return CHANGED_RULES if rules.are_changed() else ""


def idle_timeout_s() -> float:
    """How long the kernel keeps an open connection on which nothing comes."""
    return float((_SETTINGS / "netfilter/nf_conntrack_tcp_timeout_established").read_text())


def _listed() -> str:
    """The box's rules as nft lists them, without counters; empty when there are none."""
    command = ("nft", "--stateless", "list", "table", "inet", "stax_nat")
    done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    return done.stdout


def _load(text: str) -> None:
    done = subprocess.run(("nft", "--file", "-"), input=text, capture_output=True, text=True, timeout=5, check=False)
    if done.returncode:
        raise OSError(f"nft refuses the rules: {done.stderr.strip()}")
