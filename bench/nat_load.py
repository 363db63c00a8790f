"""The NAT pair under load: moves that nothing called for, and what the agent itself costs."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.nat_lab import NatLab

NEW_A_SECOND = 2000
_MEASURED_S = 10.0
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_KIB_A_PAGE = os.sysconf("SC_PAGE_SIZE") // 1024
_BURN = "while True: pass"


def false_moves(lab: NatLab, for_s: float) -> dict[str, Any]:
    """Keep every core busy, lose 5 % and delay the rest between the boxes by up to 50 ms; count what moves."""
    lab.settle()
    cores = os.cpu_count() or 1
    with ExitStack() as stack:
        for _ in range(cores):
            burning = subprocess.Popen([sys.executable, "-c", _BURN])
            stack.callback(burning.wait)
            stack.callback(burning.kill)
        stack.callback(lab.weather)
        lab.between_boxes(loss_percent=5, jitter_ms=50)
        time.sleep(for_s)
    moves = sum(lab.status(box)["moves"] for box in (1, 2)) - sum(lab.moves_before)
    return {"false_moves": moves, "for_s": for_s, "loss_percent": 5, "jitter_ms": 50, "busy_cores": cores}


def agent(lab: NatLab) -> dict[str, Any]:
    """CPU in percent of a core and resident memory of box 1's agent: idle, and at 2,000 new connections a second."""
    lab.settle()
    told = {"idle": _cost(lab)}
    server = _load(f"{lab.label}.internet", "serve", str(_MEASURED_S * 3))
    client = _load(lab.namespace(lab.hosts[1]), "begin", str(NEW_A_SECOND), str(_MEASURED_S * 1.5))
    time.sleep(1.0)
    try:
        told["loaded"] = _cost(lab)
        begun = client.communicate(timeout=_MEASURED_S * 3)[0]
    finally:
        for each in (client, server):
            each.kill()
            each.wait()
    return {**told, "new_a_second": round(float(begun))}


def _load(namespace: str, *words: str) -> "subprocess.Popen[str]":
    script = Path(__file__).with_name("nat_begin.py")
    command = ("ip", "netns", "exec", namespace, sys.executable, str(script), *words)
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _cost(lab: NatLab) -> dict[str, float]:
    pid = lab.status(1)["pid"]
    began_s, before = time.monotonic(), _ticks(pid)
    time.sleep(_MEASURED_S)
    percent = (_ticks(pid) - before) / _TICKS_A_SECOND / (time.monotonic() - began_s) * 100
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return {"cpu_percent": round(percent, 1), "memory_mib": round(pages * _KIB_A_PAGE / 1024, 1)}


def _ticks(pid: int) -> int:
    """Processor time so far, of the process and of the nft it calls."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(each) for each in fields[11:15])
