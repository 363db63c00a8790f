"""The entry point: words in, an exit code out; no traceback reaches the person."""

import sys
from collections.abc import Sequence

from stax.cli.help import overview, version_text
from stax.cli.terminal import Terminal, standard_terminal
from stax.cli.words import take_apart
from stax.errors import Exit, StaxError


def main() -> int:
    """Run the process's command line; the exit code is the caller's."""
    return run(sys.argv[1:], standard_terminal())


def run(words: Sequence[str], terminal: Terminal) -> int:
    """Run one command line on a terminal and return its exit code, whatever happens."""
    try:
        exit_code = _run(words, terminal)
        terminal.flush()
    except BrokenPipeError:
        exit_code = Exit.DONE  # `stax list | head`: whoever read the answer has had enough of it
    except KeyboardInterrupt:
        terminal.fail(StaxError("interrupted"))
        exit_code = Exit.INTERRUPTED
    except StaxError as error:
        terminal.fail(error)
        exit_code = error.exit_code
    except Exception as error:  # the top loop: a person gets words, a file the rest
        exit_code = _say_unexpected(error, words, terminal)
    terminal.close_answer()
    return exit_code


def _run(words: Sequence[str], terminal: Terminal) -> int:
    taken = take_apart(words)
    if taken.asks_for_overview:
        terminal.answer(overview())
        return Exit.DONE
    if taken.asks_for_version:
        terminal.answer(version_text())
        return Exit.DONE
    from stax.cli.dispatch import dispatch  # noqa: PLC0415 - argparse takes longer than all of `stax --help`

    return dispatch(taken, terminal)


def _say_unexpected(error: Exception, words: Sequence[str], terminal: Terminal) -> int:
    from stax.cli.failure import as_stax_error  # noqa: PLC0415 - traceback and platform are slow to import

    terminal.fail(as_stax_error(error, words, shows_traceback=terminal.is_debugging))
    return Exit.FAILED
