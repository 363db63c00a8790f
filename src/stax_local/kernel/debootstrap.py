"""Making a root file system from Debian packages: mmdebstrap, files laid over, a script inside."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from stax_local.kernel.process import KernelError

_CUSTOMIZE_LIMIT_S = 120.0
_SAID_LINES = 12


def make_root(root: Path, suite: str, packages: tuple[str, ...], tell: Callable[[str], None]) -> None:
    """Install the packages into `root`, which does not exist yet; `tell` hears of every stage.

    Takes minutes, most of them the mirror's.  Raises KernelError with the last that was said.
    """
    argv = ("mmdebstrap", "--mode=root", "--variant=minbase", f"--include={','.join(packages)}", suite, str(root))
    said: list[str] = []
    try:
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, errors="replace") as process:  # fmt: skip
            for line in process.stderr or ():
                said = [*said, line.strip()][-_SAID_LINES:]
                if line.startswith("I: "):
                    tell(line.removeprefix("I: ").strip())
    except FileNotFoundError as error:
        raise KernelError("mmdebstrap is not installed") from error
    if process.returncode != 0:
        raise KernelError("mmdebstrap failed: " + "\n".join(said))


def lay_over(root: Path, files: Path) -> None:
    """Copy the files into the root, owned by root and readable by all, whoever owns the originals."""
    for source in sorted(files.rglob("*")):
        target = root / source.relative_to(files)
        if source.is_dir():
            target.mkdir(mode=0o755, exist_ok=True)
        else:
            target.unlink(missing_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o644)


def run_inside(root: Path, script: str) -> None:
    """Run a shell script with `root` as its root.  Raises KernelError with what it said."""
    argv = ("chroot", str(root), "/bin/sh")
    done = subprocess.run(argv, input=script, capture_output=True, text=True, timeout=_CUSTOMIZE_LIMIT_S, check=False)
    if done.returncode != 0:
        raise KernelError(f"preparing the root file system failed: {done.stderr.strip()}")
