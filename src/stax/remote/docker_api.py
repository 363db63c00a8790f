"""Docker's Engine API of a machine, spoken through ssh: the machine's docker listens on no port.

    with closing(Docker(argv, machine="docker1")) as docker:
        docker.get("/services")

`argv` runs `docker system dial-stdio` over there, which hands the engine's socket to ssh.  One connection
carries all calls, one after the other; a lost one is made again.  Shapes are those of Engine API 1.41
(Docker 20.10) and later; the path without a version is the daemon's newest.
"""

import http.client
import json
import socket
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from stax.errors import StaxError

DIAL = ("sudo", "docker", "system", "dial-stdio")
"""What ssh runs on the machine."""
ANSWERS_WITHIN_S = 30.0
ENDS_WITHIN_S = 5.0


class DockerRefuses(StaxError):  # noqa: N818 - reads as what it says
    """The engine's own no; `status` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(StaxError):  # noqa: N818
    """ssh or the engine does not answer: another manager may."""


class Docker:
    """The engine of one machine."""

    def __init__(self, argv: Sequence[str], *, machine: str) -> None:
        self.machine = machine
        self._connection = _SshConnection(argv)

    def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        limit_s: float = ANSWERS_WITHIN_S,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return what the engine has there; raises DockerRefuses."""
        asked = f"{path}?{urlencode(query)}" if query else path
        try:
            return self._call("GET", asked, None, limit_s, headers)
        except Unreachable:
            self._connection.close()  # it may have been idle for too long: asking once more changes nothing
            return self._call("GET", asked, None, limit_s, headers)

    def post(self, path: str, body: Any = None, *, limit_s: float = ANSWERS_WITHIN_S) -> Any:
        """Have the engine do something; raises DockerRefuses."""
        return self._call("POST", path, body, limit_s, None)

    def delete(self, path: str) -> None:
        """Have the engine forget something; what is not there is forgotten already."""
        try:
            self._call("DELETE", path, None, ANSWERS_WITHIN_S, None)
        except DockerRefuses as refusal:
            if refusal.status != http.HTTPStatus.NOT_FOUND:
                raise

    def lines(self, path: str, query: Mapping[str, str], *, idle_s: float | None = ANSWERS_WITHIN_S) -> Iterator[str]:
        """Yield the lines of a log as they come; with follow=1 it goes on, and `idle_s` None waits for ever.

        The connection is of no other use until the last line was read.  Raises DockerRefuses.
        """
        self._connection.limit(idle_s)
        try:
            self._connection.request("GET", f"{path}?{urlencode(query)}")
            answer = self._connection.getresponse()
            if answer.status >= http.HTTPStatus.BAD_REQUEST:
                said = _read(answer.read())
                because = said.get("message", "") if isinstance(said, dict) else ""
                raise DockerRefuses(f"docker on {self.machine} refuses: {because}", answer.status)
            yield from _lines(answer)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"the log of {self.machine} broke off: {error or type(error).__name__}") from error
        finally:
            self._connection.close()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _call(self, method: str, path: str, body: Any, limit_s: float, headers: Mapping[str, str] | None) -> Any:
        self._connection.limit(limit_s)
        text = "" if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, text, {"Content-Type": "application/json", **(headers or {})})
            answer = self._connection.getresponse()
            said = _read(answer.read())
        except (OSError, http.client.HTTPException) as error:
            why = self._connection.last_words() or str(error) or type(error).__name__
            raise Unreachable(f"docker on {self.machine} does not answer: {why}") from error
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            because = said.get("message", "") if isinstance(said, dict) else ""
            raise DockerRefuses(f"docker on {self.machine} refuses: {because or answer.reason}", answer.status)
        return said


class _SshConnection(http.client.HTTPConnection):
    """HTTP over the standard input and output of ssh."""

    def __init__(self, argv: Sequence[str]) -> None:
        super().__init__("docker", timeout=ANSWERS_WITHIN_S)
        self._argv = list(argv)
        self._process: subprocess.Popen[bytes] | None = None
        self._complaint = ""

    def connect(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                self._argv,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for stax, which then ends it in order
            )
        ours.settimeout(self.timeout)
        self.sock = ours

    def limit(self, seconds: float | None) -> None:
        """Let no single wait of the next call be longer."""
        self.timeout = seconds
        if self.sock:
            self.sock.settimeout(seconds)

    def last_words(self) -> str:
        """Return what ssh complained of last, once it has ended."""
        self.close()
        return self._complaint

    def close(self) -> None:
        super().close()
        process, self._process = self._process, None
        if process is None:
            return
        try:
            _, said = process.communicate(timeout=ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
        lines = said.decode("utf-8", "replace").strip().splitlines()
        self._complaint = lines[-1] if lines else ""


_FRAME = struct.Struct(">BxxxL")
"""Docker's frames: 1 or 2 for the stream, the length of what follows.  A log of a terminal has none."""


def _lines(answer: http.client.HTTPResponse) -> Iterator[str]:
    """Yield the lines of a log, whichever stream they are of."""
    rest = b""
    while header := answer.read(_FRAME.size):
        stream, length = _FRAME.unpack(header) if len(header) == _FRAME.size else (0, 0)
        if stream in (1, 2):
            rest += answer.read(length)
        else:
            rest += header + answer.readline()
        *whole, rest = rest.split(b"\n")
        yield from (line.decode("utf-8", "replace").rstrip("\r") for line in whole)
    if rest:
        yield rest.decode("utf-8", "replace")


def _read(answer: bytes) -> Any:
    try:
        return json.loads(answer or b"null")
    except ValueError:
        return None
