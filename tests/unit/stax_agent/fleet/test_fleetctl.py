"""fleetctl's words on a docker host, against an engine that answers on a socket as Docker does."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from stax_agent.fleet.fleetctl import fleetctl
from stax_agent.fleet.swarm import Swarm, service_of
from stax_agent.node.docker_api import Docker
from stax_agent.setback import Setback


class Engine:
    """A Swarm of one node with the service `web`, as far as fleetctl asks; tasks follow at once."""

    def __init__(self) -> None:
        self.spec: dict[str, Any] = {"Name": "web", "Mode": {"Replicated": {"Replicas": 2}}, "TaskTemplate": {}}
        self.services = True

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        match method, path:
            case "GET", "/nodes":
                status = {"State": "ready", "Addr": "10.183.0.4"}
                return 200, [{"ID": "n", "Spec": {"Labels": {"instance-id": "i-1"}}, "Status": status}]
            case "GET", "/services":
                return 200, [{"ID": "s", "Version": {"Index": 1}, "Spec": self.spec}] if self.services else []
            case "GET", "/tasks":
                return 200, [self._task(slot) for slot in range(1, self.wanted + 1)]
            case "POST", "/services/s/update":
                self.spec = body
            case "DELETE", "/services/s":
                self.services = False
        return 200, None

    @property
    def wanted(self) -> int:
        if "Global" in self.spec["Mode"]:
            return 0 if self.spec["TaskTemplate"].get("Placement", {}).get("Constraints") else 1
        return int(self.spec["Mode"].get("Replicated", {"Replicas": 0})["Replicas"])

    def _task(self, slot: int) -> dict[str, Any]:
        return {"ID": f"t{slot}", "ServiceID": "s", "Slot": slot, "NodeID": "n", "Status": {"State": "running"}}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[tuple[Engine, Swarm]]:
    engine, path = Engine(), tmp_path / "docker.sock"

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, said = engine.answer(self.command, urlsplit(self.path).path, json.loads(body or b"null"))
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def address_string(self) -> str:
            return "here"

    class Server(HTTPServer):
        address_family = socket.AF_UNIX

        def server_bind(self) -> None:
            self.socket.bind(str(path))

    server = Server(str(path), Handler)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield engine, Swarm(Docker(path))
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_stopped_unit_keeps_its_number_of_tasks_for_the_next_start(engine: tuple[Engine, Swarm]) -> None:
    there, swarm = engine

    swarm.stop(swarm.unit_file("web"))
    assert (there.wanted, swarm.wait("web", running=False)) == (0, [])
    assert swarm.unit_file("web.service").desired == "loaded"
    swarm.start(swarm.unit_file("web"))

    assert there.wanted == 2
    assert [unit.name for unit in swarm.wait("web", running=True)] == ["web.1", "web.2"]
    assert "Labels" not in there.spec or not there.spec["Labels"]


def test_a_global_unit_is_stopped_by_a_constraint_that_no_machine_meets(engine: tuple[Engine, Swarm]) -> None:
    there, swarm = engine
    there.spec = {"Name": "web", "Mode": {"Global": {}}, "TaskTemplate": {}}

    swarm.stop(swarm.unit_file("web"))
    assert there.wanted == 0
    swarm.start(swarm.unit_file("web"))

    assert there.spec["TaskTemplate"]["Placement"]["Constraints"] == []


def test_a_job_is_neither_started_nor_stopped(engine: tuple[Engine, Swarm]) -> None:
    there, swarm = engine
    there.spec["Mode"] = {"ReplicatedJob": {"TotalCompletions": 2}}

    with pytest.raises(Setback, match="web is a job"):
        swarm.stop(swarm.unit_file("web"))


def test_a_destroyed_unit_is_forgotten(engine: tuple[Engine, Swarm]) -> None:
    _, swarm = engine

    swarm.destroy(swarm.unit_file("web"))

    with pytest.raises(Setback, match="there is no unit web; there are: none"):
        swarm.unit_file("web")


@pytest.mark.parametrize(
    ("name", "service"), [("web", "web"), ("web.service", "web"), ("web.2", "web"), ("a.b", "a.b")]
)
def test_the_service_of_a_unit_is_known_by_any_of_its_names(name: str, service: str) -> None:
    assert service_of(name) == service


@pytest.mark.parametrize("word", ["submit", "load", "verify", "ssh", "fd-forward"])
def test_what_swarm_cannot_do_is_refused_by_name(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert fleetctl([word, "web.service"]) == 1
    assert f"fleetctl: no {word}: " in capsys.readouterr().err


@pytest.mark.parametrize("words", [["list-machines", "--fields", "ip,colour"], ["nonsense"], ["cat"], ["stop"]])
def test_wrong_words_are_said_and_nothing_is_done(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert fleetctl(words) == 2
    assert capsys.readouterr().err.startswith("fleetctl: ")


def test_without_a_word_the_words_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert fleetctl([]) == 0
    assert "list-unit-files" in capsys.readouterr().out
