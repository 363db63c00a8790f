import io
from datetime import UTC, datetime

from stax.cli.screens.lines import Lines
from stax.events import StepDetail, StepStarted

AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def _written(*shown, shows_times=False):
    stream = io.StringIO()
    with Lines(stream, shows_times=shows_times) as screen:
        for event in shown:
            screen.show(event)
    return stream.getvalue()


def test_steps_have_the_dashes_of_2015_and_details_stand_below():
    assert _written(StepStarted(step="uploading"), StepDetail(text="12 KiB")) == (
        "[ ---- ]  uploading\n          12 KiB\n"
    )


def test_with_times_each_line_begins_with_its_own():
    assert (
        _written(StepStarted(step="uploading", at=AT), shows_times=True) == "2026-01-01T12:00:00Z [ ---- ]  uploading\n"
    )
