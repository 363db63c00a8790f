"""A walk of `stax test`: what is noted of each step, whatever it comes to."""

from pathlib import Path

import pytest
from tests.unit.stax.api.conftest import Pair

from stax.api.create import CreateRequest
from stax.api.test import Trial, TrialRequest
from stax.api.trial.steps import Step
from stax.api.trial.walk import Story, Walk, checked, equal
from stax.config import Surroundings, load
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Event, Finished, StepDetail
from stax.model.plan import CreatePlan
from stax.model.trial import TrialPlan

EXAMPLE = Path(__file__).parents[4] / "config" / "config.json.example"


def holds(walk: Walk) -> Story:
    walk.measured["outage"] = 0.3
    yield equal("nat1", "here", "here")
    yield Finished(text="a verb within the step", elapsed_s=1)


def does_not_hold(walk: Walk) -> Story:
    yield equal("consul members", 3, 2)
    yield checked("etcd", ok=True, finding="whole")


def fails(walk: Walk) -> Story:
    yield equal("nat1", "here", "here")
    raise StaxError("cannot log in to nat1", hint="see its console")


def is_broken(walk: Walk) -> Story:
    yield from ()
    raise ZeroDivisionError


def trial(folder: Path, *steps: Step) -> Trial:
    configuration = load(EXAMPLE, surroundings=Surroundings("jo", None))
    creation = CreatePlan(name="test-1-x", region="t", account_id="1", resources=(), quantities=(), parameters={})
    plan = TrialPlan(creation=creation, steps=(), leftovers=())
    request = TrialRequest(creation=CreateRequest(configuration=configuration))
    return Trial(Site(Pair(), folder), request, plan, steps, folder)


def walked(at: Trial) -> list[Event]:
    return list(at.walk())


def test_a_step_is_passed_when_all_held_and_has_what_it_measured(tmp_path):
    at = trial(tmp_path, Step("one", "", holds, needs=()))
    told = walked(at)

    (result,) = at.results
    assert (result.verdict, [one.subject for one in result.assertions]) == ("passed", ["nat1"])
    assert result.measured == {"outage": 0.3}
    assert not [event for event in told if isinstance(event, Finished)]
    assert [event.text for event in told if isinstance(event, StepDetail)] == ["a verb within the step"]


def test_a_step_fails_by_the_first_thing_that_did_not_hold_and_finds_the_rest(tmp_path):
    at = trial(tmp_path, Step("one", "", does_not_hold, needs=()))
    walked(at)

    (result,) = at.results
    assert (result.verdict, result.reason) == ("failed", "consul members: 2, not 3")
    assert [one.ok for one in result.assertions] == [False, True]


def test_what_needs_a_failed_step_is_skipped_and_what_does_not_is_walked(tmp_path):
    steps = (
        Step("one", "", fails, needs=()),
        Step("two", "", holds, needs=("one",)),
        Step("three", "", holds, needs=("two",)),
        Step("four", "", holds, needs=()),
    )
    at = trial(tmp_path, *steps)
    walked(at)

    assert [one.verdict for one in at.results] == ["failed", "skipped", "skipped", "passed"]
    assert (at.results[0].reason, at.results[0].advice) == ("cannot log in to nat1", "see its console")
    assert at.results[1].reason == "one has not passed"
    assert not at.report().is_passed


def test_a_walk_that_is_broken_off_says_where(tmp_path):
    at = trial(tmp_path, Step("one", "", holds, needs=()))
    story = at.walk()
    next(story)
    next(story)
    story.close()

    assert [(one.step, one.verdict, one.reason) for one in at.results] == [("one", "failed", "interrupted")]


def test_a_fault_of_our_own_is_in_the_report_and_not_hidden(tmp_path):
    at = trial(tmp_path, Step("one", "", is_broken, needs=()))
    with pytest.raises(ZeroDivisionError):
        walked(at)

    assert at.results[0].reason.startswith("a fault of stax: ZeroDivisionError")
