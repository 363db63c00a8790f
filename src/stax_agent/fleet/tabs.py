"""Columns aligned with tabs, as Go's text/tabwriter does it for fleetctl: minimum width 0, tab width 8, padding 1."""

from collections.abc import Sequence

TAB_WIDTH, PADDING = 8, 1


def tabbed(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as lines; the last column is not padded."""
    columns = len(rows[0]) if rows else 0
    widths = [_width(max(len(row[column]) for row in rows)) for column in range(max(columns - 1, 0))]
    return "".join(_line(row, widths) + "\n" for row in rows)


def _width(longest: int) -> int:
    return -(-(longest + PADDING) // TAB_WIDTH) * TAB_WIDTH


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + "\t" * -(-(width - len(cell)) // TAB_WIDTH) for cell, width in zip(row, widths, strict=False)]
    return "".join([*padded, row[-1]]) if row else ""
