"""list-machines on a worker, which Swarm tells nothing: by what the hosts report of themselves."""

import json
import os
import subprocess
import sys
from dataclasses import asdict

from stax_agent.fleet.state import Machine
from stax_agent.fleet.swarm import NOT_A_MANAGER, Swarm
from stax_agent.node.hosts import read_group
from stax_agent.node.site import look_around
from stax_agent.setback import Setback

LOOK_UP_LIMIT_S = 30.0
UP = ("leader", "manager", "worker")


def machines_seen(swarm: Swarm) -> list[Machine]:
    """Ask Swarm, and where this host is a worker have root read the report, for which core has no credentials."""
    try:
        return swarm.machines()
    except Setback as setback:
        if setback.code != NOT_A_MANAGER or not swarm.managers():
            raise
    argv = [sys.executable, "-I", sys.argv[0], "fleet-machines"]
    argv = argv if os.geteuid() == 0 else ["sudo", "-n", *argv]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LOOK_UP_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Setback(f"the hosts' report cannot be read: {error}") from error
    if done.returncode != 0:
        raise Setback(f"the hosts' report cannot be read: {done.stderr.strip()}")
    return [Machine(**one) for one in json.loads(done.stdout)]


def machines_of_the_report() -> str:
    """Return, as JSON, the machines that are up by the report; for root, who may ask AWS."""
    site = look_around()
    said = json.loads(site.store.get("report") or '{"hosts": []}')
    types = {host.instance_id: host.instance_type for host in read_group(site.aws, site.stax_name).hosts}
    found = [
        Machine(
            id=one["instance_id"],
            address=one["private_ip"],
            metadata={"instance-type": types.get(one["instance_id"], ""), "role": "docker", "zone": one["zone"]},
        )
        for one in said["hosts"]
        if one.get("swarm") in UP
    ]
    return json.dumps([asdict(one) for one in sorted(found, key=lambda machine: machine.id)])
