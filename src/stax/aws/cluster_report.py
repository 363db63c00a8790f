"""The report that the docker hosts keep in SSM about their clusters."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.model.cluster import CLUSTERS, ClusterHost, ClusterReport, Quorum

ABSENT = "ParameterNotFound"
PLAIN = {"etcd": "client", "swarm": "worker", "consul": "client"}
"""What hosts are that a report too long for a parameter only lists by their ids."""


def report_name(stax_name: str) -> str:
    """Return the parameter that holds the report."""
    return f"/stax/{stax_name}/docker/report"


def cluster_report(aws: Aws, stax_name: str) -> ClusterReport | None:
    """Return the newest report; None when there is none, or none that can be read."""
    try:
        value = aws.call("ssm", "GetParameter", Name=report_name(stax_name))["Parameter"]["Value"]
    except AwsError as error:
        if error.code != ABSENT:
            raise
        return None
    try:
        return _read(json.loads(value))
    except (ValueError, KeyError, TypeError, AttributeError):
        # Written by an agent of another age: as good as none, and the next one may be better.
        return None


def _read(said: Mapping[str, Any]) -> ClusterReport:
    plain = said.get("plain", ())
    return ClusterReport(
        at=datetime.fromtimestamp(float(said["at"]), UTC),
        by=str(said["by"]),
        hosts=tuple(_host(one) for one in [*said["hosts"], *({**PLAIN, "instance_id": one} for one in plain)]),
        quorum={name: Quorum(healthy=int(pair[0]), voters=int(pair[1])) for name, pair in said["quorum"].items()},
        versions={str(name): str(version) for name, version in said.get("versions", {}).items()},
        refused=str(said.get("refused") or ""),
    )


def _host(one: Mapping[str, Any]) -> ClusterHost:
    return ClusterHost(
        instance_id=str(one["instance_id"]),
        private_ip=str(one.get("private_ip", "")),
        zone=str(one.get("zone", "")),
        **{name: str(one.get(name) or "missing") for name in CLUSTERS},
    )
