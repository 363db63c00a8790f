"""From words to the module that does what they say."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from stax.cli import parser
from stax.cli.commands import COMMANDS
from stax.cli.interrupts import interruptible
from stax.cli.terminal import Terminal
from stax.cli.words import Words
from stax.errors import Exit


def dispatch(words: Words, terminal: Terminal) -> int:
    """Run the command that the words name and return its exit code."""
    command = COMMANDS.get(words.command or "")
    if command is None:
        raise parser.not_understood(words)
    if command.passes_words_on:
        return _run(command.module, words.rest, terminal)
    try:
        values = parser.read(command, words.rest)
    except parser.Answered as answered:
        terminal.answer(answered.text)
        return Exit.DONE
    _set_up(terminal, vars(values))
    with interruptible():
        return _run(command.module, values, terminal)


def _run(module: str, values: object, terminal: Terminal) -> int:
    return int(import_module(module).run(values, terminal))


def _set_up(terminal: Terminal, options: Mapping[str, Any]) -> None:
    terminal.output = options["output"]
    terminal.is_quiet = options["quiet"]
    terminal.is_debugging = options["debug"]
    terminal.shows_logo = not (options["no_logo"] or options["quiet"])
    terminal.asks = not options["yes"]
