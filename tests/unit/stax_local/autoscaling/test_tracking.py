"""How many machines the metric asks for."""

from hypothesis import given
from hypothesis import strategies as st

from stax_local.autoscaling.tracking import IN_PERIODS, OUT_PERIODS, Target, average, wanted_capacity

PRESENT = 30_000_000
CPU = Target(60.0)


def minutes(*values: float) -> dict[int, float]:
    """The last minutes' values, oldest first; the present minute is the last."""
    return {PRESENT - len(values) + 1 + number: value for number, value in enumerate(values)}


def test_three_minutes_above_the_target_scale_out_in_proportion() -> None:
    assert wanted_capacity(CPU, minutes(90, 90, 90), warm=2, desired=2, present=PRESENT) == 3


def test_two_minutes_above_it_do_not() -> None:
    assert wanted_capacity(CPU, minutes(50, 90, 90), warm=2, desired=2, present=PRESENT) is None
    assert wanted_capacity(CPU, minutes(90, 90), warm=2, desired=2, present=PRESENT) is None


def test_machines_that_still_warm_up_count_as_capacity() -> None:
    assert wanted_capacity(CPU, minutes(90, 90, 90), warm=2, desired=3, present=PRESENT) is None


def test_fifteen_minutes_well_below_it_scale_in() -> None:
    assert wanted_capacity(CPU, minutes(*[20.0] * IN_PERIODS), warm=6, desired=6, present=PRESENT) == 2
    assert wanted_capacity(CPU, minutes(*[20.0] * (IN_PERIODS - 1)), warm=6, desired=6, present=PRESENT) is None


def test_a_little_below_it_is_near_enough() -> None:
    assert wanted_capacity(CPU, minutes(*[55.0] * IN_PERIODS), warm=6, desired=6, present=PRESENT) is None


def test_nothing_scales_in_while_machines_warm_up_or_when_told_not_to() -> None:
    quiet = minutes(*[5.0] * IN_PERIODS)

    assert wanted_capacity(CPU, quiet, warm=4, desired=6, present=PRESENT) is None
    assert wanted_capacity(Target(60.0, scales_in=False), quiet, warm=6, desired=6, present=PRESENT) is None


def test_old_data_and_data_with_holes_say_nothing() -> None:
    this = PRESENT

    assert (
        wanted_capacity(CPU, {this - 30: 90, this - 29: 90, this - 28: 90}, warm=2, desired=2, present=PRESENT) is None
    )
    assert wanted_capacity(CPU, {this - 9: 90, this - 5: 90, this: 90}, warm=2, desired=2, present=PRESENT) is None


def test_the_average_is_over_those_that_reported() -> None:
    assert average([{1: 10.0, 2: 30.0}, {2: 50.0}]) == {1: 10.0, 2: 40.0}


@given(st.floats(0, 100), st.integers(1, 50))
def test_a_constant_load_settles_and_never_scales_to_nothing(level: float, machines: int) -> None:
    wanted = wanted_capacity(CPU, minutes(*[level] * IN_PERIODS), warm=machines, desired=machines, present=PRESENT)

    assert wanted is None or wanted >= 1
    if wanted is not None and wanted > machines:
        assert level > CPU.value
        assert len(minutes(*[level] * IN_PERIODS)) >= OUT_PERIODS
