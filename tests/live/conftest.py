"""Live tests make networks in the kernel, and take them down by their recorded names."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lab import Lab, missing


@pytest.fixture(autouse=True)
def _able() -> None:
    if lacking := missing():
        pytest.skip(f"networks in the kernel need {lacking}")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path)
    try:
        yield made
    finally:
        made.close()
