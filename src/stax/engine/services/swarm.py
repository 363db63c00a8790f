"""The Swarm of a stax: what it has, and what changes it.  All of it through one connection to a manager."""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from stax.compose.render import SHARED_NETWORK
from stax.engine.managers import TRIED, Managers
from stax.engine.services import answers
from stax.engine.services.answers import STACK, Node
from stax.errors import NotFound, StaxError
from stax.model.services import Revision, RunningService, Task
from stax.remote.docker_api import DIAL, Docker, DockerRefuses, Unreachable
from stax.remote.running import run_there

DEPLOYED_WITHIN_S = 120.0
"""`docker stack deploy` asks a registry for every image, and gives up each after some 15 s."""
KEPT_REVISIONS = 10
ENDED = ("complete", "failed", "shutdown", "rejected", "remove", "orphaned")


class DeploymentRefused(StaxError):  # noqa: N818 - reads as what it says
    """Docker's no to a document; a part of it may be there already."""


@dataclass(frozen=True)
class Seen:
    """The Swarm at one moment."""

    nodes: tuple[Node, ...]
    services: tuple[RunningService, ...]
    tasks: tuple[Task, ...]
    reserved: Mapping[str, tuple[int, int]]
    """What each task has reserved, by its id: billionths of a processor, bytes."""

    def of_stack(self, stack: str) -> list[RunningService]:
        """Return the services of a stack."""
        return [one for one in self.services if one.stack == stack]

    def tasks_of(self, service: RunningService) -> list[Task]:
        """Return the tasks of a service, its newest attempts first."""
        return [one for one in self.tasks if (one.stack, one.service) == (service.stack, service.name)]


