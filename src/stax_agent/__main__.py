"""The agent's duties by name: `python3 -I agent.pyz DUTY`.

A duty's modules are imported when it begins: a machine starts up to five agents at once when it boots, a zip keeps no
compiled modules, and to compile all of them takes each agent longer than its own (docs/decisions/0088).
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from stax_agent.setback import Setback, say

USAGE = (
    "usage: agent publish | authorize | nat | nat-operator … | nat-metrics | nat-log | canary | names | "
    "node [recover|backup] | measure HOST PORT with-servers|alone | docker-hosts | facts | "
    "fleet-machines | dockconnect … | fleetctl … | rebalance [SERVICE]"
)

ALONE: Mapping[tuple[str, ...], str] = {
    ("authorize",): "stax_agent.machine:authorize_people",
    ("canary",): "stax_agent.nat.duties:sing",
    ("names",): "stax_agent.node.names:serve_names",
    ("nat",): "stax_agent.nat.duties:watch_over",
    ("nat-log",): "stax_agent.nat.connection_log:log",
    ("nat-metrics",): "stax_agent.nat.exporter:export",
    ("node",): "stax_agent.node.duties:keep_clustered",
    ("node", "backup"): "stax_agent.node.duties:back_up",
    ("node", "recover"): "stax_agent.node.recovery:recover",
    ("publish",): "stax_agent.machine:publish_host_key",
}
"""Duties that are told nothing; one that comes to an end may return an exit code."""
WITH_WORDS: Mapping[str, str] = {
    "dockconnect": "stax_agent.dockconnect:dockconnect",
    "fleetctl": "stax_agent.fleet.fleetctl:fleetctl",
    "nat-operator": "stax_agent.nat.operator:main",
    "rebalance": "stax_agent.fleet.balance:rebalance",
}
"""What people type, by the programs in /opt/bin, and what stax asks over ssh; they return an exit code."""
PRINTED: Mapping[str, str] = {
    "docker-hosts": "stax_agent.machine:docker_hosts_as_json",
    "facts": "stax_agent.facts:facts",
    "fleet-machines": "stax_agent.fleet.worker:machines_of_the_report",
}
"""What those ask root for, as JSON."""


def main(words: Sequence[str]) -> int:
    """Do a duty and return the exit code."""
    match list(words):
        case ["measure", host, port, "with-servers" | "alone" as how] if port.isdecimal():
            return int(found("stax_agent.measure:measure")(host, int(port), has_servers=how == "with-servers"))
        case [duty, *rest] if duty in WITH_WORDS:
            return int(found(WITH_WORDS[duty])(rest))
        case [duty] if duty in PRINTED:
            return _print(found(PRINTED[duty]))
        case _ if tuple(words) in ALONE:
            return int(found(ALONE[tuple(words)])() or 0)
        case _:
            say(USAGE)
            return 2


def found(place: str) -> Callable[..., Any]:
    """Return the function at `module:name`."""
    module, _, name = place.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def _print(answer: Callable[[], str]) -> int:
    try:
        print(answer())
    except Setback as setback:
        say(str(setback))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
