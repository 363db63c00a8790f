"""Which machine is meant."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from stax.errors import NotFound, StaxError
from stax.model.inventory import Machine
from stax.remote.host import JUMPBOX

Choose = Callable[[Sequence[Machine]], Machine]
GONE = {"shutting-down", "terminated", "missing"}
ASLEEP = {"stopping", "stopped"}


def chosen_machine(machines: Sequence[Machine], wish: str, choose: Choose) -> Machine:
    """Return the machine that is meant: by its name, instance id or address, "docker" for any docker host.

    Raises NotFound, with what there is, when nothing of that name is there, StaxError for a machine
    that nobody can log in to.
    """
    there = [machine for machine in machines if machine.state not in GONE]
    found = _meant(there, wish or JUMPBOX, choose)
    if found is None:
        raise NotFound(f"there is no machine {wish or JUMPBOX!r} here", hint=_what_there_is(there, wish))
    if found.state in ASLEEP:
        raise StaxError(f"{found.name} ({found.instance_id}) is {found.state}", hint="start it: stax repair")
    return found


def _meant(there: Sequence[Machine], wish: str, choose: Choose) -> Machine | None:
    if wish == "docker":
        hosts = [machine for machine in there if machine.role == "docker" and machine.state not in ASLEEP]
        awake = [machine for machine in hosts if machine.state == "running"]
        return choose(awake or hosts) if hosts else None
    name = JUMPBOX if wish == "jump" else wish
    names = ("name", "instance_id", "private_ip", "public_ip")
    return next((one for one in there if any(getattr(one, each) == name for each in names)), None)


def _what_there_is(there: Sequence[Machine], wish: str) -> str:
    names = sorted((machine.name for machine in there), key=_naturally)
    near = get_close_matches(wish, names, n=1, cutoff=0.7)
    listed = f"there are: {', '.join(names)}" if names else "it has no machines (yet, or any more)"
    return f"did you mean {near[0]}? {listed}" if near else listed


def _naturally(name: str) -> tuple[str, int]:
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :] or 0)
