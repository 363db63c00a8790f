"""What every machine does with its own place in AWS: publish its host key, let people in, name the docker hosts."""

import json
from dataclasses import asdict

from stax_agent.authorize import keep_authorized
from stax_agent.aws import Aws
from stax_agent.docker_hosts import docker_hosts
from stax_agent.imds import Imds, Machine
from stax_agent.publish import Keys, publish
from stax_agent.setback import say, until_it_works


def publish_host_key() -> None:
    """Have this machine's ssh host key stand in SSM."""
    say(until_it_works(_published))


def authorize_people() -> None:
    """Keep the keys of those who may log in up to date, for ever."""
    machine, aws = until_it_works(_place)
    keep_authorized(aws, machine.stax_name)


def docker_hosts_as_json() -> str:
    """Return the docker hosts of this stax, the oldest first."""
    machine, aws = _place()
    return json.dumps([asdict(host) for host in docker_hosts(aws, machine.stax_name)])


def _place() -> tuple[Machine, Aws]:
    """Return who this machine is, and AWS as it may use it."""
    imds = Imds()
    machine = imds.machine()
    return machine, Aws(machine.region, imds.credentials)


def _published() -> str:
    machine, aws = _place()
    return publish(aws, machine, Keys())
