import re

from stax.cli.tables import Table, fitted, pairs, show

MACHINES = Table(("NAME", "GIB"), (("nat1", "8"), ("docker", "30")), numbers=frozenset({"GIB"}), title="Machines")


def test_in_a_pipe_columns_are_aligned_and_nothing_trails(new_terminal):
    at = new_terminal()

    show(MACHINES, at)

    assert at.stdout.getvalue() == "Machines\n  NAME    GIB\n  nat1      8\n  docker   30\n"


def test_a_table_without_rows_says_so(new_terminal):
    at = new_terminal()

    show(Table(("NAME",), ()), at)

    assert at.stdout.getvalue() == "  none\n"


def test_on_a_terminal_a_table_fits_its_width(new_terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    at = new_terminal(draws=True)

    show(Table(("NAME", "REASON"), (("nat1", "word " * 30),)), at)

    plain = re.sub(r"\x1b\[[0-9;]*m", "", at.stdout.getvalue())
    assert max(map(len, plain.splitlines())) <= 40


def test_cells_cannot_steer_the_terminal(new_terminal):
    at = new_terminal()

    show(Table(("NAME",), (("a\x1b[2J",),)), at)
    pairs("Outputs", (("VpcId", "\x1b[2J"),), at)

    assert "\x1b" not in at.stdout.getvalue()


def test_what_can_be_spared_is_left_out_where_it_does_not_fit():
    table = Table(("NAME", "ID", "ZONE"), (("nat1", "i-0123456789", "us-east-1a"),), dispensable=("ID", "NAME"))

    assert fitted(table, 40) == table
    assert fitted(table, 20).headings == ["NAME", "ZONE"]
    assert fitted(table, 12).headings == ["ZONE"]
