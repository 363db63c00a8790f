"""What moto 5.2.5 answers differently from AWS, where stax would notice: one file a subject.

Each file says what moto does, what AWS does and where that is documented.  Each has a contract
test that fails without it, so that a moto that no longer needs it tells us.
"""

from stax_local.emulator.patches.patch import Patch

ALL: tuple[Patch, ...] = ()


def apply_all() -> None:
    """Mend moto; safe to call again."""
    for patch in ALL:
        patch.apply()
