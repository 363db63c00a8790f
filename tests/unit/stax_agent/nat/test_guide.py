"""docs/nat.md shows the tables of decisions as they are in the code."""

import re
import runpy
from pathlib import Path

import pytest

from stax_agent.nat.state import AS_SAID, OWN_ZONE, PEERS_ZONE, Do, Row

GUIDE = Path(__file__).parents[4] / "docs/nat.md"


def lines(table: tuple[Row, ...]) -> str:
    """The table as the guide has it."""
    shown = (row for row in table if row.because != AS_SAID)
    return "\n".join(f"| {row.because} | {row.do.value}{' and alarm' if row.alarm else ''} |" for row in shown)


@pytest.mark.parametrize("table", [PEERS_ZONE, OWN_ZONE], ids=["peer's zone", "own zone"])
def test_every_row_is_in_the_guide_in_its_order(table: tuple[Row, ...]):
    assert lines(table) in GUIDE.read_text()


def test_the_diagram_is_drawn_from_the_tables():
    drawn = runpy.run_path(str(GUIDE.parents[1] / "tools/nat-diagram"))["drawn"]()

    assert drawn in GUIDE.read_text(), "run tools/nat-diagram"
    assert all(row.because in drawn for row in PEERS_ZONE if row.do is Do.CARRY)


def test_every_case_names_tests_that_there_are():
    cases = GUIDE.read_text().partition("## Cases\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"test_\w+", cases))

    assert named
    assert named <= {path.stem for path in GUIDE.parents[1].glob("tests/**/test_*.py")}
