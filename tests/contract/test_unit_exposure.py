"""systemd's own judgement of the units that stay: how much of a machine each could reach if it were taken over."""

import shutil
import subprocess
from pathlib import Path

import pytest

import stax

MACHINES = Path(stax.__file__).parent / "machines"
MOST = 2.0
"""On systemd's scale from 0 (sees nothing) to 10 (an ordinary service)."""
ALLOWED = {"stax-node": 2.1}
"""It hands certificates to other programs, so what it writes may be read: that is the tenth."""


def services() -> list[Path]:
    """Those that run on; what is done in a moment at the boot is over before anybody could reach it."""
    found = sorted(MACHINES.glob("*/rootfs/etc/systemd/system/*.service"))
    return [path for path in found if "Type=oneshot" not in path.read_text()]


@pytest.mark.parametrize("unit", services(), ids=lambda path: path.stem)
def test_a_service_reaches_little_of_its_machine(unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    most = ALLOWED.get(unit.stem, MOST)
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={most * 10:.0f}", str(unit)]

    judged = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert judged.returncode == 0, judged.stdout[-3000:] + judged.stderr


def test_the_services_that_are_judged_are_there() -> None:
    assert {"stax-nat-agent", "stax-canary"} <= {path.stem for path in services()}
