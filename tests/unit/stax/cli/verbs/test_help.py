def test_help_of_a_command_is_the_commands_own(stax):
    assert stax("help", "create").out == stax("create", "--help").out


def test_help_without_a_command_is_the_overview(stax):
    assert stax("help").out == stax().out


def test_help_of_what_does_not_exist(stax):
    assert stax("help", "crate").exit_code == 2
