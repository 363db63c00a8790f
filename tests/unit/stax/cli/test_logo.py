from stax.cli.logo import show_logo


def test_the_logo_is_for_people_at_a_terminal(new_terminal):
    at, pipe = new_terminal(typed=""), new_terminal()

    show_logo(at)
    show_logo(pipe)

    assert "____" in at.stderr.getvalue()
    assert pipe.stderr.getvalue() == ""


def test_no_logo_is_no_logo(new_terminal):
    at = new_terminal(typed="")
    at.shows_logo = False

    show_logo(at)

    assert at.stderr.getvalue() == ""
