"""Which docker hosts are the servers: Swarm's managers, etcd's members, consul's servers.  Pure."""

from collections import Counter
from collections.abc import Collection

from stax_agent.node.hosts import Group, Host


def servers_for(hosts: int) -> int:
    """Return how many servers so many hosts have.

    Odd, because an even number survives no more losses than the odd one below it.  Two hosts have one: with two
    servers the loss of either would stop both.
    """
    if hosts < 3:
        return min(hosts, 1)
    return 3 if hosts < 9 else 5


def servers(group: Group, current: Collection[str] = ()) -> tuple[str, ...]:
    """Return the instance ids of those that should be servers, those first that are now.

    The number follows how many hosts there should be, so that a host that is being replaced does not send another
    server home.  Who is a server and stays in the group remains one; who comes in addition is the oldest host of
    the zone with the fewest servers.
    """
    staying = list(group.staying)
    wanted = min(servers_for(group.desired), len(staying))
    chosen = [host for host in staying if host.instance_id in current]
    while len(chosen) > wanted:
        chosen.remove(_least_needed(chosen))
    while len(chosen) < wanted:
        chosen.append(_most_needed(chosen, [host for host in staying if host not in chosen]))
    return tuple(host.instance_id for host in chosen)


def _most_needed(chosen: list[Host], others: list[Host]) -> Host:
    count = Counter(host.zone for host in chosen)
    return min(others, key=lambda host: (count[host.zone], host.launched_at, host.instance_id))


def _least_needed(chosen: list[Host]) -> Host:
    count = Counter(host.zone for host in chosen)
    return max(chosen, key=lambda host: (count[host.zone], host.launched_at, host.instance_id))
