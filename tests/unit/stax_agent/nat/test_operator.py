"""What a box answers an operator."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stax_agent.nat.operator import drain, follow, give_back

PEER_WELL = {"box": 1, "peer": "well", "peer_reason": ""}


def writes(state: Path, **told: Any) -> None:
    (state / "status.json").write_text(json.dumps({**PEER_WELL, **told}))


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_box_beside_a_well_peer_is_drained_and_twice_is_fine(tmp_path, capsys):
    writes(tmp_path)

    assert (drain(tmp_path), drain(tmp_path)) == (0, 0)
    assert (tmp_path / "drain").exists()
    assert answers(capsys) == [{"done": True}] * 2


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"peer": "unfit", "peer_reason": "ip_forward is 0"}, "nat2 is unfit (ip_forward is 0)"),
        ({"peer": "draining"}, "nat2 is draining"),
        ({"peer": "lost"}, "nat2 is lost"),
        ({"box": 2, "peer": "not heard yet"}, "nat1 is not heard yet"),
    ],
)
def test_a_box_whose_peer_could_not_carry_is_not_drained(tmp_path, capsys, told, why):
    writes(tmp_path, **told)

    assert drain(tmp_path) == 1
    assert not (tmp_path / "drain").exists()
    assert why in answers(capsys)[0]["refused"]


@pytest.mark.parametrize("status", [None, "cut off {", "{}"])
def test_without_an_agent_that_writes_nothing_is_drained(tmp_path, capsys, status):
    if status is not None:
        (tmp_path / "status.json").write_text(status)
        os.utime(tmp_path / "status.json", (1, 1))

    assert drain(tmp_path) == 1
    assert "agent does not run" in answers(capsys)[0]["refused"]


def test_a_box_that_returns_is_not_drained_any_more(tmp_path, capsys):
    writes(tmp_path)
    drain(tmp_path)

    assert (give_back(tmp_path), give_back(tmp_path)) == (0, 0)
    assert not (tmp_path / "drain").exists()


class EnoughError(Exception):
    """Nobody reads any more."""


def test_a_follower_is_told_of_news_and_not_of_times(tmp_path, capsys):
    news = {"says": "well", "reason": "", "canaries": "well", "zones": {}}
    writes(tmp_path, **news, report={"events": [], "at": "1"})
    turns = iter(
        [
            lambda: writes(tmp_path, **news, report={"events": [], "at": "2"}),
            lambda: writes(tmp_path, **{**news, "canaries": "dead"}, report={"events": [], "at": "3"}),
            (tmp_path / "status.json").unlink,
            lambda: None,
        ]
    )

    def next_turn(_: float) -> None:
        turn = next(turns, None)
        if turn is None:
            raise EnoughError
        turn()

    with pytest.raises(EnoughError):
        follow(tmp_path, sleep=next_turn)

    assert [said.get("report", {}).get("at", "silent") for said in answers(capsys)] == ["1", "3", "silent"]
