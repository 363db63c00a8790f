"""Knocking wakes who listens, and harms nobody when nobody does."""

import select
from pathlib import Path

from stax_local.machines.knock import door, knock


def hears(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])


def test_who_listens_hears(tmp_path: Path) -> None:
    mine = door(tmp_path)
    assert not hears(mine)

    knock(tmp_path)

    assert hears(mine)


def test_the_door_of_a_region_that_died_is_opened_again(tmp_path: Path) -> None:
    door(tmp_path)
    again = door(tmp_path)
    knock(tmp_path)

    assert hears(again)


def test_nobody_home_is_no_error(tmp_path: Path) -> None:
    knock(tmp_path)
