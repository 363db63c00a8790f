"""The Engine API's answers as nouns.  Pure; shapes are those of Engine API 1.41 and later."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stax.compose.render import FINGERPRINT
from stax.model.services import Port, Revision, RunningService, Task

Answer = Mapping[str, Any]

STACK = "com.docker.stack.namespace"
"""The label by which `docker stack deploy` knows its own."""
REVISION = "stax.revision"
INSTANCE_ID = "instance-id"
"""The node label that the leader's agent sets by what EC2 says."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A docker host as the Swarm has it."""

    id: str
    name: str
    """docker1, …; the host's own name where EC2 does not know it."""
    instance_id: str
    nano_cpus: int
    memory_bytes: int
    takes_tasks: bool


def node(answer: Answer, names: Mapping[str, str]) -> Node:
    """Return a node; `names` tells the machines' names by instance id."""
    description, spec = answer.get("Description", {}), answer.get("Spec", {})
    labels = spec.get("Labels") or {}
    instance_id = labels.get(INSTANCE_ID, "")
    resources = description.get("Resources", {})
    return Node(
        id=answer["ID"],
        name=names.get(instance_id) or description.get("Hostname", answer["ID"]),
        instance_id=instance_id,
        nano_cpus=int(resources.get("NanoCPUs", 0)),
        memory_bytes=int(resources.get("MemoryBytes", 0)),
        takes_tasks=answer.get("Status", {}).get("State") == "ready" and spec.get("Availability") == "active",
    )


def running_service(answer: Answer) -> RunningService:
    """Return a service; asked for with status=true."""
    spec = answer["Spec"]
    stack = (spec.get("Labels") or {}).get(STACK, "")
    container = spec.get("TaskTemplate", {}).get("ContainerSpec", {})
    status, update = answer.get("ServiceStatus") or {}, answer.get("UpdateStatus") or {}
    return RunningService(
        id=answer["ID"],
        stack=stack,
        name=spec["Name"].removeprefix(f"{stack}_") if stack else spec["Name"],
        image=str(container.get("Image", "")).partition("@")[0],
        wanted=int(status.get("DesiredTasks", 0)),
        running=int(status.get("RunningTasks", 0)),
        is_global="Global" in spec.get("Mode", {}),
        ports=tuple(_port(one) for one in (spec.get("EndpointSpec") or {}).get("Ports") or ()),
        fingerprint=(container.get("Labels") or {}).get(FINGERPRINT, ""),
        update=update.get("State", ""),
        update_says=update.get("Message", ""),
    )


def _port(answer: Answer) -> Port:
    return Port(
        published=int(answer.get("PublishedPort", 0)),
        target=int(answer.get("TargetPort", 0)),
        protocol=answer.get("Protocol", "tcp"),
        mode=answer.get("PublishMode", "ingress"),
    )


def task(answer: Answer, service: RunningService, nodes: Mapping[str, Node]) -> Task:
    """Return a task of a service; `nodes` by their ids in the Swarm."""
    status, container = answer.get("Status", {}), answer.get("Spec", {}).get("ContainerSpec", {})
    there = nodes.get(answer.get("NodeID", ""))
    held = status.get("ContainerStatus") or {}
    machine = there.name if there else ""
    return Task(
        id=answer["ID"],
        stack=service.stack,
        service=service.name,
        slot=str(answer["Slot"]) if answer.get("Slot") else machine or "-",
        machine=machine,
        instance_id=there.instance_id if there else "",
        image=str(container.get("Image", "")).partition("@")[0],
        state=status.get("State", "unknown"),
        wanted=answer.get("DesiredState", ""),
        since=moment(status.get("Timestamp", "")),
        trouble=status.get("Err", ""),
        exit_code=held.get("ExitCode"),
        container=held.get("ContainerID", ""),
        fingerprint=(container.get("Labels") or {}).get(FINGERPRINT, ""),
    )


def moment(text: str) -> datetime | None:
    """Return Go's time, which has nine digits behind the point."""
    try:
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def revision(answer: Answer) -> Revision | None:
    """Return what a config object keeps of a deployment, None for one that is no revision."""
    labels = answer.get("Spec", {}).get("Labels") or {}
    number, at = labels.get(REVISION, ""), moment(labels.get("stax.at", ""))
    if not number.isdigit() or at is None:
        return None
    try:
        definition = json.loads(base64.b64decode(answer["Spec"].get("Data", "")))
    except ValueError:
        return None
    return Revision(
        stack=labels.get("stax.stack", ""),
        number=int(number),
        at=at,
        by=labels.get("stax.by", ""),
        verb=labels.get("stax.verb", ""),
        outcome=labels.get("stax.outcome", ""),
        definition=definition,
    )


def revision_labels(one: Revision) -> dict[str, str]:
    """Return a revision's labels as its config object keeps them."""
    return {
        "stax.stack": one.stack,
        REVISION: str(one.number),
        "stax.at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
        "stax.by": one.by,
        "stax.verb": one.verb,
        "stax.outcome": one.outcome,
    }


def newest_first(found: Iterable[Revision]) -> list[Revision]:
    """Return revisions, the newest first."""
    return sorted(found, key=lambda one: one.number, reverse=True)
