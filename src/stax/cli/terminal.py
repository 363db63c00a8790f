"""The three streams: answers go to stdout, the story and questions to stderr, replies come from stdin."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from stax.cli.text import printable
from stax.errors import Declined, StaxError

_NARROWEST, _USUAL = 40, 80
_INDENT = 10
"""What `[ ---- ]  ` takes."""
_STYLES = {"bold": "1", "red": "1;31", "yellow": "1;33"}
_LABEL_STYLES = {"ERRR": "red", "WARN": "yellow"}


class Terminal:
    """Where a command reads and writes; `output` is table or json."""

    def __init__(self, stdin: TextIO, stdout: TextIO, stderr: TextIO) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.output = "table"
        self.is_quiet = False
        self.is_debugging = False
        self.shows_logo = True
        self.asks = True

    @property
    def answers_in_json(self) -> bool:
        """Whether stdout is for programs."""
        return self.output == "json"

    def draws_on(self, stream: TextIO) -> bool:
        """Return whether a person looks at `stream` on a terminal that can move its cursor."""
        return stream.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}

    def width_of(self, stream: TextIO) -> int:
        """Return the columns of the terminal behind `stream`, 80 when there is none."""
        if os.environ.get("COLUMNS", "").isdigit():
            return max(int(os.environ["COLUMNS"]), _NARROWEST)
        try:
            return max(os.get_terminal_size(stream.fileno()).columns, _NARROWEST)
        except (OSError, ValueError):
            return _USUAL

    def painted(self, text: str, style: str, stream: TextIO) -> str:
        """Return `text` in a style (see `_STYLES`) where `stream` shows it; without colour under NO_COLOR."""
        if not self.draws_on(stream):
            return text
        code = _STYLES[style] if style == "bold" or not os.environ.get("NO_COLOR") else _STYLES["bold"]
        return f"\x1b[{code}m{text}\x1b[0m"

    def answer(self, text: str) -> None:
        """Write a part of the answer, and a line's end, to stdout."""
        with self._in_words():
            self.stdout.write(text + "\n")

    def flush(self) -> None:
        """See that the whole answer has been written."""
        with self._in_words():
            self.stdout.flush()

    def close_answer(self) -> None:
        """Write what is left of the answer; where that fails, it has been said or nobody wants to know."""
        try:
            self.stdout.flush()
        except OSError:
            # The interpreter flushes once more when it ends, and would complain.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stdout.fileno())
            os.close(nowhere)

    def say(self, label: str, text: str) -> None:
        """Write a line of the story, such as `[ WARN ]  …`; silent with --quiet."""
        if not self.is_quiet:
            self._write(label, text)

    def tell(self, lines: Iterable[str]) -> None:
        """Write lines that belong to the story, such as a plan; silent with --quiet and --output json."""
        if not (self.is_quiet or self.answers_in_json):
            self.stderr.write("".join(f"{line}\n" for line in ["", *lines, ""]))
            self.stderr.flush()

    def fail(self, error: StaxError) -> None:
        """Say what went wrong and what to try, if anybody still listens."""
        with suppress(BrokenPipeError):
            self._write("ERRR", "\n".join([error.message, *error.hint.splitlines()]))

    def ask(self, question: str) -> None:
        """Ask a yes-or-no question; --yes has answered it.

        Raises Declined for anything but yes, and when there is nobody to ask.
        """
        if not self.asks:
            return
        reply = self._reply(f"{question} [y/N]? ", without="--yes answers for you")
        if reply.lower() not in {"y", "yes"}:
            raise Declined("nothing was changed")

    def ask_to_type(self, question: str, expected: str) -> None:
        """Have `expected` typed letter by letter; --yes has typed it.

        Raises Declined for anything else, and when there is nobody to ask.
        """
        if not self.asks:
            return
        self._have_typed(question, expected, without="--yes answers for you")

    def insist_on_typing(self, question: str, expected: str) -> None:
        """Have `expected` typed letter by letter by a person: --yes does not answer it."""
        self._have_typed(question, expected, without="--yes does not answer this: it takes a person at a terminal")

    def _have_typed(self, question: str, expected: str, *, without: str) -> None:
        reply = self._reply(f"{question} ", without=without)
        if reply != expected:
            raise Declined(f"{printable(reply)!r} is not {expected!r}: nothing was changed")

    def _reply(self, prompt: str, *, without: str) -> str:
        if not (self.stdin.isatty() and self.stderr.isatty()):
            raise Declined("there is no terminal to ask on, so nothing was changed", hint=without)
        self.stdout.flush()
        self.stderr.write(f"[ {self.painted('????', 'bold', self.stderr)} ]  {prompt}")
        self.stderr.flush()
        line = self.stdin.readline()
        if not line.endswith("\n"):
            self.stderr.write("\n")  # end of input: the cursor still stands behind the prompt
        return line.strip()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StaxError(f"the answer could not be written: {error.strerror}") from error

    def _write(self, label: str, text: str) -> None:
        first, *others = [row for line in text.splitlines() or [""] for row in self._rows(printable(line))]
        shown = self.painted(label, _LABEL_STYLES.get(label, "bold"), self.stderr)
        self.stderr.write("".join([f"[ {shown} ]  {first}\n", *(f"{'':{_INDENT}}{row}\n" for row in others)]))
        self.stderr.flush()

    def _rows(self, line: str) -> list[str]:
        """Return the line as rows that fit beside a label, where somebody looks at a terminal; words stay whole."""
        if not self.draws_on(self.stderr):
            return [line]
        from textwrap import wrap  # noqa: PLC0415 - so that asking for help need not wait for it

        indent = " " * (len(line) - len(line.lstrip()))
        room = self.width_of(self.stderr) - _INDENT - 1
        return wrap(line, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]


def standard_terminal() -> Terminal:
    """Return the process's own streams, made so that writing never fails for a character or a closed stream."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123 - lives as long as the process
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    return Terminal(sys.stdin, sys.stdout, sys.stderr)
