"""What holds for every test."""

import signal

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("stax", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stax")


def pytest_configure(config: pytest.Config) -> None:
    """A run that is told to end takes down what it made, as after Ctrl-C."""
    signal.signal(signal.SIGTERM, _end)


def _end(*_: object) -> None:
    raise KeyboardInterrupt
