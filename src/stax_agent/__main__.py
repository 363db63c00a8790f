"""The agent's duties by name: `python3 -I agent.pyz DUTY`."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from stax_agent.authorize import keep_authorized
from stax_agent.aws import Aws
from stax_agent.dockconnect import dockconnect
from stax_agent.docker_hosts import docker_hosts
from stax_agent.facts import facts
from stax_agent.fleet.balance import rebalance
from stax_agent.fleet.fleetctl import fleetctl
from stax_agent.fleet.worker import machines_of_the_report
from stax_agent.imds import Imds, Machine
from stax_agent.measure import measure
from stax_agent.nat import operator
from stax_agent.nat.connection_log import log
from stax_agent.nat.duties import sing, watch_over
from stax_agent.nat.exporter import export
from stax_agent.node.duties import back_up, keep_clustered
from stax_agent.node.names import serve_names
from stax_agent.node.recovery import recover
from stax_agent.publish import Keys, publish
from stax_agent.setback import Setback, say, until_it_works

USAGE = (
    "usage: agent publish | authorize | nat | nat-operator … | nat-metrics | nat-log | canary | names | "
    "node [recover|backup] | measure HOST PORT with-servers|alone | docker-hosts | facts | "
    "fleet-machines | dockconnect … | fleetctl … | rebalance [SERVICE]"
)


def main(words: Sequence[str]) -> int:
    """Do a duty and return the exit code."""
    match list(words):
        case ["publish"]:
            say(until_it_works(_publish))
        case ["authorize"]:
            machine, aws = until_it_works(_place)
            keep_authorized(aws, machine.stax_name)
        case ["nat" | "nat-operator" | "nat-metrics" | "nat-log" | "canary" | "names" | "node" as duty, *rest]:
            return _service(duty, rest)
        case ["measure", host, port, "with-servers" | "alone" as how] if port.isdecimal():
            return measure(host, int(port), has_servers=how == "with-servers")
        case [duty, *rest] if duty in WITH_WORDS:
            return WITH_WORDS[duty](rest)
        case [duty] if duty in PRINTED:
            return _print(PRINTED[duty])
        case _:
            say(USAGE)
            return 2
    return 0


def _service(duty: str, rest: list[str]) -> int:
    match duty, rest:
        case "node", []:
            keep_clustered()
        case "node", ["recover"]:
            return recover()
        case "node", ["backup"]:
            return back_up()
        case "nat", []:
            watch_over()
        case "canary", []:
            sing()
        case "names", []:
            serve_names()
        case "nat-operator", _:
            return operator.main(rest)
        case "nat-metrics", []:
            export()
        case "nat-log", []:
            return log()
    say(USAGE)
    return 2


def _place() -> tuple[Machine, Aws]:
    """Return who this machine is, and AWS as it may use it."""
    imds = Imds()
    machine = imds.machine()
    return machine, Aws(machine.region, imds.credentials)


def _publish() -> str:
    machine, aws = _place()
    return publish(aws, machine, Keys())


def _docker_hosts() -> str:
    machine, aws = _place()
    return json.dumps([asdict(host) for host in docker_hosts(aws, machine.stax_name)])


def _print(answer: Callable[[], str]) -> int:
    try:
        print(answer())
    except Setback as setback:
        say(str(setback))
        return 1
    return 0


WITH_WORDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "dockconnect": dockconnect,
    "fleetctl": fleetctl,
    "rebalance": rebalance,
}
"""What people type, by the programs in /opt/bin."""
PRINTED: Mapping[str, Callable[[], str]] = {
    "docker-hosts": _docker_hosts,
    "facts": facts,
    "fleet-machines": machines_of_the_report,
}
"""What those ask root for, as JSON."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
