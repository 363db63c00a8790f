"""Docker's API through a program's standard input and output; a script stands for ssh and the engine."""

import struct
import sys
from contextlib import closing

import pytest

from stax.remote.docker_api import Docker, DockerRefuses, Unreachable

ENGINE = """
import json, socket, sys
from http.server import BaseHTTPRequestHandler

class Engine(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    calls = 0

    def do_GET(self):
        type(self).calls += 1
        if self.path.startswith("/refused"):
            return self.say(404, json.dumps({"message": "no such thing"}).encode())
        if self.path.startswith("/log"):
            return self.say(200, bytes.fromhex(sys.argv[1]))
        self.say(200, json.dumps({"path": self.path, "calls": self.calls}).encode())
        if self.path == "/last":
            self.close_connection = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.say(200, json.dumps({"given": json.loads(body)}).encode())

    do_DELETE = do_GET

    def say(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

Engine(socket.socket(fileno=0), ("", 0), None)
"""


def engine(log: bytes = b"") -> Docker:
    return Docker([sys.executable, "-c", ENGINE, log.hex()], machine="docker1")


def frame(stream: int, text: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(text)) + text


def test_one_connection_carries_many_calls():
    with closing(engine()) as docker:
        docker.get("/a")
        assert docker.get("/b", {"all": "1"}) == {"path": "/b?all=1", "calls": 2}
        assert docker.post("/c", {"x": 1}) == {"given": {"x": 1}}


def test_the_engines_no_is_told_with_its_reason():
    with closing(engine()) as docker:
        with pytest.raises(DockerRefuses, match="docker on docker1 refuses: no such thing") as refused:
            docker.get("/refused")
        assert refused.value.status == 404
        docker.delete("/refused")  # what is not there is forgotten already


def test_a_connection_that_was_lost_is_made_again():
    with closing(engine()) as docker:
        docker.get("/last")
        assert docker.get("/next")["calls"] == 1


def test_sshs_last_words_are_the_reason():
    script = "import sys; sys.stderr.write('a\\nPermission denied'); sys.exit(255)"
    docker = Docker([sys.executable, "-c", script], machine="docker1")

    with closing(docker), pytest.raises(Unreachable, match="docker1 does not answer: Permission denied"):
        docker.get("/a")


def test_lines_of_both_streams_are_put_together():
    log = frame(1, b"one\ntw") + frame(1, b"o\n") + frame(2, b"three\r\n") + frame(1, b"four")

    assert list(engine(log).lines("/log", {})) == ["one", "two", "three", "four"]


def test_a_log_of_a_terminal_has_no_frames():
    assert list(engine(b"plain words\nand more\n").lines("/log", {})) == ["plain words", "and more"]


def test_a_log_that_there_is_not_is_refused():
    with pytest.raises(DockerRefuses, match="no such thing"):
        list(engine().lines("/refused", {}))
