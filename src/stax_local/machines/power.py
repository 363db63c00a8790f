"""Machines hurt on purpose: the power cut and given back, the machine frozen and thawed.

It works without the region, on the machine itself.  What the API says follows from what happens:
a machine without power, or frozen, is `running` and impaired, as a hung one is on AWS.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from stax_local.folder import Folder
from stax_local.kernel import cgroups, containers, namespaces
from stax_local.kernel.ledger import Ledger
from stax_local.machines.directory import find, in_zone
from stax_local.machines.folder import MachineFolder
from stax_local.machines.knock import knock
from stax_local.network.names import Names
from stax_local.problem import Problem


def hurt(folder: Folder, verb: str, word: str) -> None:
    """Do what the verb of VERBS says to the machine that the word means, or to all of a zone.

    Raises Problem when that cannot be; of a zone, when it can be with none.
    """
    machines = in_zone(folder.path / "machines", word) or [find(folder.path / "machines", word)]
    refusals: list[Problem] = []
    for machine in machines:
        try:
            VERBS[verb](machine, _group(folder, machine))
        except Problem as refusal:
            refusals.append(refusal)
    knock(folder.path)
    if len(refusals) == len(machines):
        raise refusals[0]


def mend(folder: Folder) -> None:
    """Thaw what is frozen and give power to what has been cut off."""
    for machine in _machines(folder):
        if machine.is_frozen:
            thaw(machine, _group(folder, machine))
        if _is_cut_off(machine):
            power_on(machine, _group(folder, machine))
    knock(folder.path)


def sentences(folder: Folder) -> Iterator[str]:
    """What is in force, a line each."""
    for machine in _machines(folder):
        if machine.is_frozen:
            yield f"{machine.instance_id} is frozen"
        elif _is_cut_off(machine):
            yield f"{machine.instance_id} has no power"


def power_off(machine: MachineFolder, group: str) -> None:
    """Cut it off in the middle of whatever it does."""
    runner = machine.runner()
    if runner is None or not runner.is_alive():
        raise Problem(f"{machine.instance_id} has no power already", exit_code=1)
    thaw(machine, group)
    # A network namespace outlives its processes, and would go on forwarding what they let through.
    namespaces.silence(_namespace(group))
    containers.cut_off(runner)


def power_on(machine: MachineFolder, group: str) -> None:
    """Let the region switch it on again."""
    if machine.seen().is_alive:
        raise Problem(f"{machine.instance_id} has power", exit_code=1)
    namespaces.forget(_namespace(group))
    machine.forget_runner()


def freeze(machine: MachineFolder, group: str) -> None:
    """Stop every process in it where it is."""
    if not machine.seen().is_alive:
        raise Problem(f"{machine.instance_id} has no power", exit_code=1)
    machine.mark_frozen(frozen=True)
    cgroups.set_frozen(group, frozen=True)


def thaw(machine: MachineFolder, group: str) -> None:
    """Let them go on."""
    with suppress(FileNotFoundError):
        cgroups.set_frozen(group, frozen=False)
    machine.mark_frozen(frozen=False)


VERBS: Mapping[str, Callable[[MachineFolder, str], None]] = {
    "power-off": power_off,
    "power-on": power_on,
    "freeze": freeze,
    "thaw": thaw,
}


def _machines(folder: Folder) -> list[MachineFolder]:
    machines: Path = folder.path / "machines"
    return [MachineFolder(path) for path in sorted(machines.iterdir())] if machines.is_dir() else []


def _is_cut_off(machine: MachineFolder) -> bool:
    seen = machine.seen()
    return seen.was_on and not seen.is_alive and seen.exit_code is None


def _group(folder: Folder, machine: MachineFolder) -> str:
    return f"{Ledger(folder.path / 'network.json').label}/{machine.instance_id}"


def _namespace(group: str) -> str:
    label, instance_id = group.split("/")
    return Names(label).machine(instance_id)
