from datetime import UTC, datetime

import pytest

from stax.errors import StaxError
from stax.local_state import LocalState


@pytest.fixture
def state(tmp_path):
    return LocalState(
        home=tmp_path / "home",
        account_id="123456789012",
        region="eu-west-1",
        now=lambda: datetime(2026, 1, 1, 12, tzinfo=UTC),
    )


def test_two_accounts_never_share_a_folder(state):
    other = LocalState(home=state.home, account_id="999999999999", region=state.region)

    assert state.folder("demo") != other.folder("demo")


def test_a_create_that_was_interrupted_is_found_again(state):
    state.begin_create("demo", generated=True)

    assert [pending.name for pending in state.interrupted_creates()] == ["demo"]

    state.end_create("demo")
    assert list(state.interrupted_creates()) == []


def test_a_create_that_is_still_at_work_was_not_interrupted(state):
    state.begin_create("demo", generated=True)

    with state.lock("demo", verb="create"):
        assert list(state.interrupted_creates()) == []


def test_the_lock_names_its_holder(state):
    with (
        state.lock("demo", verb="create"),
        pytest.raises(StaxError, match=r"stax create demo .process \d+, since 12"),
    ):
        state.lock("demo", verb="destroy").__enter__()


def test_forgetting_removes_everything_but_history(state):
    (state.folder("demo") / "id_ed25519").touch()
    state.begin_create("demo", generated=False)

    state.forget("demo")
    state.forget("demo")

    assert list(state.interrupted_creates()) == []
    assert not list(state.home.rglob("demo"))


def test_forgetting_does_not_follow_a_link(state, tmp_path):
    folder = state.folder("demo")
    folder.rmdir()
    (tmp_path / "precious").mkdir()
    folder.symlink_to(tmp_path / "precious")

    with pytest.raises(StaxError, match="symbolic link"):
        state.forget("demo")
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize("name", ["..", "a/b", "", "../../precious", "a\0"])
def test_no_name_leads_out_of_the_home(state, name):
    for attempt in (state.folder, state.forget, lambda given: state.begin_create(given, generated=False)):
        with pytest.raises(StaxError, match="cannot be part of a file's name"):
            attempt(name)
