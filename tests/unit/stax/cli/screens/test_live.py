import io

import pytest

from stax.cli.screens.live import LiveScreen, _UnderWay
from stax.events import ResourceChanged, StepStarted


class Glass(io.StringIO):
    """A terminal that remembers all that was ever written on it."""

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")


def _resource(name, status):
    return ResourceChanged(logical_id=name, resource_type="AWS::EC2::Instance", status=status, elapsed_s=3)


def test_what_is_done_stays_and_what_was_under_way_is_taken_back():
    glass = Glass()

    with LiveScreen(glass) as screen:
        screen.show(StepStarted(step="making the stack"))
        screen.show(_resource("Nat1", "CREATE_IN_PROGRESS"))
        screen.show(_resource("Nat1", "CREATE_COMPLETE"))

    assert "making the stack" in glass.getvalue()
    assert "CREATE_COMPLETE" in glass.getvalue()
    assert "CREATE_IN_PROGRESS" not in glass.getvalue()
    assert "\x1b[?25h" in glass.getvalue(), "the cursor is shown again"


def test_rows_never_wrap_so_that_they_can_be_taken_back():
    under_way = _UnderWay(started_s=0)
    under_way.heed(StepStarted(step="a step " * 30), now_s=0)
    for number in range(9):
        under_way.heed(_resource(f"Machine{number}", "CREATE_IN_PROGRESS"), now_s=0)

    rows = under_way.rows(75, width=40)

    assert max(len(row) for row in rows) < 40
    assert rows[-1].plain.strip() == "and 3 more"
    assert "1 min 15 s" in rows[1].plain or rows[1].plain.endswith("…")
