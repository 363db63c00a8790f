"""What is pinned stays pinned; nothing but a host key gets into the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.remote.known_hosts import ChangedHostKey, checked_key, known_hosts, pinned, read_pins

ONE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "a" * 43
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "b" * 43


def test_what_is_written_is_read_again():
    assert read_pins(known_hosts("web", {"i-0b": OTHER, "i-0a": ONE})) == {"i-0a": ONE, "i-0b": OTHER}


def test_the_file_says_what_to_do_when_ssh_finds_another_key():
    assert "Do not go on" in known_hosts("web", {})


def test_a_machine_that_is_new_is_added():
    assert pinned({"i-0a": ONE}, {"i-0b": OTHER}, {}) == {"i-0a": ONE, "i-0b": OTHER}


def test_a_machine_that_publishes_nothing_any_more_stays_pinned():
    assert pinned({"i-0a": ONE}, {}, {}) == {"i-0a": ONE}


def test_a_key_that_is_not_the_pinned_one_is_refused_with_the_machine_and_what_to_do():
    with pytest.raises(ChangedHostKey, match=r"docker1 \(i-0a\)") as refused:
        pinned({"i-0a": ONE}, {"i-0a": OTHER}, {"i-0a": "docker1"})

    assert "do not log in" in refused.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ",
        ONE[:-1],
        f"{ONE}b",
        f"@cert-authority * {ONE}",
        ONE.replace("a", "é", 1),
        f"*,{ONE}",
    ],
)
def test_what_is_no_ed25519_public_key_is_no_host_key(text):
    assert checked_key(text) is None


@pytest.mark.parametrize("text", [ONE, f"{ONE} root@host", f" {ONE}\n", f"{ONE}\n* {OTHER}"])
def test_of_what_is_published_only_type_and_key_are_taken(text):
    assert checked_key(text) == ONE


@given(st.text())
def test_no_text_at_all_smuggles_a_line_into_the_file(text):
    key = checked_key(text)

    assert key is None or "\n" not in key
    assert set(read_pins(text)) <= set(text.split())
