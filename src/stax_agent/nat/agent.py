"""The NAT box's agent: one loop that hears, decides and tells; what may block has threads of its own."""

import contextlib
import json
import os
import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stax_agent.ec2 import Ec2
from stax_agent.line import Way
from stax_agent.nat import canary, egress, facts, heartbeat, sealed
from stax_agent.nat.actions import Actions
from stax_agent.nat.copies import LARGEST_BYTES, Copier
from stax_agent.nat.copies import PORT as COPIES_PORT
from stax_agent.nat.events import Chronicle
from stax_agent.nat.examination import Examiner
from stax_agent.nat.facts import Event, Watch
from stax_agent.nat.relay import Relay
from stax_agent.nat.report import Moment, Teller, report
from stax_agent.nat.reporter import Reporter
from stax_agent.nat.rules import CANARY_PORT
from stax_agent.nat.sealed import Correspondence, Keys, TokenBucket
from stax_agent.nat.site import Site
from stax_agent.nat.state import SILENT_AFTER_S, decide, saying
from stax_agent.nat.status import status, write
from stax_agent.setback import say
from stax_agent.watchdog import Watchdog

LOOK_EVERY_S = 5.0
STATUS_EVERY_S = 1.0
CLOSELY_S = 0.01
_MOST_PER_TURN = 256


@dataclass(frozen=True)
class Setting:
    """What an agent needs besides its site."""

    keys: Keys
    new_ec2: Callable[[], Ec2]
    way: Way
    state: Path
    """A folder of this boot: `drain` in it drains the box, `status.json` says how it is."""
    instance_id: str
    put_report: Callable[[str], None]
    """Writes the box's report where people read it; raises Setback."""


