"""The root file system is built once; what bears its name is whole."""

import os
import threading
from pathlib import Path

import pytest

from stax_local.kernel.process import KernelError
from stax_local.machines.cache import UNUSED_S, Tell, path_of, prune, root_file_system
from stax_local.machines.recipe import Recipe
from stax_local.problem import Problem

RECIPE = Recipe("bookworm", ("systemd",), Path("/nonexistent"), "true")


class Builder:
    """Builds a folder with one file, and counts."""

    def __init__(self) -> None:
        self.built = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(self, root: Path, recipe: Recipe, tell: Tell) -> None:
        assert self.may_go_on.wait(5)
        root.mkdir()
        (root / "made").write_text("of " + " ".join(recipe.packages))
        self.built += 1


class Told(list[str]):
    def __call__(self, text: str) -> None:
        self.append(text)


def test_it_is_built_once(tmp_path: Path) -> None:
    builder = Builder()

    first = root_file_system(tmp_path, RECIPE, Told(), builder)
    second = root_file_system(tmp_path, RECIPE, Told(), builder)

    assert first == second == path_of(tmp_path, RECIPE)
    assert (first / "made").read_text() == "of systemd"
    assert builder.built == 1


def test_a_second_builder_waits_for_the_first_and_finds_the_work_done(tmp_path: Path) -> None:
    builder, told = Builder(), Told()
    builder.may_go_on.clear()
    first = threading.Thread(target=root_file_system, args=(tmp_path, RECIPE, Told(), builder))
    first.start()
    while not list(tmp_path.glob("cache/building-*")):
        assert first.is_alive()
    second = threading.Thread(target=root_file_system, args=(tmp_path, RECIPE, told, builder))
    second.start()
    while not told:
        assert second.is_alive()
    builder.may_go_on.set()
    first.join(5)
    second.join(5)

    assert "waiting" in told[0]
    assert builder.built == 1


def test_what_a_killed_builder_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "cache" / "building-killed" / "root").mkdir(parents=True)

    root_file_system(tmp_path, RECIPE, Told(), Builder())

    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["lock", path_of(tmp_path, RECIPE).name]


def test_a_failed_build_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    def fails(root: Path, recipe: Recipe, tell: Tell) -> None:
        root.mkdir()
        raise KernelError("no mirror answers")

    with pytest.raises(Problem, match="no mirror answers"):
        root_file_system(tmp_path, RECIPE, Told(), fails)

    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["lock"]


def used(home: Path, *days_ago: int) -> list[str]:
    """Root file systems by how long ago they were used, at time 0."""
    for days in days_ago:
        path = home / "cache" / f"rootfs-{days}"
        path.mkdir(parents=True)
        os.utime(path, (-days * UNUSED_S, -days * UNUSED_S))
    return [f"rootfs-{days}" for days in days_ago]


def left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "cache").iterdir())


def test_of_old_ones_the_two_that_were_used_last_are_kept_and_it_is_said_what_goes(tmp_path: Path) -> None:
    used(tmp_path, 2, 3, 4, 5)
    told = Told()

    prune(tmp_path, told, lambda: 0.0)

    assert left(tmp_path) == ["rootfs-2", "rootfs-3"]
    assert ["rootfs-4" in told[0], "rootfs-5" in told[1]] == [True, True]


def test_what_was_used_today_is_kept(tmp_path: Path) -> None:
    names = used(tmp_path, 0, 1, 2)
    os.utime(tmp_path / "cache" / "rootfs-2", (-10, -10))

    prune(tmp_path, Told(), lambda: 0.0)

    assert left(tmp_path) == sorted(names)


def test_what_a_machine_stands_on_is_kept(tmp_path: Path) -> None:
    names = used(tmp_path, 2, 3, 4)
    machine = tmp_path / "local" / "web" / "machines" / "i-1"
    machine.mkdir(parents=True)
    (machine / "image").symlink_to(tmp_path / "cache" / "rootfs-4")

    prune(tmp_path, Told(), lambda: 0.0)

    assert left(tmp_path) == sorted(names)
