"""Listening to a verb to its end, or to Ctrl-C."""

from collections.abc import Generator
from typing import TypeVar

from stax.cli.screens.choice import screen_for
from stax.cli.terminal import Terminal
from stax.errors import Exit, StaxError
from stax.events import Event

T = TypeVar("T")


class Interrupted(StaxError):  # noqa: N818 - reads as what it says
    """The person stopped listening."""

    exit_code = Exit.INTERRUPTED


def follow(story: Generator[Event, None, T], terminal: Terminal, *, is_answer: bool, interrupted: Interrupted) -> T:
    """Show a verb's events until it is done and return what it returns.

    `is_answer`: --output json prints the events themselves.  Raises `interrupted` on Ctrl-C.
    """
    try:
        with screen_for(terminal, answers_with_events=is_answer) as screen:
            while True:
                try:
                    event = next(story)
                except StopIteration as end:
                    result: T = end.value
                    return result
                screen.show(event)
    except (KeyboardInterrupt, BrokenPipeError) as cause:
        story.close()
        raise interrupted from cause
