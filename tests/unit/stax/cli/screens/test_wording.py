from stax import events
from stax.cli.screens.wording import lines_of


def test_a_resource_reads_status_time_name_type_reason():
    event = events.ResourceChanged(
        logical_id="Nat1",
        resource_type="AWS::EC2::Instance",
        status="CREATE_FAILED",
        reason="no capacity",
        elapsed_s=63,
    )

    assert lines_of(event) == [("", "CREATE_FAILED       1 min 3 s  Nat1  AWS::EC2::Instance  no capacity")]
    assert lines_of(event, narrow=True) == [("", "CREATE_FAILED    1 min 3 s  Nat1  EC2::Instance  no capacity")]


def test_a_failed_check_carries_its_hint():
    event = events.Checked(subject="Elastic IPs", ok=False, finding="3 needed, 2 free", hint="release one")

    assert lines_of(event) == [("", "FAIL  Elastic IPs: 3 needed, 2 free"), ("", "      release one")]


def test_reasons_from_elsewhere_cannot_steer_the_terminal():
    assert "\x1b" not in lines_of(events.Warned(text="\x1b[2J"))[0][1]


def test_a_step_of_a_test_reads_as_its_verdict():
    begun = events.TrialStepStarted(step="ssh", about="a login on every machine", number=3, count=11)
    ended = events.TrialStepEnded(step="ssh", verdict="failed", reason="cannot log in to nat1", elapsed_s=13)

    assert lines_of(begun) == [("TEST", "3/11 ssh: a login on every machine")]
    assert lines_of(ended) == [("FAIL", "ssh (13 s): cannot log in to nat1")]


def test_every_kind_of_event_has_words():
    samples = [
        events.StaxNamed(name="web", region="us-east-1"),
        events.StepStarted(step="s"),
        events.StepDetail(text="t"),
        events.Warned(text="w", hint="h"),
        events.Checked(subject="s", ok=True, finding="f"),
        events.StackChanged(name="web", status="CREATE_COMPLETE"),
        events.TrialStepStarted(step="ssh", about="a login", number=1, count=9),
        events.TrialStepEnded(step="ssh", verdict="passed", reason="", elapsed_s=3),
        events.Finished(text="web is there", elapsed_s=3),
    ]

    for event in samples:
        assert lines_of(event)[0] != ("", type(event).__name__)
    assert {type(s) for s in samples} | {events.ResourceChanged} == set(events.Event.__subclasses__())
