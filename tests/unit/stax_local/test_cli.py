import json
from pathlib import Path

import pytest

from stax_local.cli import main
from stax_local.folder import Folder, Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAX_HOME", str(tmp_path))
    return tmp_path


def keep(home: Path, name: str = "local") -> None:
    folder = Folder(home / "local" / name, home, name)
    folder.make()
    folder.keep_settings(Settings(name, "eu-west-1", 4599, "AKIA", "it's secret", "token"))


def refused(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(words)
    return int(ended.value.code or 0)


def test_env_quotes_for_the_shell(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(home)
    assert main(["env"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "export AWS_ENDPOINT_URL=http://127.0.0.1:4599",
        "export AWS_REGION=eu-west-1",
        "export AWS_DEFAULT_REGION=eu-west-1",
        "export AWS_ACCESS_KEY_ID=AKIA",
        "export AWS_SECRET_ACCESS_KEY='it'\"'\"'s secret'",
        "export STAX_CHECKIP_URL=http://127.0.0.1:4599/checkip",
    ]


def test_env_can_be_undone_even_when_the_region_is_gone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "--unset"]) == 0
    assert "unset AWS_SECRET_ACCESS_KEY" in capsys.readouterr().out


def test_env_without_a_region_says_how_to_get_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "--name", "second"]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == ["[ ERRR ]  there is no region second", "          stax local up --name second"]


def test_status_of_no_region(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--output", "json"]) == 4
    assert json.loads(capsys.readouterr().out)["state"] == "none"


def test_status_of_a_region_that_is_down(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(home)
    assert main(["status"]) == 1
    said = capsys.readouterr()
    assert "stopped" in said.out
    assert "stax local up" in said.err


def test_down_without_a_region_is_fine(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert list(home.iterdir()) == []


def test_down_of_a_damaged_region_still_removes_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(home)
    (home / "local" / "local" / "region.json").write_text("{")
    assert main(["down"]) == 0
    assert not (home / "local" / "local").exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["sideways"],
        ["up", "--port", "0"],
        ["up", "--port", "70000"],
        ["up", "--port", "http"],
        ["up", "--name", "../escape"],
        ["up", "--name", "us-east-1"],
        ["up", "--name", ""],
        ["up", "--aws-region", "atlantis"],
        ["up", "--quota", "wishes=3"],
        ["up", "--quota", "vpcs=many"],
        ["up", "--quota", "vpcs"],
        ["up", "--quota", "vpcs=-1"],
        ["status", "--output", "xml"],
    ],
)
def test_what_makes_no_sense_is_a_usage_error(words: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(*words) == 2
    assert "stax local" in capsys.readouterr().err
    assert list(home.iterdir()) == []


def test_keep_and_wipe_contradict(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down", "--keep", "--wipe"]) == 2
    assert "contradict" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", "up", "down", "status", "env", "serve"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(*[command] if command else [], "--help") == 0
    assert "usage: stax local" in capsys.readouterr().out
