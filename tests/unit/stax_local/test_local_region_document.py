"""docs/local-region.md promises that every line is backed: here is who checks."""

import re
from pathlib import Path

from stax_local.cloudformation.resources import TYPES

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "local-region.md").read_text()


def test_every_test_that_it_names_exists() -> None:
    named = set(re.findall(r"`((?:unit|contract|emulated|live)/[\w/]+\.py)`", DOCUMENT))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).is_file()] == []


def test_every_patch_of_moto_is_named() -> None:
    patches = {path.stem for path in (ROOT / "src/stax_local/emulator/patches").glob("*.py")} - {"__init__", "patch"}
    assert [name for name in sorted(patches) if f"`{name}`" not in DOCUMENT] == []


def test_every_resource_type_is_named() -> None:
    text = " ".join(DOCUMENT.split())
    assert [name for name in TYPES if name.rpartition("::")[2] not in text] == []
