"""A short story told beside the answer: one plain line per event, where a screen of its own would be too much."""

from collections.abc import Generator
from typing import TypeVar

from stax.cli.terminal import Terminal
from stax.events import Event, StepDetail, StepStarted, Warned

T = TypeVar("T")


def heard(story: Generator[Event, None, T], terminal: Terminal) -> T:
    """Tell a verb's events on stderr until it is done and return what it returns."""
    while True:
        try:
            event = next(story)
        except StopIteration as end:
            result: T = end.value
            return result
        match event:
            case StepStarted(step=text) | StepDetail(text=text):
                terminal.say("----", text)
            case Warned(text=text, hint=hint):
                terminal.say("WARN", f"{text}\n{hint}" if hint else text)
