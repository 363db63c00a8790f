"""What a box counts, in Prometheus's text format.  Pure."""

import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stax_agent.nat.connections import Connection
from stax_agent.nat.heartbeat import Saying

MOST_DESTINATIONS = 10
"""Series of ports in use: the destinations that are nearest to their end."""

Labels = Mapping[str, str]
Use = tuple[str, str, str, int]
"""Public side's private address, protocol, destination, destination's port: what has 64,512 ports of its own."""

_PROTOCOLS = {6: "tcp", 17: "udp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """The kernel's table of connections, in numbers."""

    connections: int = 0
    limit: int = 0
    dropped: int = 0
    """New connections refused because the table was full, since the machine started."""
    ports: Mapping[Use, int] = field(default_factory=dict)


def ports_in_use(connections: Iterable[Connection]) -> Counter[Use]:
    """Count translated connections by what they have to share ports with."""
    used: Counter[tuple[bytes, int, bytes, int]] = Counter()
    for each in connections:
        protocol, source, _, target, target_port = each.key
        if each.nat_address != source:
            used[each.nat_address, protocol, target, target_port] += 1
    return Counter(
        {
            (socket.inet_ntoa(holder), _PROTOCOLS.get(protocol, str(protocol)), socket.inet_ntoa(target), port): count
            for (holder, protocol, target, port), count in used.most_common(MOST_DESTINATIONS)
        }
    )


def page(told: Mapping[str, Any] | None, kernel: Kernel) -> str:
    """Return the whole page; `told` is the agent's status, None while it does not write any."""
    families: list[Family] = [("stax_nat_agent_up", "gauge", "Whether the agent runs.", [({}, int(told is not None))])]
    families += [*_of_the_agent(told)] if told else []
    families += _of_the_kernel(kernel)
    return "".join(line + "\n" for family in families for line in _family(*family))


Family = tuple[str, str, str, Sequence[tuple[Labels, float]]]


def _of_the_agent(told: Mapping[str, Any]) -> Iterator[Family]:
    report, outages = told["report"], told["outages"]
    says = [({"state": each.name.lower()}, int(told["says"] == each.name.lower())) for each in Saying]
    yield "stax_nat_state", "gauge", "What the box says of itself.", says
    carries = [({"zone": zone}, int(int(zone) in report["carries"])) for zone in report["zones"]]
    yield "stax_nat_carries", "gauge", "Whether route and address of a zone lead here.", carries
    signals = {name: value for name, value in report["signals"].items() if name != "peer_reason"}
    well = [({"signal": name}, int(value == "well")) for name, value in signals.items()]
    yield "stax_nat_signal_well", "gauge", "Health by signal, 1 for well.", well
    for name, help_, value in (
        ("moves_total", "Zones brought here.", told["moves"]),
        ("connections_kept_total", "Open connections that came along with a zone.", told["connections_kept"]),
        ("canaries_bad_total", "Canaries that were not believed.", told["canaries_bad"]),
        ("outages_total", "Outages of the peer's zone, as its canaries saw them.", outages["count"]),
        ("outage_seconds_total", "Their length together.", outages["total_s"]),
    ):
        yield f"stax_nat_{name}", "counter", help_, [({}, value)]
    yield "stax_nat_outage_last_seconds", "gauge", "The last one's length.", [({}, outages["last_s"])]
    yield "stax_nat_outage_longest_seconds", "gauge", "The longest one's length.", [({}, outages["longest_s"])]
    yield "stax_nat_copies", "gauge", "Connections that the peer has told of.", [({}, told["copies"])]
    yield from _by_label(told)


def _by_label(told: Mapping[str, Any]) -> Iterator[Family]:
    bad = [({"reason": reason}, count) for reason, count in told["heartbeats_bad"].items()]
    yield "stax_nat_heartbeats_bad_total", "counter", "Heartbeats that were not believed, by reason.", bad
    calls = [({"operation": operation}, count) for operation, count in told["api_calls"].items()]
    yield "stax_nat_api_calls_total", "counter", "Calls to EC2, by operation.", calls
    errors: list[tuple[Labels, float]] = []
    for key, count in told["api_errors"].items():
        operation, _, code = key.partition(" ")
        errors.append(({"operation": operation, "code": code}, count))
    yield "stax_nat_api_errors_total", "counter", "Calls to EC2 that failed, by operation and code.", errors


def _of_the_kernel(kernel: Kernel) -> Iterator[Family]:
    yield "stax_nat_connections", "gauge", "Entries in the table of connections.", [({}, kernel.connections)]
    yield "stax_nat_connections_limit", "gauge", "Its size.", [({}, kernel.limit)]
    yield "stax_nat_connections_dropped_total", "counter", "New ones that had no room in it.", [({}, kernel.dropped)]
    ports: list[tuple[Labels, float]] = []
    for (holder, protocol, target, port), count in kernel.ports.items():
        ports.append(({"holder": holder, "protocol": protocol, "destination": target, "port": str(port)}, count))
    help_ = f"Source ports in use towards one destination, the {MOST_DESTINATIONS} busiest; each has 64,512."
    yield "stax_nat_ports_in_use", "gauge", help_, ports


def _family(name: str, kind: str, help_: str, samples: Sequence[tuple[Labels, float]]) -> Iterator[str]:
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
