import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.errors import StaxError
from stax.remote.command import ssh_argv, ssh_program

CONFIG = Path("/k/ssh_config")
WORDS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1)


def test_without_a_command_it_is_a_login():
    assert ssh_argv("/usr/bin/ssh", CONFIG, "web-nat1", ()) == ["/usr/bin/ssh", "-F", "/k/ssh_config", "web-nat1"]


def test_a_terminal_is_asked_for_when_wanted():
    assert "-t" in ssh_argv("ssh", CONFIG, "web-nat1", ("top",), wants_tty=True)


@given(WORDS)
def test_the_shell_over_there_reads_the_very_words(words):
    argv = ssh_argv("ssh", CONFIG, "web-nat1", words)

    assert argv[-2] == "--"
    assert shlex.split(argv[-1]) == words
    assert not argv[-1].startswith("-"), "an option, to the shell"


def test_without_openssh_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StaxError, match="not installed") as missing:
        ssh_program()

    assert "openssh-client" in missing.value.hint
