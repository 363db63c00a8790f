"""What a verb is handed, from the options: where it works, and what the configuration says."""

import os
from argparse import Namespace
from getpass import getuser
from pathlib import Path

from stax.aws.checkip import public_address
from stax.aws.endpoints import Endpoint
from stax.aws.session import connect
from stax.cli.terminal import Terminal
from stax.config import DEFAULT_PATH, Allowances, Configuration, Surroundings, load
from stax.config.names import checked_name
from stax.engine.site import Site
from stax.local_state import home_folder
from stax.synth.template import load_template


def site_of(values: Namespace, terminal: Terminal) -> Site:
    """Return the region and account that --region, --profile and the environment mean; nothing is asked of AWS."""
    home = home_folder(os.environ)
    aws = connect(region=values.region or "", profile=values.profile or "", home=home)
    if aws.endpoint.assumed:
        terminal.say("NOTE", f"no AWS account is configured: working in the region {aws.endpoint.name}")
    return Site(aws, home)


def configuration_of(values: Namespace, endpoint: Endpoint, terminal: Terminal) -> Configuration:
    """Return the checked configuration; raises ConfigurationError with everything that is wrong with it."""
    template = template_of(values)
    configuration = load(
        Path(values.config) if values.config else DEFAULT_PATH,
        surroundings=Surroundings(_login_name(), lambda: public_address(endpoint)),
        allowances=Allowances(wide_ssh=values.allow_wide_ssh, public_range=values.allow_public_range),
        template_parameters=list(load_template(template).section("Parameters")) if template else (),
    )
    for note in configuration.notes:
        terminal.say("NOTE", note)
    return configuration


def template_of(values: Namespace) -> Path | None:
    """Return the template of the person's own, None for the one that comes with stax."""
    return Path(values.template) if values.template else None


def name_of(values: Namespace, site: Site) -> str:
    """Return the stax that is meant: the one given, else the only one there is."""
    return checked_name(values.name)


def command_line(values: Namespace, verb: str, name: str) -> str:
    """Return what to type to run another verb on the same stax in the same place."""
    place = [f"--{option} {value}" for option in ("region", "profile") if (value := getattr(values, option))]
    return " ".join(["stax", verb, name, *place])


def _login_name() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # no such user in the password database, as in some containers
        return f"uid{os.getuid()}"
