"""Canaries: which datagrams count, and that no other does."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stax_agent.nat import canary, sealed
from stax_agent.nat.canary import BY_WAY_OUT, WITHIN, Watcher, canary_key
from stax_agent.nat.sealed import NO_CHALLENGE, Keys, Letter, seal

KEYS = Keys(canary_key(b"k" * 32))
PEER, PEER_PUBLIC, HOST = 2, "198.51.100.2", "10.183.2.9"


def watcher() -> Watcher:
    return Watcher(KEYS, peer=PEER, peer_public=PEER_PUBLIC)


def sung(what: bytes = WITHIN, *, zone: int = PEER, sequence: int | None = None, keys: Keys = KEYS) -> bytes:
    at = time.time_ns() if sequence is None else sequence
    return seal(keys, Letter(sealed.CANARY, zone, b"12345678", at, NO_CHALLENGE, NO_CHALLENGE, what))


def test_a_canary_within_the_vpc_and_one_by_the_way_out_are_told_apart():
    box = watcher()

    assert box.read(sung(), HOST, 1.0) is False
    assert box.read(sung(BY_WAY_OUT), PEER_PUBLIC, 1.0) is True


def test_one_that_got_out_by_another_way_says_nothing_of_the_peer():
    assert watcher().read(sung(BY_WAY_OUT), "198.51.100.99", 1.0) is None


def test_a_canary_counts_once():
    box, datagram = watcher(), sung()

    assert box.read(datagram, HOST, 1.0) is False
    assert box.read(datagram, HOST, 1.0) is None
    assert box.bad == 1


@pytest.mark.parametrize(
    "datagram",
    [
        lambda: sung(zone=1),
        lambda: sung(keys=Keys(b"o" * 32)),
        lambda: sung(sequence=time.time_ns() - 3600 * 10**9),
        lambda: sung()[:-1],
        lambda: sung(bytes(canary.LARGEST_BYTES)),
        lambda: b"",
    ],
    ids=["of the own zone", "forged", "an hour old", "truncated", "oversized", "empty"],
)
def test_what_is_none_is_refused_and_counted(datagram: Callable[[], bytes]):
    box = watcher()

    assert box.read(datagram(), HOST, 1.0) is None
    assert box.bad == 1


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_arrives_is_refused_and_counted(datagram: bytes):
    box = watcher()

    assert box.read(datagram, HOST, 1.0) is None
    assert box.bad == 1


def test_a_flood_costs_no_more_than_a_burst():
    box = watcher()
    for _ in range(10_000):
        box.read(b"junk", HOST, 1.0)

    assert box.bad <= 400
