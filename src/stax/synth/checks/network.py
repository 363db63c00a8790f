"""Invariants of the network: who is let in, and that every private subnet has a way out from birth."""

import re
from collections.abc import Iterator

from stax.synth.checks.facts import IngressRule, ingress_rules, machines, properties, referred
from stax.synth.checks.facts import as_list as listed
from stax.synth.problems import TemplateProblem
from stax.synth.template import Template

WORLD = ("0.0.0.0/0", "::/0")
DOCKER_API_PORTS = (2375, 2376)
PRIVATE_TABLES = ("PrivateRouteTable1Id", "PrivateRouteTable2Id")
"""The outputs that name the tables whose default routes the NAT boxes move."""
CLUSTER_PORTS = (2377, 7946, 4789, 2379, 2380, 8300, 8301, 8302, 8500, 8501, 8502, 8503, 8600)
"""Swarm, etcd and consul."""


def closed_to_the_world(template: Template) -> Iterator[TemplateProblem]:
    """S2: nothing is let in from everywhere, neither written out nor through a parameter that would take it."""
    for rule in ingress_rules(template):
        for name in ("CidrIp", "CidrIpv6"):
            source = rule.get(name)
            if source in WORLD:
                yield TemplateProblem("S2", f"lets {source}, the whole world, in", (*rule.place, name))
            elif isinstance(source, dict) and _takes_the_world(template, referred(source)):
                parameter = referred(source)
                yield TemplateProblem("S2", f"{parameter} takes 0.0.0.0/0: give it an AllowedPattern", rule.place)


def _takes_the_world(template: Template, parameter: str) -> bool:
    declared = template.section("Parameters").get(parameter)
    if not isinstance(declared, dict) or "AllowedValues" in declared:
        return isinstance(declared, dict) and WORLD[0] in listed(declared.get("AllowedValues"))
    pattern = declared.get("AllowedPattern")
    try:
        return not isinstance(pattern, str) or re.fullmatch(pattern, WORLD[0]) is not None
    except re.error:
        return True


def docker_api_is_closed(template: Template) -> Iterator[TemplateProblem]:
    """S3: Docker's API is never reachable over TCP from anywhere but the cluster's own group."""
    for rule in _cluster_rules(template):
        if any(rule.covers(port) for port in DOCKER_API_PORTS):
            yield TemplateProblem("S3", "opens a port of Docker's API (2375, 2376): root for whoever asks", rule.place)


def cluster_ports_are_the_clusters(template: Template) -> Iterator[TemplateProblem]:
    """S4: Swarm, etcd and consul hear the docker hosts' own group, and nobody else."""
    for rule in _cluster_rules(template):
        own = referred(rule.get("SourceSecurityGroupId")) == rule.group
        opened = [port for port in CLUSTER_PORTS if rule.covers(port)]
        if opened and not own:
            yield TemplateProblem("S4", f"opens the cluster's port {opened[0]} to more than its own group", rule.place)


def _cluster_rules(template: Template) -> Iterator[IngressRule]:
    launched = [machine for machine in machines(template) if machine.place[-1] == "LaunchTemplateData"]
    groups = {referred(group) for machine in launched for group in listed(machine.get("SecurityGroupIds"))}
    return (rule for rule in ingress_rules(template) if rule.group in groups)


def default_routes(template: Template) -> Iterator[TemplateProblem]:
    """S12: the private route tables are born with their default routes, so that no machine needs to make one."""
    routes = [properties(route) for route in template.resources("AWS::EC2::Route").values()]
    born = {referred(route.get("RouteTableId")) for route in routes if route.get("DestinationCidrBlock") in WORLD}
    for output in PRIVATE_TABLES:
        declared = template.section("Outputs").get(output)
        table = referred(declared.get("Value")) if isinstance(declared, dict) else ""
        if table and table not in born:
            yield TemplateProblem("S12", "has no default route (0.0.0.0/0)", ("Resources", table))
