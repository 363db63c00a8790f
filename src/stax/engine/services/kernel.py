"""What the docker hosts' kernel must have for some services: asked of a manager, and only where it matters."""

from collections.abc import Iterator, Sequence

from stax.engine.services.swarm import Swarm
from stax.model.services import StackPlan

ANSWERS_WITHIN_S = 30.0
_HAS_IPVS = "test -e /proc/net/ip_vs || modprobe --quiet --dry-run ip_vs"


def lacks_virtual_addresses(swarm: Swarm, stacks: Sequence[StackPlan]) -> Iterator[str]:
    """Yield a sentence for each service that asks for a virtual address, where the kernel has no IPVS for it."""
    asking = [f"{stack.stack}_{name}: {what}" for stack in stacks for name, what in _asking(stack)]
    if not asking or swarm.run(("sudo", "sh", "-c", _HAS_IPVS), limit_s=ANSWERS_WITHIN_S)[0] == 0:
        return
    for one in asking:
        yield f"{one}, which takes IPVS, and the docker hosts' kernel has none"


def _asking(stack: StackPlan) -> Iterator[tuple[str, str]]:
    for name, service in stack.definition["services"].items():
        if any(port["mode"] == "ingress" for port in service.get("ports", ())):
            yield name, "a port in ingress mode (write mode: host)"
        elif service["deploy"]["endpoint_mode"] == "vip":
            yield name, "endpoint_mode: vip (write dnsrr)"
