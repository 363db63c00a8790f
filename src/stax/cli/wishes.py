"""A create as the options ask for it, for `create` and for `plan`."""

from argparse import Namespace
from functools import partial
from pathlib import Path

from stax.api.create import CreateRequest
from stax.aws.checkip import public_address
from stax.cli.inputs import auto_services, configuration_of, template_of
from stax.cli.terminal import Terminal
from stax.config import Configuration
from stax.engine.site import Site


def create_request(values: Namespace, site: Site, terminal: Terminal) -> CreateRequest:
    """Return what `create` and `plan` are asked for."""
    options = vars(values)
    configuration = wanted_configuration(values, site, terminal)
    return CreateRequest(
        configuration=configuration,
        services=auto_services(values, configuration),
        name=values.name or "",
        template=template_of(values),
        ssh_key=Path(options["ssh_key"]) if options.get("ssh_key") else None,
        backup=Path(options["from_backup"]) if options.get("from_backup") else None,
        keep_on_failure=bool(options.get("keep_on_failure")),
        person_home=Path.home(),
    )


def wanted_configuration(values: Namespace, site: Site, terminal: Terminal) -> Configuration:
    """Return the configuration, with one's own public address as the region sees it."""
    look_up = partial(public_address, site.aws.endpoint)
    return configuration_of(values, terminal, template=template_of(values), own_address=look_up)
