"""A whole stax in a region's real network, with the agents on its NAT boxes: made from the template itself."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import botocore.session
from botocore.config import Config

from stax_agent.nat.canary import canary_key
from stax_local import life
from stax_local.control import ask
from stax_local.folder import Folder
from stax_local.kernel import namespaces
from stax_local.kernel.ledger import Ledger
from stax_local.process import this_process

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
WEB = "203.0.113.10"
NAME = "lab"
RESOLV = "nameserver 169.254.169.253\n"
_SETTINGS = ROOT / "src/stax/machines/nat/rootfs/etc/sysctl.d/60-nat.conf"
NETWORK = {"vpc": "10.183.0.0/16", "1": "10.183.0.0/24", "2": "10.183.2.0/24"}
PATIENCE_S = 120.0


def _without_comments(template: str) -> str:
    """What fits into the call itself; the whole is taken from S3 alone."""
    return "\n".join(line for line in template.splitlines() if not line.lstrip().startswith("#"))


class NatLab:
    """A region, a stack, two agents, a canary on each docker host."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = Folder(home / "local" / "local", home, "local")
        self.settings = life.up(self.folder, {"data_plane": "network"}, leash=this_process())[0]
        self.label = Ledger(self.folder.path / "network.json").label
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.moves_before: list[int] = []
        self.dark: set[int] = set()
        self._told: dict[str, int] = {}
        self.ec2 = self.client("ec2")
        self._stack()

    def client(self, service: str) -> Any:
        return botocore.session.Session().create_client(
            service, region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{self.settings.port}",
            aws_access_key_id=self.settings.access_key_id, aws_secret_access_key=self.settings.secret_access_key,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )  # fmt: skip

    def _stack(self) -> None:
        self.ec2.create_key_pair(KeyName="lab", KeyType="ed25519")
        image = self.ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"]
        given = {
            "CostCenter": "lab", "Owner": "lab", "KeyName": "lab", "AllowSSHFrom": "203.0.113.1/32", "ImageId": image,
            "ClusterSize": "2", "Bucket": "stax-lab",
            **{f"{role}IgnitionKey": f"machines/{role.lower()}/x" for role in ("Jump", "NAT", "Docker")},
            **{f"{role}IgnitionHash": "sha512-" + "0" * 128 for role in ("Jump", "NAT", "Docker")},
        }  # fmt: skip
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=NAME, OnFailure="DO_NOTHING", Capabilities=["CAPABILITY_IAM"],
            TemplateBody=_without_comments((ROOT / "src/stax/templates/stax.yaml").read_text()),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        )  # fmt: skip
        eventually(lambda: self._is_made(cloudformation))
        outputs = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]["Outputs"]
        self.outputs = {each["OutputKey"]: each["OutputValue"] for each in outputs}
        self.public = {zone: self.outputs[f"Nat{zone}PublicIp"] for zone in (1, 2)}
        self.tables = {zone: self.outputs[f"PrivateRouteTable{zone}Id"] for zone in (1, 2)}
        self.interfaces = {zone: self.outputs[f"Nat{zone}InterfaceId"] for zone in (1, 2)}
        self.key = secrets.token_bytes(32)
        self.client("ssm").put_parameter(Name=f"/stax/{NAME}/nat/hmac", Value=self.key.hex(), Type="SecureString")
        bird = canary_key(self.key).hex()
        self.client("ssm").put_parameter(Name=f"/stax/{NAME}/docker/canary", Value=bird, Type="SecureString")
        self.nats: dict[int, str] = {}
        self.hosts: dict[int, str] = {}
        eventually(self._finds_machines)
        machines = (*self.nats.values(), *self.hosts.values())
        eventually(lambda: all(namespaces.exists(self.namespace(each)) for each in machines))
        for zone in (1, 2):
            self.prepare(zone)

    def _is_made(self, cloudformation: Any) -> bool:
        stack = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]
        if stack["StackStatus"].endswith("FAILED"):
            events = cloudformation.describe_stack_events(StackName=NAME)["StackEvents"]
            failed = [each for each in events if "FAILED" in each["ResourceStatus"]]
            raise AssertionError([(each["LogicalResourceId"], each.get("ResourceStatusReason")) for each in failed])
        return bool(stack["StackStatus"] == "CREATE_COMPLETE")

    def _finds_machines(self) -> bool:
        pages = self.ec2.describe_instances(Filters=[{"Name": "tag:stax:name", "Values": [NAME]}])["Reservations"]
        for instance in (each for page in pages for each in page["Instances"]):
            address = instance.get("PrivateIpAddress", "")
            zone = {"10.183.1.": 1, "10.183.3.": 2}.get(address[:9])
            tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
            if tags["stax:role"] == "nat" and zone:
                self.nats[zone] = instance["InstanceId"]
            inside = {"10.183.0.": 1, "10.183.2.": 2}.get(address[:9])
            if inside:
                self.hosts[inside] = instance["InstanceId"]
        return self.nats.keys() == self.hosts.keys() == {1, 2}

    def namespace(self, instance_id: str) -> str:
        return f"{self.label}.{instance_id}"

    def address(self, instance_id: str) -> str:
        described = self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
        return str(described["PrivateIpAddress"])

    def prepare(self, zone: int) -> None:
        """Set what the box's own file sets; the `*` is systemd's, and the box has one interface."""
        lines = (line.replace("*", "eth0") for line in _SETTINGS.read_text().splitlines())
        settings = [line.replace(" ", "") for line in lines if line and not line.startswith("#")]
        self.run(self.nats[zone], "sysctl", "-qw", *settings)

    def weather(self, *disturbances: dict[str, Any]) -> None:
        """Let packets be lost or late from here on, and no others."""
        ask(self.folder, "PUT", "/stax/weather", {"disturbances": list(disturbances), "metadata_down": []})

    def between_boxes(self, **how: Any) -> None:
        """The weather between the two boxes, both ways."""
        one, two = self.nats[1], self.nats[2]
        self.weather({"source": one, "target": two, **how}, {"source": two, "target": one, **how})

    def faults(self, *rules: dict[str, Any], box: int | None = None) -> None:
        """Hinder calls of the boxes to the APIs, or of one of them; without rules none."""
        caller = f"*assumed-role*{self.nats[box] if box else '/i-*'}"
        ask(self.folder, "PUT", "/stax/faults", [{"caller": caller, **rule} for rule in rules])

    def run(self, instance_id: str, *argv: str) -> str:
        command = ("ip", "netns", "exec", self.namespace(instance_id), *argv)
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return done.stdout.strip() or done.stderr.strip()

    def inside(self, instance_id: str, make: Callable[[], T]) -> T:
        """Make something, such as a socket, in a machine's network."""
        return namespaces.inside(self.namespace(instance_id), make)

    def start(self, name: str, instance_id: str, *words: str) -> None:
        """Start a duty of the agent in a machine: with the machine's resolver and the region's authority."""
        resolv = self.home / "resolv.conf"
        resolv.write_text(RESOLV)
        script = f'mount --bind {resolv} /etc/resolv.conf; exec "$@"'
        environment = {
            **os.environ, "SSL_CERT_FILE": str(self.folder.path / "ca.pem"), "PYTHONPATH": str(ROOT / "src"),
        }  # fmt: skip
        command = ("nsenter", f"--net=/run/netns/{self.namespace(instance_id)}", "unshare", "-m", "sh", "-c", script,
                   "sh", "chrt", "-r", "10", sys.executable, "-m", "stax_agent.nat", *words)  # fmt: skip
        log = (self.home / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(command, env=environment, stderr=log, stdout=log)

    def start_agent(self, zone: int) -> None:
        (self.state(zone) / "status.json").unlink(missing_ok=True)  # of an earlier life
        network = self.home / "nat.json"
        network.write_text(json.dumps(NETWORK))
        self.start(f"nat{zone}", self.nats[zone], "watch", str(network), str(self.state(zone)))

    def start_canary(self, zone: int) -> None:
        self.start(f"canary{zone}", self.hosts[zone], "canary")

    def start_all(self) -> None:
        for zone in (1, 2):
            self.start_agent(zone)
            self.start_canary(zone)

    def state(self, zone: int) -> Path:
        return self.home / f"state{zone}"

    def status(self, zone: int) -> dict[str, Any]:
        try:
            said: dict[str, Any] = json.loads((self.state(zone) / "status.json").read_text())
        except FileNotFoundError:
            return {}
        return said

    def journal(self, name: str) -> str:
        """What it has told since both boxes were last known to be at work."""
        return (self.home / f"{name}.log").read_text()[self._told.get(name, 0) :]

    def carrier(self, zone: int) -> int:
        """Which box the zone's route leads to; 0 for none."""
        tables = self.ec2.describe_route_tables(RouteTableIds=[self.tables[zone]])["RouteTables"]
        leads = [each.get("NetworkInterfaceId") for each in tables[0]["Routes"]]
        return next((box for box, interface in self.interfaces.items() if interface in leads), 0)

    def settle(self, *, within_s: float = PATIENCE_S) -> None:
        """Wait until each box carries its own zone, is well, and hears the other's hosts."""
        eventually(lambda: (self.carrier(1), self.carrier(2)) == (1, 2), within_s=within_s)
        eventually(lambda: all(self.is_at_work(box) for box in (1, 2)), within_s=within_s)
        self._told = {name: len((self.home / f"{name}.log").read_text()) for name in self.processes}
        self.moves_before = [self.status(box)["moves"] for box in (1, 2)]

    def is_at_work(self, box: int) -> bool:
        """Whether it is well, and hears its peer and its peer's hosts."""
        status = self.status(box)
        return all(status.get(sign) == "well" for sign in ("says", "peer", "canaries"))

    def restart_agent(self, zone: int) -> None:
        self.end(f"nat{zone}", signal.SIGKILL)
        self.start_agent(zone)

    def called_from(self, zone: int) -> str:
        return self.run(self.hosts[zone], "curl", "-s", "-m2", f"http://{WEB}/ip")

    def power_cut(self, zone: int) -> None:
        """Cut the box's cable and kill its agent, at once."""
        self.dark.add(zone)
        self.end(f"nat{zone}", signal.SIGKILL)
        self.run(self.nats[zone], "ip", "link", "set", "eth0", "down")

    def power_on(self, zone: int) -> None:
        """The cable, the address and the way out as they were; its table of connections empty, as after a boot."""
        self.dark.discard(zone)
        namespace = self.nats[zone]
        self.run(namespace, "conntrack", "-F")
        self.run(namespace, "nft", "flush", "ruleset")
        self.run(namespace, "ip", "link", "set", "eth0", "up")
        gateway = f"10.183.{1 if zone == 1 else 3}.1"
        self.run(namespace, "ip", "route", "replace", "default", "via", gateway)

    def end(self, name: str, how: int = signal.SIGTERM) -> None:
        process = self.processes.pop(name, None)
        if process:
            process.send_signal(how)
            process.wait(10)

    def close(self) -> None:
        for name in list(self.processes):
            self.end(name, signal.SIGKILL)
        life.down(self.folder, keep=False)


class Traffic:
    """A server on the internet and a client on the first zone's docker host."""

    def __init__(self, lab: NatLab) -> None:
        script = str(ROOT / "tests/nat_traffic.py")
        self.server = self._start(f"{lab.label}.internet", script, "serve")
        self.client = self._start(lab.namespace(lab.hosts[1]), script, "use")

    def _start(self, namespace: str, *words: str) -> "subprocess.Popen[str]":
        command = ("ip", "netns", "exec", namespace, sys.executable, *words)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process

    def account(self, patience_s: float = 0.0) -> dict[str, Any]:
        """What became of it since the last time; those that are silent may take so long to speak."""
        assert self.client.stdin
        assert self.client.stdout
        self.client.stdin.write(f"{patience_s}\n")
        self.client.stdin.flush()
        said: dict[str, Any] = json.loads(self.client.stdout.readline())
        return said

    def close(self) -> None:
        for each in (self.client, self.server):
            each.kill()
            each.wait()


def eventually(holds: Callable[[], bool], *, within_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)
