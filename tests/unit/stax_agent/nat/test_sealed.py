"""Sealed datagrams: only the peer's, only once, only of its life of now."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stax_agent.nat.sealed import HEARTBEAT, Correspondence, Keys, TokenBucket

KEY, OTHER = b"k" * 32, b"o" * 32
LARGEST = 512
counter = itertools.count(1)


def fresh(length: int) -> bytes:
    return next(counter).to_bytes(length, "big")


def box(me: int, keys: Keys | None = None) -> Correspondence:
    return Correspondence(keys or Keys(KEY), me=me, peer=3 - me, largest=LARGEST, random=fresh)


def acquainted() -> tuple[Correspondence, Correspondence]:
    """Two boxes that have heard each other: a letter each way tells the challenges, the next prove themselves."""
    one, two = box(1), box(2)
    for _ in range(2):
        two.read(one.write(HEARTBEAT, b""))
        one.read(two.write(HEARTBEAT, b""))
    one.bad.clear()
    two.bad.clear()
    return one, two


def test_two_boxes_are_acquainted_after_two_letters_each():
    one, two = acquainted()

    letter = two.read(one.write(HEARTBEAT, b"hello"))

    assert letter is not None
    assert letter.body == b"hello"


def test_a_letter_sealed_with_another_key_is_forged():
    _, two = acquainted()

    assert two.read(box(1, Keys(OTHER)).write(HEARTBEAT, b"")) is None
    assert two.bad == {"forged": 1}


def test_a_changed_bit_is_a_forgery():
    one, two = acquainted()
    datagram = bytearray(one.write(HEARTBEAT, b"hello"))
    datagram[-40] ^= 1

    assert two.read(bytes(datagram)) is None
    assert two.bad == {"forged": 1}


def test_a_letter_counts_once():
    one, two = acquainted()
    datagram = one.write(HEARTBEAT, b"")

    assert two.read(datagram)
    assert two.read(datagram) is None
    assert two.bad == {"replayed": 1}


def test_a_letter_overtaken_by_a_newer_one_is_dropped():
    one, two = acquainted()
    first, second = one.write(HEARTBEAT, b""), one.write(HEARTBEAT, b"")

    assert two.read(second)
    assert two.read(first) is None


def test_letters_of_an_earlier_life_are_not_believed_in_a_later_one():
    """Recorded, and played when the sender has started anew, or when the receiver has."""
    one, two = acquainted()
    recorded = [one.write(HEARTBEAT, b"") for _ in range(5)]
    two.read(recorded[-1])
    reborn = box(1)
    for _ in range(2):
        two.read(reborn.write(HEARTBEAT, b""))
        reborn.read(two.write(HEARTBEAT, b""))

    assert two.read(reborn.write(HEARTBEAT, b""))
    assert not any(two.read(each) for each in recorded)
    newcomer = box(2)
    assert not any(newcomer.read(each) for each in recorded)


def test_a_box_does_not_take_its_own_letters():
    one, _ = acquainted()

    assert one.read(one.write(HEARTBEAT, b"")) is None
    assert one.bad == {"another sender": 1}


def test_what_is_too_long_is_not_even_read():
    one, two = acquainted()

    assert two.read(one.write(HEARTBEAT, bytes(LARGEST))) is None
    assert two.bad == {"oversized": 1}


def test_while_keys_are_changed_both_open():
    one, two = box(1, Keys(KEY)), box(2, Keys(OTHER, KEY))
    two.read(one.write(HEARTBEAT, b""))

    assert two.bad == {"unproven boot": 1}  # opened, and asked to prove itself


@pytest.mark.parametrize("keys", [(b"short",), (b"",), (KEY, b"short")])
def test_a_short_key_is_refused(keys: tuple[bytes, ...]):
    with pytest.raises(ValueError, match="key"):
        Keys(*keys)


def test_a_key_is_not_printed():
    assert "kkk" not in repr(Keys(KEY))


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=700))
def test_whatever_arrives_is_dropped_and_counted(datagram: bytes):
    _, two = acquainted()

    assert two.read(datagram) is None
    assert sum(two.bad.values()) == 1


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_a_true_letter_with_anything_changed_is_not_believed(data: st.DataObject):
    one, two = acquainted()
    datagram = bytearray(one.write(HEARTBEAT, b"body"))
    at = data.draw(st.integers(0, len(datagram) - 1))
    datagram[at] ^= data.draw(st.integers(1, 255))

    assert two.read(bytes(datagram)) is None


def test_a_flood_gets_a_burst_and_then_its_rate():
    bucket = TokenBucket(100, 10)
    at_once = sum(bucket.allows(5.0) for _ in range(100_000))
    later = sum(bucket.allows(6.0) for _ in range(100_000))

    assert at_once == 10
    assert later == 10
