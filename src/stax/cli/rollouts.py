"""What start, restart, scale and rollback share: a plan shown, the question, the deployment followed to its end."""

import re
from argparse import Namespace
from contextlib import closing
from pathlib import Path

from stax.api.redeploy import Redeployment, prepare
from stax.api.services_plan import Prepared
from stax.api.start import WAIT_S, start
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import site_of
from stax.cli.service_tables import services_plan
from stax.cli.terminal import Terminal
from stax.config import DEFAULT_PATH
from stax.engine.services.way import Where
from stax.engine.site import Site
from stax.errors import Exit, UsageError

BESIDE_THE_CONFIGURATION = "services"
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


def own_services(values: Namespace) -> Path | None:
    """Return the folder of the person's own services: the one given, else the one beside the configuration."""
    if values.services:
        return Path(values.services)
    beside = Path(values.config or DEFAULT_PATH).parent / BESIDE_THE_CONFIGURATION
    return beside if beside.is_dir() else None


def redeploy(request: Redeployment, values: Namespace, terminal: Terminal) -> int:
    """Prepare what was asked for and carry it out."""
    site = site_of(values, terminal)
    untouched = Interrupted("interrupted; nothing was changed")
    looking = prepare(site, request, place_in(values))
    with closing(follow(looking, terminal, is_answer=True, interrupted=untouched)) as prepared:
        return carry_out(site, prepared, values, terminal)


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
