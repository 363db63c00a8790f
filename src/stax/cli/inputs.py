"""What the person wants, from the options: the configuration and the template.  Nothing here asks AWS."""

import os
from argparse import Namespace
from collections.abc import Callable
from getpass import getuser
from ipaddress import IPv4Address
from pathlib import Path

from stax.cli.terminal import Terminal
from stax.compose.auto_services import AutoServices, refuse_unknown
from stax.config import DEFAULT_PATH, Allowances, Configuration, Surroundings, load
from stax.synth.template import load_template


def configuration_of(
    values: Namespace, terminal: Terminal, *, template: Path | None, own_address: Callable[[], IPv4Address] | None
) -> Configuration:
    """Return the checked configuration; raises ConfigurationError with everything that is wrong with it.

    `own_address` looks up this machine's public address, None when nothing may be looked up.
    """
    configuration = load(
        Path(values.config) if values.config else DEFAULT_PATH,
        surroundings=Surroundings(_login_name(), own_address),
        allowances=Allowances(wide_ssh=values.allow_wide_ssh, public_range=values.allow_public_range),
        template_parameters=list(load_template(template).section("Parameters")) if template else (),
    )
    for note in configuration.notes:
        terminal.say("NOTE", note)
    refuse_unknown(auto_services(values, configuration))
    return configuration


def auto_services(values: Namespace, configuration: Configuration) -> AutoServices:
    """Return the services that create starts; the person's own lie beside the configuration."""
    return AutoServices(
        names=configuration.auto_services, folder=services_beside(values.config), variables=dict(os.environ)
    )


def services_beside(config: str | None) -> Path | None:
    """Return the folder of the person's own services beside the configuration, if there is one."""
    beside = (Path(config) if config else DEFAULT_PATH).parent / "services"
    return beside if beside.is_dir() else None


def template_of(values: Namespace) -> Path | None:
    """Return the template of the person's own, None for the one that comes with stax."""
    return Path(values.template) if values.template else None


def _login_name() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # no such user in the password database, as in some containers
        return f"uid{os.getuid()}"
