"""When clusters are brought back from a survivor, and from which."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stax.api.recover import prepare
from stax.aws.errors import AwsError
from stax.aws.session import Aws, Identity
from stax.engine.site import Site
from stax.errors import StaxError
from stax.model.plan import RecoveryPlan

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("etcd", "swarm", "consul")


class Account(Aws):
    """A stax whose hosts reported these servers, of which these run still."""

    identity = Identity(account_id="123456789012", arn="arn:aws:iam::123456789012:user/jo")
    place = "eu-west-1"

    def __init__(self, reported: Sequence[str], running: Sequence[str]) -> None:
        self.reported, self.running = reported, running

    def command(self, verb: str, name: str = "") -> str:
        return f"stax {verb} {name}"

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        if operation == "GetParameter":
            if not self.reported:
                raise AwsError("none", code="ParameterNotFound")
            hosts = [{"instance_id": one, **self._parts(one)} for one in self.reported]
            said = {"at": 1, "by": "i-1", "hosts": hosts, "quorum": {name: [3, 3] for name in NAMES}}
            return {"Parameter": {"Value": json.dumps(said)}}
        tags = [{"Key": "stax:name", "Value": "demo"}]
        stack = {"StackName": "demo", "StackId": "arn:demo", "StackStatus": "CREATE_COMPLETE", "Tags": tags}
        return {"Stacks": [{**stack, "CreationTime": NOW}]}

    def _parts(self, instance_id: str) -> dict[str, str]:
        if instance_id.startswith("i-client"):
            return {"etcd": "client", "swarm": "worker", "consul": "client"}
        if instance_id == "i-3":
            return dict.fromkeys(NAMES, "leader")
        return {"etcd": "voter", "swarm": "manager", "consul": "server"}

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        for instance_id in self.running:
            tags = [{"Key": "stax:role", "Value": "docker"}]
            described = {"InstanceId": instance_id, "State": {"Name": "running"}, "LaunchTime": NOW, "Tags": tags}
            yield {"Instances": [described]}


def planned(tmp_path: Path, reported: Sequence[str], running: Sequence[str]) -> RecoveryPlan:
    story = prepare(Site(Account(reported, running), tmp_path), "demo")
    while True:
        try:
            next(story)
        except StopIteration as end:
            plan: RecoveryPlan = end.value
            return plan


def test_the_last_server_of_three_is_the_survivor(tmp_path: Path) -> None:
    plan = planned(tmp_path, ["i-1", "i-2", "i-3"], ["i-2", "i-new"])

    assert (plan.survivor_id, plan.gone) == ("i-2", ("i-1", "i-3"))
    assert "etcd" in plan.lost


def test_while_a_majority_runs_nothing_is_recovered(tmp_path: Path) -> None:
    with pytest.raises(StaxError, match="no cluster of demo has lost the majority"):
        planned(tmp_path, ["i-1", "i-2", "i-3"], ["i-1", "i-2"])


@pytest.mark.parametrize("running", [[], ["i-client"]])
def test_without_a_server_that_runs_there_is_nobody_to_go_on_from(tmp_path: Path, running: list[str]) -> None:
    with pytest.raises(StaxError, match="nobody knows what they held") as caught:
        planned(tmp_path, ["i-1", "i-2", "i-3", "i-client"], running)

    assert "backup list" in caught.value.hint


def test_what_was_never_a_cluster_is_not_recovered(tmp_path: Path) -> None:
    with pytest.raises(StaxError, match="have never reported a cluster"):
        planned(tmp_path, [], ["i-1"])
