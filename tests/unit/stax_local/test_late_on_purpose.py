"""A delay that the kernel cannot hold is refused by name, and changes nothing; its queue's words are read right."""

import socket
import struct
from pathlib import Path

import pytest

from stax_local import dataplane
from stax_local.dataplane import DataPlane
from stax_local.kernel import packet_queue
from stax_local.kernel.packet_queue import PacketQueue

LATE = {"disturbances": [{"source": "any", "target": "any", "delay_ms": 20}], "metadata_down": []}


def test_without_packet_queues_a_delay_is_refused_and_what_was_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataplane, "lacking_for_delays", lambda: "modprobe nft_queue")
    plane = DataPlane(tmp_path)
    before = plane.tell_weather()

    with pytest.raises(ValueError, match="modprobe nft_queue"):
        plane.take_weather(LATE)

    assert plane.tell_weather() == before
    assert not (tmp_path / "weather.json").exists()


def test_with_them_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataplane, "lacking_for_delays", lambda: "")
    plane = DataPlane(tmp_path)

    plane.take_weather(LATE)

    assert plane.tell_weather()["disturbances"][0]["delay_ms"] == 20


def _message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def test_a_queue_is_bound_tells_its_packets_and_lets_them_go(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    kernel.send(_message(2, struct.pack("=i", 0)))  # "done"
    kernel.send(_message(0x300, struct.pack("!BBH", 2, 0, 150) + struct.pack("=HH", 11, 1) + b"\0\0\0\7\x08\0\2\0"))
    monkeypatch.setattr(packet_queue, "inside", lambda *_: ours)

    queue = PacketQueue("any", 150)
    packet = queue.waiting(1)
    queue.let_go(7)

    assert packet == 7
    assert kernel.recv(999)[4:6] == struct.pack("=H", 0x302)
    assert kernel.recv(999)[-8:] == struct.pack("!II", 1, 7)
    assert queue.waiting(0.001) is None
    queue.close()
    kernel.close()
