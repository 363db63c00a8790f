"""Turn fleet units that run containers into services of one's own, on this machine alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stax.compose.catalogue import COMPOSE_FILE, SERVICE_FILE
from stax.compose.units import ImportedUnit, import_unit
from stax.errors import StaxError, UsageError


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A unit that has become a service."""

    unit: Path
    service: str
    folder: Path
    left_out: tuple[str, ...]


def services_import(units: Sequence[Path], into: Path) -> tuple[Imported, ...]:
    """Write a folder for each unit; raises UsageError, ComposeError before anything is written."""
    read = [(path, import_unit(_text(path), str(path))) for path in units]
    names = [unit.name for _, unit in read]
    for path, unit in read:
        if (into / unit.name).exists() or names.count(unit.name) > 1:
            raise UsageError(f"{path}: there is a service {unit.name} in {into} already", hint="nothing was written")
    return tuple(_written(path, unit, into / unit.name) for path, unit in read)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8, and no unit") from error


def _written(path: Path, unit: ImportedUnit, folder: Path) -> Imported:
    try:
        folder.mkdir(parents=True)
        (folder / SERVICE_FILE).write_text(unit.service)
        (folder / COMPOSE_FILE).write_text(unit.compose)
    except OSError as error:
        raise StaxError(f"{folder} cannot be written: {error.strerror}") from error
    left_out = tuple(str(one) for one in unit.left_out)
    return Imported(unit=path, service=unit.name, folder=folder, left_out=left_out)
