"""The commands about services: a part of the table in commands.py."""

from stax.cli.grammar import Command, Group

SERVICE_COMMANDS: tuple[Command, ...] = ()
"""In the order in which they are listed."""

SERVICE_GROUPS: tuple[Group, ...] = ()
"""The first words of those of two words."""
