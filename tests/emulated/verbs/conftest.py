"""A person at work on stax in a region of the test run's own."""

import json
import secrets
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, TypeVar

import pytest

from stax.api import create, destroy, repair, update, watch
from stax.api.create import CreateRequest
from stax.api.update import UpdateRequest
from stax.aws.session import connect
from stax.config import Configuration, Surroundings, load
from stax.engine.demolition import census
from stax.engine.site import Site
from stax.events import Checked, Event, ResourceChanged, StepDetail, StepStarted
from stax.model.plan import CreatePlan, RepairPlan, UpdatePlan
from stax.model.stack import Stack

HERE = Surroundings("jo", lambda: IPv4Address("203.0.113.1"))
EXAMPLE = Path(__file__).parents[3] / "config" / "config.json.example"

T = TypeVar("T")


@dataclass
class Operator:
    """Somebody with a configuration file and a region; `heard` is what the last verb told."""

    site: Site
    folder: Path
    heard: list[Event] = field(default_factory=list)

    def listens(self, story: Generator[Event, None, T]) -> T:
        """Hear a verb to its end."""
        self.heard = []
        while True:
            try:
                self.heard.append(next(story))
            except StopIteration as end:
                value: T = end.value
                return value

    def configuration(self, **changes: str) -> Configuration:
        entries = json.loads(EXAMPLE.read_text())
        small = {"ClusterSize": "2", **changes}
        for entry in entries:
            entry["ParameterValue"] = small.get(entry["ParameterKey"], entry["ParameterValue"])
        path = self.folder / "config.json"
        path.write_text(json.dumps(entries))
        return load(path, surroundings=HERE)

    def template(self, text: str) -> Path:
        path = self.folder / "own.yaml"
        path.write_text(text)
        return path

    def wants(self, name: str, template: Path | None = None, **changes: str) -> CreateRequest:
        return CreateRequest(configuration=self.configuration(**changes), name=name, template=template)

    def plans(self, request: CreateRequest) -> CreatePlan:
        return self.listens(create.prepare(self.site, request))

    def creates(self, request: CreateRequest) -> Stack:
        plan = self.plans(request)
        return self.listens(create.create(self.site, request, plan))

    def creates_until(self, request: CreateRequest, *, told: int) -> str:
        """Stop a create as Ctrl-C does after it has told so much; return the name."""
        plan = self.plans(request)
        story = create.create(self.site, request, plan)
        for _ in range(told):
            next(story, None)
        story.close()
        return plan.name

    def wants_changed(self, name: str, template: Path | None = None, **changes: str) -> UpdateRequest:
        return UpdateRequest(name=name, configuration=self.configuration(**changes), template=template)

    def plans_change(self, request: UpdateRequest) -> UpdatePlan:
        """Look at the changes and leave it at that."""
        plan = self.listens(update.prepare(self.site, request))
        update.discard(self.site, plan)
        return plan

    def updates(self, request: UpdateRequest) -> Stack:
        plan = self.listens(update.prepare(self.site, request))
        return self.listens(update.update(self.site, request, plan))

    def examines(self, name: str) -> RepairPlan:
        return self.listens(repair.prepare(self.site, name))

    def repairs(self, name: str) -> Stack:
        return self.listens(repair.repair(self.site, name))

    def watches(self, name: str) -> Stack:
        return self.listens(watch.watch(self.site, name))

    def destroys(self, name: str) -> None:
        self.listens(destroy.destroy(self.site, name))

    def left(self, name: str) -> dict[str, list[str]]:
        """Return what AWS has of a stax, by kind."""
        return {subject: identifiers for subject, identifiers in census(self.site.aws, name) if identifiers}

    def heard_findings(self) -> dict[str, str]:
        return {event.subject: event.finding for event in self.heard if isinstance(event, Checked)}

    def heard_resources(self) -> list[str]:
        return [event.logical_id for event in self.heard if isinstance(event, ResourceChanged)]

    def heard_text(self) -> str:
        details = (event.text for event in self.heard if isinstance(event, StepDetail))
        return "\n".join([*details, *(event.step for event in self.heard if isinstance(event, StepStarted))])


@pytest.fixture
def operator(region: Any, tmp_path: Path) -> Operator:
    return Operator(Site(connect(region="local", home=region.home, environ={}), region.home), tmp_path)


class HurriedClock:
    """A clock by which ten seconds pass in one."""

    def monotonic(self) -> float:
        return time.monotonic() * 10

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 10)


@pytest.fixture
def hurried(operator: Operator) -> Operator:
    """Somebody for whom waiting in vain is over soon."""
    return replace(operator, site=replace(operator.site, clock=HurriedClock()))


@pytest.fixture(scope="module")
def standing(region: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A stax that a module's tests share: each leaves it whole, and of two docker hosts."""
    site = Site(connect(region="local", home=region.home, environ={}), region.home)
    builder = Operator(site, tmp_path_factory.mktemp("standing"))
    name = f"standing-{secrets.token_hex(4)}"
    builder.creates(builder.wants(name))
    yield name
    builder.destroys(name)


@pytest.fixture
def elsewhere(region: Any, tmp_path: Path) -> Operator:
    """The same account from another machine: it has the credentials and no local file."""
    home = tmp_path / "another-home"
    (home / "endpoints").mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    registration = home / "endpoints" / "local.json"
    registration.write_bytes((region.home / "endpoints" / "local.json").read_bytes())
    registration.chmod(0o600)
    return Operator(Site(connect(region="local", home=home, environ={}), home), tmp_path)


@pytest.fixture
def name(operator: Operator) -> Iterator[str]:
    """A name of its own, and nothing of it left afterwards."""
    name = f"test-{secrets.token_hex(4)}"
    yield name
    operator.destroys(name)
