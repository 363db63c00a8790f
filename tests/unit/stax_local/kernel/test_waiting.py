"""The alarm wakes for a call and for the end of a process."""

import subprocess
import threading
import time
from pathlib import Path

from stax_local.kernel.waiting import Alarm
from stax_local.process import Process, this_process

LONG_S = 30.0


def took(alarm: Alarm, *processes: Process) -> float:
    began = time.monotonic()
    alarm.sleep(processes, at_most_s=LONG_S)
    return time.monotonic() - began


def test_a_call_wakes_the_sleeper() -> None:
    alarm = Alarm()
    threading.Timer(0.01, alarm.call).start()

    assert took(alarm, this_process()) < LONG_S / 2


def test_a_call_that_came_before_is_not_missed() -> None:
    alarm = Alarm()
    alarm.call()

    assert took(alarm) < LONG_S / 2


def test_the_end_of_a_process_wakes_the_sleeper() -> None:
    alarm = Alarm()
    with subprocess.Popen(["sleep", "60"]) as child:
        stat = Path(f"/proc/{child.pid}/stat").read_text()
        watched = Process(child.pid, int(stat.rpartition(")")[2].split()[19]))
        threading.Timer(0.01, child.kill).start()

        assert took(alarm, watched) < LONG_S / 2
    alarm.close()


def test_a_process_that_is_gone_already_is_not_watched() -> None:
    alarm = Alarm()
    alarm.sleep([Process(this_process().pid, 1)], at_most_s=0)
    alarm.close()
