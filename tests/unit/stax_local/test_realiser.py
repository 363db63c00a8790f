import threading
from datetime import UTC, datetime

import pytest

from stax_local.desired import Instance, InstanceState, MetadataOptions, World
from stax_local.realiser import ControlPlaneOnly, arrivals


class Reported:
    """Writes down what is reported."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.came = threading.Event()

    def running(self, instance_id: str) -> None:
        self._note(f"{instance_id} runs")

    def stopped(self, instance_id: str) -> None:
        self._note(f"{instance_id} is off")

    def terminated(self, instance_id: str) -> None:
        self._note(f"{instance_id} is gone")

    def launch_failed(self, instance_id: str, reason: str) -> None:
        self._note(f"{instance_id} failed")

    def impaired(self, instance_id: str) -> None:
        self._note(f"{instance_id} is silent")

    def reachable(self, instance_id: str) -> None:
        self._note(f"{instance_id} answers")

    def unexamined(self, instance_id: str) -> None:
        self._note(f"{instance_id} has nothing behind it")

    def console(self, instance_id: str, output: str) -> None:
        self._note(f"{instance_id} says")

    def _note(self, line: str) -> None:
        self.lines.append(line)
        self.came.set()


def world(**states: InstanceState) -> World:
    return World(instances={name: instance(name, state) for name, state in states.items()})


def instance(name: str, state: InstanceState) -> Instance:
    return Instance(
        id=name,
        account_id="123456789012",
        region="us-east-1",
        state=state,
        image_id="ami-1",
        instance_type="t3.micro",
        architecture="x86_64",
        user_data="",
        key_name="",
        public_key="",
        instance_profile_arn="",
        role_name="",
        metadata_options=MetadataOptions(True, True, 1, False),
        tags={},
        launch_time=datetime(2026, 11, 22, tzinfo=UTC),
        availability_zone="us-east-1a",
        vpc_id="vpc-1",
        subnet_id="subnet-1",
        network_interface_ids=(),
        volumes=(),
        boot=1,
        impaired=False,
    )


@pytest.mark.parametrize(
    ("state", "reported"),
    [
        ("pending", ["i has nothing behind it", "i runs"]),
        ("stopping", ["i is off"]),
        ("shutting-down", ["i is gone"]),
        ("running", []),
     ("stopped", []), ("terminated", [])],
)  # fmt: skip
def test_every_instance_arrives_where_it_is_going(state: InstanceState, reported: list[str]) -> None:
    reports = Reported()
    for arrive in arrivals(world(i=state), reports):
        arrive()
    assert reports.lines == reported


def test_reports_come_from_a_thread_of_its_own_and_end_with_stop() -> None:
    realiser, reports = ControlPlaneOnly("no root"), Reported()
    realiser.start(reports)
    realiser.world_changed(world(i="pending"))
    assert reports.came.wait(5)
    realiser.stop()
    realiser.world_changed(world(j="pending"))
    assert reports.lines == ["i has nothing behind it", "i runs"]
    assert realiser.mode == "control plane only: no root"
