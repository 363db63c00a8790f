"""What it takes to leave each cluster, on this host."""

from functools import partial

from stax_agent.node.consul_access import Access
from stax_agent.node.consul_service import ConsulService
from stax_agent.node.docker_api import JOIN_TIMEOUT_S, Docker
from stax_agent.node.etcd_service import EtcdService
from stax_agent.node.leaving import Farewell

TASK_LABEL = "com.docker.swarm.task.id"


def has_tasks(docker: Docker) -> bool:
    """Whether tasks of the Swarm run on this host."""
    return bool(docker.get("/containers/json", {"label": [TASK_LABEL]}))


def farewell(docker: Docker, etcd: EtcdService, access: Access, consul: ConsulService) -> Farewell:
    """Return this host's."""

    def leave_swarm() -> None:
        swarm = docker.get("/info")["Swarm"]
        # A manager that goes by force takes the quorum with it; the others take its vote when it is gone.
        if swarm["LocalNodeState"] != "inactive" and not swarm.get("ControlAvailable"):
            docker.post("/swarm/leave", timeout_s=JOIN_TIMEOUT_S)

    def leave_consul() -> None:
        if consul.runs():
            try:
                access.api().leave()
            finally:
                consul.stop()

    return Farewell(
        has_tasks=partial(has_tasks, docker),
        is_manager=lambda: bool(docker.get("/info")["Swarm"].get("ControlAvailable")),
        leave_swarm=leave_swarm,
        is_etcd_member=lambda: etcd.has_data,
        leave_consul=leave_consul,
    )
