"""The environment that tests give to `stax` and `stax local`."""

import os
from pathlib import Path

from stax_local.process import this_process


def of_home(home: Path, **more: str) -> dict[str, str]:
    """Somebody's environment with this home, in which nothing of AWS's, stax's or ssh's is ours.

    A region that is brought up with it takes itself down when this process ends, however it ends.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STAX_", "SSH_"))}
    return {**clean, "HOME": str(home), "STAX_LOCAL_LEASH": str(this_process()), **more}
