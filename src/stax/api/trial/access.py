"""Into the machines: the jumpbox, through it every other one, and on from it with dockconnect."""

from stax.api.trial.walk import Story, Walk, checked, equal
from stax.model.inventory import Machine

KNOWN_WITHIN_S = 120.0
"""The docker hosts look for the jumpbox's key every half minute."""


def every_machine(walk: Walk) -> Story:
    """Log in to each machine, and find it to be the one that is meant."""
    machines = walk.machines()
    inside = yield from walk.way([one.name for one in machines if one.role != "jump"])
    said = inside.said_by([one.name for one in machines], "hostname", "-I")
    for machine in machines:
        yield equal(machine.name, machine.private_ip, _first(said[machine.name]))


def dockconnect(walk: Walk) -> Story:
    """Go on from the jumpbox to the first docker host, and to the last."""
    inside = yield from walk.way([])
    hosts = walk.machines("docker")
    first = _number(hosts[0])
    took_s = walk.until(
        lambda: inside.run("jumpbox", "dockconnect", first, "--", "true").returncode == 0,
        "dockconnect goes on to a docker host",
        within_s=KNOWN_WITHIN_S,
    )
    yield checked("dockconnect", ok=True, finding=f"lets one on after {took_s:.1f} s")
    for host in hosts[-1:]:
        said = inside.says("jumpbox", "dockconnect", _number(host), "--", "hostname", "-I")
        yield equal(f"dockconnect {_number(host)}", host.private_ip, _first(said))


def _first(said: str) -> str:
    return said if said.startswith("exit code") else (said.split() or ["nothing"])[0]


def _number(host: Machine) -> str:
    return host.name.removeprefix("docker")
