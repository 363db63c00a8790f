"""Docker hosts let in the jumpbox that is there now, and nobody when none is."""

import pytest

from stax_agent.authorize import FIRST_INTERVAL_S, INTERVAL_S, authorize, keep_authorized
from stax_agent.parameters import jumpbox_key_name
from stax_agent.setback import Setback

NAME = jumpbox_key_name("web")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "jumpbox_keys"


def test_the_published_key_may_log_in_and_nothing_more(aws, key, file):
    aws.parameters[NAME] = key

    assert authorize(aws, "web", file)
    assert file.read_text() == f"restrict,pty {key} jumpbox\n"
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_key_that_is_authorized_is_not_written_again(aws, key, file):
    aws.parameters[NAME] = key
    authorize(aws, "web", file)

    assert not authorize(aws, "web", file)


def test_a_jumpbox_that_was_put_back_takes_the_place_of_the_old_one(aws, key, other_key, file):
    aws.parameters[NAME] = key
    authorize(aws, "web", file)
    aws.parameters[NAME] = other_key

    assert authorize(aws, "web", file)
    assert key not in file.read_text()


@pytest.mark.parametrize("value", ["", "nonsense", 'command="id" ssh-ed25519 AAAA', "\n"])
def test_what_is_no_key_lets_nobody_in(aws, key, file, value):
    aws.parameters[NAME] = key
    authorize(aws, "web", file)
    aws.parameters[NAME] = value

    authorize(aws, "web", file)

    assert file.read_text() == ""


def test_while_aws_cannot_be_asked_the_key_stays(aws, key, file):
    aws.parameters[NAME] = key
    authorize(aws, "web", file)
    aws.says = "no way out"

    with pytest.raises(Setback):
        authorize(aws, "web", file)

    assert key in file.read_text()


class EnoughError(Exception):
    pass


def test_it_goes_on_for_ever_quickly_at_first_and_tells_only_changes(aws, key, file, capsys):
    pauses_s: list[float] = []

    def sleep(seconds: float) -> None:
        pauses_s.append(seconds)
        if len(pauses_s) == 2:
            aws.parameters[NAME] = key
        if len(pauses_s) == 4:
            aws.says = "no way out"
        if len(pauses_s) == 7:
            raise EnoughError

    with pytest.raises(EnoughError):
        keep_authorized(aws, "web", file=file, sleep=sleep)

    assert max(pauses_s[:2]) <= FIRST_INTERVAL_S * 1.2
    assert min(pauses_s[2:]) >= INTERVAL_S * 0.8
    assert capsys.readouterr().err.splitlines() == ["jumpbox-key=authorized", "jumpbox-key=unchanged: no way out"]
