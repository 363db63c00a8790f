"""The NAT box's own files at work in the kernel: what they translate, what they let through, what they refuse.

Four network namespaces: a private host, a machine in the public subnet, the NAT box (one interface, as on AWS), and a
server outside; between them a router, which sends what the private host sends out to the NAT box.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stax.synth.machine import Role, read_machine

PARAMETERS = {"VpcCidr": "10.183.0.0/16", "PrivateSubnet1": "10.183.0.0/24", "PrivateSubnet2": "10.183.2.0/24"}
ADDRESSES = {"host": "10.183.0.10", "jump": "10.183.1.5", "nat": "10.183.1.7", "server": "198.51.100.9"}
STEP_LIMIT_S = 20
# Listens on a port, says so, and answers the first who comes with the address they come from.
SERVE = """
import socket, sys
s = socket.create_server(("0.0.0.0", int(sys.argv[1])))
s.settimeout(15)
print("ready", flush=True)
c, peer = s.accept()
c.sendall(peer[0].encode())
"""
ASK = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=float(sys.argv[3])) as c:
        print(c.recv(100).decode())
except OSError as error:
    print(type(error).__name__)
"""


def run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=STEP_LIMIT_S, check=False)
    assert done.returncode == 0, f"{' '.join(argv)}: {done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Network:
    """The namespaces, whose names carry an identity of this test's own."""

    identity: str

    def namespace(self, machine: str) -> str:
        return f"nat-rules-{self.identity}-{machine}"

    def within(self, machine: str, *argv: str) -> str:
        return run("ip", "netns", "exec", self.namespace(machine), *argv)

    def build(self) -> None:
        for machine in ("router", *ADDRESSES):
            run("ip", "netns", "add", self.namespace(machine))
            self.within(machine, "ip", "link", "set", "lo", "up")
        self.within("router", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        for machine, address in ADDRESSES.items():
            self.connect(machine, address)
        # The private subnet's default route: whatever comes from the host goes to the NAT box.
        self.within("router", "ip", "route", "add", "default", "via", ADDRESSES["nat"], "dev", "to-nat", "table", "100")
        self.within(
            "router", "ip", "rule", "add", "iif", "to-host", "to", "10.183.0.0/16", "lookup", "main", "pref", "9"
        )
        self.within("router", "ip", "rule", "add", "iif", "to-host", "lookup", "100", "pref", "10")

    def connect(self, machine: str, address: str) -> None:
        """Link a machine with the router; every machine's way anywhere is the router, as in a VPC."""
        inside = ("peer", "name", "eth0", "netns", self.namespace(machine))
        run("ip", "-n", self.namespace("router"), "link", "add", f"to-{machine}", "type", "veth", *inside)
        self.within("router", "ip", "link", "set", f"to-{machine}", "up")
        self.within("router", "ip", "address", "add", "169.254.1.1/32", "dev", f"to-{machine}")
        self.within("router", "ip", "route", "add", f"{address}/32", "dev", f"to-{machine}")
        self.within(machine, "ip", "link", "set", "eth0", "up")
        self.within(machine, "ip", "address", "add", f"{address}/32", "dev", "eth0")
        self.within(machine, "ip", "route", "add", "169.254.1.1/32", "dev", "eth0")
        self.within(machine, "ip", "route", "add", "default", "via", "169.254.1.1", "dev", "eth0")

    def ask(self, client: str, server: str, port: int, *, timeout_s: float = 5.0) -> str:
        """Connect from one machine to another and return what it was told, or the name of the error."""
        argv = ["ip", "netns", "exec", self.namespace(server), sys.executable, "-c", SERVE, str(port)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as listening:
            assert listening.stdout is not None
            assert listening.stdout.readline() == "ready\n"
            asking = (sys.executable, "-c", ASK, ADDRESSES[server], str(port), str(timeout_s))
            answer = self.within(client, *asking).strip()
            listening.kill()
        return answer

    def remove(self) -> None:
        for machine in ("router", *ADDRESSES):
            subprocess.run(["ip", "netns", "delete", self.namespace(machine)], capture_output=True, check=False)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    if not (shutil.which("nft") and shutil.which("ip")):
        pytest.skip("nft or ip is not installed")
    made = Network(secrets.token_hex(3))
    try:
        made.build()
        provision(made, tmp_path_factory.mktemp("nat"))
        yield made
    finally:
        made.remove()


def provision(network: Network, root: Path) -> None:
    """Do what the NAT box's units and systemd-sysctl do at boot, with its own files."""
    for file in read_machine(Role.NAT, PARAMETERS).files:
        path = root / file.path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content.replace(b"/etc/stax/", f"{root}/etc/stax/".encode()))
    for line in (root / "etc/sysctl.d/60-nat.conf").read_text().splitlines():
        # The `*` is systemd's; the box has one interface.
        if line and not line.startswith("#"):
            network.within("nat", "sysctl", "-qw", line.replace("*", "eth0").replace(" ", ""))
    for ruleset in ("nat.nft", "metadata.nft"):
        network.within("nat", "nft", "--file", str(root / "etc/stax" / ruleset))


def test_a_private_host_comes_out_with_the_nat_boxs_address(network: Network):
    assert network.ask("host", "server", 8080) == ADDRESSES["nat"]


def test_nobody_outside_reaches_a_private_host(network: Network):
    # The answer would have to come back through the NAT box, which saw no beginning of this connection.
    assert network.ask("server", "host", 8080, timeout_s=1.0) == "TimeoutError"


def test_the_box_lets_ssh_in_from_the_public_subnet_and_not_from_the_docker_hosts(network: Network):
    assert network.ask("jump", "nat", 22) == ADDRESSES["jump"]
    assert network.ask("host", "nat", 22, timeout_s=1.0) == "TimeoutError"


def test_no_other_port_of_the_box_answers_anybody(network: Network):
    for client in ("jump", "host", "server"):
        assert network.ask(client, "nat", 8080, timeout_s=1.0) == "TimeoutError"


def test_the_box_itself_gets_out(network: Network):
    assert network.ask("nat", "server", 443) == ADDRESSES["nat"]


def test_only_root_may_ask_the_metadata_service(network: Network):
    network.within("router", "ip", "address", "add", "169.254.169.254/32", "dev", "lo")
    argv = ["ip", "netns", "exec", network.namespace("router"), sys.executable, "-c", SERVE, "80"]
    connect = ("bash", "-c", "if exec 3<>/dev/tcp/169.254.169.254/80; then echo reached; else echo refused; fi")
    nobody = ("setpriv", "--reuid=65534", "--clear-groups")
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as metadata_service:
        assert metadata_service.stdout is not None
        assert metadata_service.stdout.readline() == "ready\n"

        assert network.within("nat", *nobody, *connect).strip() == "refused"
        assert network.within("nat", *connect).strip() == "reached"


def test_a_reload_of_the_rules_breaks_no_connection_that_is_open(network: Network, tmp_path: Path):
    talk = """
import socket, sys, time
c = socket.create_connection((sys.argv[1], 7000), timeout=5)
for _ in range(20):
    c.sendall(b"x"); assert c.recv(1) == b"x"; time.sleep(0.02)
"""
    echo = """
import socket
s = socket.create_server(("0.0.0.0", 7000)); s.settimeout(15); print("ready", flush=True)
c, _ = s.accept()
while data := c.recv(1): c.sendall(data)
"""
    enter = ["ip", "netns", "exec"]
    server = subprocess.Popen(
        [*enter, network.namespace("server"), sys.executable, "-c", echo], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        talking = subprocess.Popen([*enter, network.namespace("host"), sys.executable, "-c", talk, ADDRESSES["server"]])
        for _ in range(3):
            provision(network, tmp_path)
        assert talking.wait(timeout=STEP_LIMIT_S) == 0
    finally:
        server.kill()
        server.communicate()
