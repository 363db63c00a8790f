"""The documents of the local region promise that every line is backed: here is who checks."""

import re
from pathlib import Path

import pytest

from stax_local.cloudformation.resources import TYPES

ROOT = Path(__file__).parents[3]
DOCUMENTS = ("local-region", "local-network", "local-machines")
DOCUMENT = (ROOT / "docs" / "local-region.md").read_text()
NAMED = re.compile(r"`(?:((?:unit|contract|emulated|live)/[\w/]+(?:\.py)?)|(test_\w+\.py))`")


def _rows(document: str) -> list[str]:
    """The lines of the document's tables that say something: all below a table's head."""
    lines = (ROOT / "docs" / f"{document}.md").read_text().splitlines()
    heads = {index for index, line in enumerate(lines) if line.startswith("|---")}
    return [
        line
        for index, line in enumerate(lines)
        if line.startswith("|") and index not in heads and index + 1 not in heads
    ]


def _tests(row: str) -> list[Path]:
    """The tests, or folders of tests, that a row names; a bare name stands in the folder of the one before it."""
    found: list[Path] = []
    for path, name in NAMED.findall(row):
        found.append(ROOT / "tests" / path if path else found[-1].parent / name)
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_it_names_exists(document: str) -> None:
    named = [test for row in _rows(document) for test in _tests(row)]
    assert len(named) > 10
    assert [str(test) for test in named if not test.exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_line_is_backed_or_says_that_it_is_not_so(document: str) -> None:
    unbacked = [row for row in _rows(document) if not _tests(row)]
    assert [row for row in unbacked if "**differs" not in row.lower() and "**not there**" not in row] == []


def test_every_patch_of_moto_is_named() -> None:
    patches = {path.stem for path in (ROOT / "src/stax_local/emulator/patches").glob("*.py")} - {"__init__", "patch"}
    assert [name for name in sorted(patches) if f"`{name}`" not in DOCUMENT] == []


def test_every_resource_type_is_named() -> None:
    text = " ".join(DOCUMENT.split())
    assert [name for name in TYPES if name.rpartition("::")[2] not in text] == []
