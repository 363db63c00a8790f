from stax.cli.commands import COMMANDS
from stax.cli.help import overview


def test_the_overview_names_every_command():
    lines = overview().splitlines()

    for name in COMMANDS:
        assert any(line.split()[:1] == [name] for line in lines)


def test_the_overview_fits_80_columns():
    assert max(map(len, overview().splitlines())) <= 80
