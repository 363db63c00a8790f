"""The commands as a page of documentation, from the same table that the parser and the helps are made of."""

from collections.abc import Iterator, Sequence

from stax.cli.commands import COMMANDS, SHARED_OPTIONS
from stax.cli.grammar import Command, Option
from stax.errors import Exit

_EXITS = {
    Exit.DONE: "done",
    Exit.FAILED: "failed",
    Exit.USAGE: "the command line or the configuration is wrong; nothing was changed",
    Exit.CHANGES: "`plan` found something to change",
    Exit.NOT_FOUND: "what was named does not exist",
    Exit.DECLINED: "the answer was no, or there was nobody to ask",
    Exit.UNHEALTHY: "timed out, or finished in a state that is not healthy",
    Exit.INTERRUPTED: "interrupted",
}


def page() -> str:
    """Return docs/commands.md."""
    return "\n".join([*_head(), *(line for command in COMMANDS.values() for line in _section(command))])


def _head() -> Iterator[str]:
    yield "# The commands"
    yield ""
    yield "<!-- made by tools/command-reference -->"
    yield "The answer is written to stdout, the story to stderr. Options may stand before the command or after it."
    yield ""
    yield from _options(SHARED_OPTIONS)
    yield "| exit code | |"
    yield "|---|---|"
    yield from (f"| {code.value} | {_EXITS[code]} |" for code in Exit)
    yield ""
    yield "With `--output json` the answer is JSON. For the commands marked *events* it is an event a line: `event` is"
    yield "its kind, `at` the moment in UTC. The last line is `Result` with the `result`, or `Failed` with `message`,"
    yield "`hint` and `exit_code`."
    yield ""


def _section(command: Command) -> Iterator[str]:
    words = [f"{a.name.upper()}" if a.required else f"[{a.name.upper()}]" for a in command.arguments]
    for_the_machine = ["[-- COMMAND…]"] if command.runs_words else []
    yield f"## stax {' '.join([command.name, *words, *for_the_machine])}"
    yield f"{command.summary}.{' *events*' if command.tells_events else ''}"
    yield ""
    yield command.about
    yield ""
    if command.arguments:
        yield "| argument | |"
        yield "|---|---|"
        yield from (f"| `{one.name.upper()}` | {one.help} |" for one in command.arguments)
        yield ""
    yield from _options(command.options)
    if command.examples:
        yield "```"
        width = max(len(line) for line, _ in command.examples)
        yield from (f"{line:{width}}  # {purpose}" for line, purpose in command.examples)
        yield "```"
        yield ""


def _options(options: Sequence[Option]) -> Iterator[str]:
    if not options:
        return
    yield "| option | |"
    yield "|---|---|"
    for option in options:
        value = option.metavar or "\\|".join(option.choices)
        yield f"| `{', '.join(option.flags)} {value}".rstrip() + f"` | {option.help} |"
    yield ""
