"""Everything moto needs before it serves: its version checked, its settings made, its faults mended."""

import warnings

import moto
from moto import settings

from stax_local.emulator.patches import apply_all

MOTO_VERSION = "5.2.5"
"""The patches and `observe` reach into moto's internals, which move with every release."""


class WrongMotoError(Exception):
    """The installed moto is not the one that the patches are written against."""

    def __init__(self, installed: str) -> None:
        super().__init__(
            f"the local region needs moto {MOTO_VERSION}, and {installed} is installed; "
            f"try: pip install 'stax[local]' again"
        )


def prepare() -> None:
    """Make moto ready to serve; safe to call again.  Raises WrongMotoError."""
    if moto.__version__ != MOTO_VERSION:
        raise WrongMotoError(moto.__version__)
    settings.DISABLE_GLOBAL_CORS = True
    settings.ENABLE_AMI_VALIDATION = True
    settings.ENABLE_KEYPAIR_VALIDATION = True
    settings.EC2_ENABLE_INSTANCE_TYPE_VALIDATION = True
    # An error that AWS documents for every service is told once per process to be missing in a service's model.
    warnings.filterwarnings("ignore", message=".*does not match an error shape.*")
    apply_all()
