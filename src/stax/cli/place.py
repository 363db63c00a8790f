"""Where a verb works: the region and account that the options and the environment mean."""

import os
from argparse import Namespace

from stax.aws.session import connect
from stax.cli.terminal import Terminal
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.local_state import home_folder


def site_of(values: Namespace, terminal: Terminal) -> Site:
    """Return the region and account; nothing is asked of AWS yet."""
    home = home_folder(os.environ)
    aws = connect(region=values.region or "", profile=values.profile or "", home=home)
    if aws.endpoint.assumed:
        terminal.say("NOTE", f"no AWS account is configured: working in the region {aws.endpoint.name}")
    return Site(aws, home)


def name_of(values: Namespace, site: Site) -> str:
    """Return the stax that is meant: the one given, else the only one there is."""
    return values.name or selected_stack(site.aws, "").name


def command_line(values: Namespace, verb: str, name: str) -> str:
    """Return what to type to run another verb on the same stax in the same place."""
    place = [f"--{option} {value}" for option in ("region", "profile") if (value := getattr(values, option))]
    return " ".join(["stax", verb, name, *place])
