"""`stax stop SERVICE…`."""

from argparse import Namespace
from contextlib import closing

from stax.api.stop import prepare, stop
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import site_of
from stax.cli.rollouts import own_services, place_in
from stax.cli.service_tables import services_plan
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what ends, ask, and wait for it."""
    site = site_of(values, terminal)
    looking = prepare(site, tuple(values.service), place_in(values), own_services(values))
    untouched = Interrupted("interrupted; nothing was changed")
    with closing(follow(looking, terminal, is_answer=True, interrupted=untouched)) as prepared:
        plan = prepared.plan
        names = [one.stack for one in plan.stacks]
        if plan.has_changes:
            terminal.tell(services_plan(plan))
            terminal.ask(f"ok to stop {', '.join(names)}")
            left = Interrupted("stopped waiting; what was begun ends by itself", hint="the same command again waits")
            follow(stop(site, prepared), terminal, is_answer=True, interrupted=left)
        tell_result(plan, [f"{name}  stopped" for name in names], terminal)
    return Exit.DONE
