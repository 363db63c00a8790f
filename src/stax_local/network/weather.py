"""Bad weather on purpose: packets of a VPC that are lost, slowed, or not let through at all.

A disturbance goes one way, from whoever matches its source to whoever matches its target; both ways
are two of them.  Machines are named by their instance's id, many at once by their availability zone,
whatever is beyond the gateway as `internet`, and everybody as `any`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stax_local.network.names import GATEWAY_DEVICE, METADATA_ADDRESS
from stax_local.network.ports import Port
from stax_local.observed import Delay

ANY, INTERNET = "any", "internet"
MOST_DELAY_MS = 60_000
_PARTS = 10_000
"""Loss is drawn in hundredths of a percent."""

_BURST_S = 0.05
"""How much of a second's rate may pass at once: enough for a few full packets at any rate worth trying."""
_LEAST_BURST_KBYTES = 16
_KBIT_PER_KBYTE = 8


@dataclass(frozen=True, slots=True, order=True)
class Disturbance:
    """Loses `loss_percent` of the packets one way (100: cut), and what exceeds `rate_kbit_s` (0: no limit).

    The rest is late: each by `delay_ms`, and by a part of `jitter_ms` drawn for it, so that with a jitter
    packets overtake each other.
    """

    source: str
    target: str
    loss_percent: float = 0.0
    rate_kbit_s: int = 0
    delay_ms: int = 0
    jitter_ms: int = 0

    @property
    def delay(self) -> Delay | None:
        """How late, if at all."""
        return Delay(self.delay_ms, self.jitter_ms) if self.delay_ms or self.jitter_ms else None


@dataclass(frozen=True, slots=True)
class Weather:
    """All disturbances in force, and the machines whose metadata service does not answer."""

    disturbances: tuple[Disturbance, ...] = ()
    metadata_down: tuple[str, ...] = ()


CALM = Weather()


def weather_text(ports: Collection[Port], weather: Weather) -> str:
    """The body of an nft table that comes before the security groups; empty when this VPC has fair weather."""
    rules = "".join(f"  {rule}\n" for each in weather.disturbances for rule in _rules(each, ports))
    late = "".join(f"  {rule}\n" for rule in _delays(weather, ports))
    silenced = "".join(
        f"  iifname {devices} ip daddr {METADATA_ADDRESS} drop\n"
        for each in weather.metadata_down
        if (devices := _devices(each, ports))
    )
    if not rules and not silenced and not late:
        return ""
    return (
        f"chain between_interfaces {{ type filter hook forward priority -10; policy accept;\n{rules}}}\n"
        f"chain to_services {{ type filter hook input priority -10; policy accept;\n{silenced}}}\n"
        f"chain lateness {{ type filter hook forward priority -9; policy accept;\n{late}}}\n"
    )


