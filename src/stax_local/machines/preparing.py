"""Before a region starts: what of it can be real here, and the root file system that machines need."""

from collections.abc import Callable

from stax_local.folder import Folder
from stax_local.kernel import abilities, machine_abilities
from stax_local.kernel.host_limits import raise_limits
from stax_local.machines.cache import root_file_system
from stax_local.machines.recipe import recipe
from stax_local.problem import Problem

PLANES = ("none", "network", "machines")


def prepared(folder: Folder, wanted: str | None, tell: Callable[[str], None]) -> str:
    """Return the data plane to start with, made ready.

    `wanted` is one of PLANES, or None for what the region had, and for all that is possible when it
    is new.  What is wanted and impossible raises Problem; what is not possible is told.
    """
    settings = folder.settings()
    plane = wanted or (settings.data_plane if settings else _possible(folder, tell))
    if plane != "none":
        _demand(plane, folder)
    if plane == "machines":
        root_file_system(folder.home, recipe(), tell)
        if raised := raise_limits():
            tell(raised)
    return plane


def _possible(folder: Folder, tell: Callable[[str], None]) -> str:
    lacking = machine_abilities.lacking(folder.path)
    if lacking:
        tell(f"control plane only: {lacking}")
    return "none" if lacking else "machines"


def _demand(plane: str, folder: Folder) -> None:
    lacking = machine_abilities.lacking(folder.path) if plane == "machines" else abilities.lacking()
    if lacking:
        raise Problem(f"no data plane {plane} here: {lacking}", f"{folder.command('up')} --data-plane none")
