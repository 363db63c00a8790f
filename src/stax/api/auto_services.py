"""Starting what `create` starts by itself, once the clusters are healthy: the services of AutoServices."""

from collections.abc import Generator
from contextlib import closing

from stax.api.services_plan import StartRequest, prepare
from stax.api.start import start
from stax.compose.auto_services import AutoServices
from stax.engine import cluster
from stax.engine.services.way import Where
from stax.engine.site import Site
from stax.errors import StaxError, Unhealthy
from stax.events import Event, Warned
from stax.model.stack import Stack


def start_them(site: Site, stack: Stack, wish: AutoServices, where: Where) -> Generator[Event, None, None]:
    """Start the services that do not run as they should, each behind what it needs; safe to repeat.

    Raises Unhealthy when one of them does not become healthy: the stax itself is there all the same.
    """
    if not wish.names:
        return
    listed = ", ".join(wish.names)
    if not cluster.view(site.aws, stack).boots:
        yield Warned(text=f"{listed}: not started, no machine boots behind the instances of this region")
        return
    request = StartRequest(services=wish.names, folder=wish.folder, variables=wish.variables)
    try:
        with closing((yield from prepare(site, request, where))) as prepared:
            if prepared.plan.has_changes:
                yield from start(site, prepared)
    except StaxError as error:
        again = site.aws.command(f"start {' '.join(wish.names)} --name", stack.name)
        hint = f"the stax is there and healthy, and what was started before stays\nwhen that is put right: {again}"
        message = f"{stack.name} is there, but not all of its services: {error.message}"
        raise Unhealthy(message, hint="\n".join(filter(None, (error.hint, hint)))) from error
