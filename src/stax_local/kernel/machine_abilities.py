"""Whether this machine can hold machines: the programs, the kernel, the file system for their disks."""

import shutil
import subprocess
from pathlib import Path

from stax_local.kernel import abilities
from stax_local.kernel.cgroups import hierarchies

_PACKAGES = {
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "flock": "util-linux",
}
_PROBE_LIMIT_S = 10.0


def lacking(folder: Path) -> str:
    """What is missing and what brings it, in one line; empty when machines can live with their disks in `folder`."""
    return abilities.lacking() or _missing_programs() or _missing_kernel(folder)


def _missing_programs() -> str:
    missing = sorted(program for program in _PACKAGES if shutil.which(program) is None)
    packages = " ".join(sorted({_PACKAGES[program] for program in missing}))
    return f"{', '.join(missing)} not found (apt-get install {packages})" if missing else ""


def _missing_kernel(folder: Path) -> str:
    if not hierarchies():
        return "no control groups are mounted (mount -t cgroup2 none /sys/fs/cgroup)"
    probe = folder / "overlay-probe"
    layers = [probe / name for name in ("lower", "upper", "work", "root")]
    try:
        for layer in layers:
            layer.mkdir(parents=True, exist_ok=True)
        options = f"lowerdir={layers[0]},upperdir={layers[1]},workdir={layers[2]}"
        mount = ("unshare", "--mount", "mount", "-t", "overlay", "overlay", "-o", options, str(layers[3]))
        done = subprocess.run(mount, capture_output=True, text=True, timeout=_PROBE_LIMIT_S, check=False)
    finally:
        shutil.rmtree(probe, ignore_errors=True)
    if done.returncode != 0:
        return f"{folder} cannot hold the machines' disks, overlays are refused there (name another with --state)"
    return ""
