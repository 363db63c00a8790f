"""The walk as a table: every step of `stax test`, in the order in which it is walked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from stax.api.create import create
from stax.api.trial import access, clusters, losses, network, services
from stax.api.trial.walk import Story, Walk
from stax.errors import UsageError


@dataclass(frozen=True)
class Step:
    """A step: its name, what it is about, what it does, and which others must have passed before."""

    name: str
    about: str
    walk: Callable[[Walk], Story]
    needs: tuple[str, ...] = ("create",)


def _create(walk: Walk) -> Story:
    yield from create(walk.site, walk.request, walk.plan)


STEPS = (
    Step("create", "a throw-away stax, until it is healthy", _create, needs=()),
    Step("inventory", "what it is made of, as the guide promises", network.inventory),
    Step("ssh", "a login on every machine, through the jumpbox", access.every_machine),
    Step("dockconnect", "from the jumpbox on to the docker hosts", access.dockconnect),
    Step("way-out", "every docker host reaches the world, each zone by its own NAT box", network.way_out),
    Step("doors", "who may reach whom, and who may not", network.who_reaches_whom),
    Step("quorums", "etcd, Swarm and consul have every docker host", clusters.quorums),
    Step("programs", "fleetctl, docker, etcdctl and consul on a docker host", clusters.programs, needs=("quorums",)),
    Step("image", "an image brought to every docker host, without a registry", services.bring, needs=("quorums",)),
    Step("start", "a service started from a Compose file, until it is healthy", services.begin, needs=("image",)),
    Step(
        "reach",
        "by its name inside, in consul, through its published port, and from here",
        services.reach,
        needs=("start",),
    ),
    Step("scale", "more tasks, and all of them answer", services.scale, needs=("start",)),
    Step("heal", "a container killed, and another in its place", services.heal, needs=("scale",)),
    Step("update", "a new version under load, and no request lost", services.update, needs=("scale",)),
    Step(
        "take-back",
        "a version that is not healthy, and the one before serves on",
        services.take_back,
        needs=("update",),
    ),
    Step("rollback", "back to the version before", services.roll_back, needs=("update",)),
    Step("nat-loss", "a NAT box lost under traffic, and back", losses.nat_box, needs=("way-out",)),
    Step("host-loss", "a docker host lost, and replaced", losses.docker_host, needs=("quorums",)),
)
DESTROY = ("destroy", "all of it taken away, and nothing left")


def chosen(names: Sequence[str]) -> tuple[Step, ...]:
    """Return the steps of these names and those that they need, in the order of the table; all without names.

    Raises UsageError for a name that no step has.
    """
    known = {step.name: step for step in STEPS}
    wanted: set[str] = set()
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise UsageError(f"there is no step {name!r}", hint=f"{hint}the steps are: {', '.join(known)}")
        wanted |= _with_needs(known, name)
    return tuple(step for step in STEPS if step.name in wanted or not names)


def _with_needs(known: dict[str, Step], name: str) -> set[str]:
    return {name}.union(*(_with_needs(known, need) for need in known[name].needs))
