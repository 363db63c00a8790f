import os
import subprocess
import sys
from pathlib import Path

import pytest

from stax_local.process import Process, forget_the_callers_aws, memory_mib, read_process, spawn, this_process


def sleeper(*, deaf: bool = False) -> "subprocess.Popen[bytes]":
    code = "import signal,time;"
    if deaf:
        code += "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    child = subprocess.Popen([sys.executable, "-c", code + "print(flush=True);time.sleep(60)"], stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    return child


def process_of(child: "subprocess.Popen[bytes]") -> Process:
    ticks = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
    return Process(child.pid, int(ticks))


def test_a_process_is_alive_until_it_is_stopped() -> None:
    with sleeper() as child:
        process = process_of(child)
        assert process.is_alive()
        assert process.stop(grace_s=5)
        assert not process.is_alive()


def test_one_that_does_not_listen_is_ended_all_the_same() -> None:
    with sleeper(deaf=True) as child:
        assert process_of(child).stop(grace_s=0.1)
        assert child.wait() == -9


def test_another_process_with_the_same_pid_is_let_live() -> None:
    me = this_process()
    impostor = Process(me.pid, me.start_ticks + 1)
    assert not impostor.is_alive()
    assert impostor.stop(grace_s=0.1)


def test_one_that_was_never_there_is_not_alive() -> None:
    assert not Process(2**22 + 1, 1).is_alive()


def test_a_process_is_written_and_read() -> None:
    assert read_process(str(this_process())) == this_process()
    with pytest.raises(ValueError, match="invalid literal"):
        read_process("nonsense")


def test_a_region_does_not_depend_on_the_account_of_who_starts_it() -> None:
    environ = {"AWS_PROFILE": "work", "AWS_CONFIG_FILE": "/home/me/broken", "MOTO_ACCOUNT_ID": "1", "PATH": "/bin"}
    forget_the_callers_aws(environ)
    assert environ == {
        "PATH": "/bin",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_memory_is_in_mebibytes() -> None:
    assert 5 < memory_mib(os.getpid()) < 5000
    assert memory_mib(2**22 + 1) == 0


def test_a_spawned_process_has_nothing_of_the_terminals_left(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = "import os,sys; print(os.getsid(0) == os.getpid(), os.getcwd(), oct(os.umask(0)), sys.stdin.read())"
    assert spawn([sys.executable, "-c", code], log).wait() == 0
    assert log.read_text() == "True / 0o77 \n"
    assert log.stat().st_mode & 0o077 == 0
