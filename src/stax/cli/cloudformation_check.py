"""`stax validate --api`: CloudFormation's own word on a template."""

from argparse import Namespace
from pathlib import Path

from stax.api.validate import ask_cloudformation
from stax.cli.place import site_of
from stax.cli.terminal import Terminal
from stax.synth.template import load_template


def check(values: Namespace, template: Path, terminal: Terminal) -> None:
    """Have CloudFormation check the template; raises StaxError with what it finds."""
    site = site_of(values, terminal)
    ask_cloudformation(site, load_template(template))
    terminal.say("----", f"CloudFormation in {site.aws.place} takes it")
