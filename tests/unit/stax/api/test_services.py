"""A line for each service: what runs, what was stopped, what could be started."""

from datetime import UTC, datetime
from pathlib import Path

from tests.unit.stax.engine.services.seen import port, seen, service, task

from stax.api.services import rows
from stax.model.services import CatalogueService, Revision, ServicePort


def offered(name: str) -> CatalogueService:
    ports = (ServicePort(number=80, protocol="tcp", what="HTTP"),)
    return CatalogueService(name=name, folder=Path(name), title=name.title(), summary="does things", ports=ports)


def test_what_runs_comes_first_then_what_was_stopped_then_the_rest():
    at = datetime(2026, 11, 22, tzinfo=UTC)
    was = {"services": {"old": {"image": "old:1"}}}
    stopped = Revision(stack="old", number=1, at=at, by="jo", verb="start", outcome="done", definition=was)
    known = {"nginx": offered("nginx"), "web": offered("web")}

    found = list(rows(seen([service("web", ports=(port(80),))]), [stopped], known))

    assert [(one.name, one.state, one.what) for one in found] == [
        ("web_web", "running", "Web"), ("old", "stopped", ""), ("nginx", "-", "does things"),
    ]  # fmt: skip
    assert (found[0].replicas, found[0].ports, found[2].ports) == ("1/1", "80/tcp", "80/tcp")


def test_how_a_service_is_that_is_not_whole():
    ill = task("web", state="failed", trouble="exit 3")
    states = {
        one.name: (one.state, one.health)
        for one in rows(
            seen(
                [
                    service("web", wanted=2, running=1),
                    service("new", running=0),
                    service("busy", running=0, update="updating"),
                    service("none", wanted=0, running=0),
                ],
                [ill],
            ),
            [],
            {},
        )
    }

    assert states == {
        "web_web": ("degraded", "exit 3"),
        "new_new": ("starting", "1 not healthy"),
        "busy_busy": ("updating", "1 not healthy"),
        "none_none": ("stopped", "no task is wanted"),
    }
