"""What is broken on purpose is put back, however the block ends."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stax.engine.agents import Agents
from stax.engine.faults import broken
from stax.engine.site import Site
from stax.errors import StaxError
from stax.model.drill import DrillKind, DrillPlan

PLAN = DrillPlan(
    name="demo", region="test", kind=DrillKind.POWER_CUT, box="nat1", box_id="i-1", peer="nat2", zone=1, host="docker1",
    target="one.example.com:7", means="", is_rehearsal=True,
)  # fmt: skip


class BrokenOffError(Exception):
    """As Ctrl-C would end the block."""


class FakeAgents(Agents):
    """Agents that remember what they were asked."""

    def __init__(self, argv: list[str] | None = None, **answers: dict[str, object]) -> None:
        super().__init__("ssh", Path("/nowhere"), "demo")
        object.__setattr__(self, "asked", [])
        object.__setattr__(self, "answers", answers)
        object.__setattr__(self, "line", argv or [])

    def ask(self, machine: str, *words: str) -> dict[str, object]:
        self.asked.append(words[-1])  # type: ignore[attr-defined]
        answer: dict[str, object] = self.answers.get(words[-1], {"done": True})  # type: ignore[attr-defined]
        return answer

    def argv(self, machine: str, *words: str, program: object = ()) -> list[str]:
        return [*self.line, *words]  # type: ignore[attr-defined]


def break_and_stumble(site: Site, plan: DrillPlan, agents: Agents) -> None:
    with pytest.raises(BrokenOffError), broken(site, plan, agents):
        raise BrokenOffError


@pytest.fixture
def chaos(tmp_path):
    """A region's command that notes what it is asked."""
    script, log = tmp_path / "chaos.py", tmp_path / "log"
    script.write_text(f"import sys; open({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')")
    return f"{sys.executable} {script}", log


def test_power_that_was_cut_is_given_back(account_with, chaos, tmp_path):
    command, log = chaos
    account = account_with()
    account.endpoint = replace(account.endpoint, chaos_command=command)

    break_and_stumble(Site(account, tmp_path), PLAN, FakeAgents())

    assert log.read_text().splitlines() == ["power-off i-1", "power-on i-1"]
    assert account.asked == []


def test_a_region_that_refuses_is_quoted(account_with, tmp_path):
    account = account_with()
    refusal = "import sys; sys.exit('no such machine')"
    account.endpoint = replace(account.endpoint, chaos_command=f'{sys.executable} -c "{refusal}"')

    with (
        pytest.raises(StaxError, match="the region refuses: no such machine"),
        broken(Site(account, tmp_path), PLAN, FakeAgents()),
    ):
        pytest.fail("it was not broken")


def test_without_a_region_that_cuts_power_the_machine_is_stopped_and_started(account_with, clock, tmp_path):
    account = account_with(StartInstances=["IncorrectInstanceState", "IncorrectInstanceState", {}])

    break_and_stumble(Site(account, tmp_path, clock), PLAN, FakeAgents())

    assert account.asked == ["StopInstances", "StartInstances", "StartInstances", "StartInstances"]
    assert account.parameters["StopInstances"] == {"InstanceIds": ["i-1"], "Force": True}


def test_a_drained_box_is_returned(account_with, tmp_path):
    agents = FakeAgents()

    break_and_stumble(Site(account_with(), tmp_path), replace(PLAN, kind=DrillKind.DRAIN), agents)

    assert agents.asked == ["drain", "return"]  # type: ignore[attr-defined]


def test_a_drain_that_is_refused_says_why(account_with, tmp_path):
    agents = FakeAgents(drain={"refused": "its peer is unfit"})

    with (
        pytest.raises(StaxError, match="nat1: its peer is unfit"),
        broken(Site(account_with(), tmp_path), replace(PLAN, kind=DrillKind.DRAIN), agents),
    ):
        pytest.fail("it was not drained")


def test_a_fault_on_the_box_ends_with_its_input(account_with, tmp_path):
    """The agent's `break` mends when nobody holds its input open any more."""
    mended = tmp_path / "mended"
    agent = (
        f"import sys, json; print(json.dumps({json.dumps({'done': 1})}), flush=True); sys.stdin.read(); "
        f"open({str(mended)!r}, 'w').write(sys.argv[-1])"
    )
    agents = FakeAgents([sys.executable, "-c", agent])

    break_and_stumble(Site(account_with(), tmp_path), replace(PLAN, kind=DrillKind.FORWARDING_OFF), agents)

    assert mended.read_text() == "forwarding-off"
