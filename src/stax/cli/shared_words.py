"""Arguments and options that several commands have."""

from stax.cli.grammar import Argument, Option

NAME = Argument("name", "the stax; may be left out when there is just one")
WHICH = Option(("-n", "--name"), "the stax; may be left out when there is just one", metavar="NAME")
PRIVATE_KEY = Option(("--ssh-key",), "private key to log in with (the one here that fits)", metavar="FILE")
ROLLOUT = (
    Option(("--plan",), "only show what would change; exit code 3 when something would"),
    Option(("--wait",), "how long until a service must be healthy (5m)", metavar="TIME"),
)
"""Of every command that deploys a service."""
