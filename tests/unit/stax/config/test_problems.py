from stax.config.problems import ConfigurationError, Position, Problem, shown


def test_a_value_is_shown_without_anything_a_terminal_could_act_on():
    assert (
        shown('red \x1b[31m, a line\nend, a "quote" and \u202e')
        == '"red \\x1b[31m, a line\\nend, a \\"quote\\" and \\u202e"'
    )


def test_half_a_surrogate_pair_can_be_shown():
    assert shown("\ud800") == '"\\ud800"'


def test_a_long_value_is_cut_and_its_length_said():
    assert shown("x" * 1000) == '"' + "x" * 60 + '… (1000 characters)"'


def test_one_problem_is_one_line():
    error = ConfigurationError([Problem(key="App", message="missing", position=Position(2, 7))], path="c.json")

    assert str(error) == "c.json:2:7: App: missing"


def test_several_problems_are_told_in_the_order_of_the_file():
    later = Problem(key="App", message="missing")
    first = Problem(key="Group", value="x y", message="bad", position=Position(1, 1), allowed="a, b", nearest="a")

    error = ConfigurationError([later, first], path="c.json")

    assert str(error).splitlines() == [
        "c.json has 2 problems; nothing was created",
        '  c.json:1:1: Group "x y": bad; allowed: a, b; did you mean a?',
        "  c.json: App: missing",
    ]


def test_a_path_cannot_act_on_a_terminal_either():
    assert "\x1b" not in str(ConfigurationError([Problem(message="bad")], path="\x1b[2J"))
