"""What start, restart, scale and rollback share: a plan shown, the question, the deployment followed to its end."""

import re
from argparse import Namespace
from pathlib import Path

from stax.api.services_plan import Prepared
from stax.api.start import WAIT_S, start
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.service_tables import services_plan
from stax.cli.terminal import Terminal
from stax.engine.services.way import Where
from stax.engine.site import Site
from stax.errors import Exit, UsageError

_DURATION = re.compile(r"(\d{1,6})(s|m|h)?")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def place_in(values: Namespace) -> Where:
    """Return which stax is meant, and the key to it."""
    key = Path(values.ssh_key) if values.ssh_key else None
    return Where(person_home=Path.home(), name=values.name or "", ssh_key=key)


def duration_s(text: str | None, default_s: float) -> float:
    """Return a duration such as 90, 90s, 5m or 1h in seconds."""
    if text is None:
        return default_s
    found = _DURATION.fullmatch(text)
    if not found or not int(found[1]):
        raise UsageError(f"{text!r} is no duration", hint="such as 90s, 5m or 1h")
    return int(found[1]) * _SECONDS[found[2] or "s"]


def carry_out(site: Site, prepared: Prepared, values: Namespace, terminal: Terminal) -> int:
    """Show the plan; with --plan that is all, else ask, deploy and wait."""
    plan = prepared.plan
    shown = services_plan(plan)
    if values.plan or not plan.has_changes:
        tell_result(plan, shown, terminal)
        return Exit.CHANGES if plan.has_changes else Exit.DONE
    wait_s = duration_s(values.wait, WAIT_S)
    terminal.tell(shown)
    terminal.ask(f"ok to {prepared.verb} {', '.join(one.stack for one in plan.stacks if one.has_changes)}")
    left = Interrupted("stopped; what was begun goes on in the Swarm", hint="the same command again follows it")
    done = follow(start(site, prepared, wait_s=wait_s), terminal, is_answer=True, interrupted=left)
    tell_result(
        done, [f"{one.stack}  revision {one.revision}  healthy" for one in done.stacks if one.has_changes], terminal
    )
    return Exit.DONE