class Agent:
    """One box's agent."""

    def __init__(self, site: Site, setting: Setting) -> None:
        self._site, self._setting = site, setting
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._wake_end, self._woken_end = socket.socketpair()
        self._woken_end.setblocking(False)
        home, peer = site.zones[site.me].home, site.zones[site.peer].home
        self._link = _datagrams(home, heartbeat.PORT)
        self._peer = (peer, heartbeat.PORT)
        self._canaries = _datagrams(home, CANARY_PORT)
        self._letters = Correspondence(setting.keys, me=site.me, peer=site.peer, largest=heartbeat.LARGEST_BYTES)
        self._bucket = TokenBucket(200, 100)
        birds = Keys(*(canary.canary_key(key) for key in setting.keys.accepted))
        self._watcher = canary.Watcher(birds, peer=site.peer, peer_public=site.zones[site.peer].public_ip)
        copying = Correspondence(setting.keys, me=site.me, peer=site.peer, largest=LARGEST_BYTES)
        link = _datagrams(home, COPIES_PORT)
        link.setblocking(True)
        holders = {
            socket.inet_aton(zone.home): socket.inet_aton(site.holder(number)) for number, zone in site.zones.items()
        }
        self._copier = Copier((link, peer), copying, holders, self._carried)
        self._actions = Actions(site, setting.new_ec2, self._copier, self.tell)
        self._actions.say = say
        self._egress = egress.Egress(
            egress.targets(site.region), lambda works, began_s: self.tell(facts.EgressTried(works, began_s))
        )
        self._watchdog = Watchdog()
        self._reporter = Reporter(setting.put_report, say)
        self._watch = Watch(me=site.me, started_at_s=time.monotonic())
        self._chronicle, self._told_changes = Chronicle(), 0
        self._peer_carries: frozenset[int] = frozenset()
        self._examiner = Examiner(site, setting.state, self._zones_here, self.tell)
        self._over = threading.Event()

    def tell(self, event: Event) -> None:
        """Take note of an event, from any thread."""
        self._events.put(event)
        self._wake_end.send(b"!")

    def run(self) -> None:
        """Watch over both zones until stopped."""
        self._examiner.start()
        Relay(self._site).start()
        self._copier.start()
        self._egress.start()
        self._reporter.start()
        self._chronicle.started()
        say(f"watching as NAT box {self._site.me}")
        with selectors.DefaultSelector() as selector:
            for each in (self._link, self._canaries, self._woken_end):
                selector.register(each, selectors.EVENT_READ)
            self._loop(selector)

    def stop(self) -> None:
        """End; packets flow on."""
        self._over.set()
        self._examiner.stop()
        self._copier.stop()
        self._egress.stop()
        self._reporter.stop()

    def _loop(self, selector: selectors.BaseSelector) -> None:
        next_beat_s = next_tick_s = next_look_s = next_status_s = 0.0
        while not self._over.is_set():
            selector.select(max(0.0, min(next_beat_s, next_tick_s) - time.monotonic()))
            # What has come is heard before time is judged: after a stall, the peer did speak meanwhile.
            self._hear()
            now_s = time.monotonic()
            if now_s >= next_beat_s:
                next_beat_s = now_s + heartbeat.INTERVAL_S
                self._beat(now_s)
            if now_s >= next_tick_s:
                self._turn(facts.Tick())
                next_tick_s = now_s + self._judged_within_s(now_s)
            if now_s >= next_look_s:
                next_look_s = now_s + LOOK_EVERY_S
                self._actions.look()
            if now_s >= next_status_s or self._chronicle.changes != self._told_changes:
                next_status_s = now_s + STATUS_EVERY_S
                self._keep_up(now_s)

    def _judged_within_s(self, now_s: float) -> float:
        """How long nothing has to be judged: a peer that misses its time is looked at closely until it is lost."""
        silent_s = now_s - self._watch.peer_heard_at_s
        return CLOSELY_S if heartbeat.INTERVAL_S * 2 < silent_s < SILENT_AFTER_S else heartbeat.INTERVAL_S

    def _hear(self) -> None:
        for _ in range(_MOST_PER_TURN):
            if not self._hear_heartbeat() and not self._hear_canary():
                break
        with contextlib.suppress(BlockingIOError):
            self._woken_end.recv(4096)
        while not self._events.empty():
            self._turn(self._events.get())

    def _hear_heartbeat(self) -> bool:
        received = _received(self._link)
        if received is None:
            return False
        datagram, sender = received
        if sender != self._peer[0] or not self._bucket.allows(time.monotonic()):
            self._letters.bad["flood" if sender == self._peer[0] else "another address"] += 1
            return True
        letter = self._letters.read(datagram)
        if letter is None or letter.kind != sealed.HEARTBEAT:
            return True
        try:
            beat = heartbeat.decode(letter.body)
        except ValueError:
            self._letters.bad["no heartbeat"] += 1
            return True
        if beat.carries != self._peer_carries:
            self._peer_carries = beat.carries
            self._actions.look()
        self._turn(facts.HeartbeatHeard(beat.saying, beat.reason, claims=beat.carries))
        return True

    def _hear_canary(self) -> bool:
        received = _received(self._canaries)
        if received is None:
            return False
        by_way_out = self._watcher.read(*received, time.monotonic())
        if by_way_out is not None:
            self._turn(facts.CanaryHeard(by_way_out))
        return True

    def _beat(self, now_s: float) -> None:
        said, reason = saying(self._watch, now_s)
        # What is being moved is claimed as well: the peer is not to take anything meanwhile.
        carries = frozenset(zone for zone, view in self._watch.zones.items() if view.is_mine or view.moving)
        beat = heartbeat.encode(heartbeat.Heartbeat(said, carries, reason))
        try:
            self._link.sendto(self._letters.write(sealed.HEARTBEAT, beat), self._peer)
        except OSError:
            return  # the peer is to notice

    def _turn(self, event: Event) -> None:
        was_mine = self._zones_here()
        now_s = time.monotonic()
        self._watch, commands = decide(self._watch, event, now_s)
        self._chronicle.heed(self._watch, commands, now_s)
        for command in commands:
            self._do(command)
        self._heed(event)
        for zone in was_mine - self._zones_here():
            home = socket.inet_aton(self._site.zones[zone].home)
            threading.Thread(target=self._copier.leave, args=(home,), daemon=True).start()

    def _do(self, command: facts.Command) -> None:
        match command:
            case facts.Move():
                self._actions.move(command)
            case facts.Look():
                self._actions.look()
            case facts.Alarm(text, zone):
                lacks_route = self._watch.zones[zone].route is facts.Holder.NOBODY
                say(f"ALARM {text}" + (f"; {self._actions.remedy(zone)}" if lacks_route else ""))
            case facts.Journal(text):
                say(text)

    def _heed(self, event: Event) -> None:
        """What an event is for besides decisions."""
        match event:
            case facts.MoveEnded():
                self._chronicle.ended(event)
                if event.failure:
                    say(f"ALARM zone {event.zone} is not here: {event.failure}; again in {event.again_in_s:.1f} s")
            case facts.Examined(mended=mended) if mended:
                self._chronicle.mended(mended)
            case facts.Looked() if self._watch.zones[self._site.me].is_mine:
                # A way out of one's own again: the relay would go with the peer, just when it is needed.
                self._setting.way.by_relay = False

    def _keep_up(self, now_s: float) -> None:
        self._watchdog.feed()
        self._told_changes = self._chronicle.changes
        counters = self._actions.counters
        tallies = {
            **counters.as_json(),
            "heartbeats_bad": dict(self._letters.bad),
            "canaries_bad": self._watcher.bad,
            "copies": self._copier.held,
            "outages": self._chronicle.outages.as_json(),
        }
        teller = Teller(
            instance_id=self._setting.instance_id,
            api=counters.trouble,
            counters=tallies,
            events=[entry.as_json() for entry in self._chronicle.entries],
        )
        now = Moment(monotonic_s=now_s, utc=datetime.now(UTC))
        told = report(self._watch, teller, now)
        self._reporter.offer(told)
        whole = {**status(self._watch, now_s), **tallies, "pid": os.getpid(), "report": told}
        write(self._setting.state / "status.json", json.dumps(whole))

    def _zones_here(self) -> frozenset[int]:
        return frozenset(zone for zone, view in self._watch.zones.items() if view.is_mine)

    def _carried(self) -> frozenset[bytes]:
        """The home addresses of the zones that are here."""
        return frozenset(socket.inet_aton(self._site.zones[zone].home) for zone in self._zones_here())


def _received(link: socket.socket) -> tuple[bytes, str] | None:
    try:
        datagram, sender = link.recvfrom(2048)
    except OSError:
        return None
    return datagram, sender[0]


def _datagrams(address: str, port: int) -> socket.socket:
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    link.bind((address, port))
    link.setblocking(False)
    return link
