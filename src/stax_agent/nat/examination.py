"""What can be wrong with a box's own forwarding, seen from the box; its rules, as they are in the kernel."""

import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from stax_agent.nat.facts import DrainWanted, Event, Examined
from stax_agent.nat.nftables import Guard, RuleChanges
from stax_agent.nat.rules import ruleset
from stax_agent.nat.site import Site
from stax_agent.nat.strays import forget_untranslated
from stax_agent.setback import say

EVERY_S = 0.5
COMPARED_EVERY_S = 30.0
"""The kernel tells of changes; this is for one that was missed."""
CHANGED_AGAIN_S = 0.05
"""Whoever changes rules all the time costs a listing so often, and no more."""
MENDINGS, WITHIN_S = 3, 10.0
"""Rules that are changed more often than this are believed to be wrong most of the time."""
_SETTINGS = Path("/proc/sys/net")

CHANGED_RULES = "somebody changed the rules; they are being put back"
PUT_BACK = "somebody changed the rules; they have been put back"


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


class Examiner:
    """Looks after the box's own forwarding and the operator's wish, from a thread of its own."""

    def __init__(
        self, site: Site, state: Path, carried: Callable[[], frozenset[int]], tell: Callable[[Event], None]
    ) -> None:
        self._site, self._state, self._carried, self._tell = site, state, carried, tell
        self._rules, self._settling = Rules(site), Settling()
        self._mended_at_s: list[float] = []
        self._compare_at_s = 0.0
        self._are_broken = False
        self._known: str | None = None
        self._drained = False
        self._over = threading.Event()
        self._guard: Guard | None = None

    def start(self) -> None:
        """Load the rules, then watch over them.  Raises OSError when the kernel will not have them."""
        # Listened to before the rules are loaded: what is changed from then on is heard.
        changes = RuleChanges()
        self._rules.load()
        forget_untranslated(self._site)
        with suppress(OSError):
            # A kernel without tables that have an owner does without: see docs/nat.md.
            self._guard = Guard(self._site.vpc)
        threading.Thread(target=self._work, args=(changes,), name="examination", daemon=True).start()

    def stop(self) -> None:
        """End; the rules stay."""
        self._over.set()

    def _work(self, changes: RuleChanges) -> None:
        while not self._over.is_set():
            heard = changes.wait(EVERY_S)
            self._examine(are_suspect=heard)
            self._settle()
            if (wanted := (self._state / "drain").exists()) != self._drained:
                self._drained = wanted
                self._tell(DrainWanted(wanted))
            if heard:
                self._over.wait(CHANGED_AGAIN_S)

    def _examine(self, *, are_suspect: bool) -> None:
        now_s, mended = time.monotonic(), ""
        if are_suspect or self._are_broken or now_s >= self._compare_at_s:
            self._compare_at_s = now_s + COMPARED_EVERY_S
            mended = self._mend(now_s)
        self._mended_at_s = [at_s for at_s in self._mended_at_s if now_s - at_s < WITHIN_S]
        is_distrusted = self._are_broken or len(self._mended_at_s) > MENDINGS
        found = fault() or (CHANGED_RULES if is_distrusted else "")
        if found != self._known or mended:
            self._say(found, mended)
            self._known = found
            self._tell(Examined(found, mended))

    def _mend(self, now_s: float) -> str:
        """Put changed rules back; return what was put right."""
        if not self._rules.are_changed():
            self._are_broken = False
            return ""
        self._are_broken = not self._loaded(self._rules.settled)
        if self._are_broken:
            return ""
        forget_untranslated(self._site)
        self._mended_at_s.append(now_s)
        return PUT_BACK

    def _settle(self) -> None:
        settled = self._settling.zones(self._carried(), idle_timeout_s(), time.monotonic())
        if settled != self._rules.settled:
            self._loaded(settled)

    def _loaded(self, settled: frozenset[int]) -> bool:
        try:
            self._rules.load(settled)
        except OSError as error:
            say(f"ALARM {error}")
            return False
        return True

    def _say(self, found: str, mended: str) -> None:
        if mended:
            say(f"ALARM this box: {mended}")
        if found != self._known and (found or self._known):
            say(f"ALARM this box: {found}" if found else "this box forwards as it should again")


def fault() -> str:
    """Return what is wrong with the kernel's settings, with what mends it; empty when nothing is."""
    if (_SETTINGS / "ipv4/ip_forward").read_text().strip() != "1":
        return "ip_forward is 0; put it back with: sysctl -w net.ipv4.ip_forward=1"
    return ""


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
