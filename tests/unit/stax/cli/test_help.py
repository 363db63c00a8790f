from stax.cli.commands import COMMANDS, GROUPS
from stax.cli.help import group_page, overview


def test_the_overview_names_every_command_and_a_group_once():
    first_words = [line.split()[0] for line in overview().splitlines() if line.startswith("  ")]

    for name in COMMANDS:
        assert first_words.count(name.partition(" ")[0]) == 1


def test_a_groups_page_names_its_commands_with_their_arguments():
    page = group_page(GROUPS["nat"])

    assert "  status [NAME] " in page
    assert max(map(len, page.splitlines())) <= 80


def test_the_overview_fits_80_columns():
    assert max(map(len, overview().splitlines())) <= 80
