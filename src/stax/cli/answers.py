"""How a long verb's answer ends: a table for people, a last line for programs."""

from collections.abc import Sequence

from stax.cli.json_text import result_line
from stax.cli.terminal import Terminal


def tell_result(result: object, lines: Sequence[str], terminal: Terminal) -> None:
    """Write the result of a verb whose events --output json prints: its last line, or the lines for people."""
    if terminal.answers_in_json:
        terminal.answer(result_line(result))
    else:
        for line in lines:
            terminal.answer(line)
