"""Machines that boot: what the API says of them is what they do."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.containers import give_image
from tests.machines import Machine, MachineRegion, eventually, file, home, ignition, lacking

from stax_local import life
from stax_local.machines.power import hurt, mend, sentences

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f someone"
GREETING = ignition(
    storage={"files": [file("/etc/greeting", "hello\n")]},
    systemd={"units": [{"name": "greeter.service", "enabled": True, "contents":
             "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=cp /etc/greeting /var/greeted\n"
             "[Install]\nWantedBy=multi-user.target\n"}]},
)  # fmt: skip


class Site:
    """A region with a subnet to launch machines in."""

    def __init__(self, region: MachineRegion) -> None:
        self.region = region
        ec2 = self.ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.183.0.0/16")["Vpc"]["VpcId"]
        self.subnet = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.183.1.0/24")["Subnet"]["SubnetId"]
        ec2.import_key_pair(KeyName="someone", PublicKeyMaterial=KEY.encode())
        self.image = ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"]

    @property
    def ec2(self) -> Any:
        return self.region.client("ec2")

    def launches(self, user_data: str = GREETING, **more: Any) -> Machine:
        run = self.ec2.run_instances(
            ImageId=self.image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=self.subnet,
            KeyName="someone", UserData=user_data, **more,
        )  # fmt: skip
        return self.region.machine(run["Instances"][0]["InstanceId"])


@pytest.fixture(autouse=True)
def _able() -> None:
    if why_not := lacking():
        pytest.skip(why_not)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if why_not := lacking():
        pytest.skip(why_not)
    region = MachineRegion(home(tmp_path_factory.mktemp("home")))
    try:
        yield Site(region)
    finally:
        region.down()


@pytest.fixture(scope="module")
def machine(site: Site) -> Machine:
    """One that most tests share; each leaves it booted."""
    return site.launches().boots()


def test_a_machine_is_what_ignition_was_told_to_make(machine: Machine) -> None:
    assert machine.runs("cat", "/var/greeted") == "hello"


def test_a_machine_has_the_name_and_the_key_and_the_identity_that_flatcar_gives_it(machine: Machine) -> None:
    eventually(lambda: machine.runs("cat", "/home/core/.ssh/authorized_keys") == KEY)
    assert machine.runs("hostname").startswith("ip-10-183-1-")
    assert machine.runs("id", "-u", "core") == "500"
    assert len(machine.runs("cat", "/etc/machine-id")) == 32
    assert machine.runs("sh", "-c", "ls /etc/ssh/ssh_host_*_key") == "/etc/ssh/ssh_host_ed25519_key"
    assert machine.runs("systemctl", "is-active", "ssh.service") == "active"


def test_nothing_runs_that_neither_flatcar_nor_ignition_starts(machine: Machine) -> None:
    for unit in ("docker.service", "etcd.service", "conntrackd.service", "systemd-networkd.service"):
        assert machine.runs("systemctl", "is-active", unit) == "inactive"
    assert machine.runs("systemctl", "is-active", "docker.socket") == "active"


def test_a_machine_has_the_memory_of_its_instance_type(machine: Machine) -> None:
    script = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null"

    assert int(machine.runs("sh", "-c", script)) == 1024**3


def test_a_command_inside_gets_its_arguments_and_its_input_and_gives_its_exit_code(machine: Machine) -> None:
    arguments = ["two words", "", "$(hostname)", "ünïcödé", "a\nb", "'\""]

    done = machine.execute("printf", "%s|", *arguments)
    assert done.stdout == "|".join(arguments) + "|"
    assert machine.execute("sh", "-c", "exit 7").returncode == 7
    assert machine.execute("cat", given="given").stdout == "given"


def test_docker_starts_when_it_is_asked_for_and_runs_containers(machine: Machine) -> None:
    script = "tar -C / -c bin/busybox | docker import - busybox && docker run --rm busybox /bin/busybox echo contained"

    assert machine.runs("sh", "-c", script).endswith("contained")


def test_containers_reach_one_another_from_machine_to_machine(site: Site, machine: Machine) -> None:
    other = site.launches().boots()
    image = give_image([machine, other])
    address = machine.runs("hostname", "--all-ip-addresses").split()[0]
    machine.runs("docker", "swarm", "init", "--advertise-addr", address)
    token = machine.runs("docker", "swarm", "join-token", "--quiet", "worker")
    joined = other.execute("docker", "swarm", "join", "--token", token, f"{address}:2377")
    assert joined.returncode == 0, joined.stderr

    machine.runs("docker", "network", "create", "--driver", "overlay", "--attachable", "over")
    machine.runs("docker", "run", "--detach", "--name", "far", "--network", "over", image, "sleep", "3600")
    ping = ("docker", "run", "--rm", "--network", "over", image, "ping", "-c", "1", "-W", "5", "far")
    eventually(lambda: other.execute(*ping).returncode == 0)

    machine.runs("docker", "rm", "--force", "far")
    machine.runs("docker", "swarm", "leave", "--force")
    site.ec2.terminate_instances(InstanceIds=[other.id])


def test_a_stopped_machine_keeps_its_disk_and_loses_its_network_state(site: Site, machine: Machine) -> None:
    machine.runs("touch", "/home/core/kept")
    machine.runs("nft", "add", "table", "ip", "mine")
    identity = machine.runs("cat", "/etc/machine-id")

    site.ec2.stop_instances(InstanceIds=[machine.id])
    machine.becomes("stopped")
    assert machine.pid is None
    assert machine.execute("true").returncode == 1  # it says that the machine is off

    site.ec2.start_instances(InstanceIds=[machine.id])
    machine.becomes("running")
    machine.boots()
    assert machine.runs("ls", "/home/core") == "kept"
    assert "mine" not in machine.runs("nft", "list", "tables")
    assert machine.runs("cat", "/etc/machine-id") == identity


def test_a_reboot_is_another_boot_of_the_same_machine(site: Site, machine: Machine) -> None:
    def boot_id() -> str:
        return machine.runs("cat", "/proc/sys/kernel/random/boot_id")

    before = boot_id()
    site.ec2.reboot_instances(InstanceIds=[machine.id])
    eventually(lambda: boot_id() not in {"", before})

    machine.boots()
    assert machine.state == "running"
    assert machine.runs("cat", "/var/greeted") == "hello"


def test_a_machine_that_powers_itself_off_is_stopped(site: Site, machine: Machine) -> None:
    machine.execute("systemctl", "poweroff")
    machine.becomes("stopped")

    site.ec2.start_instances(InstanceIds=[machine.id])
    machine.boots()


def test_one_that_is_to_terminate_when_it_powers_off_does(site: Site) -> None:
    machine = site.launches(InstanceInitiatedShutdownBehavior="terminate").boots()

    machine.execute("systemctl", "poweroff")

    machine.becomes("terminated")
    eventually(lambda: not machine.folder.path.exists())


def test_a_power_cut_is_seen_and_a_reboot_brings_the_machine_back(site: Site, machine: Machine) -> None:
    pid = machine.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: machine.status == "impaired")
    assert machine.state == "running"

    site.ec2.reboot_instances(InstanceIds=[machine.id])
    eventually(lambda: machine.status == "ok")
    machine.boots()
    assert machine.runs("cat", "/etc/greeting") == "hello"


def test_a_frozen_machine_hangs_until_it_is_thawed(site: Site, machine: Machine) -> None:
    hurt(site.region.folder, "freeze", machine.id)
    eventually(lambda: machine.status == "impaired")
    assert list(sentences(site.region.folder)) == [f"{machine.id} is frozen"]

    mend(site.region.folder)
    eventually(lambda: machine.status == "ok")
    assert machine.has_booted()


def test_power_that_was_cut_is_given_back(site: Site, machine: Machine) -> None:
    hurt(site.region.folder, "power-off", machine.id)
    eventually(lambda: machine.status == "impaired")
    assert list(sentences(site.region.folder)) == [f"{machine.id} has no power"]

    hurt(site.region.folder, "power-on", machine.id)
    eventually(lambda: machine.status == "ok")
    assert machine.boots().runs("cat", "/etc/greeting") == "hello"


def test_a_frozen_machine_can_be_terminated(site: Site) -> None:
    machine = site.launches().boots()
    hurt(site.region.folder, "freeze", machine.id)

    site.ec2.terminate_instances(InstanceIds=[machine.id])

    machine.becomes("terminated")


def test_what_ignition_refuses_is_on_the_console_of_an_impaired_machine(site: Site) -> None:
    machine = site.launches('{"ignition": {"version": "9.9.9"}}')

    eventually(lambda: machine.status == "impaired")
    console = site.ec2.get_console_output(InstanceId=machine.id)["Output"]
    assert "unsupported config version" in console.lower()
    site.ec2.terminate_instances(InstanceIds=[machine.id])
    machine.becomes("terminated")


def test_the_console_of_a_machine_shows_its_boot(site: Site, machine: Machine) -> None:
    eventually(lambda: "login:" in site.ec2.get_console_output(InstanceId=machine.id).get("Output", ""))


def test_machines_live_on_without_the_region_which_finds_them_again(site: Site, machine: Machine) -> None:
    pid = machine.pid
    site.region.kill()
    assert machine.runs("cat", "/etc/greeting") == "hello"

    site.region.settings = site.region.up()
    assert machine.pid == pid
    assert machine.state == "running"
    site.ec2.stop_instances(InstanceIds=[machine.id])
    machine.becomes("stopped")
    site.ec2.start_instances(InstanceIds=[machine.id])
    machine.boots()


@pytest.mark.parametrize("made", ["runner", "provisioned"])
def test_a_region_killed_while_a_machine_comes_or_goes_sees_it_through(site: Site, made: str) -> None:
    machine = site.launches()
    eventually((machine.folder.path / made).exists)
    eventually(lambda: bool(life.status(site.region.folder)["kept_on_disk"]))
    site.region.kill()
    site.region.settings = site.region.up()
    assert machine.boots().runs("cat", "/var/greeted") == "hello"

    site.ec2.terminate_instances(InstanceIds=[machine.id])
    eventually(lambda: bool(life.status(site.region.folder)["kept_on_disk"]))
    site.region.kill()
    site.region.settings = site.region.up()
    machine.becomes("terminated")
    assert machine.pid is None
    eventually(lambda: not machine.folder.path.exists())


def test_a_machine_that_died_while_the_region_was_down_is_found_dead(site: Site, machine: Machine) -> None:
    pid = machine.pid
    assert pid
    site.region.kill()
    os.kill(pid, signal.SIGKILL)

    site.region.settings = site.region.up()
    eventually(lambda: machine.status == "impaired")
    site.ec2.reboot_instances(InstanceIds=[machine.id])
    machine.boots()


def test_down_and_kept_machines_boot_again_as_they_were(site: Site, machine: Machine) -> None:
    machine.runs("touch", "/home/core/kept over down")
    site.region.down(keep=True)
    assert machine.pid is None

    site.region.settings = site.region.up()
    machine.boots()
    assert "kept over down" in machine.runs("ls", "/home/core")


def test_two_regions_do_not_meet(site: Site, machine: Machine) -> None:
    second = MachineRegion(site.region.folder.home, "second")
    try:
        other = Site(second).launches().boots()
        assert other.runs("cat", "/etc/machine-id") != machine.runs("cat", "/etc/machine-id")
    finally:
        second.down()
    assert machine.has_booted()


def test_taken_down_nothing_is_left(tmp_path: Path) -> None:
    region = MachineRegion(home(tmp_path / "home"))
    try:
        site = Site(region)
        first, second = site.launches(), site.launches()
        first.boots()
        process = first.process
        assert process
        site.region.kill()  # the harder case: nobody is there to tidy up
    finally:
        region.down()

    assert not process.is_alive()
    assert second.pid is None
    assert str(region.folder.path) not in Path("/proc/self/mounts").read_text()
    assert not region.folder.path.exists()
    groups = [path for path in Path("/sys/fs/cgroup").rglob("i-*") if path.name in {first.id, second.id}]
    assert not groups
