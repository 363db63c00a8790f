"""Tables: plain and aligned in a pipe, fitted to the width on a terminal.  Headings and rows are data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stax.cli.terminal import Terminal
from stax.cli.text import printable

_GAP = 2


@dataclass(frozen=True)
class Table:
    """Rows under headings, all of it indented below a title.

    The columns named in `numbers` are aligned to the right; those in `dispensable` are left out, the first
    one first, on a terminal that is too narrow for all.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[str] = frozenset()
    title: str = ""
    dispensable: tuple[str, ...] = ()


def show(table: Table, terminal: Terminal) -> None:
    """Write a table to stdout; one without rows says so."""
    rows = [[printable(cell) for cell in row] for row in table.rows]
    if table.title:
        terminal.answer(_heading(table.title, terminal))
    if not rows:
        terminal.answer("  none")
    elif terminal.draws_on(terminal.stdout):
        _draw(fitted(replace(table, rows=rows), terminal.width_of(terminal.stdout)), terminal)
    else:
        lines = aligned([list(table.headings), *rows], _right(table))
        terminal.answer("\n".join(f"{_indent(table)}{line}" for line in lines))


def fitted(table: Table, width: int) -> Table:
    """Return the table without those of its dispensable columns that do not fit."""
    for name in table.dispensable:
        lines = aligned([list(table.headings), *table.rows])
        if max(map(len, lines)) + len(_indent(table)) <= width:
            break
        gone = list(table.headings).index(name)
        rows = [[*row[:gone], *row[gone + 1 :]] for row in table.rows]
        table = replace(table, headings=[h for h in table.headings if h != name], rows=rows)
    return table


def pairs(title: str, rows: Sequence[tuple[str, str]], terminal: Terminal) -> None:
    """Write what something is made of: a word and its value a line."""
    terminal.answer(_heading(title, terminal))
    width = max((len(word) for word, _ in rows), default=0)
    for word, value in rows:
        terminal.answer(f"  {word:{width}}  {printable(value)}".rstrip())


def aligned(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Return the rows as lines, two blanks between columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [_aligned_row(row, widths, right) for row in rows]


def _aligned_row(row: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> str:
    cells = (
        cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
    )
    return (" " * _GAP).join(cells).rstrip()


def _right(table: Table) -> frozenset[int]:
    return frozenset(i for i, heading in enumerate(table.headings) if heading in table.numbers)


def _indent(table: Table) -> str:
    return "  " if table.title else ""


def _heading(title: str, terminal: Terminal) -> str:
    return terminal.painted(title, "bold", terminal.stdout)


def _draw(table: Table, terminal: Terminal) -> None:
    from rich.console import Console  # noqa: PLC0415 - rich takes 60 ms that a pipe need not wait for
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table as RichTable  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    drawn = RichTable(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for heading in table.headings:
        # Only the last column gives way: it is the one with sentences.  Identifiers and addresses stay whole.
        is_last = heading == table.headings[-1]
        justify: Literal["left", "right"] = "right" if heading in table.numbers else "left"
        drawn.add_column(heading, justify=justify, overflow="fold", no_wrap=not is_last)
    for row in table.rows:
        drawn.add_row(*(Text(cell) for cell in row))
    console = Console(file=terminal.stdout, highlight=False, markup=False, emoji=False)
    console.print(Padding(drawn, (0, 0, 0, len(_indent(table)))))
