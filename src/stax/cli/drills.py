"""How a drill reads on the screen."""

from collections.abc import Iterator

from stax.cli.nat_tables import event_line
from stax.model.drill import Cost, DrillPlan, DrillResult


def plan_lines(plan: DrillPlan) -> list[str]:
    """Return what is going to happen."""
    return [
        f"  {plan.means}.",
        f"  Meanwhile {plan.host}, behind it, connects to {plan.target} and measures.",
        f"  {plan.peer} is to carry private subnet {plan.zone} meanwhile; open connections are to live on."
        if plan.kind.moves
        else f"  {plan.box} is to go on carrying private subnet {plan.zone}.",
    ]


def result_lines(result: DrillResult) -> list[str]:
    """Return what was found out."""
    heading = f"{result.plan.kind.value} of {result.plan.box}"
    lines = [*_cost(heading, result.cost), ""]
    if result.back:
        lines += [*_cost(f"return of {result.plan.box}", result.back), ""]
    lines.append("What the boxes tell (times of their own clocks, counted from each decision)")
    return lines + ([f"  {event_line(event)}" for event in result.events] or ["  nothing"])


def _cost(heading: str, cost: Cost) -> Iterator[str]:
    yield heading
    lost = f", {cost.failed} not within 0.5 s" if cost.failed else ""
    yield f"  new connections   outage {cost.outage_s:.2f} s ({cost.begun} begun{lost})"
    for kind, flows in cost.flows.items():
        stall = f", longest stall {flows.stall_s:.2f} s" if flows.stall_s else ""
        why = f" ({'; '.join(flows.why)})" if flows.why else ""
        yield f"  {kind:16}  {flows.broken} of {flows.count} broken{stall}{why}"
