"""Where fleet's words go, and what comes back."""

import json
import stat
from pathlib import Path

import pytest

from stax.api.fleet import Refused, _said
from stax.engine.agents import Agents
from stax.engine.managers import Managers
from stax.errors import StaxError

SSH = """#!/bin/sh
# Called as: ssh -F CONFIG HOST -- COMMAND; docker1 cannot be reached.
case "$3" in *docker1) echo 'ssh: Connection timed out' >&2; exit 255;; esac
shift 4
case "$*" in
    *list-machines*) echo '[{"machine": "i-1"}]';;
    *cat*) echo 'fleetctl: there is no unit nope; there are: none' >&2; exit 4;;
    *words*) echo 'no JSON';;
    *) echo '{"asked": true}';;
esac
"""


@pytest.fixture
def managers(tmp_path: Path) -> Managers:
    ssh = tmp_path / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(ssh.stat().st_mode | stat.S_IXUSR)
    return Managers(Agents(str(ssh), tmp_path / "config", "demo"), ("docker1", "docker2"))


def test_a_manager_that_cannot_be_reached_is_passed_over(managers: Managers) -> None:
    assert json.loads(_said(managers, "list-machines", "--json")) == [{"machine": "i-1"}]


def test_fleetctls_own_no_keeps_its_words_and_its_exit_code(managers: Managers) -> None:
    with pytest.raises(Refused, match=r"^there is no unit nope; there are: none$") as caught:
        _said(managers, "cat", "nope")

    assert caught.value.exit_code == 4


def test_when_no_manager_can_be_reached_the_first_failure_is_told(managers: Managers) -> None:
    alone = Managers(managers.agents, ("docker1",))

    with pytest.raises(StaxError, match="cannot log in to docker1: ssh: Connection timed out"):
        alone.run("fleetctl", limit_s=10)


def test_an_answer_that_is_none_is_said(managers: Managers) -> None:
    assert managers.ask("rebalance") == {"asked": True}
    with pytest.raises(StaxError, match="the managers have no answer"):
        managers.ask("words")
