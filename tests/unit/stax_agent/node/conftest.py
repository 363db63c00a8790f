from collections.abc import Callable, Sequence

import pytest

from stax_agent.node.hosts import Group, Host


def a_host(number: int, *, zone: str = "", state: str = "InService", is_running: bool = True) -> Host:
    """Host number N: i-N at 10.0.0.N, launched in minute N, in zones a and b by turns."""
    return Host(
        instance_id=f"i-{number}",
        private_ip=f"10.0.0.{number}",
        zone=zone or "ab"[number % 2],
        instance_type="t3.large",
        launched_at=f"2026-01-01T00:{number:02}:00Z",
        is_running=is_running,
        lifecycle_state=state,
    )


def a_group(hosts: Sequence[Host | int], desired: int | None = None) -> Group:
    """A group of these hosts, or of hosts with these numbers."""
    found = tuple(a_host(each) if isinstance(each, int) else each for each in hosts)
    return Group(found, len(found) if desired is None else desired)


@pytest.fixture
def host() -> Callable[..., Host]:
    return a_host


@pytest.fixture
def group() -> Callable[..., Group]:
    return a_group
