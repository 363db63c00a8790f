"""What `docker stack deploy` is given: a definition with names, fingerprints, and the order of updates decided.

The same definition, secrets and revision of stax render to the same document, byte for byte.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import yaml

from stax.model.services import Definition

FINGERPRINT = "stax.fingerprint"
"""A container's label: from which definition its task was made."""
SHARED_NETWORK = "stax"
"""On it, services of different stacks find one another."""
VERSION = "3.9"
"""The newest that Docker 20.10 takes."""


def completed(stack: str, definition: Definition) -> Definition:
    """Return the definition with everything decided that the file left open: the same for everybody who deploys it."""
    services = {name: _completed(stack, name, body) for name, body in definition["services"].items()}
    networks = dict(definition.get("networks", {}))
    if any(SHARED_NETWORK in service["networks"] for service in services.values()):
        networks[SHARED_NETWORK] = {"external": True, "name": SHARED_NETWORK}
    return {**definition, "services": services, "networks": networks}


def _completed(stack: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    deploy = dict(body.get("deploy", {}))
    deploy.setdefault("mode", "replicated")
    modes = {port["mode"] for port in body.get("ports", ())}
    deploy.setdefault("endpoint_mode", "vip" if "ingress" in modes else "dnsrr")
    update = dict(deploy.get("update_config") or {})
    update.setdefault("order", "start-first" if can_overlap(body) else "stop-first")
    update.setdefault("failure_action", "pause")
    deploy["update_config"] = update
    networks = dict(body.get("networks") or {"default": {}})
    if "networks" not in body and name == stack:
        networks[SHARED_NETWORK] = {}
    return {**body, "deploy": deploy, "networks": networks}


def can_overlap(body: Mapping[str, Any]) -> bool:
    """Return whether a task's successor may start beside it: no port of the host and no data that both would write."""
    has_ports = any(port["mode"] == "host" for port in body.get("ports", ()))
    has_data = any(one["type"] != "tmpfs" and not one.get("read_only") for one in body.get("volumes", ()))
    return not has_ports and not has_data and body.get("deploy", {}).get("mode") != "global"


def fingerprint(service: Mapping[str, Any], definition: Definition, secrets: Mapping[str, str]) -> str:
    """Return what is the same for tasks that need not be replaced: not the number of them, nor how they are rolled."""
    deploy = {key: value for key, value in service.get("deploy", {}).items() if key not in _NO_TASK_ENDS_FOR}
    told = {
        **service,
        "deploy": deploy,
        "configs": [{**one, "as": config_name("", one["source"], definition)} for one in service.get("configs", ())],
        "secrets": [{**one, "as": secrets.get(one["source"], "")} for one in service.get("secrets", ())],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


_NO_TASK_ENDS_FOR = ("replicas", "update_config", "rollback_config", "labels")


def config_name(stack: str, name: str, definition: Definition) -> str:
    """Return the name of a config object, by its content: Swarm changes none, so another content is another object."""
    config = definition["configs"][name]
    if "content" not in config:
        return str(config.get("name", name))
    return f"{stack}_{name}-{hashlib.sha256(config['content'].encode()).hexdigest()[:12]}"


def contents(stack: str, definition: Definition) -> dict[str, str]:
    """Return the config objects that must be there: content by name."""
    configs = definition.get("configs", {})
    return {
        config_name(stack, name, definition): body["content"] for name, body in configs.items() if "content" in body
    }


def rendered(stack: str, definition: Definition, secrets: Mapping[str, str]) -> dict[str, Any]:
    """Return the document for Docker: a completed definition, `secrets` the Swarm's name of each secret."""
    services = {}
    for name, body in definition["services"].items():
        labels = {**body.get("labels", {}), FINGERPRINT: fingerprint(body, definition, secrets)}
        services[name] = {**body, "labels": labels}
    configs = {name: _external(config_name(stack, name, definition)) for name in definition.get("configs", {})}
    document = {
        "version": VERSION,
        "services": services,
        "networks": definition.get("networks", {}),
        "volumes": definition.get("volumes", {}),
        "configs": configs,
        "secrets": {name: _external(secrets[name]) for name in definition.get("secrets", {}) if name in secrets},
    }
    return {key: value for key, value in document.items() if value}


def _external(name: str) -> dict[str, Any]:
    return {"external": True, "name": name}


def as_text(document: Any) -> str:
    """Return a document as JSON, which is YAML too; a dollar sign is no variable."""
    return json.dumps(escaped(document), separators=(",", ":"))


def as_yaml(document: Any) -> str:
    """Return a document as a Compose file, as people read and `docker stack deploy` takes it."""
    return str(yaml.safe_dump(escaped(document), sort_keys=False, allow_unicode=True))


def escaped(value: Any) -> Any:
    """Return a value with each dollar sign as Compose wants it: one that is no variable is written twice."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: escaped(one) for key, one in value.items()}
    return [escaped(one) for one in value] if isinstance(value, list) else value
