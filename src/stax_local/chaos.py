"""Edits of the weather and of the API's faults, as the chaos commands make them.  Pure."""

from collections.abc import Mapping
from typing import Any

from stax_local.network.weather import ANY, INTERNET

Said = Mapping[str, Any]
"""The JSON form of `stax_local.network.weather.Weather`."""


def ways(who: str, whom: str, *, one_way: bool) -> list[tuple[str, str]]:
    """Source and target of each way between two.  Raises ValueError when there is none."""
    if who == whom and (who == INTERNET or who.startswith("i-")):
        raise ValueError(f"between {who} and itself there is no way")
    return [(who, whom)] if one_way or who == whom else [(who, whom), (whom, who)]


def hindered(weather: Said, between: list[tuple[str, str]], **how: float) -> Said:
    """The weather with this on these ways, in place of what was on them."""
    added = [{"source": source, "target": target, **how} for source, target in between]
    kept = [each for each in weather["disturbances"] if (each["source"], each["target"]) not in between]
    return {**weather, "disturbances": [*kept, *added]}


def healed(weather: Said, between: list[tuple[str, str]]) -> Said:
    """The weather without what is on these ways; to and from `any` are all ways of somebody."""

    def is_healed(each: Said) -> bool:
        return any(source in {each["source"], ANY} and target in {each["target"], ANY} for source, target in between)

    return {**weather, "disturbances": [each for each in weather["disturbances"] if not is_healed(each)]}


def metadata(weather: Said, machine: str, *, down: bool) -> Said:
    """The weather with the machine's metadata service down, or up again."""
    others = [each for each in weather["metadata_down"] if each != machine]
    return {**weather, "metadata_down": [*others, machine] if down else others}


def sentences(weather: Said, faults: list[Said]) -> list[str]:
    """What is in force, one line each; nothing when all is well."""
    lines = [f"{_how(each)} from {each['source']} to {each['target']}" for each in weather["disturbances"]]
    lines += [f"the metadata service does not answer {each}" for each in weather["metadata_down"]]
    for fault in faults:
        late = f" of {fault['latency_ms']} ms" if fault["kind"] == "latency" else ""
        hit = f"{fault['share']:.0%} of {fault['service']}:{fault['operation']} by {fault['caller']}"
        lines.append(f"API {fault['kind']}{late} for {hit}")
    return lines


def _how(disturbance: Said) -> str:
    loss, rate = disturbance["loss_percent"], disturbance["rate_kbit_s"]
    delay, jitter = disturbance["delay_ms"], disturbance["jitter_ms"]
    said = ["cut" if loss >= 100 else f"{loss:g} % loss"] if loss else []
    said += [f"at most {rate} kbit/s"] if rate else []
    said += [f"{delay} to {delay + jitter} ms late" if jitter else f"{delay} ms late"] if delay or jitter else []
    return ", ".join(said) or "nothing"