class Swarm:
    """A stax's Swarm, asked at one of its managers."""

    def __init__(self, docker: Docker, managers: Managers, names: Mapping[str, str]) -> None:
        self.docker = docker
        self.managers = managers
        self._names = names

    def seen(self, stack: str = "") -> Seen:
        """Look at everything, or at the services and tasks of one stack."""
        wanted = {"filters": json.dumps({"label": [f"{STACK}={stack}"]})} if stack else {}
        nodes = tuple(answers.node(one, self._names) for one in self.docker.get("/nodes"))
        services = self.docker.get("/services", {"status": "true", **wanted})
        found = {one["ID"]: answers.running_service(one) for one in services}
        by_id = {one.id: one for one in nodes}
        tasks = [one for one in self.docker.get("/tasks", wanted) if one.get("ServiceID") in found]
        tasks.sort(key=lambda one: str(one.get("CreatedAt", "")), reverse=True)
        return Seen(
            nodes=nodes,
            services=tuple(sorted(found.values(), key=lambda one: (one.stack, one.name))),
            tasks=tuple(answers.task(one, found[one["ServiceID"]], by_id) for one in tasks),
            reserved={one["ID"]: _reserved(one) for one in tasks},
        )

    def deploy(self, stack: str, document: str, *, asks_registries: bool) -> None:
        """Have `docker stack deploy` bring a stack to a document; what is not in it any more is removed."""
        resolve = "changed" if asks_registries else "never"
        options = ("--prune", "--with-registry-auth", "--resolve-image", resolve)
        words = ("sudo", "docker", "stack", "deploy", *options, "--compose-file", "-", stack)
        done = self.run(words, given=document, limit_s=DEPLOYED_WITHIN_S)
        if done[0]:
            raise DeploymentRefused(f"Docker does not take {stack}: {done[1]}")

    def remove(self, stack: str) -> None:
        """Have `docker stack rm` end a stack's tasks; volumes stay."""
        words = ("sudo", "docker", "stack", "rm", stack)
        # What ends by itself meanwhile, as the network of a service that was just refused, is told as a failure.
        if self.run(words, limit_s=DEPLOYED_WITHIN_S)[0]:
            code, said = self.run(words, limit_s=DEPLOYED_WITHIN_S)
            if code:
                raise StaxError(f"Docker does not remove {stack}: {said}", hint="run the same command again")

    def run(self, words: Sequence[str], *, given: str = "", limit_s: float) -> tuple[int, str]:
        """Run a command on the manager; return its exit code and the last line of its complaint."""
        argv = self.managers.agents.argv(self.docker.machine, *words[1:], program=words[:1])
        done = run_there(argv, machine=self.docker.machine, limit_s=limit_s, given=given)
        lines = done.stderr.strip().splitlines()
        return done.returncode, lines[-1] if lines else f"exit code {done.returncode}"

    def engine_of(self, machine: str) -> Docker:
        """Return the engine of another machine: to be closed."""
        return Docker(self.managers.agents.argv(machine, *DIAL[1:], program=DIAL[:1]), machine=machine)

    def close(self) -> None:
        """End the connection."""
        self.docker.close()

    def secret_names(self) -> list[str]:
        """Return the Swarm's names of all secrets, versions and all."""
        return [str(one["Spec"]["Name"]) for one in self.docker.get("/secrets")]

    def unended(self, ids: Collection[str]) -> list[str]:
        """Return those of the tasks that have not ended; a service that is gone may have some."""
        said = self.docker.get("/tasks")
        return [str(one["ID"]) for one in said if one["ID"] in ids and one["Status"].get("State") not in ENDED]

    def have_shared_network(self) -> None:
        """See that the network is there on which services of different stacks find one another."""
        asked = json.dumps({"name": [SHARED_NETWORK]})
        if any(one["Name"] == SHARED_NETWORK for one in self.docker.get("/networks", {"filters": asked})):
            return
        self.docker.post("/networks/create", {"Name": SHARED_NETWORK, "Driver": "overlay", "Attachable": True})

    def have_configs(self, stack: str, contents: Mapping[str, str]) -> None:
        """See that these config objects are there; their names tell their content."""
        there = {one["Spec"]["Name"] for one in self.docker.get("/configs")}
        for name in contents.keys() - there:
            data = base64.b64encode(contents[name].encode()).decode()
            self.docker.post("/configs/create", {"Name": name, "Data": data, "Labels": {"stax.stack": stack}})

    def forget_configs(self, stack: str, kept: Collection[str]) -> None:
        """Remove a stack's config objects but those that are kept; one that a task still uses stays."""
        said = self.docker.get("/configs", {"filters": json.dumps({"label": [f"stax.stack={stack}"]})})
        for one in said:
            if answers.REVISION not in (one["Spec"].get("Labels") or {}) and one["Spec"]["Name"] not in kept:
                with suppress(DockerRefuses):
                    self.docker.delete(f"/configs/{one['ID']}")

    def revisions(self, stack: str = "") -> list[Revision]:
        """Return what was deployed, of one stack or of all, the newest first."""
        label = f"stax.stack={stack}" if stack else answers.REVISION
        said = self.docker.get("/configs", {"filters": json.dumps({"label": [label]})})
        return answers.newest_first(found for one in said if (found := answers.revision(one)))

    def begin(self, one: Revision) -> None:
        """Keep a revision; raises StaxError when another deployment has taken its number."""
        data = base64.b64encode(json.dumps(one.definition, sort_keys=True).encode()).decode()
        body = {"Name": _config_of(one), "Data": data, "Labels": answers.revision_labels(one)}
        try:
            self.docker.post("/configs/create", body)
        except DockerRefuses as refusal:
            if refusal.status != 409:
                raise
            message = f"somebody else deploys {one.stack} right now: revision {one.number} is taken"
            raise StaxError(message, hint="look again, with the same command, when that has ended") from refusal

    def end(self, one: Revision, outcome: str) -> None:
        """Say how a deployment ended; forget revisions that are older than anybody goes back."""
        said = self.docker.get(f"/configs/{_config_of(one)}")
        labels = answers.revision_labels(replace(one, outcome=outcome))
        spec = {**said["Spec"], "Labels": labels}
        self.docker.post(f"/configs/{said['ID']}/update?version={said['Version']['Index']}", spec)
        for old in self.revisions(one.stack)[KEPT_REVISIONS:]:
            self.docker.delete(f"/configs/{_config_of(old)}")


def _config_of(one: Revision) -> str:
    return f"stax.{one.stack}.{one.number}"


def _reserved(task: answers.Answer) -> tuple[int, int]:
    found = (task.get("Spec", {}).get("Resources") or {}).get("Reservations") or {}
    return int(found.get("NanoCPUs", 0)), int(found.get("MemoryBytes", 0))


def connected(managers: Managers, names: Mapping[str, str]) -> Swarm:
    """Connect to the first manager that answers; `names` tells the machines' names by instance id.

    Raises StaxError when none does, or when the Swarm has lost its quorum.
    """
    return Swarm(_first_that_answers(managers), managers, names)


def _first_that_answers(managers: Managers) -> Docker:
    unreached: list[StaxError] = []
    for name in managers.names[:TRIED]:
        docker = Docker(managers.agents.argv(name, *DIAL[1:], program=DIAL[:1]), machine=name)
        try:
            docker.get("/swarm")
        except DockerRefuses as refusal:
            docker.close()
            unreached.append(_no_manager(name, refusal))
        except Unreachable as error:
            docker.close()
            unreached.append(error)
        else:
            return docker
    raise unreached[0] if unreached else NotFound("there are no managers to ask")


def _no_manager(name: str, refusal: DockerRefuses) -> StaxError:
    return StaxError(f"{name} cannot decide for the Swarm: {refusal.message}", hint="stax check says how it is")
