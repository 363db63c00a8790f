from ipaddress import IPv4Address

import pytest

from stax.config.keys import BY_NAME
from stax.config.kinds import Refused
from stax.config.placeholders import Surroundings, fill_in, is_left_for_later
from stax.errors import StaxError

HERE = Surroundings("jo", lambda: IPv4Address("198.51.100.7"))
OFFLINE = Surroundings("jo")


def refusal(key, text, surroundings=HERE):
    with pytest.raises(Refused) as caught:
        fill_in(BY_NAME[key], text, surroundings)
    return caught.value


def test_the_owner_is_the_login_name():
    assert fill_in(BY_NAME["Owner"], "@OWNER@", HERE) == "jo"
    assert fill_in(BY_NAME["Owner"], "team-@OWNER@", HERE) == "team-jo"


def test_ssh_comes_from_the_own_address_alone():
    assert fill_in(BY_NAME["AllowSSHFrom"], "@SSH_FROM@", HERE) == "198.51.100.7/32"


def test_a_failed_look_up_asks_for_the_value():
    def fails():
        raise StaxError("checkip does not answer")

    assert "write your address" in refusal("AllowSSHFrom", "@SSH_FROM@", Surroundings("jo", fails)).message


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.1", "127.0.0.1", "100.64.0.1", "169.254.1.1", "224.0.0.1"])
def test_an_address_that_is_not_public_is_never_let_in(address):
    surroundings = Surroundings("jo", lambda: IPv4Address(address))

    assert "no public one" in refusal("AllowSSHFrom", "@SSH_FROM@", surroundings).message


def test_offline_the_address_is_left_for_later():
    assert is_left_for_later(BY_NAME["AllowSSHFrom"], "@SSH_FROM@", OFFLINE)
    assert not is_left_for_later(BY_NAME["AllowSSHFrom"], "@SSH_FROM@", HERE)


def test_the_key_pair_is_named_when_the_stax_is():
    assert is_left_for_later(BY_NAME["KeyName"], "@KEY_NAME@", HERE)
    assert not is_left_for_later(BY_NAME["KeyName"], "mine", HERE)


@pytest.mark.parametrize("text", ["<changeMe>", "<CHANGEME>", "<change me>", "[<changeMe]", "TODO", "xxx", "changeme"])
def test_what_was_never_filled_in_is_refused(text):
    assert refusal("App", text).message == "still to be filled in"


def test_an_unknown_placeholder_finds_the_nearest():
    assert refusal("Owner", "@OWNR@").nearest == "@OWNER@"


def test_a_placeholder_in_the_wrong_place_is_refused():
    assert refusal("App", "@SSH_FROM@").message == "@SSH_FROM@ cannot stand here"


def test_an_address_of_a_person_is_no_placeholder():
    assert fill_in(BY_NAME["Owner"], "jo@example.org", HERE) == "jo@example.org"
