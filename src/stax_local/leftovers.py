"""What stax keeps of a region's account on this machine, which means nothing once the region is gone.

Private keys of machines that are no more, and creates that nobody can go on with, lie in
STAX_HOME/ACCOUNT-REGION/.  Each local region has an account of its own.  History stays.
"""

import shutil

from stax_local.folder import Folder
from stax_local.problem import Problem


def forget(folder: Folder, account_id: str, aws_region: str) -> None:
    """Remove what stax keeps for a region that has just been removed.  Raises Problem when it cannot be removed."""
    kept = folder.home / f"{account_id}-{aws_region}"
    try:
        if kept.is_symlink():
            raise Problem(f"{kept} is a symbolic link, which is not followed here", f"remove {kept}")
        shutil.rmtree(kept)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Problem(f"{kept} cannot be removed: {error.strerror}", "remove it by hand") from error
