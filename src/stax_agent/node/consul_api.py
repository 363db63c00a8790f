"""consul's API on this host's loopback: only the calls that membership and access need."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from stax_agent.setback import Setback

ADDRESS, PORT = "127.0.0.1", 8500
SERVER_PORT = 8300
TIMEOUT_S = 5.0
LEAVE_TIMEOUT_S = 20.0
STATUSES = {1: "alive", 2: "leaving", 3: "left", 4: "failed"}
"""serf's numbers; 0 is none."""


@dataclass(frozen=True, kw_only=True)
class ConsulMember:
    """A member of the gossip, as this host's agent knows it."""

    name: str
    id: str
    address: str
    is_server: bool
    status: str
    version: str = ""


class ConsulApi:
    """This host's agent, asked with a token."""

    def __init__(self, token: str = "") -> None:
        self._token = token

    def with_token(self, token: str) -> "ConsulApi":
        """Return the same agent, asked by somebody else."""
        return ConsulApi(token)

    def members(self) -> tuple[ConsulMember, ...]:
        """Return whoever is or was in the gossip, as far as the token may see."""
        return tuple(_member(one) for one in self._call("GET", "agent/members") or ())

    def leader(self) -> str:
        """Return the address of the server that leads; empty while there is none."""
        return str(self._call("GET", "status/leader") or "").rpartition(":")[0]

    def servers(self) -> tuple[str, ...]:
        """Return the addresses of the servers that vote or soon will; only a leader knows."""
        return tuple(str(each).rpartition(":")[0] for each in self._call("GET", "status/peers") or ())

    def leave(self) -> None:
        """Have the agent leave for good: a server gives up its vote first."""
        self._call("PUT", "agent/leave", timeout_s=LEAVE_TIMEOUT_S)

    def forget(self, name: str) -> None:
        """Take a member off everybody's list."""
        self._call("PUT", f"agent/force-leave/{quote(name)}?prune")

    def remove_server(self, address: str) -> None:
        """Take a server's vote away."""
        self._call("DELETE", f"operator/raft/peer?address={address}:{SERVER_PORT}")

    def knows_token(self) -> bool:
        """Whether the token is one that consul has made; raises Setback while it cannot say."""
        try:
            self._call("GET", "acl/token/self")
        except Setback as setback:
            if setback.code not in ("403", "404"):
                raise
            return False
        return True

    def bootstrap(self) -> str:
        """Return the first token, which may do everything; given once in the life of a cluster."""
        return str(self._call("PUT", "acl/bootstrap")["SecretID"])

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Write policies and tokens."""
        return self._call("PUT", path, body)

    def get(self, path: str) -> Any:
        """Read policies and tokens."""
        return self._call("GET", path)

    def delete(self, path: str) -> None:
        """Remove policies and tokens."""
        self._call("DELETE", path)

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, timeout_s: float = TIMEOUT_S
    ) -> Any:
        connection = http.client.HTTPConnection(ADDRESS, PORT, timeout=timeout_s)
        headers = {"X-Consul-Token": self._token} if self._token else {}
        try:
            connection.request(method, f"/v1/{path}", body=json.dumps(body) if body else None, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise Setback(f"consul does not answer: {error or type(error).__name__}", code="NoAnswer") from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise Setback(f"consul refuses {path.partition('?')[0]}: {text.strip()[:200]}", code=str(answer.status))
        return _read(text)


def _read(text: str) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


def _member(one: Mapping[str, Any]) -> ConsulMember:
    tags = one.get("Tags") or {}
    return ConsulMember(
        name=str(one["Name"]),
        id=str(tags.get("id", "")),
        address=str(one.get("Addr", "")),
        is_server=tags.get("role") == "consul",
        status=STATUSES.get(one.get("Status", 0), "none"),
        version=str(tags.get("build", "")).partition(":")[0],
    )
