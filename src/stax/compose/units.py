"""A fleet unit that runs a container, as a Compose file and a service.toml; what they cannot say is listed.

Pure: text in, text out.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from stax.compose.docker_run import Run, read_run
from stax.compose.document import parsed
from stax.compose.normal import normal
from stax.compose.problems import ComposeError, Problem, shown
from stax.compose.render import escaped

LARGEST_CHARACTERS = 100_000
_SECTION = re.compile(r"\[([^\]]+)\]")
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_SPECIFIER = re.compile(r"%[a-zA-Z]")
_SHELLS = ("sh", "bash")
_SHELL_SIGNS = re.compile(r"[|;&<>`]|\$\(")
_INFRASTRUCTURE = (
    "docker",
    "etcd",
    "etcd2",
    "fleet",
    "flanneld",
    "consul",
    "network-online",
    "network",
    "early-docker",
)
_RESTARTS = {"always": "any", "on-success": "any", "no": "none"}


@dataclass(frozen=True)
class LeftOut:
    """Something of a unit that has no place in a Compose file."""

    line: int
    what: str
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}: {self.why}"


@dataclass(frozen=True, kw_only=True)
class ImportedUnit:
    """What became of a unit."""

    name: str
    compose: str
    service: str
    """The text of service.toml."""
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Entry:
    section: str
    key: str
    value: str
    line: int


@dataclass
class _Draft:
    """What is known so far."""

    name: str
    title: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    run: Run | None = None
    deploy: dict[str, Any] = field(default_factory=dict)
    stop_grace_period: str = ""
    needs: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave_out(self, entry: _Entry, why: str) -> None:
        self.left_out.append(LeftOut(entry.line, f"{entry.key}={entry.value}", why))


def import_unit(text: str, filename: str) -> ImportedUnit:
    """Return a unit as a service; raises ComposeError when it runs no container."""
    draft = _Draft(name=_name(filename))
    entries = list(_entries(text, filename))
    for entry in entries:
        if (entry.section, entry.key) == ("Service", "Environment"):
            draft.variables |= dict(word.partition("=")[::2] for word in _words(entry, filename))
    for entry in entries:
        _take(draft, entry, filename)
    if draft.run is None:
        raise ComposeError(filename, [Problem(message="no ExecStart with docker run: it runs no container")])
    left_out = tuple(sorted([*draft.left_out, *_of_run(draft.run)], key=lambda one: one.line))
    compose = _compose(draft, draft.run)
    _refuse_wrong(compose, draft.run.line, filename)
    return ImportedUnit(name=draft.name, compose=compose, service=_service(draft), left_out=left_out)


def _refuse_wrong(compose: str, line: int, filename: str) -> None:
    """Raise ComposeError for what Docker would have refused as well, at the line where the unit says it."""
    try:
        normal(parsed(compose, {}), {})
    except ComposeError as error:
        raise ComposeError(filename, [Problem(message=one.message, line=line) for one in error.problems]) from error


def _name(filename: str) -> str:
    name = filename.rpartition("/")[2].removesuffix(".service").partition("@")[0].lower().replace("_", "-")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        raise ComposeError(filename, [Problem(message=f"{shown(name)} is no service's name: rename the file")])
    return name


def _entries(text: str, filename: str) -> Iterator[_Entry]:
    """Yield a unit's settings; a line that ends with a backslash goes on in the next."""
    if len(text) > LARGEST_CHARACTERS:
        raise ComposeError(filename, [Problem(message="too long for a unit")])
    section, held, begun = "", "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not held and (not stripped or stripped[0] in "#;"):
            continue
        begun = begun if held else number
        held += stripped
        if held.endswith("\\"):
            held = held[:-1].rstrip() + " "
            continue
        if match := _SECTION.fullmatch(held):
            section = match[1]
        elif "=" in held:
            key, _, value = held.partition("=")
            yield _Entry(section, key.strip(), value.strip(), begun)
        else:
            raise ComposeError(
                filename, [Problem(message=f"neither [Section] nor Key=Value: {shown(held)}", line=begun)]
            )
        held = ""


def _take(draft: _Draft, entry: _Entry, filename: str) -> None:
    if entry.section == "Unit":
        _take_unit(draft, entry)
    elif entry.section == "X-Fleet":
        _take_fleet(draft, entry)
    elif entry.section == "Service":
        _take_service(draft, entry, filename)
    elif entry.section != "Install":
        draft.leave_out(entry, f"[{entry.section}] is no part of a service")


def _take_unit(draft: _Draft, entry: _Entry) -> None:
    if entry.key == "Description":
        draft.title = entry.value
    elif entry.key in {"Requires", "BindsTo", "After", "Wants"}:
        for unit in entry.value.split():
            need = unit.partition(".")[0].partition("@")[0]
            if need not in (*_INFRASTRUCTURE, draft.name, *draft.needs):
                draft.needs.append(need)
    elif entry.key not in {"Documentation", "Before", "StartLimitInterval", "StartLimitIntervalSec", "StartLimitBurst"}:
        draft.leave_out(entry, "Swarm has nothing like it")


def _take_fleet(draft: _Draft, entry: _Entry) -> None:
    placement = draft.deploy.setdefault("placement", {})
    if entry.key == "Global" and entry.value.lower() in {"true", "yes", "1"}:
        draft.deploy["mode"] = "global"
    elif entry.key == "Conflicts" and entry.value.partition("@")[0].partition(".")[0] == draft.name:
        placement["max_replicas_per_node"] = 1
    elif entry.key == "MachineMetadata":
        pairs = [word.partition("=") for word in entry.value.replace('"', "").split()]
        placement.setdefault("constraints", []).extend(f"node.labels.{name} == {value}" for name, _, value in pairs)
    elif entry.key == "MachineID":
        draft.leave_out(entry, "docker hosts come and go: give one a label, and write a constraint for it")
    elif entry.key != "Global":
        draft.leave_out(entry, "between services, Swarm knows no placement: give docker hosts labels")


