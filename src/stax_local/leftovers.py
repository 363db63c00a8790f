"""What stax keeps of a region's account on this machine, which means nothing once the region is gone.

Private keys of machines that are no more, and creates that nobody can go on with, lie in
STAX_HOME/ACCOUNT-REGION/.  Every local region starts with the one account that is nobody's, so two of
them with the same AWS region share that folder: it goes with the last of them.  History stays.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from stax_local.folder import Folder, read_json
from stax_local.front.keyring import ACCOUNT_ID
from stax_local.problem import Problem


def forget(folder: Folder, aws_region: str) -> None:
    """Remove what stax keeps for a region that has just been removed, unless another one has the same account.

    Raises Problem when it cannot be removed.
    """
    if aws_region in _other_regions(folder):
        return
    kept = folder.home / f"{ACCOUNT_ID}-{aws_region}"
    try:
        if kept.is_symlink():
            raise Problem(f"{kept} is a symbolic link, which is not followed here", f"remove {kept}")
        shutil.rmtree(kept)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Problem(f"{kept} cannot be removed: {error.strerror}", "remove it by hand") from error


def _other_regions(folder: Folder) -> frozenset[str]:
    """The AWS regions that other local regions of this home are, whether they run or are only kept."""
    found = (read_json(path) for path in _descriptions(folder))
    return frozenset(str(other.get("region")) for other in found if other and other.get("name") != folder.name)


def _descriptions(folder: Folder) -> Iterator[Path]:
    yield from (folder.home / "local").glob("*/region.json")
    yield from (folder.home / "endpoints").glob("*.json")
