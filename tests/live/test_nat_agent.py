"""The NAT boxes of a stax as `stax create` makes them: their agents run, cover for each other, and are put back."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from tests.laptop import Laptop, laptop_with

NAME = "pair"
SERVER = "203.0.113.10"
PATIENCE_S = 180.0

# The first case makes the whole stax, and a busy machine boots it in minutes.
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with laptop_with(NAME, tmp_path_factory.mktemp("laptop"), hosts=2) as made:
        yield made


@pytest.fixture
def stax(laptop: Laptop) -> "Pair":
    made = Pair(laptop)
    made.comes_to(lambda: made.carriers() == {1: "nat1", 2: "nat2"})
    return made


class Pair:
    """The pair, as its operator sees it."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop

    def status(self) -> Mapping[str, Any]:
        said: Mapping[str, Any] = json.loads(self.laptop.stax("nat", "status", NAME, "-o", "json").stdout)
        return said

    def carriers(self) -> dict[int, str]:
        return {zone["number"]: zone["carried_by"] for zone in self.status()["zones"]}

    def chaos(self, *words: str) -> None:
        done = self.laptop.local("chaos", *words)
        assert done.returncode == 0, done.stderr

    def comes_to(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, self.laptop.stax("nat", "events", NAME).stdout
            time.sleep(0.5)

    def talks_on(self, host: str) -> bool:
        """Whether the connection that `talks` opened there is still the same one, and is answered."""
        before = self.laptop.inside(host, "cat /run/talk.count")
        self.comes_to(
            lambda: (
                self.laptop.inside(host, "systemctl is-active talk || true") != "active\n"
                or self.laptop.inside(host, "cat /run/talk.count") != before
            )
        )
        return self.laptop.inside(host, "systemctl is-active talk || true") == "active\n"

    def host_of(self, zone: int) -> str:
        """A docker host of a zone: the one in the availability zone of the zone's own box."""
        machines = self.laptop.machines(NAME)
        where = machines[f"nat{zone}"]["zone"]
        return next(name for name, one in machines.items() if name.startswith("docker") and one["zone"] == where)


TALK = f"""
import socket
with socket.create_connection(("{SERVER}", 7), timeout=120) as link:
    for count in range(10**9):
        link.sendall(b"x")
        assert link.recv(1) == b"x"
        open("/run/talk.count", "w").write(str(count))
        __import__("time").sleep(0.2)
"""


@pytest.fixture
def host(stax: Pair) -> Iterator[str]:
    """A docker host of zone 1 with a connection open to the internet."""
    name = stax.host_of(1)
    stax.laptop.inside(name, f"cat > /run/talk.py <<'END'\n{TALK}\nEND\nrm -f /run/talk.count")
    stax.laptop.inside(name, "systemd-run --quiet --collect --unit=talk python3 /run/talk.py")
    stax.comes_to(lambda: stax.laptop.inside(name, "cat /run/talk.count 2>/dev/null || true") != "")
    yield name
    stax.laptop.inside(name, "systemctl stop talk || true")


def test_create_ends_with_both_boxes_at_work_and_a_key_that_nobody_sees(laptop: Laptop, stax: Pair) -> None:
    assert [box["says"] for box in stax.status()["boxes"]] == ["well", "well"]
    ssm = laptop.client("ssm")
    for name in (f"/stax/{NAME}/nat/hmac", f"/stax/{NAME}/docker/canary"):
        held = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        assert held["Type"] == "SecureString"
        tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
        assert {"Key": "stax:name", "Value": NAME} in tags
        key = held["Value"]
        assert laptop.inside("nat1", f"grep -rlF {key} /etc /run /var/log || true") == ""
        assert laptop.inside("nat1", f"journalctl --no-pager | grep -F {key} || true") == ""


def test_a_power_cut_is_taken_over_and_given_back_by_nobodys_hand(stax: Pair, host: str) -> None:
    stax.chaos("power-off", "nat1")
    stax.comes_to(lambda: stax.carriers() == {1: "nat2", 2: "nat2"})
    assert stax.talks_on(host)

    stax.chaos("power-on", "nat1")
    stax.comes_to(lambda: stax.carriers() == {1: "nat1", 2: "nat2"})
    assert stax.talks_on(host)


@pytest.mark.parametrize("signal", ["KILL", "STOP"])
def test_an_agent_that_dies_or_hangs_is_started_anew_and_nobody_notices(stax: Pair, host: str, signal: str) -> None:
    """Case 15."""
    agent = "systemctl show --value --property MainPID stax-nat-agent"
    before = stax.laptop.inside("nat1", agent)

    stax.laptop.inside("nat1", f"kill -{signal} {before}")

    stax.comes_to(lambda: stax.laptop.inside("nat1", agent) not in {before, "0\n"})
    stax.comes_to(lambda: {box["name"]: box["says"] for box in stax.status()["boxes"]}["nat1"] == "well")
    assert stax.talks_on(host)


def test_a_terminated_box_is_put_back_while_its_peer_carries_on(stax: Pair, host: str) -> None:
    """Case 11: the new machine has no address of its own until it takes it back, and is lent one."""
    ec2 = stax.laptop.client("ec2")
    gone = stax.laptop.machines(NAME)["nat1"]["instance_id"]
    ec2.modify_instance_attribute(InstanceId=gone, DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=[gone])
    stax.comes_to(lambda: stax.carriers() == {1: "nat2", 2: "nat2"})

    repaired = stax.laptop.stax("repair", NAME, "--yes")

    assert repaired.returncode == 0, repaired.stderr
    assert "lending nat1 a public address" in repaired.stderr
    assert stax.carriers() == {1: "nat1", 2: "nat2"}
    assert len(ec2.describe_addresses()["Addresses"]) == 3
    assert stax.talks_on(host)
