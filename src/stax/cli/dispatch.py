"""From words to the module that does what they say."""

from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from stax.cli import parser
from stax.cli.commands import COMMANDS, GROUPS
from stax.cli.grammar import Command
from stax.cli.help import group_page
from stax.cli.interrupts import interruptible
from stax.cli.terminal import Terminal
from stax.cli.words import Words
from stax.errors import Exit, StaxError


def dispatch(words: Words, terminal: Terminal) -> int:
    """Run the command that the words name and return its exit code."""
    command = COMMANDS.get(words.command or "")
    # A group's name may be a command as well, as `services` is, and then has a help of its own.
    if words.command in GROUPS and words.command not in COMMANDS and words.asks_for_help:
        terminal.answer(group_page(GROUPS[words.command]))
        return Exit.DONE
    if command is None:
        raise parser.not_understood(words)
    if command.passes_words_on:
        # The other program has commands of its own, which come first.
        return _run(command.module, (*words.after, *words.before), terminal)
    try:
        values = parser.read(command, words.rest)
    except parser.Answered as answered:
        terminal.answer(answered.text)
        return Exit.DONE
    _set_up(terminal, vars(values))
    with interruptible():
        try:
            return _run(command.module, values, terminal)
        except StaxError as error:
            _end_the_events(command, error, terminal)
            raise


def _end_the_events(command: Command, error: StaxError, terminal: Terminal) -> None:
    if command.tells_events and terminal.answers_in_json:
        from stax.cli.json_text import error_line  # noqa: PLC0415 - json, for those who asked for it

        with suppress(BrokenPipeError):
            terminal.answer(error_line(error))


def _run(module: str, values: object, terminal: Terminal) -> int:
    return int(import_module(module).run(values, terminal))


def _set_up(terminal: Terminal, options: Mapping[str, Any]) -> None:
    terminal.output = options["output"]
    terminal.is_quiet = options["quiet"]
    terminal.is_debugging = options["debug"]
    terminal.shows_logo = not (options["no_logo"] or options["quiet"])
    terminal.asks = not options["yes"]
