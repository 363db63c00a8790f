"""What the operator reads with AWS credentials alone: all three clusters, by host, in one parameter.

The host that leads the Swarm writes /stax/NAME/docker/report; without a leader nobody does, and its age tells.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stax_agent.node.cluster import View
from stax_agent.node.hosts import Group
from stax_agent.node.store import LARGEST_BYTES

PARAMETER = "report"
LEAST_INTERVAL_S = 5.0
LONGEST_INTERVAL_S = 60.0
CLUSTERS = ("etcd", "swarm", "consul")
PLAIN = {"etcd": "client", "swarm": "worker", "consul": "client"}


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What this host's agent knows of the clusters; the refusals are sentences."""

    views: Mapping[str, View] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def report(findings: Findings, group: Group) -> dict[str, Any]:
    """Return all but who reports and when.  A host of which a cluster knows nothing is missing from it."""
    views = findings.views
    hosts = [
        {
            "instance_id": host.instance_id,
            "private_ip": host.private_ip,
            "zone": host.zone,
            **{name: _state(views, name, host.instance_id) for name in CLUSTERS},
        }
        for host in group.hosts
    ]
    ghosts = sorted(
        {instance_id for view in views.values() for instance_id in view.states}
        - {host.instance_id for host in group.hosts}
    )
    hosts += [
        {
            "instance_id": ghost,
            "private_ip": "",
            "zone": "",
            **{name: _state(views, name, ghost) for name in CLUSTERS},
        }
        for ghost in ghosts
    ]
    quorum = {name: [view.healthy, view.voters] for name, view in views.items()}
    refused = "; ".join(f"{name}: {text}" for name, text in sorted(findings.refused.items()) if text)
    return {"hosts": hosts, "quorum": quorum, "versions": dict(findings.versions), "refused": refused}


def _state(views: Mapping[str, View], name: str, instance_id: str) -> str:
    view = views.get(name)
    return view.states.get(instance_id, "missing") if view else "missing"


def as_text(content: Mapping[str, Any], *, by: str, at: float) -> str:
    """Return the parameter's value; of many hosts, those of which there is nothing to say have their id only.

    A parameter holds 4096 bytes, some 25 hosts in full.  `plain` are ids of hosts that are just what most are.
    """
    whole = {"at": round(at), "by": by, **content}
    text = _compact(whole)
    if len(text) <= LARGEST_BYTES:
        return text
    short = [{key: each[key] for key in ("instance_id", *CLUSTERS)} for each in content["hosts"]]
    telling = [each for each in short if not _is_plain(each)]
    plain = [each["instance_id"] for each in short if _is_plain(each)]
    while len(text := _compact({**whole, "hosts": telling, "plain": plain})) > LARGEST_BYTES and telling:
        telling = telling[:-1]
    return text


def _is_plain(host: Mapping[str, str]) -> bool:
    return all(host[name] == word for name, word in PLAIN.items())


def _compact(content: Mapping[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"))
