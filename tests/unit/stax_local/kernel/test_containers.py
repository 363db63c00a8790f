"""What is run inside a machine is run as it was given."""

from stax_local.kernel.containers import cut_off, entering, leader, tell
from stax_local.process import Process, this_process

GONE = Process(this_process().pid, 1)
"""Somebody else's start time: the process that this was has ended."""


def test_a_command_goes_in_word_for_word_after_the_namespaces() -> None:
    command = entering(4711, ["printf", "%s", "two words", "--", "$(id)"])

    assert command[:2] == ["nsenter", "--target=4711"]
    assert command[command.index("--") + 1 :] == ["printf", "%s", "two words", "--", "$(id)"]


def test_a_process_that_is_not_what_it_was_is_neither_asked_nor_ended() -> None:
    assert leader(GONE) is None
    assert not tell(GONE, 9)
    cut_off(GONE)  # this very process, if its start were not looked at


def test_a_process_without_a_machine_in_it_has_no_first_process() -> None:
    assert leader(this_process()) is None
