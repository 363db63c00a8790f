"""How a test of a whole stax reads."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

from stax.cli import trials
from stax.model.plan import CreatePlan
from stax.model.trial import Assertion, StepResult, TrialPlan, TrialReport

HELD = Assertion(subject="nat1", ok=True, finding="10.183.1.5")
BROKEN = Assertion(subject="etcd <3>", ok=False, finding="no quorum")
PASSED = StepResult(
    step="ssh", about="a login", verdict="passed", elapsed_s=13.0, assertions=(HELD,), measured={"outage": 0.32}
)
FAILED = StepResult(
    step="quorums", about="the clusters", verdict="failed", reason="etcd <3>: no quorum", assertions=(HELD, BROKEN)
)
SKIPPED = StepResult(step="programs", about="words", verdict="skipped", reason="quorums has not passed")
REPORT = TrialReport(
    name="test-1-x",
    region="local",
    account_id="1",
    began_at=datetime(2026, 11, 22, tzinfo=UTC),
    elapsed_s=21.0,
    results=(PASSED, FAILED, SKIPPED),
)


def test_every_step_is_a_test_case_with_its_time_and_what_it_found():
    suite = ElementTree.fromstring(trials.junit(REPORT))  # noqa: S314 - our own

    assert {word: suite.attrib[word] for word in ("tests", "failures", "skipped", "time")} == {
        "tests": "3",
        "failures": "1",
        "skipped": "1",
        "time": "21.0",
    }
    assert (suite[0].attrib["name"], suite[0].attrib["time"]) == ("ssh", "13.0")
    failure, skipped = suite.find("testcase/failure"), suite.find("testcase/skipped")
    assert failure is not None
    assert skipped is not None
    assert failure.attrib["message"] == "etcd <3>: no quorum"
    assert skipped.attrib["message"] == "quorums has not passed"
    said = suite.findtext("testcase/system-out") or ""
    assert said.splitlines() == ["a login", "ok    nat1: 10.183.1.5", "time  outage: 0.32 s"]


def test_the_table_has_times_findings_and_the_sum():
    rows = trials.table(REPORT).rows

    assert list(rows[0]) == ["ssh", "passed", "13 s", "1 as promised, outage 0.3 s"]
    assert list(rows[1]) == ["quorums", "failed", "0.0 s", "etcd <3>: no quorum"]
    assert list(rows[-1]) == ["", "", "21 s", ""]


def test_a_walk_is_passed_only_when_every_step_was_walked():
    assert not replace(REPORT, results=(PASSED, SKIPPED)).is_passed
    assert replace(REPORT, results=(PASSED,)).is_passed


def test_the_plan_says_what_is_made_broken_and_taken_away():
    creation = CreatePlan(name="test-1-x", region="local", account_id="1", resources=(), quantities=(), parameters={})
    plan = TrialPlan(creation=creation, steps=(("create", ""), ("ssh", "")), leftovers=("test-2-y",))

    text = "\n".join(trials.plan_lines(plan, keeps=False))
    assert "walked through in 2 steps: create, ssh." in text
    assert "test-2-y, which an earlier test left behind, is removed first." in text
    assert "all of it is taken away, however the walk ends" in text
    assert "kept" in trials.plan_lines(plan, keeps=True)[-1]
