"""`stax test` as a process of its own: what is thrown away, whatever comes, and what is kept."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.emulated.verbs.conftest import EXAMPLE, Operator

LIMIT_S = 240.0
ONE_STEP = ("test", "--region", "local", "--yes", "--only", "inventory", "--config", str(EXAMPLE))


@pytest.fixture
def env(region: Any) -> dict[str, str]:
    made: dict[str, str] = region.stax_env
    return made


def run(env: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "stax", *words], env=env, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )


@contextmanager
def begun(env: dict[str, str]) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A test under way, whose stack is being made; and the name that it has chosen."""
    process = subprocess.Popen([sys.executable, "-m", "stax", *ONE_STEP], env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield process, name_of(process)
    finally:
        process.kill()
        process.wait()


def name_of(process: "subprocess.Popen[str]") -> str:
    assert process.stderr
    name = ""
    for line in process.stderr:
        if found := re.search(r"test-\d+-[a-z]+", line):
            name = found[0]
        if "creating the stack" in line:
            return name
    raise AssertionError("no stack was made")


def test_a_walk_leaves_nothing_but_its_report(operator: Operator, env: dict[str, str], tmp_path: Path) -> None:
    done = run(env, *ONE_STEP, "--junit", str(tmp_path / "report.xml"), "--output", "json")

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])["result"]
    assert [(one["step"], one["verdict"]) for one in report["results"]] == [
        ("create", "passed"), ("inventory", "passed"), ("destroy", "passed"),
    ]  # fmt: skip
    assert len(report["results"][1]["assertions"]) == 10
    assert operator.left(report["name"]) == {}
    assert operator.site.local.trials.abandoned() == ()
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()  # noqa: S314 - our own
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("3", "0")


def test_ctrl_c_takes_the_stax_away(operator: Operator, env: dict[str, str]) -> None:
    with begun(env) as (process, name):
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=LIMIT_S)[1]

    assert process.returncode == 130, said
    assert "the test was interrupted" in said
    assert operator.left(name) == {}
    assert operator.site.local.trials.abandoned() == ()


def test_what_a_killed_test_has_left_the_next_one_removes(operator: Operator, env: dict[str, str]) -> None:
    with begun(env) as (process, name):
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert operator.site.local.trials.abandoned() == (name,)
    assert operator.left(name)

    done = run(env, *ONE_STEP)

    assert done.returncode == 0, done.stderr
    assert f"{name} was left by a test that was killed" in done.stderr
    assert operator.left(name) == {}
    assert operator.site.local.trials.abandoned() == ()


def test_keep_keeps(operator: Operator, env: dict[str, str]) -> None:
    done = run(env, *ONE_STEP, "--keep", "--output", "json")

    assert done.returncode == 0, done.stderr
    name = json.loads(done.stdout.splitlines()[-1])["result"]["name"]
    assert operator.left(name)
    assert f"{name} is kept" in done.stderr
    assert operator.site.local.trials.abandoned() == ()
    operator.destroys(name)


def test_what_cannot_be_written_or_walked_is_refused_before_anything_is_made(
    operator: Operator, env: dict[str, str]
) -> None:
    unwritable = run(env, *ONE_STEP, "--junit", "/nowhere/report.xml")
    unknown = run(env, "test", "--region", "local", "--yes", "--only", "inventry", "--config", str(EXAMPLE))

    assert (unwritable.returncode, unknown.returncode) == (2, 2)
    assert "/nowhere/report.xml cannot be written" in unwritable.stderr
    assert "did you mean inventory?" in unknown.stderr
