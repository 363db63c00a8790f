"""What was made is found again, whenever the region died."""

from pathlib import Path

from stax_local.kernel.ledger import Ledger


def test_a_region_keeps_its_label_over_restarts_once_it_has_made_something(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "network.json")
    first.record(["a"])

    assert Ledger(tmp_path / "network.json").label == first.label


def test_two_regions_have_two_labels(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "one.json").label != Ledger(tmp_path / "other.json").label


def test_what_is_recorded_is_found_and_what_is_struck_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    Ledger(path).record(["a", "b"])
    Ledger(path).strike(["a"])

    assert Ledger(path).namespaces == {"b"}


def test_the_record_is_for_its_owner_only_and_never_half_written(tmp_path: Path) -> None:
    Ledger(tmp_path / "network.json").record(["a"])

    assert (tmp_path / "network.json").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["network.json"]


def test_to_look_writes_nothing(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "network.json").namespaces == frozenset()
    assert list(tmp_path.iterdir()) == []
