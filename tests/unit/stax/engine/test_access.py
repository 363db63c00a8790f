"""The way in opens when the machines that are needed have published their host keys, and not before."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stax.engine.access import Way, way_in
from stax.engine.clock import Clock
from stax.engine.site import Site
from stax.errors import Unhealthy
from stax.events import Event, StepStarted
from stax.model.stack import Stack
from stax.remote.known_hosts import ChangedHostKey

STACK = Stack(name="web", stack_id="arn", status="CREATE_COMPLETE", created_at=datetime.now(UTC))
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "a" * 43
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "b" * 43


def instance(name: str, role: str, number: int, **more: Any) -> dict[str, Any]:
    tags = {"Name": f"{name}-web", "stax:name": "web", "stax:role": role}
    return {
        "InstanceId": f"i-0{number}",
        "State": {"Name": "running"},
        "LaunchTime": datetime(2026, 1, number, tzinfo=UTC),
        "PrivateIpAddress": f"10.183.0.{number}",
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        **more,
    }


MACHINES = {
    "Reservations": [
        {"Instances": [instance("jumpbox", "jump", 1, PublicIpAddress="198.51.100.7"), instance("d", "docker", 2)]}
    ]
}


def published(**keys: str) -> dict[str, Any]:
    names = {"i_01": "/stax/web/hostkeys/jump/i-01", "i_02": "/stax/web/hostkeys/docker/i-02"}
    return {"Parameters": [{"Name": names[name], "Value": value} for name, value in keys.items()]}


class Person:
    """Somebody on the way in; `heard` is what was told."""

    def __init__(self, account: Any, home: Path, clock: Clock) -> None:
        self.site = Site(account, home, clock)
        self.heard: list[Event] = []

    def way(self, *names: str) -> Way:
        def needed(machines):
            return [machine for machine in machines if machine.name in names]

        story = way_in(self.site, STACK, needed, key=Path("/home/jo/.ssh/id_ed25519"))
        while True:
            try:
                self.heard.append(next(story))
            except StopIteration as end:
                way: Way = end.value
                return way

    def file(self, name: str) -> str:
        return (self.site.local.folder("web") / name).read_text()


@pytest.fixture
def person(account_with, clock, tmp_path):
    def made(*answers: Any) -> Person:
        answer = list(answers) if len(answers) > 1 else answers[0]
        return Person(account_with(DescribeInstances=MACHINES, GetParameters=answer), tmp_path / "stax", clock)

    return made


def test_published_keys_are_pinned_before_anybody_connects(person):
    jo = person(published(i_01=KEY, i_02=OTHER))

    way = jo.way("jumpbox", "docker1")

    assert jo.heard == []
    assert jo.file("known_hosts").endswith(f"i-01 {KEY}\ni-02 {OTHER}\n")
    assert jo.file("ssh_config") == way.text
    assert way.config.stat().st_mode & 0o777 == 0o600


def test_a_machine_that_has_published_nothing_is_waited_for_and_that_is_told_once(person, clock):
    jo = person(published(), published(i_01=KEY), published(i_01=KEY, i_02=OTHER))

    jo.way("jumpbox", "docker1")

    assert [event.step for event in jo.heard if isinstance(event, StepStarted)] == [
        "waiting for jumpbox and docker1 to come up and publish a host key (0 s of 300 s)"
    ]
    assert len(clock.slept_s) == 2


def test_the_wait_has_an_end(person, clock):
    jo = person(published(i_01=KEY))

    with pytest.raises(Unhealthy, match="docker1 published no host key within 3"):
        jo.way("jumpbox", "docker1")

    assert 300 <= clock.now_s < 310
    assert 10 <= len(jo.heard) <= 16, "a sign of life every 20 s"
    assert "known_hosts" not in [file.name for file in jo.site.local.folder("web").iterdir()]


@pytest.mark.parametrize("value", ["", "nonsense", f"* {KEY}", f"@cert-authority {KEY}"])
def test_what_is_no_host_key_counts_as_nothing_published(person, value):
    jo = person(published(i_01=value))

    with pytest.raises(Unhealthy):
        jo.way("jumpbox")


def test_a_key_that_differs_from_the_pinned_one_is_refused_at_once(person):
    jo = person(published(i_01=KEY), published(i_01=OTHER))
    jo.way("jumpbox")

    with pytest.raises(ChangedHostKey, match=r"jumpbox \(i-01\)"):
        jo.way("jumpbox")

    assert f"i-01 {KEY}" in jo.file("known_hosts")


def test_machines_that_are_not_needed_are_not_waited_for_but_named(person):
    jo = person(published(i_01=KEY))

    assert jo.way("jumpbox").unpublished == ("docker1",)