def _rules(disturbance: Disturbance, ports: Collection[Port]) -> Iterator[str]:
    source, target = _devices(disturbance.source, ports), _devices(disturbance.target, ports)
    if not source or not target:
        return  # it names machines of another VPC, or none that runs
    who = f"iifname {source} oifname {target}"
    if disturbance.loss_percent >= 100:
        yield f"{who} drop"
    elif disturbance.loss_percent > 0:
        yield f"{who} numgen random mod {_PARTS} < {round(disturbance.loss_percent * _PARTS / 100)} drop"
    if disturbance.rate_kbit_s:
        rate = max(1, disturbance.rate_kbit_s // _KBIT_PER_KBYTE)
        burst = max(_LEAST_BURST_KBYTES, round(rate * _BURST_S))
        yield f"{who} limit rate over {rate} kbytes/second burst {burst} kbytes drop"


def _delays(weather: Weather, ports: Collection[Port]) -> Iterator[str]:
    """Which packets are to be how late; whom several mean, the longest holds."""
    for each in _late(weather):
        source, target = _devices(each.source, ports), _devices(each.target, ports)
        if each.delay and source and target:
            yield f"meta mark 0 iifname {source} oifname {target} meta mark set {_mark(each.delay):#x}"


def _late(weather: Weather) -> list[Disturbance]:
    late = [each for each in weather.disturbances if each.delay]
    return sorted(late, key=lambda each: (each.delay_ms, each.jitter_ms), reverse=True)


def _mark(delay: Delay) -> int:
    """The mark that says it; both halves fit, and packets come here without any."""
    return delay.delay_ms << 16 | delay.jitter_ms


def delays(ports: Collection[Port], weather: Weather) -> frozenset[Delay]:
    """Every delay that somebody in this VPC has."""
    used = (each for each in weather.disturbances if _devices(each.source, ports) and _devices(each.target, ports))
    return frozenset(each.delay for each in used if each.delay)


def egress_text(ports: Collection[Port], weather: Weather, *, has_gateway: bool) -> str:
    """The body of the nft table that sends what is to be late to the device of its delay; empty when nothing is.

    Only once a packet leaves is everything about it decided, its connection known and its address translated:
    from there it can be taken aside and sent on as it is.
    """
    rules = "".join(f'  meta mark {_mark(each):#x} fwd to "{each.device}"\n' for each in sorted(delays(ports, weather)))
    devices = sorted([port.device for port in ports] + [GATEWAY_DEVICE] * has_gateway)
    if not rules:
        return ""
    listed = ", ".join(f'"{device}"' for device in devices)
    return f"chain leaving {{ type filter hook egress devices = {{ {listed} }} priority 0; policy accept;\n{rules}}}\n"


def _devices(who: str, ports: Collection[Port]) -> str:
    """The devices of whoever is meant, as an nft set; empty when there are none."""
    if who == INTERNET:
        return f'{{ "{GATEWAY_DEVICE}" }}'
    found = [port.device for port in ports if who in {ANY, port.interface.instance_id, port.subnet.availability_zone}]
    if who == ANY:
        found.append(GATEWAY_DEVICE)
    quoted = ", ".join(f'"{device}"' for device in sorted(found))
    return f"{{ {quoted} }}" if found else ""


def read_weather(said: Any) -> Weather:
    """The weather from its JSON form.  Raises ValueError, in words, for what is none."""
    if not isinstance(said, Mapping) or not said.keys() <= {"disturbances", "metadata_down"}:
        raise ValueError("the weather is an object with `disturbances` and `metadata_down`")
    disturbances, down = said.get("disturbances", []), said.get("metadata_down", [])
    if not isinstance(disturbances, list) or not isinstance(down, list):
        raise ValueError("`disturbances` and `metadata_down` are lists")
    if not all(isinstance(each, str) for each in down):
        raise ValueError("`metadata_down` lists instance ids")
    return Weather(tuple(_read(each) for each in disturbances), tuple(down))


def _read(said: Any) -> Disturbance:
    try:
        disturbance = Disturbance(**said)
        fits = 0 <= disturbance.loss_percent <= 100 and 0 <= disturbance.rate_kbit_s <= 100_000_000
        fits = fits and all(0 <= each <= MOST_DELAY_MS for each in (disturbance.delay_ms, disturbance.jitter_ms))
        named = isinstance(disturbance.source, str) and isinstance(disturbance.target, str)
    except TypeError as error:
        keys = "source, target, loss_percent, rate_kbit_s, delay_ms, jitter_ms"
        raise ValueError(f"no disturbance: {said!r}; its keys are {keys}") from error
    whole = all(
        isinstance(each, int) for each in (disturbance.rate_kbit_s, disturbance.delay_ms, disturbance.jitter_ms)
    )
    if not named or not fits or not whole:
        numbers = f"rate_kbit_s a whole number from 0, delay_ms and jitter_ms to {MOST_DELAY_MS}"
        raise ValueError(f"loss_percent is 0 to 100, {numbers}: {said!r}")
    return disturbance
