"""The machines' root file system, built once and kept under the digest of its recipe.

It is built in a folder of its own and then renamed, so that what bears the name is whole.  Who
builds holds a lock; a second builder waits for it and finds the work done.  Those of older recipes go when
nobody needs them any more.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from stax_local.kernel.debootstrap import lay_over, make_root, run_inside
from stax_local.kernel.older_packages import install
from stax_local.kernel.process import KernelError
from stax_local.machines.recipe import Recipe
from stax_local.problem import Problem

Tell = Callable[[str], None]
Build = Callable[[Path, Recipe, Tell], None]

_BUILDING = "building-"
KEPT, UNUSED_S = 2, 24 * 3600.0


def path_of(home: Path, recipe: Recipe) -> Path:
    """Where the root file system of this recipe is, or will be."""
    return home / "cache" / f"rootfs-{recipe.digest}"


def build(root: Path, recipe: Recipe, tell: Tell) -> None:
    """Make the root file system in `root`, which does not exist yet.  Raises KernelError."""
    make_root(root, recipe.suite, recipe.packages, tell)
    for package in recipe.older:
        install(root, package, tell)
    lay_over(root, recipe.files)
    run_inside(root, recipe.customize)


def root_file_system(home: Path, recipe: Recipe, tell: Tell, build: Build = build) -> Path:
    """Return the root file system, built first when it is missing.  Raises Problem when that fails."""
    path = path_of(home, recipe)
    if not path.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _held(path.parent / "lock", tell):
            if not path.is_dir():
                _remove_leftovers(path.parent)
                tell("building the machines' root file system, once: some minutes, some 650 MB")
                with _becoming(path) as root:
                    build(root, recipe, tell)
    with suppress(OSError):  # of another user, perhaps, who is welcome to it
        os.utime(path)
    prune(home, tell)
    return path


def root_file_systems(home: Path) -> list[Path]:
    """All that there are, the one that was used last first."""
    return sorted((home / "cache").glob("rootfs-*"), key=lambda path: path.stat().st_mtime, reverse=True)


def prune(home: Path, tell: Tell, now_s: Callable[[], float] = time.time) -> None:
    """Remove the root file systems that no machine of this home has and nobody has used for a day, but for two."""
    needed = {link.resolve() for link in home.glob("local/*/machines/*/image")}
    for path in root_file_systems(home)[KEPT:]:
        used_at = path.stat().st_mtime
        if path.resolve() not in needed and now_s() - used_at > UNUSED_S:
            day = datetime.fromtimestamp(used_at, UTC).date()
            tell(f"removing {path.name}, a root file system of the machines that was used last on {day}")
            going = path.with_name(f"{_BUILDING}no-more-{path.name}")  # what bears its own name is whole
            path.rename(going)
            shutil.rmtree(going, ignore_errors=True)


@contextmanager
def _becoming(path: Path) -> Iterator[Path]:
    """A folder to be made, which becomes `path` when all went well and is gone when not."""
    folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=path.parent))
    try:
        yield folder / "root"
        (folder / "root").rename(path)
    except (KernelError, OSError) as error:
        raise Problem(
            f"the machines' root file system could not be built: {error}",
            "look at the mirror's answer above; `stax local up --data-plane network` does without machines",
        ) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)


def _remove_leftovers(cache: Path) -> None:
    """What a builder left that was killed; the lock says that nobody builds now."""
    for leftover in cache.glob(f"{_BUILDING}*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def _held(lock: Path, tell: Tell) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another process builds the machines' root file system; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
