from pathlib import Path

from stax.cli.commands import COMMANDS
from stax.cli.reference import page


def test_the_page_is_what_the_table_says():
    assert Path("docs/commands.md").read_text(encoding="utf-8") == page(), "run tools/command-reference"


def test_every_command_and_every_option_is_on_it():
    for command in COMMANDS.values():
        section = page().partition(f"## stax {command.name}")[2].partition("\n## ")[0]
        assert all(option.flags[-1] in section for option in command.options)
