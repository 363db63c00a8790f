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


def test_every_kind_of_event_has_words():
    samples = [
        events.StaxNamed(name="web", region="us-east-1"),
        events.StepStarted(step="s"),
        events.StepDetail(text="t"),
        events.Warned(text="w", hint="h"),
        events.Checked(subject="s", ok=True, finding="f"),
        events.StackChanged(name="web", status="CREATE_COMPLETE"),
        events.Finished(text="web is there", elapsed_s=3),
    ]

    for event in samples:
        assert lines_of(event)[0] != ("", type(event).__name__)
    assert {type(s) for s in samples} | {events.ResourceChanged} == set(events.Event.__subclasses__())
