"""Every verb leaves a line in the history, however it ended."""

from pathlib import Path
from typing import Any

import pytest

from stax.engine.record import recorded
from stax.engine.site import Site
from stax.errors import StaxError
from stax.local_state import read_history
from stax.model.history import HistoryEntry


def entry(home: Path) -> HistoryEntry:
    ((only,), torn) = read_history(home)
    assert torn == 0
    return only


def test_a_good_end(account_with: Any, clock: Any, tmp_path: Path) -> None:
    site = Site(account_with(), tmp_path, clock)
    with recorded(site, "create", "demo"):
        clock.sleep(12)

    line = entry(tmp_path)
    assert (line.verb, line.name, line.outcome, line.elapsed_s) == ("create", "demo", "done", 12.0)
    assert line.account_id == "123456789012"


def test_a_failure_keeps_its_cause(account_with: Any, clock: Any, tmp_path: Path) -> None:
    with pytest.raises(StaxError), recorded(Site(account_with(), tmp_path, clock), "create", "demo"):
        raise StaxError("no addresses left")

    assert (entry(tmp_path).outcome, entry(tmp_path).detail) == ("failed", "no addresses left")


def test_an_interruption(account_with: Any, clock: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), recorded(Site(account_with(), tmp_path, clock), "create", "demo"):
        raise KeyboardInterrupt

    assert entry(tmp_path).outcome == "interrupted"


def test_a_history_that_cannot_be_written_hides_nothing(account_with: Any, clock: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file where the folder should be")

    with pytest.raises(StaxError, match="the cause"), recorded(Site(account_with(), home, clock), "create", "demo"):
        raise StaxError("the cause")
