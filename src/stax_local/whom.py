"""Who is meant by a word on the command line: a machine by its id or name, a zone, the internet, anybody."""

from stax_local.desired import Instance, World
from stax_local.metadata.content import private_hostname
from stax_local.naming import Nameable, named
from stax_local.network.ports import is_alive
from stax_local.network.weather import ANY, INTERNET


def selector(world: World, word: str) -> str:
    """The word as the weather spells it: a machine becomes its id.  Raises ValueError when nobody is meant."""
    zones = {subnet.availability_zone for subnet in world.subnets.values()}
    return word if word in {ANY, INTERNET} or word in zones else machine(world, word)


def machine(world: World, word: str) -> str:
    """The id of the one machine of that id or name; a name may be cut before a dash.  Raises ValueError."""
    alive = [instance for instance in world.instances.values() if is_alive(instance)]
    listed = named(_nameable(world, each) for each in alive)
    found = [each for each in listed if word in each.names]
    found = found or [each for each in listed if any(name.startswith(f"{word}-") for name in each.names)]
    if len(found) == 1:
        return found[0].instance_id
    if found:
        ids = " or ".join(sorted(each.instance_id for each in found))
        raise ValueError(f"{len(found)} machines are called {word}: say {ids}")
    known = ", ".join(sorted(each.called for each in listed)) or "none at all"
    raise ValueError(f"no machine is called {word}; there are {known}")


def _nameable(world: World, instance: Instance) -> Nameable:
    primary = world.network_interfaces.get(next(iter(instance.network_interface_ids), ""))
    hostname = private_hostname(primary.addresses[0].address, instance.region) if primary and primary.addresses else ""
    launched = instance.launch_time.replace(microsecond=0).isoformat()
    return Nameable(instance.id, hostname, launched, instance.tags)
