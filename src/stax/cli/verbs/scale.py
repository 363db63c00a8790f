"""`stax scale NUMBER [NAME]`, and `stax scale SERVICE=N [NAME]`."""

from argparse import Namespace

from stax.api.redeploy import Scale
from stax.api.scale import prepare, scale
from stax.cli import plans
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import site_of
from stax.cli.rollouts import redeploy
from stax.cli.terminal import Terminal
from stax.errors import Exit, UsageError


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what comes or goes, ask, and see it through."""
    if pair := next((word for word in (values.number, values.name) if word and "=" in word), ""):
        values.name = next((word for word in (values.number, values.name) if word and word != pair), None)
        return redeploy(_service(pair), values, terminal)
    number, name = _read(values)
    site = site_of(values, terminal)
    untouched = Interrupted("interrupted; nothing was changed")
    plan = follow(prepare(site, name, number), terminal, is_answer=True, interrupted=untouched)
    if values.plan:
        tell_result(plan, plans.scaling(plan), terminal)
        return Exit.CHANGES if plan.has_changes else Exit.DONE
    if plan.has_changes:
        terminal.tell(plans.scaling(plan))
        terminal.ask(f"ok to scale {plan.name} in {plan.region}")
    again = site.aws.command(f"scale {number}", plan.name)
    left = Interrupted(f"stopped scaling {plan.name}; what Auto Scaling has begun goes on", hint=f"{again} goes on")
    stack = follow(scale(site, plan), terminal, is_answer=True, interrupted=left)
    tell_result(plan, [f"{stack.name}  {plan.after} docker hosts"], terminal)
    return Exit.DONE


def _service(pair: str) -> Scale:
    service, _, number = pair.partition("=")
    if not number.isdecimal() or not service:
        raise UsageError(f"scale {pair}: to how many tasks?", hint="such as: stax scale web=3")
    return Scale(service=service, replicas=int(number))


def _read(values: Namespace) -> tuple[int, str]:
    """Return the number and the name, in whichever order they were given."""
    words = [word for word in (values.number, values.name) if word]
    numbers = [word for word in words if word.isdecimal()]
    names = [word for word in words if not word.isdecimal()]
    if len(numbers) != 1:
        given = " ".join(words)
        raise UsageError(f"scale: to how many docker hosts? {given!r} does not say", hint="such as: stax scale 5")
    return int(numbers[0]), names[0] if names else ""
