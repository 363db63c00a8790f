"""An engine that keeps secrets, nodes and services as a Swarm's manager does."""

from http import HTTPStatus
from typing import Any

from stax.remote.docker_api import Docker, DockerRefuses


class Engine(Docker):
    """Speaks the part of the Engine API that is asked here; nothing leaves the process."""

    def __init__(self, *nodes: Any) -> None:
        self.machine = "docker1"
        self.secrets: dict[str, Any] = {}
        self.services: list[Any] = []
        self.nodes = {str(one["ID"]): one for one in nodes}

    def use(self, service: str, *secrets: str) -> None:
        held = [{"SecretName": one} for one in secrets]
        self.services.append({"Spec": {"Name": service, "TaskTemplate": {"ContainerSpec": {"Secrets": held}}}})

    def get(self, path: str, query: Any = None, **_: Any) -> Any:
        match path.strip("/").split("/"):
            case ["secrets"]:
                return [{"Spec": one} for one in self.secrets.values()]
            case ["services"]:
                return self.services
            case ["nodes"]:
                return list(self.nodes.values())
            case ["nodes", one]:
                return self.nodes[one]
        raise AssertionError(path)

    def post(self, path: str, body: Any = None, **_: Any) -> Any:
        if path == "/secrets/create":
            if body["Name"] in self.secrets:
                raise DockerRefuses("already exists", HTTPStatus.CONFLICT)
            self.secrets[body["Name"]] = body
        elif path.startswith("/nodes/"):
            node_id, version = path.removeprefix("/nodes/").split("/update?version=")
            assert int(version) == self.nodes[node_id]["Version"]["Index"]
            self.nodes[node_id]["Spec"] = body

    def delete(self, path: str) -> None:
        name = path.removeprefix("/secrets/")
        mounted = [
            each["SecretName"]
            for service in self.services
            for each in service["Spec"]["TaskTemplate"]["ContainerSpec"]["Secrets"]
        ]
        if name in mounted:
            raise DockerRefuses("is in use", HTTPStatus.BAD_REQUEST)
        self.secrets.pop(name, None)


def node(node_id: str, *, state: str = "ready", availability: str = "active", **labels: str) -> Any:
    return {
        "ID": node_id,
        "Version": {"Index": 7},
        "Spec": {"Availability": availability, "Labels": dict(labels)},
        "Status": {"State": state},
    }
