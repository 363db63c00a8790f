"""The words of one command, read with argparse; what is wrong is raised as a UsageError."""

import argparse
import textwrap
from collections.abc import Iterable, Sequence
from typing import NoReturn

from stax.cli.commands import COMMANDS, GROUPS, SHARED_OPTIONS
from stax.cli.grammar import Command, Option
from stax.cli.help import version_text
from stax.cli.text import printable
from stax.cli.words import Words
from stax.errors import UsageError

_HELP_WIDTH = 80
"""Columns that every terminal has."""


class Answered(Exception):  # noqa: N818 - not an error: the question was about the command line itself
    """The help or the version was asked for; `text` is the answer."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def not_understood(words: Words) -> UsageError:
    """Return the error for words without a command, or with one that does not exist."""
    known = _long_flags([*SHARED_OPTIONS, *(option for command in COMMANDS.values() for option in command.options)])
    for word in words.rest:
        given = word.split("=", 1)[0]
        if given.startswith("--") and given not in known:
            return _no_such("option", given, known, seen_by="stax")
    if words.command in GROUPS:
        return _not_understood_in(words.command, words.after)
    if words.command is not None:
        return _no_such("command", words.command, [*COMMANDS, *GROUPS], seen_by="stax")
    return UsageError("these are options; what is missing is a command", hint="see stax --help")


def _not_understood_in(group: str, words: Sequence[str]) -> UsageError:
    names = [name.removeprefix(f"{group} ") for name in COMMANDS if name.startswith(f"{group} ")]
    if given := next((word for word in words if not word.startswith("-")), ""):
        return _no_such("command", given, names, seen_by=f"stax {group}")
    return UsageError(f"stax {group} needs one of its commands: {', '.join(names)}", hint=f"see stax {group} --help")


def read(command: Command, words: Sequence[str]) -> argparse.Namespace:
    """Return the options and arguments of a command.

    Raises UsageError for what the command does not accept, Answered for --help and --version.
    """
    parser = parser_of(command)
    own, remote = _split(words) if command.runs_words else (list(words), [])
    has_many = any(argument.many for argument in command.arguments)
    values, unread = (parser.parse_known_intermixed_args if has_many else parser.parse_known_args)(own)
    if unread:
        raise _unexpected(command, unread[0])
    if command.runs_words:
        values.words = remote
    return values


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what stands before the first -- and what stands behind it."""
    end = list(words).index("--") if "--" in words else len(words)
    return list(words[:end]), list(words[end + 1 :])


def parser_of(command: Command) -> argparse.ArgumentParser:
    """Return the argparse parser of a command, with its help and examples."""
    parser = _Parser(
        prog=f"stax {command.name}",
        usage=_usage(command),
        description=textwrap.fill(command.about, _HELP_WIDTH),
        epilog=_examples(command),
        formatter_class=_Layout,
        allow_abbrev=False,
        add_help=False,
    )
    for argument in command.arguments:
        parser.add_argument(
            argument.name,
            metavar=argument.name.upper(),
            nargs="*" if argument.many else None if argument.required else "?",
            help=argument.help,
        )
    _add(parser.add_argument_group("options"), command.options)
    _add(parser.add_argument_group("options of every command"), SHARED_OPTIONS)
    return parser


class _Layout(argparse.RawDescriptionHelpFormatter):
    """argparse's own, with room for the longest option beside its help."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=_HELP_WIDTH)


class _Parser(argparse.ArgumentParser):
    """argparse, but what is wrong is raised and not printed."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {printable(message)}", hint=f"see {self.prog} --help")


class _Answer(argparse.Action):
    """--help and --version: answered as soon as they are met, whatever else is missing or wrong."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise Answered(version_text() if self.dest == "version" else parser.format_help().rstrip())


def _add(group: "argparse._ArgumentGroup", options: Iterable[Option]) -> None:
    for option in options:
        if option.destination in {"help", "version"}:
            group.add_argument(*option.flags, action=_Answer, nargs=0, help=option.help)
        elif option.takes_value:
            group.add_argument(
                *option.flags,
                metavar=option.metavar or None,
                choices=option.choices or None,
                default=option.default,
                help=option.help,
            )
        else:
            group.add_argument(*option.flags, action="store_true", help=option.help)


def _unexpected(command: Command, word: str) -> UsageError:
    program = f"stax {command.name}"
    if word.startswith("-"):
        return _no_such(
            "option", word.split("=", 1)[0], _long_flags((*command.options, *SHARED_OPTIONS)), seen_by=program
        )
    hint = f"a command for the machine stands behind a --; see {program} --help" if command.runs_words else ""
    return UsageError(f"{program} has no use for {printable(word, most=60)!r}", hint=hint or f"see {program} --help")


def _no_such(kind: str, word: str, known: Iterable[str], *, seen_by: str) -> UsageError:
    from stax.cli.suggest import nearest  # noqa: PLC0415 - difflib is only worth its time once a word is wrong

    found = nearest(word, known)
    hint = f"did you mean {found}?" if found else f"see {seen_by} --help"
    return UsageError(f"{seen_by} has no {kind} {printable(word, most=60)!r}", hint=hint)


def _usage(command: Command) -> str:
    names = [
        f"[{a.name.upper()}…]" if a.many else a.name.upper() if a.required else f"[{a.name.upper()}]"
        for a in command.arguments
    ]
    words = ["[-- COMMAND…]"] if command.runs_words else []
    return " ".join(["stax", command.name, "[OPTIONS]", *names, *words])


def _long_flags(options: Iterable[Option]) -> list[str]:
    return [flag for option in options for flag in option.flags if flag.startswith("--")]


def _examples(command: Command) -> str:
    if not command.examples:
        return ""
    width = max(len(line) for line, _ in command.examples)
    return "\n".join(["examples:", *(f"  {line:{width}}  {purpose}" for line, purpose in command.examples)])
