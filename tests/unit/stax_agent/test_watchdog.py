"""What systemd hears of a duty that goes on."""

import socket
from pathlib import Path

from stax_agent.watchdog import Watchdog


def test_a_fed_watchdog_is_told_in_systemds_words(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        Watchdog({"NOTIFY_SOCKET": str(tmp_path / "notify")}).feed()

        systemd.setblocking(False)
        assert systemd.recv(64) == b"WATCHDOG_USEC=10000000\nWATCHDOG=1"


def test_without_one_nothing_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        Watchdog({}).feed()

        systemd.setblocking(False)
        assert not _waiting(systemd)


def test_a_systemd_that_is_away_stops_nobody(tmp_path: Path) -> None:
    Watchdog({"NOTIFY_SOCKET": str(tmp_path / "gone")}).feed()
    Watchdog({"NOTIFY_SOCKET": "@gone"}).feed()


def _waiting(link: socket.socket) -> bool:
    try:
        return bool(link.recv(64))
    except BlockingIOError:
        return False
