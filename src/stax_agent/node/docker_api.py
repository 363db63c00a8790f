"""Docker's Engine API on its unix socket, the only place where it listens: only the calls that the Swarm needs.

Shapes are those of Engine API 1.41 (Docker 20.10) and later; the path without a version is the daemon's newest.
"""

import http.client
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from stax_agent.setback import Setback

SOCKET = Path("/run/docker.sock")
TIMEOUT_S = 10.0
MANAGER_PORT = 2377
"""Where the managers of a Swarm hear one another and whoever joins."""
JOIN_TIMEOUT_S = 30.0
"""The engine gives up a join after 20 s itself, and goes on trying in the background."""


class Docker:
    """The engine of this host."""

    def __init__(self, path: Path = SOCKET) -> None:
        self._path = path

    def get(self, path: str, filters: Mapping[str, list[str]] | None = None) -> Any:
        """Return what the engine has there; raises Setback, its code the HTTP status."""
        asked = f"?filters={quote(json.dumps(filters))}" if filters else ""
        return self._call("GET", path + asked)

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, timeout_s: float = TIMEOUT_S) -> Any:
        """Have the engine do something."""
        return self._call("POST", path, body, timeout_s=timeout_s)

    def delete(self, path: str) -> None:
        """Have the engine forget something."""
        self._call("DELETE", path)

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, timeout_s: float = TIMEOUT_S
    ) -> Any:
        connection = _UnixConnection(self._path, timeout_s)
        try:
            connection.request(method, path, body=json.dumps(body or {}), headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = _read(answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise Setback(f"docker does not answer {path}: {error or type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status >= 400:
            because = said.get("message", "") if isinstance(said, dict) else ""
            raise Setback(f"docker refuses {path}: {because or answer.status}", code=str(answer.status))
        return said


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("docker", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _read(answer: bytes) -> Any:
    try:
        return json.loads(answer or b"null")
    except ValueError:
        return None
