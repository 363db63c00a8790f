"""A stax whose machines boot, for tests of its clusters: made, looked into, broken, waited for."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from tests.environment import of_home
from tests.machines import home as machines_home
from tests.machines import lacking

EXAMPLE = Path(__file__).parent.parent / "config" / "config.json.example"
CLUSTERS = ("etcd", "swarm", "consul")
RUNNING = 'docker service ps web --filter desired-state=running --format "{{.CurrentState}}" | grep -c ^Running'
"""Says on a manager how many tasks of the service web run."""
WELL = {"leader", "voter", "client", "manager", "worker", "server"}
IMAGE = "docker image inspect box:1 >/dev/null 2>&1 || tar -C / -c bin/busybox | docker import - box:1"
LIMIT_S = 300.0
"""A cluster is whole in seconds; a busy test machine gets minutes."""

CREATED_WITHIN_S = 900.0
"""It gives up by itself before that, and says why."""

Result = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Docker:
    """A docker host, as EC2 has it."""

    instance_id: str
    address: str
    zone: str


class Stax:
    """The stax `web` in a region of its own, seen from the laptop that made it and from inside."""

    name = "web"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.home = machines_home(folder / "stax")

    @property
    def env(self) -> dict[str, str]:
        return of_home(self._folder, STAX_HOME=str(self.home))

    def run(self, *words: str, limit_s: float = LIMIT_S) -> Result:
        """`python WORDS`, such as `-m stax list`."""
        return subprocess.run(
            [sys.executable, *words], env=self.env, capture_output=True, text=True, timeout=limit_s, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def stax(self, *words: str, limit_s: float = LIMIT_S) -> Result:
        return self.run("-m", "stax", *words, limit_s=limit_s)

    def up(self) -> None:
        done = self.stax("local", "up", "--data-plane", "machines", limit_s=900)
        assert done.returncode == 0, done.stderr

    def down(self) -> None:
        self.stax("local", "down")

    def create(self, hosts: int, *more: str) -> None:
        words = ("create", self.name, "--yes", "--region", "local", "--config", str(self._configuration(hosts)))
        done = self.stax(*words, *more, limit_s=CREATED_WITHIN_S)
        assert done.returncode == 0, done.stderr

    def destroy(self) -> None:
        done = self.stax("destroy", self.name, "--yes", "--region", "local")
        assert done.returncode == 0, done.stderr

    def _configuration(self, hosts: int) -> Path:
        wanted = {"ClusterSize": str(hosts), "ClusterMaxSize": str(max(9, hosts))}
        entries = json.loads(EXAMPLE.read_text())
        given = {entry["ParameterKey"]: entry["ParameterValue"] for entry in entries} | wanted
        file = self._folder / f"config-{hosts}.json"
        file.write_text(json.dumps(given))
        return file

    def client(self, service: str) -> Any:
        at = json.loads((self.home / "endpoints" / "local.json").read_text())
        return botocore.session.Session().create_client(
            service,
            region_name=at["region"],
            endpoint_url=at["endpoint_url"],
            aws_access_key_id=at["access_key_id"],
            aws_secret_access_key=at["secret_access_key"],
            config=Config(retries={"total_max_attempts": 3}, s3={"addressing_style": "path"}),
        )

    def hosts(self) -> list[Docker]:
        """The docker hosts that run, the oldest first."""
        asked = [
            {"Name": "tag:stax:role", "Values": ["docker"]},
            {"Name": "instance-state-name", "Values": ["running"]},
        ]
        pages = self.client("ec2").describe_instances(Filters=asked)["Reservations"]
        found = [instance for page in pages for instance in page["Instances"]]
        found.sort(key=lambda one: (one["LaunchTime"], one["InstanceId"]))
        return [
            Docker(one["InstanceId"], one["PrivateIpAddress"], one["Placement"]["AvailabilityZone"]) for one in found
        ]

    def execute(self, instance_id: str, script: str, limit_s: float = 120) -> Result:
        """Run a script as root, past the network."""
        return self.run("-m", "stax_local", "exec", instance_id, "--", "sh", "-c", script, limit_s=limit_s)

    def inside(self, instance_id: str, script: str) -> str:
        done = self.execute(instance_id, script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def scale(self, hosts: int) -> None:
        self.client("autoscaling").set_desired_capacity(
            AutoScalingGroupName=f"{self.name}-docker", DesiredCapacity=hosts
        )

    def resize(self, *, least: int, most: int, desired: int) -> None:
        self.client("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName=f"{self.name}-docker", MinSize=least, MaxSize=most, DesiredCapacity=desired
        )

    def terminate(self, *instance_ids: str) -> None:
        self.client("ec2").terminate_instances(InstanceIds=list(instance_ids))

    def report(self) -> Mapping[str, Any]:
        """What the clusters say of themselves; empty while nothing was reported."""
        ssm = self.client("ssm")
        try:
            value = ssm.get_parameter(Name=f"/stax/{self.name}/docker/report")["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            return {}
        found: Mapping[str, Any] = json.loads(value)
        return found

    def journals(self) -> str:
        """What the agents said, for a test that has failed."""
        return "\n".join(
            f"--- {host.instance_id} {host.address}\n"
            + self.execute(host.instance_id, "journalctl -u stax-node --no-pager -o short-precise -n 40").stdout
            for host in self.hosts()
        )


def servers_for(hosts: int) -> int:
    """The promise: one server for one or two hosts, three for three, five from nine on."""
    return 1 if hosts < 3 else 3 if hosts < 9 else 5


def ailments(stax: Stax, hosts: int, clusters: Sequence[str] = CLUSTERS, since: float = 0) -> list[str]:
    """What keeps the clusters from being whole with so many hosts; empty when they are."""
    there = {host.instance_id for host in stax.hosts()}
    said = stax.report()
    if len(there) != hosts or not said:
        return [f"{len(there)} of {hosts} hosts run", *([] if said else ["nothing is reported"])]
    if said["at"] < max(since, time.time() - 120):
        return ["the report is old"]
    wrong = [f"{host} is not reported" for host in there - {host["instance_id"] for host in said["hosts"]}]
    for host in said["hosts"]:
        if host["instance_id"] not in there:
            wrong.append(f"{host['instance_id']} is a ghost")
        wrong += [f"{host['instance_id']}: {name} {host[name]}" for name in clusters if host[name] not in WELL]
    wanted = [servers_for(hosts)] * 2
    wrong += [f"{name}: {said['quorum'].get(name)} servers" for name in clusters if said["quorum"].get(name) != wanted]
    return wrong + ([said["refused"]] if said["refused"] else [])


def cluster_is_whole(
    stax: Stax, *, hosts: int, clusters: Sequence[str] = CLUSTERS, since: float = 0, within_s: float = LIMIT_S
) -> None:
    """Wait until all clusters have so many hosts, all well, the servers they should have, and no ghosts.

    A report from before `since` (a moment of `time.time`) does not count: for what changes no membership.
    """
    deadline = time.monotonic() + within_s
    while wrong := ailments(stax, hosts, clusters, since):
        assert time.monotonic() < deadline, f"{wrong}\n{stax.journals()}"
        time.sleep(0.5)


def eventually(holds: Callable[[], bool], within_s: float = LIMIT_S) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.5)


def leader(stax: Stax) -> str:
    """The instance id of the Swarm's leader, as it was last reported."""
    return next(str(host["instance_id"]) for host in stax.report()["hosts"] if host["swarm"] == "leader")


def stocked(stax: Stax) -> None:
    """Give every host the image box:1; no registry can be reached from here, so each makes it from its own busybox."""
    for host in stax.hosts():
        stax.inside(host.instance_id, IMAGE)


def chaos(stax: Stax, *words: str) -> None:
    done = stax.stax("local", "chaos", *words)
    assert done.returncode == 0, done.stderr


@contextmanager
def clustered(folder: Path, *, hosts: int) -> Iterator[Stax]:
    """A stax of so many docker hosts in a region of its own, taken down at the end."""
    at = Stax(folder)
    try:
        at.up()
        at.create(hosts)
        yield at
    finally:
        at.down()


def skip_without_machines() -> None:

    if why := lacking():
        pytest.skip(f"machines need {why}")
