"""`stax drill nat [NAME]`."""

from argparse import Namespace
from pathlib import Path

from stax.api.drill_nat import DrillRequest, drill, prepare
from stax.cli.answers import tell_result
from stax.cli.drills import plan_lines, result_lines
from stax.cli.follow import Interrupted, follow
from stax.cli.place import site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit
from stax.model.drill import DrillKind, DrillPlan


def run(values: Namespace, terminal: Terminal) -> int:
    """Say what is going to happen, ask, and do it."""
    site = site_of(values, terminal)
    request = DrillRequest(
        name=values.name or "",
        box=values.box,
        kind=DrillKind(values.kind),
        waits_for_return=vars(values)["return"],
        ssh_key=Path(values.ssh_key) if values.ssh_key else None,
    )
    plan = prepare(site, request)
    terminal.tell(plan_lines(plan))
    _ask(plan, terminal)
    left = Interrupted(f"the drill was broken off; {plan.box} was put back", hint="see stax nat status")
    story = drill(site, request, plan, person_home=Path.home())
    result = follow(story, terminal, is_answer=True, interrupted=left)
    tell_result(result, result_lines(result), terminal)
    return Exit.DONE


def _ask(plan: DrillPlan, terminal: Terminal) -> None:
    if plan.is_rehearsal:
        terminal.ask(f"ok to break {plan.box} of {plan.name} in {plan.region}")
    else:
        terminal.insist_on_typing(f"this is no rehearsal: type {plan.box} to break it in {plan.region}:", plan.box)
