"""The log of connections: its line, its limit."""

import pytest

from stax_agent.nat.connection_log import line, log, read_limit, rules
from stax_agent.nat.connections import Connection


def test_a_line_has_both_ends_and_the_translation():
    key = (17, bytes([10, 183, 0, 7]), 5353, bytes([203, 0, 113, 10]), 53)

    assert line(Connection(key, bytes([10, 183, 1, 4]), 1025, 0, 0, 30)) == (
        "protocol=udp source=10.183.0.7 source_port=5353 destination=203.0.113.10 destination_port=53 "
        "translated=10.183.1.4 translated_port=1025"
    )


def test_the_kernel_chooses_no_more_than_the_limit():
    assert "limit rate 7/second burst 7 packets ct event set new" in rules(7)


@pytest.mark.parametrize("text", ["", "many", "0", "-5", "10001", "1.5"])
def test_what_is_no_limit_is_refused_in_words(tmp_path, capsys, text):
    path = tmp_path / "connection-log"
    path.write_text(text)

    assert log(path) == 2
    assert "1 to 10000" in capsys.readouterr().err


def test_a_limit_may_end_in_a_new_line():
    assert read_limit("250\n") == 250
