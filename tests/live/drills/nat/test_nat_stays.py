"""What looks like a failure and is none: nothing moves.  The numbers are those of the cases in docs/nat.md."""

import secrets
import signal
import socket
import subprocess
import sys

from tests.nat_lab import NatLab, eventually
from tests.nat_pair import stays

from stax_agent.nat import heartbeat, sealed


def test_heartbeats_lost_both_ways_move_nothing_and_alarm(pair: NatLab) -> None:
    """Case 2."""
    pair.between_boxes(loss_percent=100)

    assert stays(pair)
    for box in (1, 2):
        assert "ALARM zone" in pair.journal(f"nat{box}")
        assert "hosts get out through it" in pair.journal(f"nat{box}")


def test_heartbeats_lost_one_way_move_nothing(pair: NatLab) -> None:
    pair.weather({"source": pair.nats[1], "target": pair.nats[2], "loss_percent": 100})

    assert stays(pair)


def test_every_fifth_packet_lost_moves_nothing(pair: NatLab) -> None:
    """Case 4."""
    pair.between_boxes(loss_percent=20)

    assert stays(pair)


def test_everything_late_by_a_third_of_a_second_moves_nothing(pair: NatLab) -> None:
    """Case 4: when it begins nothing is heard for longer than a lost peer takes, and afterwards all of it, late."""
    pair.between_boxes(delay_ms=300)

    assert stays(pair)


def test_everything_lost_for_two_seconds_between_the_boxes_moves_nothing(pair: NatLab) -> None:
    """Case 4."""
    pair.between_boxes(loss_percent=100)
    assert stays(pair, for_s=2)
    pair.weather()

    assert stays(pair)


def test_a_busy_machine_moves_nothing(pair: NatLab) -> None:
    """Case 5: as many busy processes as there are cores, and as many again."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        assert stays(pair)
    finally:
        for each in busy:
            each.kill()
            each.wait()


def test_an_agent_that_is_killed_or_hangs_on_a_box_that_forwards_moves_nothing(pair: NatLab) -> None:
    """Case 15."""
    agent = pair.processes["nat1"]
    agent.send_signal(signal.SIGSTOP)
    assert stays(pair)
    agent.send_signal(signal.SIGCONT)

    pair.end("nat1", signal.SIGKILL)
    assert stays(pair)


def test_both_agents_started_anew_move_nothing(pair: NatLab) -> None:
    """Case 15."""
    for box in (1, 2):
        pair.restart_agent(box)

    pair.settle()
    assert [pair.status(box)["moves"] for box in (1, 2)] == [0, 0]


def test_datagrams_that_nobody_sealed_are_counted_and_move_nothing(pair: NatLab) -> None:
    """Case 19: from the peer's own address; from any other they do not pass the box's rules."""
    target = (pair.address(pair.nats[1]), heartbeat.PORT)
    version = bytes([sealed.VERSION])
    junk = [b"", b"x", secrets.token_bytes(80), version + secrets.token_bytes(200), version + secrets.token_bytes(1400)]
    with pair.inside(pair.nats[2], lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as link:
        for each in junk * 10:
            link.sendto(each, target)

    eventually(lambda: {"forged", "truncated", "oversized"} <= pair.status(1)["heartbeats_bad"].keys())
    assert stays(pair)


def test_a_zone_that_is_cut_off_takes_nothing_and_the_other_is_untouched(pair: NatLab) -> None:
    """Case 22: zone 1 hears nobody and has no way out; zone 2 goes on, and takes what is lost."""
    pair.weather(*(
        {"source": source, "target": target, "loss_percent": 100}
        for machine in (pair.nats[1], pair.hosts[1]) for source, target in ((machine, "any"), ("any", machine))
    ))  # fmt: skip

    eventually(lambda: pair.carrier(1) == 2)
    assert pair.carrier(2) == 2
    assert pair.called_from(2) == pair.public[2]
