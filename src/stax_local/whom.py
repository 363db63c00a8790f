"""Who is meant by a word on the command line: a machine by its id or name, a zone, the internet, anybody."""

from stax_local.desired import Instance, World
from stax_local.network.ports import is_alive
from stax_local.network.weather import ANY, INTERNET


def selector(world: World, word: str) -> str:
    """The word as the weather spells it: a machine becomes its id.  Raises ValueError when nobody is meant."""
    zones = {subnet.availability_zone for subnet in world.subnets.values()}
    return word if word in {ANY, INTERNET} or word in zones else machine(world, word)


def machine(world: World, word: str) -> str:
    """The id of the one machine of that id or name; a name may be cut before a dash.  Raises ValueError."""
    alive = [instance for instance in world.instances.values() if is_alive(instance)]
    found = [each for each in alive if word in {each.id, _name(each)}]
    found = found or [each for each in alive if _name(each).startswith(f"{word}-")]
    if len(found) == 1:
        return found[0].id
    if found:
        raise ValueError(
            f"{len(found)} machines are called {word}: say {' or '.join(sorted(each.id for each in found))}"
        )
    known = ", ".join(sorted(_name(each) or each.id for each in alive)) or "none at all"
    raise ValueError(f"no machine is called {word}; there are {known}")


def _name(instance: Instance) -> str:
    return instance.tags.get("Name", "")
