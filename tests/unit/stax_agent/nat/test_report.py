"""What a box tells outside: small, without secrets, and at once only when it changes."""

import json
from datetime import UTC, datetime
from typing import Any

from stax_agent.nat import facts
from stax_agent.nat.facts import EgressTried, Examined, HeartbeatHeard, Holder, Looked, Watch
from stax_agent.nat.heartbeat import Saying
from stax_agent.nat.report import LARGEST_BYTES, Moment, Teller, gist, parameter_name, report, text
from stax_agent.nat.state import decide

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def at_work(now_s: float = 1000.0) -> Watch:
    watch = Watch(me=1, started_at_s=now_s - 60)
    for event in (
        Examined(),
        EgressTried(works=True),
        Looked(1, Holder.ME, Holder.ME),
        Looked(2, Holder.PEER, Holder.PEER),
        HeartbeatHeard(Saying.WELL),
    ):
        watch, _ = decide(watch, event, now_s)
    return watch


def told(watch: Watch, later_s: float = 0.0, **more: Any) -> dict[str, Any]:
    teller = Teller(instance_id="i-1", **more)
    return report(watch, teller, Moment(monotonic_s=1000.0 + later_s, utc=NOON))


def test_a_box_at_work_tells_what_it_carries_since_when_and_why() -> None:
    said = told(at_work(), later_s=0.1)

    assert (said["box"], said["instance_id"], said["says"], said["carries"]) == (1, "i-1", "well", [1])
    assert said["started_at"] == "2026-11-22T11:58:59.900Z"
    assert said["zones"]["1"] == {
        "route": "me",
        "address": "me",
        "since": "2026-11-22T11:59:59.900Z",
        "looked_at": "2026-11-22T11:59:59.900Z",
        "because": "it is here already",
        "moving": False,
    }
    assert said["signals"]["egress"] == said["signals"]["forwarding"] == said["signals"]["api"] == "well"


def test_since_stays_while_looks_find_the_same() -> None:
    watch = at_work()
    watch, _ = decide(watch, Looked(1, Holder.ME, Holder.ME), 1030.0)

    assert told(watch, later_s=30)["zones"]["1"]["since"] == "2026-11-22T11:59:30.000Z"
    assert told(watch, later_s=30)["zones"]["1"]["looked_at"] == "2026-11-22T12:00:00.000Z"


def test_what_was_never_looked_at_has_no_time() -> None:
    assert told(Watch(me=1, started_at_s=990.0))["zones"]["2"]["since"] == ""


def test_the_peer_is_told_as_this_box_hears_it() -> None:
    assert told(at_work())["signals"]["peer"] == "well"
    assert told(at_work(), later_s=1)["signals"]["peer"] == "lost"


def test_a_report_fits_into_a_parameter_by_leaving_out_its_oldest_events() -> None:
    events = [{"number": number, "why": "x" * 200} for number in range(50)]

    written = text(told(at_work(), events=events))

    assert len(written.encode()) <= LARGEST_BYTES
    assert json.loads(written)["events"][-1]["number"] == 49


def test_only_what_matters_makes_a_report_before_its_minute() -> None:
    watch = at_work()
    assert gist(told(watch)) == gist(told(watch, later_s=0.1, counters={"moves": 3}))

    drained, _ = decide(watch, facts.DrainWanted(on=True), 1000.0)
    assert gist(told(watch)) != gist(told(drained))
    assert gist(told(watch)) != gist(told(watch, api="ec2 does not answer in time"))


def test_each_box_has_a_parameter_of_its_own() -> None:
    assert [parameter_name("web", box) for box in (1, 2)] == ["/stax/web/nat/1", "/stax/web/nat/2"]
