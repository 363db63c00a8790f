"""What tasks log: asked for rightly, and told with the task's name."""

import re

import pytest
from tests.unit.stax.engine.services.seen import seen, service, task

from stax.api.logs import asked, line_of, pattern_of, since_of
from stax.errors import NotFound, UsageError

THERE = seen([service("web"), service("db", "web")], [task("web", "1"), task("web", "2"), task("db", stack="web")])
RAW = "2026-11-22T20:00:00.1Z com.docker.swarm.node.id=n,com.docker.swarm.service.id=s,com.docker.swarm.task.id={} {}"


def test_a_line_has_its_tasks_name():
    there = seen([service("web")], [task("web", "2", id="t2", machine="docker1")])

    line = line_of(RAW.format("t2", "GET / 200"), there, None)

    assert line is not None
    assert (line.task, line.machine, line.text) == ("web_web.2", "docker1", "GET / 200")
    assert line_of(RAW.format("t2", ""), there, {"t1"}) is None
    gone = line_of(RAW.format("abcdefghij", "x"), there, None)
    assert gone is not None
    assert gone.task == "abcdefgh"


def test_a_stack_is_all_of_its_services_and_a_number_one_task():
    assert [one.name for one in asked(["web"], THERE)[0]] == ["web", "db"]

    services, only = asked(["web_web.2"], THERE)

    assert ([one.name for one in services], only) == (["web"], {"web.2.running.f"})
    with pytest.raises(NotFound):
        asked(["nope"], THERE)


def test_what_a_line_must_match_and_since_when():
    assert pattern_of("err(or)?").search("an error")
    assert re.fullmatch(r"\d{10}", since_of("10m"))
    assert since_of("") == ""
    with pytest.raises(UsageError, match="no regular expression"):
        pattern_of("(")
    with pytest.raises(UsageError, match="no duration"):
        since_of("yesterday")
