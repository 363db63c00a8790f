from stax.cli.screens.choice import screen_for


def test_the_screen_follows_the_streams_and_the_options(new_terminal, monkeypatch):
    assert type(screen_for(new_terminal())).__name__ == "Lines"
    assert type(screen_for(new_terminal(draws=True))).__name__ == "LiveScreen"

    quiet = new_terminal(draws=True)
    quiet.is_quiet = True
    assert type(screen_for(quiet)).__name__ == "Silent"

    json = new_terminal(draws=True)
    json.output = "json"
    assert type(screen_for(json, answers_with_events=True)).__name__ == "JsonLines"
    assert type(screen_for(json)).__name__ == "LiveScreen"

    monkeypatch.setenv("TERM", "dumb")
    assert type(screen_for(new_terminal(draws=True))).__name__ == "Lines"
