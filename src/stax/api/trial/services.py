"""A service on the throw-away stax: started, reached, scaled, killed and healed, updated under load, taken back."""

import http.client
import json
import socket
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stax.api import redeploy
from stax.api.forward import ForwardRequest, forward
from stax.api.push import PushRequest, push
from stax.api.services_plan import StartRequest, prepare
from stax.api.start import start
from stax.api.trial.image import FOLDER, TAG, archive
from stax.api.trial.walk import Client, Inside, Story, Walk, checked, equal
from stax.engine.services.way import Where
from stax.errors import Unhealthy
from stax.events import Event
from stax.model.services import Task
from stax.remote.forwarding import LOOPBACK, forwarding

STACK, CLIENT_PORT = "web", 18080
REPLICAS, MORE_REPLICAS = 2, 3
OPENS_WITHIN_S = 60.0
HEALED_WITHIN_S = COUNTED_WITHIN_S = 180.0
ANSWERS_WITHIN_S = "5"
LOOKS_UP = ("python3", "-c", "import socket, sys; print(socket.gethostbyname(sys.argv[1]))")
ENOUGH = 100
"""Requests that must have come through before it is said that none was lost."""


def bring(walk: Walk) -> Story:
    """Bring an image to every docker host without a registry."""
    with TemporaryDirectory(prefix="stax-test-") as folder:
        file = Path(folder) / "web.tar"
        file.write_bytes(archive(walk.request.configuration.architecture))
        request = PushRequest(image=str(file), name=walk.name, ssh_key=walk.request.ssh_key)
        pushed = yield from push(walk.site, request, person_home=walk.person_home)
    yield equal(f"docker hosts with {TAG}", walk.size, len(pushed.hosts))


def begin(walk: Walk) -> Story:
    """Start a service from a Compose file, and wait until it is healthy."""
    yield from _started(walk, version="1", replicas=REPLICAS)
    yield equal("healthy tasks of web", REPLICAS, len((yield from _tasks(walk, "web"))))


def reach(walk: Walk) -> Story:
    """Reach it by its name inside, in consul, through its published port, and from here."""
    counted = yield from _counted(walk, lambda said: said["asked"] - said["failed"] >= ENOUGH)
    yield equal("servers that answered by the name web", REPLICAS, len(counted["servers"]))
    client = yield from _client(walk)
    inside = client.inside

    def known() -> int:
        return len(_in_consul(inside, client.machine, "web"))

    took_s = walk.until(lambda: known() == REPLICAS, "consul has the tasks of web", within_s=COUNTED_WITHIN_S)
    yield checked("web.service.consul", ok=True, finding=f"{REPLICAS} healthy tasks, {took_s:.0f} s after the start")
    (entry,) = _in_consul(inside, client.machine, "web-client") or [{}]
    yield equal("port of web-client.service.consul", CLIENT_PORT, entry.get("Service", {}).get("Port"))
    found = inside.says(client.machine, "sudo", "docker", "exec", client.container, *LOOKS_UP, "web.service.consul")
    hosts = {one.name: one.private_ip for one in walk.machines("docker")}
    yield checked("web.service.consul in a container", ok=found.strip() in hosts.values(), finding=found.strip())
    address = f"{hosts[client.machine]}:{CLIENT_PORT}"
    is_open = "asked" in _asked(inside, client.machine, f"http://{address}/")
    yield checked("published port", ok=is_open, finding=f"{address} {'answers' if is_open else 'does not answer'}")


def scale(walk: Walk) -> Story:
    """Have more tasks, and all of them answer."""
    yield from _redeployed(walk, redeploy.Scale(service=STACK, replicas=MORE_REPLICAS))
    counted = yield from _counted(walk, lambda said: len(said["servers"]) >= MORE_REPLICAS)
    yield equal("servers that answered by the name web", MORE_REPLICAS, len(counted["servers"]))


def heal(walk: Walk) -> Story:
    """Kill a container, and see another take its place."""
    lost = (yield from _tasks(walk, "web"))[0]
    inside = yield from walk.way([lost.machine])
    killed = inside.run(lost.machine, "sudo", "docker", "kill", lost.container)
    yield equal(f"docker kill on {lost.machine}", 0, killed.returncode)
    swarm = yield from walk.swarm()

    def is_healed() -> bool:
        tasks = [one for one in swarm.seen(STACK).tasks if _is_well(one, "web")]
        return len(tasks) == MORE_REPLICAS and lost.id not in {one.id for one in tasks}

    took_s = walk.until(is_healed, "another task has taken its place", within_s=HEALED_WITHIN_S)
    walk.measured["healed"] = took_s
    yield checked(lost.name, ok=True, finding=f"another has taken its place after {took_s:.1f} s")


