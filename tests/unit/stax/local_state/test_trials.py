"""Throw-away stax on record."""

from datetime import UTC, datetime

import pytest

from stax.errors import StaxError
from stax.local_state.files import write_private
from stax.local_state.trials import Trials


@pytest.fixture
def trials(tmp_path):
    return Trials(tmp_path / "home" / "trials", tmp_path / "home", lambda: datetime(2026, 1, 1, tzinfo=UTC))


def test_what_somebody_is_at_work_on_is_not_abandoned(trials):
    with trials.at_work("test-1-x", holder="jo"):
        assert trials.abandoned() == ()

    assert trials.abandoned() == ("test-1-x",)


def test_what_is_removed_is_on_record_no_more(trials):
    with trials.at_work("test-1-x", holder="jo"):
        trials.remove("test-1-x")
        trials.remove("test-1-x")

    assert trials.abandoned() == ()


def test_two_cannot_be_at_work_on_one(trials):
    with trials.at_work("test-1-x", holder="jo"), pytest.raises(StaxError), trials.at_work("test-1-x", holder="mo"):
        pass


def test_a_file_that_is_no_record_leads_to_nothing(trials):
    with trials.at_work("test-1-x", holder="jo"):
        pass
    for name, text in (("web", '{"name": "test-1-x"}'), ("odd", "[")):
        write_private(trials.folder / f"{name}.json", text.encode(), home=trials.home)

    assert trials.abandoned() == ("test-1-x",)
