"""Compose's short forms of ports and volumes as the long ones; each raises ValueError with what is wrong."""

import re
from typing import Any

_PORT = re.compile(r"(?:(?P<published>\d+)(?:-(?P<last>\d+))?:)?(?P<target>\d+)(?:-(?P<end>\d+))?(?:/(?P<kind>\w+))?")
_PROTOCOLS = ("tcp", "udp", "sctp")
MOST_PORTS = 100
HIGHEST = 65535


def ports(value: Any) -> list[dict[str, Any]]:
    """Return one entry of `ports` as long ones; a range is many.

    Without a word about it a port is published by the machines that run a task, so that what connects is seen
    with its own address.
    """
    if isinstance(value, dict):
        return [_long_port(value)]
    text = str(value)
    found = _PORT.fullmatch(text)
    if not found:
        is_bound = text.count(":") > 1 or "." in text
        raise ValueError(
            f"port {text!r}: a Swarm publishes on all addresses of a machine: leave the address out"
            if is_bound
            else f"port {text!r}: such as 8080:80, or 8080:80/udp"
        )
    if found["published"] is None:
        raise ValueError(f"port {text!r}: which port of the docker host? such as {found['target']}:{found['target']}")
    outer = _range(found["published"], found["last"])
    inner = _range(found["target"], found["end"])
    if len(outer) != len(inner):
        raise ValueError(f"port {text!r}: {len(outer)} ports on the docker host and {len(inner)} of the container")
    kind = found["kind"] or "tcp"
    return [_port(one, two, kind, "host") for one, two in zip(outer, inner, strict=True)]


def _long_port(value: dict[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(value) - {"target", "published", "protocol", "mode", "name", "app_protocol"}):
        raise ValueError(f"a port has no {', '.join(unknown)}")
    if "published" not in value or "target" not in value:
        raise ValueError("a port needs target, that of the container, and published, that of the docker host")
    mode = value.get("mode", "host")
    if mode not in {"host", "ingress"}:
        raise ValueError(f"a port's mode is host or ingress, not {mode!r}")
    try:
        published, target = int(value["published"]), int(value["target"])
    except (TypeError, ValueError):
        raise ValueError(f"a port is a number: {value['published']!r}, {value['target']!r}") from None
    return _port(published, target, str(value.get("protocol", "tcp")), mode)


def _port(published: int, target: int, protocol: str, mode: str) -> dict[str, Any]:
    if not (0 < published <= HIGHEST and 0 < target <= HIGHEST):
        raise ValueError(f"port {published}:{target}: ports go from 1 to {HIGHEST}")
    if protocol not in _PROTOCOLS:
        raise ValueError(f"port {published}: {protocol!r} is none of {', '.join(_PROTOCOLS)}")
    return {"published": published, "target": target, "protocol": protocol, "mode": mode}


def _range(first: str, last: str | None) -> list[int]:
    numbers = list(range(int(first), int(last or first) + 1))
    if not numbers or len(numbers) > MOST_PORTS:
        raise ValueError(f"ports {first}-{last}: from the lower to the higher, {MOST_PORTS} at most")
    return numbers


def volume(value: Any) -> dict[str, Any]:
    """Return one entry of `volumes` as a long one."""
    if isinstance(value, dict):
        return _long_volume(value)
    parts = str(value).split(":")
    if len(parts) == 1:
        raise ValueError(f"volume {value!r}: give it a name, such as data:{value}, so that it is found again")
    source, target, *options = parts
    kind = "bind" if source.startswith(("/", ".", "~")) else "volume"
    given: dict[str, Any] = {"type": kind, "source": source, "target": target}
    if "ro" in ",".join(options).split(","):
        given["read_only"] = True
    return _long_volume(given)


def _long_volume(value: dict[str, Any]) -> dict[str, Any]:
    kind, source, target = value.get("type", "volume"), value.get("source", ""), value.get("target")
    if kind not in {"volume", "bind", "tmpfs"}:
        raise ValueError(f"a volume's type is volume, bind or tmpfs, not {kind!r}")
    if not isinstance(target, str) or not target.startswith("/"):
        raise ValueError(f"volume {source!r}: where in the container? target is a path from /, not {target!r}")
    if kind == "bind" and not str(source).startswith("/"):
        raise ValueError(
            f"volume {source!r} is a folder beside this file, and no docker host has it: "
            "put it into the image, or a single file into configs"
        )
    if kind == "volume" and not source:
        raise ValueError(f"the volume at {target} has no name, so that nobody would find it again: give it a source")
    return {**value, "type": kind}
