"""A delay line keeps its times, its order and its bound."""

from stax_local.programs import delay_line
from stax_local.programs.delay_line import DelayLine, neighbours


def test_a_frame_is_due_when_its_delay_has_passed_and_not_before() -> None:
    line = DelayLine(0.150, 0.0)
    line.take(b"one", 10.0)

    assert list(line.due(10.149)) == []
    assert line.patience_s(10.1) is not None
    assert list(line.due(10.151)) == [b"one"]
    assert line.patience_s(10.151) is None


def test_frames_of_one_moment_go_in_the_order_in_which_they_came() -> None:
    line = DelayLine(0.1, 0.0)
    for frame in (b"c", b"a", b"b"):
        line.take(frame, 5.0)

    assert list(line.due(6.0)) == [b"c", b"a", b"b"]


def test_jitter_is_drawn_for_each_frame_and_lets_one_overtake_another() -> None:
    draws = iter((1.0, 0.0, 0.5))
    line = DelayLine(0.1, 0.2, lambda: next(draws))
    for frame in (b"last", b"first", b"middle"):
        line.take(frame, 0.0)

    assert line.patience_s(0.0) == 0.1
    assert list(line.due(0.25)) == [b"first", b"middle"]
    assert list(line.due(0.31)) == [b"last"]


def test_what_goes_beyond_the_bound_is_lost_and_room_is_made_by_what_leaves() -> None:
    line = DelayLine(1.0, 0.0)
    half = bytes(delay_line.MOST_BYTES // 2)
    for _ in range(3):
        line.take(half, 0.0)

    assert len(list(line.due(2.0))) == 2
    line.take(half, 3.0)
    assert len(list(line.due(9.0))) == 1


def test_who_is_where_is_read_from_the_kernels_own_table() -> None:
    table = """IP address       HW type     Flags       HW address            Mask     Device
10.183.0.10      0x1         0x6         0a:58:00:00:00:01     *        e0000000000000a
169.254.0.1      0x1         0x6         02:5a:00:00:00:02     *        igw
"""

    assert dict(neighbours(table)) == {
        bytes.fromhex("0a5800000001"): "e0000000000000a",
        bytes.fromhex("025a00000002"): "igw",
    }
