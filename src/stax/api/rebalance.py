"""Spread the services that a scale-out left crowded on the older docker hosts.

`prepare` finds them; `rebalance` rolls them one at a time, each task by task.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from stax.engine.managers import Managers, managers_of
from stax.engine.record import recorded
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Event, Finished, StaxNamed, StepDetail, StepStarted
from stax.model.plan import CrowdedService, RebalancePlan

ROLLED_WITHIN_S = 360.0
"""The agent gives a service five minutes; the rest is the way there and back."""


def prepare(
    site: Site, name: str, *, ssh_key: Path | None, person_home: Path
) -> Generator[Event, None, tuple[RebalancePlan, Managers]]:
    """Return which services are unevenly spread, and the way to the managers.  Changes nothing."""
    stack = selected_stack(site.aws, name)
    yield StaxNamed(name=stack.name, region=site.aws.place)
    managers = yield from managers_of(site, stack, wish=ssh_key, person_home=person_home)
    yield StepStarted(step="looking where the services' tasks run")
    said = _answer(managers.ask("rebalance"))
    crowded = tuple(CrowdedService(**one) for one in said["crowded"])
    account_id = site.aws.identity.account_id
    return RebalancePlan(name=stack.name, region=site.aws.place, account_id=account_id, crowded=crowded), managers


def rebalance(site: Site, plan: RebalancePlan, managers: Managers) -> Generator[Event, None, RebalancePlan]:
    """Roll the crowded services, one after the other; return what is crowded still.

    May be interrupted between two services; one that has begun goes on without stax.
    """
    stopwatch = site.stopwatch(0.0)
    with recorded(site, "rebalance", plan.name), site.local.lock(plan.name, verb="rebalance"):
        for one in plan.crowded:
            yield StepStarted(step=f"spreading {one.service}, task by task")
            _answer(managers.ask("rebalance", one.service, limit_s=ROLLED_WITHIN_S))
        left = tuple(CrowdedService(**one) for one in _answer(managers.ask("rebalance"))["crowded"])
        for one in left:
            yield StepDetail(
                text=f"{one.service} still has {one.most} tasks on one machine and {one.fewest} on another"
            )
        yield Finished(
            text=f"{plan.name}: {len(plan.crowded)} {'service' if len(plan.crowded) == 1 else 'services'} spread",
            elapsed_s=stopwatch.elapsed_s,
        )
    return RebalancePlan(name=plan.name, region=plan.region, account_id=plan.account_id, crowded=left)


def _answer(said: dict[str, Any]) -> dict[str, Any]:
    if refused := said.get("refused"):
        raise StaxError(str(refused), hint="stax check says how the Swarm is")
    return said
