"""`stax test` as a user runs it, with all that it walks through."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cluster import EXAMPLE, Stax, skip_without_machines

from stax.api.trial.steps import STEPS

WALKED_WITHIN_S = 1200.0
"""A bound, no promise: the walk takes three to six minutes, by what else the machine does."""

pytestmark = pytest.mark.timeout(1500)


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Stax]:
    skip_without_machines()
    at = Stax(tmp_path)
    try:
        at.up()
        yield at
    finally:
        at.down()


def test_a_throw_away_stax_holds_every_promise_and_leaves_nothing(laptop: Stax, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    words = ("test", "--region", "local", "--yes", "--config", str(EXAMPLE), "--junit", str(report))

    done = laptop.stax(*words, "--output", "json", limit_s=WALKED_WITHIN_S)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    result = next(json.loads(line) for line in done.stdout.splitlines() if '"event":"Result"' in line)["result"]
    assert [one["step"] for one in result["results"]] == [*(step.name for step in STEPS), "destroy"]
    suite = ElementTree.parse(report).getroot()  # noqa: S314 - our own
    assert (suite.attrib["tests"], suite.attrib["failures"]) == (str(len(STEPS) + 1), "0")
    assert json.loads(laptop.stax("list", "--region", "local", "--output", "json").stdout) == []
