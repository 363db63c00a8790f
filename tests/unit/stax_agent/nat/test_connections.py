"""Open connections: told, kept, forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax_agent.nat.connections import FEW, FORGOTTEN_AFTER_S, Connection, Copies, decode, encode, worth_telling

HOME, OTHER = bytes([10, 183, 1, 10]), bytes([10, 183, 3, 10])

addresses = st.binary(min_size=4, max_size=4)
ports = st.integers(0, 65535)
keys = st.tuples(st.sampled_from([6, 17]), addresses, ports, addresses, ports)
numbers = st.integers(0, 2**32 - 1)
connections = st.builds(Connection, keys, addresses, ports, st.integers(0, 255), numbers, numbers)


def connection(port: int = 4000, home: bytes = HOME, timeout_s: int = 300) -> Connection:
    return Connection((6, bytes([10, 183, 0, 20]), port, bytes([203, 0, 113, 10]), 80), home, port, 3, 14, timeout_s)


@given(st.lists(connections, max_size=45))
def test_what_is_told_is_heard(told: list[Connection]):
    assert decode(encode(told)) == told


def test_what_is_cut_off_is_refused():
    with pytest.raises(ValueError, match="cut off"):
        decode(encode([connection()])[:-1])


def test_copies_are_those_of_the_zone_with_the_time_they_have_left():
    copies = Copies()
    copies.hear([connection(), connection(home=OTHER, port=1)], 100.0)

    assert list(copies.of(HOME, 110.0)) == [connection(timeout_s=290)]


def test_what_would_have_expired_meanwhile_is_not_brought_back():
    copies = Copies()
    copies.hear([connection(timeout_s=30)], 100.0)

    assert list(copies.of(HOME, 131.0)) == []


def test_what_is_not_told_again_is_forgotten():
    copies = Copies()
    copies.hear([connection(1)], 100.0)
    copies.hear([connection(2)], 150.0)

    copies.forget_silent(101.0 + FORGOTTEN_AFTER_S)

    assert [each.key[2] for each in copies.of(HOME, 150.0)] == [2]


def test_what_the_kernel_has_is_not_kept_twice():
    copies = Copies()
    copies.hear([connection(), connection(home=OTHER, port=1)], 100.0)

    copies.clear(HOME)

    assert len(copies) == 1


@given(st.binary(max_size=1500))
def test_whatever_is_told_is_connections_or_refused(body: bytes):
    try:
        assert encode(decode(body)) == body
    except ValueError:
        return


def test_a_few_connections_are_told_as_soon_as_they_are_seen():
    young = [connection(port) for port in range(FEW)]

    assert worth_telling(young, set()) == young


def test_of_many_only_those_that_last_are_told():
    young = [connection(port) for port in range(FEW + 1)]

    assert worth_telling(young, {young[7].key}) == [young[7]]


@pytest.mark.parametrize(("protocol", "status", "half_open"), [(6, 14, False), (6, 10, True), (17, 10, False)])
def test_a_handshake_that_is_not_over_is_not_told(protocol: int, status: int, half_open: bool):
    key = (protocol, bytes([10, 183, 0, 20]), 4000, bytes([203, 0, 113, 10]), 80)

    assert Connection(key, HOME, 4000, 3, status, 300).is_half_open is half_open