def update(walk: Walk) -> Story:
    """Update it while it is asked without a pause: no request is lost."""
    before = yield from _counted(walk, _anything)
    stopwatch = walk.site.stopwatch(0.0)
    yield from _started(walk, version="2", replicas=MORE_REPLICAS)
    walk.measured["updated"] = stopwatch.elapsed_s
    after = yield from _counted(walk, lambda said: said["versions"].get("2", 0) >= ENOUGH)
    asked, failed = (after[word] - before[word] for word in ("asked", "failed"))
    why = f": {after['why']}" if failed else ""
    yield checked("requests during the update", ok=not failed, finding=f"{asked}, {failed} failed{why}")


def take_back(walk: Walk) -> Story:
    """Update it to a version that never becomes healthy: it is refused, and the one before serves on."""
    try:
        yield from _started(walk, version="broken", replicas=MORE_REPLICAS)
    except Unhealthy as refusal:
        yield checked("a version that ends at once", ok=True,
                      finding=refusal.message)  # fmt: skip
    else:
        yield checked("a version that ends at once", ok=False, finding="it was called healthy")
    yield from _goes_on_with(walk, "2")


def roll_back(walk: Walk) -> Story:
    """Go back to the version before the last one that was healthy."""
    yield from _redeployed(walk, redeploy.Rollback(service=STACK))
    yield from _goes_on_with(walk, "1")


def _goes_on_with(walk: Walk, version: str) -> Story:
    """See so many more answers of a version, and of no other any more."""
    before = yield from _counted(walk, _anything)
    wanted = before["versions"].get(version, 0) + ENOUGH
    after = yield from _counted(walk, lambda said: said["versions"].get(version, 0) >= wanted)
    others = sum(after["versions"].values()) - after["versions"][version]
    others -= sum(count for name, count in before["versions"].items() if name != version)
    yield checked(f"version {version}", ok=not others, finding=f"answers; {others} answers of others since")


def _anything(said: Mapping[str, Any]) -> bool:
    return bool(said)


def _started(walk: Walk, *, version: str, replicas: int) -> Story:
    variables = {"VERSION": version, "REPLICAS": str(replicas)}
    request = StartRequest(services=(STACK,), file=FOLDER / "compose.yaml", variables=variables)
    with closing((yield from prepare(walk.site, request, _where(walk)))) as prepared:
        yield from start(walk.site, prepared)


def _redeployed(walk: Walk, wish: redeploy.Redeployment) -> Story:
    with closing((yield from redeploy.prepare(walk.site, wish, _where(walk)))) as prepared:
        yield from start(walk.site, prepared)


def _where(walk: Walk) -> Where:
    return Where(person_home=walk.person_home, name=walk.name, ssh_key=walk.request.ssh_key)


def _tasks(walk: Walk, service: str) -> Generator[Event, None, list[Task]]:
    swarm = yield from walk.swarm()
    return [one for one in swarm.seen(STACK).tasks if _is_well(one, service)]


def _is_well(task: Task, service: str) -> bool:
    return (task.service, task.state, task.wanted) == (service, "running", "running")


def _counted(walk: Walk, wanted: Callable[[Mapping[str, Any]], bool]) -> Generator[Event, None, Mapping[str, Any]]:
    """Return what the client has counted, asked from here, once it is what is wanted."""
    client = yield from _client(walk)
    found: list[Mapping[str, Any]] = []

    def looks() -> bool:
        found[:] = [_said_by(client)]
        return bool(found[0]) and wanted(found[0])

    walk.until(looks, f"the client on {client.machine} has counted enough", within_s=COUNTED_WITHIN_S)
    return found[0]


def _client(walk: Walk) -> Generator[Event, None, Client]:
    """Lead a port of this machine to the client; no step moves it, so that is done once."""
    if walk.client is None:
        (task,) = yield from _tasks(walk, "client")
        inside = yield from walk.way([task.machine])
        port = _free_port()
        request = ForwardRequest(service=f"{STACK}_client", port=f"{port}:{CLIENT_PORT}")
        passage = yield from forward(walk.site, request, _where(walk))
        there = walk.keep_open(forwarding(passage.argv, machine=passage.machine))
        walk.until(lambda: there.listens_at(port), "stax forward leads to the client", within_s=OPENS_WITHIN_S)
        walk.client = Client(task.machine, task.container, inside, port)
    return walk.client


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _said_by(client: Client) -> Mapping[str, Any]:
    """Return what the client has counted; nothing while it does not answer."""
    connection = http.client.HTTPConnection(LOOPBACK, client.port, timeout=float(ANSWERS_WITHIN_S))
    try:
        connection.request("GET", "/")
        said: Mapping[str, Any] = json.loads(connection.getresponse().read())
        return said
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()


def _in_consul(inside: Inside, machine: str, service: str) -> list[Mapping[str, Any]]:
    found = _asked(inside, machine, f"http://127.0.0.1:8500/v1/health/service/{service}?passing=1")
    return found if isinstance(found, list) else []


def _asked(inside: Inside, machine: str, url: str) -> Any:
    said = inside.says(machine, "curl", "--silent", "--show-error", "--max-time", ANSWERS_WITHIN_S, url)
    try:
        return json.loads(said)
    except ValueError:
        return {}
