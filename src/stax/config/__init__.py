"""What the user wants: the configuration file, read and checked before anything is made."""

from collections.abc import Collection
from pathlib import Path

from stax.config.check import NO_ALLOWANCES, check
from stax.config.configuration import Configuration
from stax.config.crosscheck import Allowances
from stax.config.file import DEFAULT_PATH, read
from stax.config.placeholders import Surroundings
from stax.config.problems import ConfigurationError, Position, Problem

__all__ = [
    "DEFAULT_PATH",
    "Allowances",
    "Configuration",
    "ConfigurationError",
    "Position",
    "Problem",
    "Surroundings",
    "load",
]


def load(
    path: Path,
    *,
    surroundings: Surroundings,
    allowances: Allowances = NO_ALLOWANCES,
    template_parameters: Collection[str] = (),
) -> Configuration:
    """Read and check a configuration file.

    Raises UsageError when there is no readable file, ConfigurationError with every problem of its content.
    """
    document = read(path)
    return check(
        document,
        surroundings=surroundings,
        allowances=allowances,
        template_parameters=template_parameters,
    )