def _take_service(draft: _Draft, entry: _Entry, filename: str) -> None:
    taken: Callable[[_Draft, _Entry], None] | None = _SETTINGS.get(entry.key)
    if taken:
        taken(draft, entry)
    elif entry.key == "ExecStart":
        _take_start(draft, entry, filename)
    elif entry.key.startswith("Exec"):
        words = _docker_words(_words(entry, filename))
        if not words or words[0] not in {"pull", "kill", "stop", "rm", "login"}:
            draft.leave_out(entry, "a service runs its container and nothing else: put it into the image")
    elif entry.key not in _UNDERSTOOD:
        draft.leave_out(entry, "systemd's, and a Swarm has nothing like it")


def _restart(draft: _Draft, entry: _Entry) -> None:
    draft.deploy.setdefault("restart_policy", {})["condition"] = _RESTARTS.get(entry.value, "on-failure")


def _restart_after(draft: _Draft, entry: _Entry) -> None:
    draft.deploy.setdefault("restart_policy", {})["delay"] = _duration(entry.value)


def _stop_within(draft: _Draft, entry: _Entry) -> None:
    if entry.value not in {"0", "infinity"}:
        draft.stop_grace_period = _duration(entry.value)


def _environment_file(draft: _Draft, entry: _Entry) -> None:
    draft.leave_out(entry, "a file of the machine, which no container sees: write what it needs into environment")


_SETTINGS: Mapping[str, Callable[[_Draft, _Entry], None]] = {
    "Restart": _restart,
    "RestartSec": _restart_after,
    "TimeoutStopSec": _stop_within,
    "EnvironmentFile": _environment_file,
}
_UNDERSTOOD = (
    "Environment",
    "Type",
    "TimeoutStartSec",
    "TimeoutSec",
    "KillMode",
    "RemainAfterExit",
    "SyslogIdentifier",
)


def _duration(value: str) -> str:
    return f"{value}s" if value.isdigit() else value.replace("min", "m").replace(" ", "")


def _take_start(draft: _Draft, entry: _Entry, filename: str) -> None:
    words = _docker_words(_words(entry, filename))
    if not words or words[0] != "run":
        draft.leave_out(entry, "it runs no container")
        return
    given = [_filled(word, draft, entry) for word in words[1:]]
    draft.run = read_run(given, line=entry.line, path=filename)


def _filled(word: str, draft: _Draft, entry: _Entry) -> str:
    """Return a word with the unit's own variables in it; those of the machine are listed and stay."""

    def value(found: "re.Match[str]") -> str:
        name = found[1] or found[2]
        if name not in draft.variables:
            draft.left_out.append(LeftOut(entry.line, found[0], "a variable of the machine: write its value"))
        return draft.variables.get(name, found[0])

    for found in _SPECIFIER.findall(word):
        draft.left_out.append(LeftOut(entry.line, found, "of the unit's instance; {{.Task.Slot}} is a task's number"))
    return _VARIABLE.sub(value, word.replace("%p", draft.name))


def _words(entry: _Entry, filename: str) -> list[str]:
    try:
        return shlex.split(entry.value.lstrip("-@+!:"))
    except ValueError as error:
        raise ComposeError(filename, [Problem(message=f"{entry.key}: {error}", line=entry.line)]) from error


def _docker_words(words: list[str]) -> list[str]:
    """Return what follows docker, also within sh -c '…'; nothing when it is not docker, or a script around it."""
    if len(words) > 2 and words[0].rpartition("/")[2] in _SHELLS and words[1].startswith("-") and "c" in words[1]:
        if _SHELL_SIGNS.search(words[2]):
            return []
        words = shlex.split(words[2].removeprefix("exec "))
    is_docker = bool(words) and words[0].rpartition("/")[2] == "docker"
    return words[1:] if is_docker else []


def _of_run(run: Run) -> Iterator[LeftOut]:
    for what, why in run.left_out:
        yield LeftOut(run.line, what, why)


def _compose(draft: _Draft, run: Run) -> str:
    resources = {"resources": run.resources} if run.resources else {}
    deploy = {key: value for key, value in draft.deploy.items() if value}
    if deploy.get("mode") != "global":
        deploy.setdefault("replicas", 1)
    service = {**run.service, "deploy": {**deploy, **resources}}
    if draft.stop_grace_period:
        service["stop_grace_period"] = draft.stop_grace_period
    document: dict[str, Any] = {"services": {draft.name: service}}
    if run.volumes:
        document["volumes"] = {name: {} for name in run.volumes}
    text: str = yaml.safe_dump(escaped(document), sort_keys=False, width=110)
    return text


def _service(draft: _Draft) -> str:
    needs = ", ".join(_quoted(one) for one in draft.needs)
    lines = [f"title = {_quoted(draft.name)}", f"summary = {_quoted(draft.title or draft.name)}", f"needs = [{needs}]"]
    for port in (draft.run.service.get("ports") or ()) if draft.run else ():
        number, protocol = port["published"], port["protocol"]
        lines += [
            "",
            "[[ports]]",
            f"number = {number}",
            f"protocol = {_quoted(protocol)}",
            'what = "as the unit had it"',
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    plain = "".join(character if character.isprintable() else " " for character in text)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
