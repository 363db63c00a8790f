import stat

from stax.cli.failure import as_stax_error, redacted


def _fail(text):
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_the_person_gets_a_line_and_the_file_the_rest(tmp_path):
    error = as_stax_error(_fail("no such thing"), ["list"], shows_traceback=False)

    log = next((tmp_path / "home" / "log").iterdir())
    assert "ValueError: no such thing" in error.message
    assert str(log) in error.hint
    assert "Traceback" not in error.hint
    assert "Traceback" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_debug_shows_the_traceback():
    assert "Traceback" in as_stax_error(_fail("x"), [], shows_traceback=True).hint


def test_a_home_that_cannot_be_written_is_no_second_failure(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("STAX_HOME", str(tmp_path / "file"))

    assert "could not be written" in as_stax_error(_fail("x"), [], shows_traceback=False).hint


def test_credentials_never_reach_the_file():
    text = (
        "AKIAIOSFODNN7EXAMPLE secret_access_key='wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' "
        "Signature=0123456789abcdef0123456789abcdef\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n"
        "-----END OPENSSH PRIVATE KEY-----\nsession_token: abc123"
    )

    shown = redacted(text)

    for secret in ("AKIA", "wJalr", "0123456789abcdef", "b3BlbnNz", "abc123"):
        assert secret not in shown
