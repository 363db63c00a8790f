"""A Compose file in its one long form, all that is wrong with it found at once.

What stands in files beside it (env_file, configs) is read in, so that the form stands for itself.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stax.compose import keys, short_forms
from stax.compose.document import Document, Place
from stax.compose.forms import FORMS, pairs
from stax.compose.problems import ComposeError, Problem, shown
from stax.compose.suggest import did_you_mean
from stax.model.services import Definition

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}")
_DURATION = re.compile(r"(\d+(\.\d+)?(us|ms|s|m|h))+")
_BYTES = re.compile(r"\d+(\.\d+)?\s*([kmgt]i?b?|b)?", re.IGNORECASE)
_DURATIONS = (
    ("stop_grace_period",),
    *(("healthcheck", key) for key in ("interval", "timeout", "start_period")),
    *(("deploy", of, key) for of in ("update_config", "rollback_config") for key in ("delay", "monitor")),
    *(("deploy", "restart_policy", key) for key in ("delay", "window")),
)
_CONSTRAINT = re.compile(r"(node|engine)\.[a-z0-9_.-]+ *(==|!=) *\S+", re.IGNORECASE)
LARGEST_FILE = 500_000
"""Of a config object of Swarm."""


def normal(document: Document, variables: Mapping[str, str]) -> tuple[Definition, tuple[str, ...]]:
    """Return the long form, and notes about what was left out; raises ComposeError with everything that is wrong."""
    found = _Normaliser(document, variables)
    definition = found.definition()
    if found.problems:
        raise ComposeError(document.path, found.problems)
    return definition, tuple(sorted(found.notes))


class _Normaliser:
    def __init__(self, document: Document, variables: Mapping[str, str]) -> None:
        self._document = document
        self._variables = variables
        self._folder = Path(document.path).parent
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def definition(self) -> Definition:
        body = self._document.body
        for key in body:
            if key not in keys.TOP_LEVEL and not key.startswith("x-"):
                self._wrong((key,), f"{key} is no part of a Compose file{did_you_mean(key, keys.TOP_LEVEL)}")
        services = self._section("services")
        if not services and not self.problems:
            self._wrong((), "no services")
        made = {name: self._service(name, body) for name, body in services.items()}
        for kind in ("networks", "volumes", "configs", "secrets"):
            self._uses(made, kind)
        return {
            "services": made,
            "networks": {name: body or {} for name, body in self._section("networks").items()},
            "volumes": {name: body or {} for name, body in self._section("volumes").items()},
            "configs": {name: self._config(name, body) for name, body in self._section("configs").items()},
            "secrets": {name: self._secret(name, body) for name, body in self._section("secrets").items()},
        }

    def _section(self, name: str) -> Mapping[str, Any]:
        section = self._document.body.get(name)
        if section is None:
            return {}
        if not isinstance(section, dict):
            self._wrong((name,), f"{name} is no mapping of names")
            return {}
        for key, body in section.items():
            if not NAME.fullmatch(key):
                self._wrong((name, key), f"{shown(key)} is no name: letters, digits, _ . and -, 63 at most")
            if body is not None and not isinstance(body, dict):
                self._wrong((name, key), f"{key} is no mapping")
        return {key: body for key, body in section.items() if isinstance(body, dict) or body is None}

    def _service(self, name: str, body: Any) -> dict[str, Any]:
        place: Place = ("services", name)
        given = {key: value for key, value in (body or {}).items() if key in keys.TAKEN}
        for key in (body or {}).keys() - given.keys():
            self._sort_out(name, key, body[key])
        image = given.get("image")
        if not isinstance(image, str) or not image or image != image.strip() or " " in image:
            self._wrong((*place, "image"), f"{name} needs an image, not {shown(image)}")
        given["environment"] = self._environment(given, place)
        given.pop("env_file", None)
        for key, change in FORMS.items():
            if key in given:
                given[key] = self._attempted(change, given[key], (*place, key))
        for key in ("ports", "volumes"):
            given[key] = self._listed(key, given.get(key), place)
        given["deploy"] = self._deploy(given.get("deploy"), (*place, "deploy"))
        self._check_durations(given, place)
        self._check_constraints(given, place)
        return {key: value for key, value in given.items() if value not in (None, {}, [])}

    def _sort_out(self, name: str, key: str, value: Any) -> None:
        place: Place = ("services", name, key)
        if key in keys.WITHOUT_EFFECT:
            self.notes.append(f"{name}: {key} is left out: {keys.WITHOUT_EFFECT[key]}")
        elif key in keys.REFUSED and value not in (False, None, [], {}):
            self._wrong(place, f"Swarm cannot do {key} ({keys.REFUSED[key]})")
        elif key not in keys.REFUSED and not key.startswith("x-"):
            self._wrong(place, f"a service has no {key}{did_you_mean(key, keys.TAKEN)}")

    def _attempted(self, change: Callable[[Any], Any], value: Any, place: Place) -> Any:
        try:
            return change(value)
        except (ValueError, TypeError, AttributeError) as error:
            self._wrong(place, f"{place[-1]}: {error}")
            return None

    def _listed(self, key: str, value: Any, place: Place) -> list[dict[str, Any]]:
        if value is not None and not isinstance(value, list):
            self._wrong((*place, key), f"{key} is no list")
            return []
        found: list[dict[str, Any]] = []
        for number, one in enumerate(value or ()):
            try:
                found += short_forms.ports(one) if key == "ports" else [short_forms.volume(one)]
            except ValueError as error:
                self._wrong((*place, key, number), str(error))
        return found

    def _environment(self, given: Mapping[str, Any], place: Place) -> dict[str, str]:
        found: dict[str, str] = {}
        files = given.get("env_file") or []
        for one in [files] if isinstance(files, str) else files:
            path = one.get("path", "") if isinstance(one, dict) else str(one)
            for line in self._text(path, (*place, "env_file")).splitlines():
                if line.strip() and not line.lstrip().startswith("#"):
                    name, _, value = line.strip().partition("=")
                    found[name] = value.strip("\"'")
        for name, value in (self._attempted(pairs, given.get("environment"), (*place, "environment")) or {}).items():
            if value is not None:
                found[name] = value
            elif name in self._variables:
                found[name] = self._variables[name]
        return found

    def _deploy(self, value: Any, place: Place) -> dict[str, Any]:
        given = value if isinstance(value, dict) else {}
        if value is not None and not isinstance(value, dict):
            self._wrong(place, "deploy is no mapping")
        for key in given:
            if key not in keys.DEPLOY and not key.startswith("x-"):
                self._wrong((*place, key), f"deploy has no {key}{did_you_mean(key, keys.DEPLOY)}")
        found = {key: one for key, one in given.items() if key in keys.DEPLOY}
        if (mode := found.get("mode", "replicated")) not in {"replicated", "global"}:
            self._wrong((*place, "mode"), f"deploy.mode is replicated or global, not {shown(mode)}")
        replicas = found.get("replicas", 1)
        if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
            self._wrong((*place, "replicas"), f"deploy.replicas is a number from 0, not {shown(replicas)}")
        if mode == "global":
            found.pop("replicas", None)
        else:
            found["replicas"] = replicas
        if "labels" in found:
            found["labels"] = self._attempted(pairs, found["labels"], (*place, "labels"))
        self._check_resources(found.get("resources"), (*place, "resources"))
        return found

    def _check_resources(self, value: Any, place: Place) -> None:
        for kind in ("limits", "reservations"):
            given = value.get(kind) if isinstance(value, dict) else None
            if given is None:
                continue
            memory, cpus = given.get("memory"), given.get("cpus")
            if memory is not None and not _BYTES.fullmatch(str(memory)):
                self._wrong((*place, kind, "memory"), f"{shown(memory)} is no amount of memory: such as 512M or 2G")
            if cpus is not None and not re.fullmatch(r"\d*\.?\d+", str(cpus)):
                self._wrong((*place, kind, "cpus"), f"{shown(cpus)} is no number of processors: such as '0.5'")

    def _check_durations(self, service: Mapping[str, Any], place: Place) -> None:
        for path in _DURATIONS:
            found: Any = service
            for key in path:
                found = found.get(key) if isinstance(found, dict) else None
            if found is not None and not _DURATION.fullmatch(str(found)):
                message = f"{'.'.join(path)}: {shown(found)} is no duration: such as 10s or 1m30s"
                self._wrong((*place, *path), message)

    def _check_constraints(self, service: Mapping[str, Any], place: Place) -> None:
        placement = service["deploy"].get("placement")
        found = placement.get("constraints") if isinstance(placement, dict) else None
        for one in found if isinstance(found, list) else ():
            if not _CONSTRAINT.fullmatch(str(one)):
                where = (*place, "deploy", "placement", "constraints")
                self._wrong(where, f"{shown(one)} is no constraint: such as node.labels.zone == eu-west-1a")

    def _config(self, name: str, body: Any) -> dict[str, Any]:
        given = dict(body or {})
        if file := given.pop("file", None):
            given["content"] = self._text(str(file), ("configs", name, "file"))
        if not {"content", "external"} & set(given):
            self._wrong(("configs", name), f"config {name} needs file, content or external: true")
        return given

    def _secret(self, name: str, body: Any) -> dict[str, Any]:
        given = dict(body or {})
        if file := given.pop("file", None):
            self.notes.append(f"secret {name}: {file} is not read; stax secret set puts it into the Swarm")
        return {"name": given["name"]} if given.get("external") and "name" in given else {}

    def _uses(self, services: Mapping[str, Any], kind: str) -> None:
        declared = self._section(kind)
        for name, service in services.items():
            used = service.get(kind) or ()
            names = [one["source"] for one in used if one.get("type") == "volume"] if kind == "volumes" else (
                list(used) if kind == "networks" else [one["source"] for one in used])  # fmt: skip
            for one in names:
                if one not in declared and not (kind == "networks" and one == "default"):
                    hint = f"declare it under {kind}{did_you_mean(one, declared)}"
                    self._wrong(("services", name, kind), f"{name} uses {kind[:-1]} {one}, which is not there", hint)

    def _text(self, path: str, place: Place) -> str:
        try:
            text = (self._folder / path).read_text()
        except (OSError, ValueError) as error:
            self._wrong(place, f"{path} cannot be read: {getattr(error, 'strerror', None) or 'no text'}")
            return ""
        if len(text) > LARGEST_FILE:
            self._wrong(place, f"{path} is longer than {LARGEST_FILE // 1000} KB, the most that Swarm keeps")
        return text

    def _wrong(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(Problem(message=message, line=self._document.line(place), hint=hint))
