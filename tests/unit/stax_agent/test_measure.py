"""What a docker host counts while a NAT box is broken."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from stax_agent.measure import Beginner, Flow, Measurement

SOURCE = Path(__file__).parents[3] / "src"


def test_the_outage_is_the_longest_time_in_which_nothing_came_about():
    beginner = Beginner("nowhere", 7, begun_s=[1.0, 1.1, 1.6, 1.7])

    assert round(beginner.outage_s(1.0, 1.8), 3) == 0.5


def test_an_outage_that_lasts_is_counted_up_to_now():
    assert Beginner("nowhere", 7, begun_s=[1.0]).outage_s(0.9, 4.0) == 3.0


def test_nothing_that_came_about_is_an_outage_of_the_whole_time():
    assert Beginner("nowhere", 7).outage_s(1.0, 4.0) == 3.0


def test_a_flow_remembers_its_longest_silence():
    flow = Flow("exchanging")

    flow.good()
    before_s, flow.good_at_s = flow.good_at_s, flow.good_at_s - 2
    flow.good()

    assert flow.good_at_s >= before_s
    assert flow.stall_s >= 2


def test_what_broke_is_counted_once_with_its_reason_and_begun_anew():
    async def two_accounts():
        measurement = Measurement("127.0.0.1", 1, has_servers=True)
        for flow in measurement._flows:
            flow.broken = "reset" if flow.kind == "udp" else ""
            flow.good()
        first = await measurement.account()
        return first, [flow.broken for flow in measurement._flows if flow.kind == "udp"]

    told, udp = asyncio.run(two_accounts())

    assert (told["flows"]["udp"]["broken"], told["flows"]["udp"]["why"]) == (5, ["reset"])
    assert told["flows"]["idle"]["broken"] == 0
    assert udp == [""] * 5


def test_it_speaks_a_line_for_a_line_and_ends_with_its_input():
    argv = [sys.executable, "-m", "stax_agent", "measure", "127.0.0.1", "1", "alone"]
    done = subprocess.run(
        argv, input="\n", env={"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, timeout=60, check=False
    )

    ready, account = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, ready) == (0, {"ready": True})
    assert (account["begun"], account["flows"]) == (0, {})
    assert account["failed"] > 0
