"""`stax watch [NAME]`."""

from argparse import Namespace

from stax.api.watch import watch
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import command_line, name_of, site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Follow what is being done to a stax until it is done."""
    site = site_of(values, terminal)
    name = name_of(values, site)
    again = command_line(values, "watch", name)
    left = Interrupted(f"stopped watching {name}; what AWS has begun goes on without stax", hint=again)
    stack = follow(watch(site, name), terminal, is_answer=True, interrupted=left)
    tell_result(stack, [f"{stack.name}  {stack.status}"], terminal)
    return Exit.DONE
