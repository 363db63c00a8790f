"""Heartbeats: what is written is read, and what is none is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax_agent.nat.heartbeat import LARGEST_BYTES, Heartbeat, Saying, decode, encode

beats = st.builds(
    Heartbeat, st.sampled_from(list(Saying)), st.frozensets(st.sampled_from([1, 2])), st.text(max_size=40)
)


@given(beats)
def test_what_is_written_is_read(beat: Heartbeat):
    assert decode(encode(beat)) == beat


def test_a_long_reason_is_cut_to_fit():
    beat = encode(Heartbeat(Saying.UNFIT, frozenset({1}), "ä" * 1000))

    assert len(beat) < LARGEST_BYTES // 2
    assert decode(beat).reason.startswith("äää")


@given(st.binary(max_size=512))
def test_anything_else_is_refused_in_one_way(body: bytes):
    try:
        beat = decode(body)
    except ValueError:
        return
    assert isinstance(beat.saying, Saying)


@pytest.mark.parametrize("body", [b"", b"\x01", b"\x01\x00\x05abc", b"\x09\x00\x00"])
def test_truncated_or_unknown_is_refused(body: bytes):
    with pytest.raises(ValueError, match=r"truncated|Saying"):
        decode(body)
