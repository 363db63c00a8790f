"""The words of `docker run` as a service of a Compose file; what a service cannot have is listed.  Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stax.compose.problems import ComposeError, Problem
from stax.compose.short_forms import HIGHEST

_SECRET = re.compile(r"(^|_)(password|passwd|pass|secret|token|key|credentials?)$", re.IGNORECASE)
_IMAGE = re.compile(r"[a-zA-Z0-9$][^\s]*")
_VOLUME = re.compile(r"/.*|[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}")
_PORT = re.compile(r"(?:\d+(?:\.\d+){3}:)?(?:(\d+):)?(\d+)(?:/(tcp|udp))?")


@dataclass
class Run:
    """What a `docker run` says."""

    line: int
    service: dict[str, Any] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=list)
    """Names of volumes."""
    resources: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    """What, and why."""

    def add(self, key: str, value: Any) -> None:
        """Add to a list of the service."""
        self.service.setdefault(key, []).append(value)


def read_run(words: Sequence[str], *, line: int, path: str) -> Run:
    """Read the words behind `docker run`; raises ComposeError when there is no image among them."""
    run = Run(line)
    rest = list(words)
    while rest and rest[0].startswith("-"):
        flag, _, glued = _split(rest.pop(0))
        taken = _TAKEN.get(flag)
        if flag in _FLAGS or flag in _REFUSED_FLAGS or glued is not None:
            value = glued
        elif rest:
            value = rest.pop(0)
        else:
            raise ComposeError(path, [Problem(message=f"docker run: {flag} of what?", line=line)])
        if taken:
            taken(run, value or "")
        elif flag not in _FLAGS and flag not in _DROPPED:
            run.left_out.append((f"{flag} {value}" if value else flag, _why(flag)))
    if not rest or not _IMAGE.fullmatch(rest[0]):
        raise ComposeError(path, [Problem(message="docker run: no image", line=line)])
    return _with_image(run, rest[0], rest[1:])


def _with_image(run: Run, image: str, command: Sequence[str]) -> Run:
    _, _, tag = image.rpartition("/")[2].partition(":")
    if "@" not in image and tag in {"", "latest"}:
        run.left_out.append((image, "without a version it is another image each time: pin one"))
    run.service = {"image": image, **({"command": list(command)} if command else {}), **run.service}
    return run


def _split(word: str) -> tuple[str, str, str | None]:
    """Take --name=value, -p80:80 and -itd apart: flag, nothing, value."""
    if word.startswith("--"):
        flag, mark, value = word.partition("=")
        return flag, mark, value if mark else None
    flag = word[:2]
    if flag in _FLAGS and set(word[1:]) <= {one[1] for one in _FLAGS if len(one) == 2}:
        return flag, "", None  # several short flags in one word
    return flag, "", word[2:] or None


def _why(flag: str) -> str:
    return _REFUSED_FLAGS.get(flag) or _REFUSED.get(flag) or "a service has nothing like it"


def _publish(run: Run, value: str) -> None:
    match = _PORT.fullmatch(value)
    if not match or not match[1] or not all(0 < int(one) <= HIGHEST for one in match.groups()[:2]):
        run.left_out.append((f"-p {value}", "which port of the docker host? write it under ports"))
        return
    port = {"target": int(match[2]), "published": int(match[1]), "protocol": match[3] or "tcp", "mode": "host"}
    run.add("ports", port)
    if value.count(":") > 1:
        run.left_out.append((f"-p {value}", "the address: a Swarm publishes on all of the docker host's"))


def _environment(run: Run, value: str) -> None:
    name, mark, text = value.partition("=")
    if not mark:
        run.left_out.append((f"-e {name}", "a variable of the machine: write its value"))
    elif _SECRET.search(name):
        why = f"a secret: stax secret set {name.lower()}, and read it from /run/secrets"
        run.left_out.append((f"-e {name}=…", why))
    else:
        run.service.setdefault("environment", {})[name] = text


def _volume(run: Run, value: str) -> None:
    source, _, rest = value.partition(":")
    target, _, options = rest.partition(":")
    if not target.startswith("/") or not _VOLUME.fullmatch(source):
        run.left_out.append((f"-v {value}", "it has no name, or no path in the container: write it under volumes"))
        return
    is_folder = source.startswith("/")
    read_only = {"read_only": True} if "ro" in options.split(",") else {}
    run.add("volumes", {"type": "bind" if is_folder else "volume", "source": source, "target": target, **read_only})
    if is_folder and not source.endswith(".sock"):
        run.left_out.append((f"-v {source}", "it is carried over; each docker host has a folder of its own there"))
    elif not is_folder and source not in run.volumes:
        run.volumes.append(source)


def _limit(kind: str, key: str) -> Callable[[Run, str], None]:
    def taken(run: Run, value: str) -> None:
        run.resources.setdefault(kind, {})[key] = value

    return taken


def _one(key: str) -> Callable[[Run, str], None]:
    def taken(run: Run, value: str) -> None:
        run.service[key] = value

    return taken


def _many(key: str) -> Callable[[Run, str], None]:
    return lambda run, value: run.add(key, value)


def _true(key: str) -> Callable[[Run, str], None]:
    def taken(run: Run, _: str) -> None:
        run.service[key] = True

    return taken


def _label(run: Run, value: str) -> None:
    name, _, text = value.partition("=")
    run.service.setdefault("labels", {})[name] = text


def _health(key: str) -> Callable[[Run, str], None]:
    def taken(run: Run, value: str) -> None:
        run.service.setdefault("healthcheck", {})[key] = value

    return taken


def _network(run: Run, value: str) -> None:
    if value not in {"bridge", "default"}:
        run.left_out.append((f"--net {value}", "a service is on the Swarm's networks, and publishes its ports"))


def _also(names: str, taken: Callable[[Run, str], None]) -> dict[str, Callable[[Run, str], None]]:
    return dict.fromkeys(names.split(), taken)


_TAKEN: Mapping[str, Callable[[Run, str], None]] = {
    **_also("-p --publish", _publish),
    **_also("-e --env", _environment),
    **_also("-v --volume", _volume),
    **_also("-h --hostname", _one("hostname")),
    **_also("-u --user", _one("user")),
    **_also("-w --workdir", _one("working_dir")),
    **_also("-l --label", _label),
    **_also("-m --memory", _limit("limits", "memory")),
    **_also("--net --network", _network),
    "--memory-reservation": _limit("reservations", "memory"),
    "--cpus": _limit("limits", "cpus"),
    "--entrypoint": _one("entrypoint"),
    "--stop-signal": _one("stop_signal"),
    "--cap-add": _many("cap_add"),
    "--cap-drop": _many("cap_drop"),
    "--tmpfs": _many("tmpfs"),
    "--dns": _many("dns"),
    "--dns-search": _many("dns_search"),
    "--add-host": _many("extra_hosts"),
    "--read-only": _true("read_only"),
    "--init": _true("init"),
    "--health-cmd": _health("test"),
    "--health-interval": _health("interval"),
    "--health-timeout": _health("timeout"),
}
_FLAGS = {"-d", "--detach", "--rm", "-i", "--interactive", "-t", "--tty", "--read-only", "--init"}
"""They take no value; those that nothing follows from say nothing to a service."""
_DROPPED = {"--name", "--restart", "--cidfile", "-a", "--attach", "--pull"}
_REFUSED_FLAGS = {
    "--privileged": "all rights over the machine: name single ones in cap_add",
    "-P": "which ports of the docker host? write them under ports",
    "--publish-all": "which ports of the docker host? write them under ports",
}
_REFUSED = {
    "--link": "services on one network find one another by name",
    "--volumes-from": "name the volume in both services",
    "--env-file": "a file of the machine: write what it holds into environment",
    "--device": "devices of one machine",
    "--mount": "write it under volumes",
    "--log-driver": "the docker hosts have one for all: write logging for another",
    "--log-opt": "write logging",
    "--ulimit": "write ulimits",
    "--pid": "the processes of the machine",
    "--ipc": "the memory of the machine",
}
