"""The command line as a program, from the first word to the proof that nothing is left."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import pytest

from stax.local_state import read_history

LIMIT_S = 120
CONFIG = str(Path("config/config.json.example").absolute())
STAX = (sys.executable, "-m", "stax")


@dataclass(frozen=True)
class Keyboard:
    """`stax` in the shared region, with STAX_HOME of the region itself."""

    env: dict[str, str]
    home: Path

    def __call__(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*STAX, *words], env=self.env, capture_output=True, text=True, timeout=LIMIT_S, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*STAX, *words], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def at_a_terminal(self, *words: str, typed: str) -> tuple[int, str]:
        """Run at a terminal of 80 columns, type, and return the exit code and all that was on the screen."""
        outer, inner = pty.openpty()
        env = {**self.env, "TERM": "xterm-256color", "COLUMNS": "80"}
        process = subprocess.Popen([*STAX, *words], env=env, stdin=inner, stdout=inner, stderr=inner)
        os.close(inner)
        os.write(outer, typed.encode())
        shown = b"".join(_chunks(outer)).decode()
        os.close(outer)
        return process.wait(LIMIT_S), shown


def _chunks(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:  # how a pseudo-terminal says that nobody holds its other end any more
            return
        if not chunk:
            return
        yield chunk


@pytest.fixture
def stax(region) -> Keyboard:
    return Keyboard(region.stax_env, region.home)


@pytest.fixture
def made(stax, request) -> Iterator[Callable[..., str]]:
    """Make a stax with a name of the test's own; it is destroyed afterwards, whatever the test did."""
    name = f"t-{crc32(request.node.name.encode())}"

    def make(*words: str) -> str:
        done = stax("create", name, "--region", "local", "--yes", "-c", CONFIG, *words)
        assert done.returncode == 0, done.stderr
        return name

    yield make
    stax("destroy", name, "--region", "local", "--yes", "-q")


def test_a_whole_life(stax, made):
    name = made()
    where = ("--region", "local")

    described = json.loads(stax("describe", name, *where, "-o", "json").stdout)
    listed = stax("list", *where).stdout
    planned = stax("plan", name, *where, "-c", CONFIG)
    again = stax("create", name, *where, "-c", CONFIG, "--yes")
    scaled = json.loads(stax("desc-auto", name, *where, "-o", "json").stdout)
    destroyed = stax("destroy", name, *where, "--yes")
    gone = stax("describe", name, *where)

    assert {q["subject"]: q["count"] for q in described["inventory"]}["NAT boxes"] == 2
    assert any(line.split()[:3] == ["*", name, "CREATE_COMPLETE"] for line in listed.splitlines())
    assert planned.returncode == 0, planned.stdout
    assert again.returncode == 0, again.stderr
    assert scaled["groups"][0]["in_service"] == 3
    assert destroyed.returncode == 0, destroyed.stderr
    assert "nothing is left" in destroyed.stderr
    assert gone.returncode == 4
    assert [e.verb for e in read_history(stax.home)[0] if e.name == name] == ["create", "create", "destroy"]


def test_json_is_an_event_a_line_and_ends_with_the_result(stax, made):
    name = made("--detach", "-q")

    watched = stax("watch", name, "--region", "local", "-o", "json")
    lines = [json.loads(line) for line in watched.stdout.splitlines()]

    assert watched.stderr == ""
    assert {"StaxNamed", "ResourceChanged", "StackChanged", "Finished"} <= {line["event"] for line in lines}
    assert lines[-1]["event"] == "Result"
    assert lines[-1]["result"]["name"] == name


def test_json_ends_with_the_error_when_it_fails(stax):
    done = stax("watch", "nobody", "--region", "local", "-o", "json")

    assert done.returncode == 4
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "Failed"
    assert "[ ERRR ]" in done.stderr


def test_nobody_to_ask_means_no_and_nothing_is_made(stax):
    done = stax("create", "asked", "--region", "local", "-c", CONFIG)

    assert done.returncode == 5
    assert "--yes answers for you" in done.stderr
    assert stax("describe", "asked", "--region", "local").returncode == 4


def test_a_plan_of_a_new_stax_names_every_resource_and_says_that_there_is_something_to_do(stax):
    done = stax("plan", "planned", "--region", "local", "-c", CONFIG)

    assert done.returncode == 3
    assert any(line.split()[:2] == ["Nat1", "AWS::EC2::Instance"] for line in done.stdout.splitlines())


def test_a_wrong_configuration_makes_nothing(stax, tmp_path):
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"ClusterSize": "three", "CostCenter": "<changeMe>"}')

    done = stax("create", "wrong", "--region", "local", "-c", str(wrong), "--yes")

    assert done.returncode == 2
    assert "ClusterSize" in done.stderr
    assert "CostCenter" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_name_typed_wrong_destroys_nothing(stax, made):
    name = made("-q")

    refused, screen = stax.at_a_terminal("destroy", name, "--region", "local", typed="y\n")
    there = stax("list", "--region", "local", "-o", "json")
    gone, _ = stax.at_a_terminal("destroy", name, "--region", "local", typed=f"{name}\n")

    assert refused == 5
    assert f"type {name} to remove it" in screen
    assert name in [one["name"] for one in json.loads(there.stdout)]
    assert gone == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_says_how_to_go_on_and_the_same_command_does(stax, made, number, request):
    name = f"t-{crc32(request.node.name.encode())}"
    words = ("create", name, "--region", "local", "--yes", "-c", CONFIG)
    process = stax.begin(*words, "-o", "json")
    assert process.stdout
    for line in process.stdout:
        if json.loads(line)["event"] == "ResourceChanged":
            break

    process.send_signal(number)
    _, told = process.communicate(timeout=LIMIT_S)

    assert process.returncode == 130
    assert f"stax watch {name} --region local shows it" in told
    assert "Traceback" not in told
    assert stax(*words).returncode == 0


def test_without_a_region_that_runs_it_says_how_to_start_one(tmp_path):
    env = {name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "STAX_"))}
    env |= {"STAX_HOME": str(tmp_path / "stax"), "HOME": str(tmp_path)}

    done = subprocess.run([*STAX, "list"], env=env, capture_output=True, text=True, timeout=LIMIT_S, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("[ ERRR ]  no AWS credentials found\n")
    assert "stax local up" in done.stderr
