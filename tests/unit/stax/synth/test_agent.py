"""The agent is one file that Python runs, and the same file wherever it is made."""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from stax.synth.agent import PACKAGE, agent_zipapp


def test_the_same_modules_give_the_same_bytes_wherever_and_whenever_they_lie(tmp_path: Path):
    copy = tmp_path / "elsewhere"
    shutil.copytree(PACKAGE, copy)
    for file in copy.rglob("*"):
        os.utime(file, (0, 1_000_000_000))
        file.chmod(0o700)

    assert agent_zipapp(copy) == agent_zipapp()


def test_it_holds_every_module_and_nothing_compiled():
    names = zipfile.ZipFile(io.BytesIO(agent_zipapp())).namelist()

    assert names == sorted(names)
    assert set(names) == {"__main__.py"} | {
        f"stax_agent/{file.relative_to(PACKAGE).as_posix()}" for file in PACKAGE.rglob("*.py")
    }


def test_it_runs_by_itself_without_anything_that_is_installed(tmp_path: Path):
    (tmp_path / "agent.pyz").write_bytes(agent_zipapp())

    argv = [sys.executable, "-I", "-S", str(tmp_path / "agent.pyz")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("usage: agent publish | ")


def test_a_zip_is_small_enough_to_be_no_burden_at_boot():
    assert len(agent_zipapp()) < 500_000
