"""How a drill reads on the screen."""

from dataclasses import replace
from datetime import UTC, datetime

from stax.cli.drills import plan_lines, result_lines
from stax.model.drill import Cost, DrillKind, DrillPlan, DrillResult, Flows
from stax.model.nat import NatEvent

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
PLAN = DrillPlan(
    name="web", region="local", kind=DrillKind.POWER_CUT, box="nat1", box_id="i-1", peer="nat2", zone=1, host="docker1",
    target="one.example.com:7", means="nat1's power is cut, and given back", is_rehearsal=True,
)  # fmt: skip
FLOWS = {
    "exchanging": Flows(count=20, broken=1, stall_s=0.5, why=("reset",)),
    "idle": Flows(count=5, broken=0, stall_s=0),
}
COST = Cost(outage_s=0.31, begun=400, failed=30, flows=FLOWS)
MOVED = NatEvent(at=NOW, box="nat2", number=1, what="moved", zone=1)


def test_the_plan_says_what_is_broken_who_measures_and_who_carries():
    text = "\n".join(plan_lines(PLAN))

    assert "nat1's power is cut, and given back." in text
    assert "docker1, behind it, connects to one.example.com:7" in text
    assert "nat2 is to carry private subnet 1" in text


def test_where_nothing_is_to_move_the_plan_says_so():
    assert "nat1 is to go on carrying" in plan_lines(replace(PLAN, kind=DrillKind.HEARTBEATS_CUT))[-1]


def test_the_result_has_the_outage_what_broke_and_the_boxes_story():
    lines = result_lines(DrillResult(plan=PLAN, broken_at=NOW, cost=COST, events=(MOVED,), carried_by="nat2"))

    assert lines[0] == "power-cut of nat1"
    assert [" ".join(line.split()) for line in lines[1:4]] == [
        "new connections outage 0.31 s (400 begun, 30 not within 0.5 s)",
        "exchanging 1 of 20 broken, longest stall 0.50 s (reset)",
        "idle 0 of 5 broken",
    ]
    assert lines[-1].endswith("nat2  carries private subnet 1")


def test_a_return_that_was_measured_is_told_apart():
    result = DrillResult(plan=PLAN, broken_at=NOW, cost=COST, events=(), carried_by="nat2", back=COST)

    assert "return of nat1" in result_lines(result)
    assert result_lines(result)[-1] == "  nothing"
    assert COST.broken == 1
