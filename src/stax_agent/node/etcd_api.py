"""etcd's API, version 3, as JSON over HTTPS: only the calls that membership needs.

etcd writes 64-bit numbers as text in JSON, and leaves out what is zero or false.
"""

import base64
import http.client
import json
import ssl
from collections.abc import Mapping, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stax_agent.setback import Setback

CLIENT_PORT, PEER_PORT = 2379, 2380
TIMEOUT_S = 3.0
MOST_AT_ONCE = 16
CHANGE_TIMEOUT_S = 10.0
"""A change of members is agreed upon by the quorum, on whatever disks that has."""


@dataclass(frozen=True, kw_only=True)
class EtcdMember:
    """A member as etcd has it written down; the name is empty until it has started."""

    id: str
    name: str
    address: str
    is_learner: bool


@dataclass(frozen=True, kw_only=True)
class EtcdStatus:
    """One member about itself."""

    member_id: str
    leader_id: str
    """"0" while there is none."""
    version: str
    is_learner: bool
    database_bytes: int


class EtcdApi:
    """One etcd server, by its address."""

    def __init__(self, address: str, trust: ssl.SSLContext) -> None:
        self._address = address
        self._trust = trust

    def status(self) -> EtcdStatus:
        """Ask a server about itself; it answers without a quorum."""
        said = self._call("maintenance/status", {})
        return EtcdStatus(
            member_id=str(said["header"]["member_id"]),
            leader_id=str(said.get("leader", "0")),
            version=str(said.get("version", "")),
            is_learner=bool(said.get("isLearner", False)),
            database_bytes=int(said.get("dbSize", 0)),
        )

    def members(self) -> tuple[EtcdMember, ...]:
        """Return the members as this server knows them: without asking the others, so without a quorum too."""
        said = self._call("cluster/member/list", {"linearizable": False})
        return tuple(_member(one) for one in said.get("members", []))

    def put(self, key: str, value: str, *, lease_s: int) -> None:
        """Write an entry that ends by itself."""
        lease = self._call("lease/grant", {"TTL": lease_s})["ID"]
        self._call("kv/put", {"key": _coded(key), "value": _coded(value), "lease": lease})

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin so, as the quorum knows them."""
        until = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        asked = {"key": _coded(prefix), "range_end": _coded(until), "keys_only": True}
        said = self._call("kv/range", asked)
        return [base64.b64decode(one["key"]).decode() for one in said.get("kvs", [])]

    def value(self, key: str) -> str:
        """Return what is written there, as the quorum knows it; empty where nothing is."""
        found = self._call("kv/range", {"key": _coded(key)}).get("kvs", [])
        return base64.b64decode(found[0].get("value", "")).decode() if found else ""

    def claim(self, key: str, value: str) -> bool:
        """Write where nothing is written; return whether that came true: of many at once, one wins."""
        unwritten = {"key": _coded(key), "target": "CREATE", "result": "EQUAL", "create_revision": "0"}
        write = {"request_put": {"key": _coded(key), "value": _coded(value)}}
        return bool(self._call("kv/txn", {"compare": [unwritten], "success": [write]}).get("succeeded", False))

    def release(self, key: str, value: str) -> bool:
        """Delete what is written there if it is this value, and nothing else."""
        same = {"key": _coded(key), "target": "VALUE", "result": "EQUAL", "value": _coded(value)}
        delete = {"request_delete_range": {"key": _coded(key)}}
        return bool(self._call("kv/txn", {"compare": [same], "success": [delete]}).get("succeeded", False))

    def add_learner(self, address: str) -> None:
        """Let a server in that listens and does not vote."""
        peer = {"peerURLs": [f"https://{address}:{PEER_PORT}"], "isLearner": True}
        self._call("cluster/member/add", peer, timeout_s=CHANGE_TIMEOUT_S)

    def promote(self, member_id: str) -> None:
        """Let a learner vote; raises Setback while it lags behind."""
        self._call("cluster/member/promote", {"ID": member_id}, timeout_s=CHANGE_TIMEOUT_S)

    def remove(self, member_id: str) -> None:
        """Take a member out."""
        self._call("cluster/member/remove", {"ID": member_id}, timeout_s=CHANGE_TIMEOUT_S)

    def hand_over(self, member_id: str) -> None:
        """Let another member lead; only the leader can be asked."""
        self._call("maintenance/transfer-leadership", {"targetID": member_id}, timeout_s=CHANGE_TIMEOUT_S)

    def _call(self, path: str, parameters: dict[str, Any], *, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
        connection = http.client.HTTPSConnection(self._address, CLIENT_PORT, timeout=timeout_s, context=self._trust)
        try:
            connection.request("POST", f"/v3/{path}", body=json.dumps(parameters))
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Setback(f"etcd at {self._address} does not answer: {error or type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status != 200 or not isinstance(said, dict):
            because = said.get("error", answer.status) if isinstance(said, dict) else answer.status
            raise Setback(f"etcd at {self._address} refuses {path}: {because}", code=str(answer.status))
        return said


def trust(authority: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Return whom to believe, and who this is; raises Setback while the files are not there."""
    try:
        context = ssl.create_default_context(cafile=str(authority))
        context.load_cert_chain(str(certificate), str(key))
    except OSError as error:
        raise Setback(f"{certificate} cannot be used: {error}") from error
    return context


def first_answer(apis: Sequence[EtcdApi]) -> tuple[EtcdMember, ...]:
    """Return the members according to whichever server says so first; empty when none does."""
    asking = _asking(apis)
    try:
        answers = as_completed([asking.submit(_members_or_none, api) for api in apis])
        return next((members for answer in answers if (members := answer.result())), ())
    finally:
        asking.shutdown(wait=False, cancel_futures=True)  # the slow ones end by their own limit


def statuses(apis: Mapping[str, EtcdApi]) -> dict[str, EtcdStatus]:
    """Return by member id what those that answer say about themselves."""
    with _asking(apis) as asking:
        answers = asking.map(_status_or_none, apis.values())
        return {member_id: status for member_id, status in zip(apis, answers, strict=True) if status}


def _asking(apis: Sized) -> ThreadPoolExecutor:
    """All at once: a host that is just booting, or has just died, answers nothing until the time is over."""
    return ThreadPoolExecutor(max_workers=min(max(len(apis), 1), MOST_AT_ONCE))


def _members_or_none(api: EtcdApi) -> tuple[EtcdMember, ...] | None:
    try:
        return api.members()
    except Setback:
        return None


def _status_or_none(api: EtcdApi) -> EtcdStatus | None:
    try:
        return api.status()
    except Setback:
        return None


def _member(one: dict[str, Any]) -> EtcdMember:
    address = str(one["peerURLs"][0]).removeprefix("https://").rpartition(":")[0]
    return EtcdMember(
        id=str(one["ID"]),
        name=str(one.get("name", "")),
        address=address,
        is_learner=bool(one.get("isLearner", False)),
    )


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
