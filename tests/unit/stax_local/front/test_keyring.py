from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest

from stax_local.front.call import Call
from stax_local.front.keyring import Key, Keyring, new_key
from stax_local.front.message import Request, Response
from stax_local.service import ServiceError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OWNER = Key("AKIAOWNER", "secret", "arn:aws:iam::123456789012:user/local")
ASSUMED = b"""<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>
<SecretAccessKey>a&amp;b</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2026-11-22T13:00:00Z</Expiration></Credentials><AssumedRoleUser>
<Arn>arn:aws:sts::222233334444:assumed-role/nat/i-1</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"""
CREATED = b"""<CreateAccessKeyResponse><AccessKey><UserName>ann</UserName><AccessKeyId>AKIAANN</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey></AccessKey></CreateAccessKeyResponse>"""


def call(service: str, operation: str, **parameters: str) -> Call:
    form = tuple(parameters.items())
    return Call(Request("POST", "/", Message()), service, "us-east-1", "AKIAOWNER", "query", operation, form)


def after(service: str, operation: str, body: bytes) -> Keyring:
    keyring = Keyring(OWNER)
    keyring.learn(call(service, operation), OWNER, Response(200, (), body), NOW)
    return keyring


def test_knows_its_owner() -> None:
    assert Keyring(OWNER).find("AKIAOWNER", "", NOW) is OWNER


def test_knows_nobody_else() -> None:
    with pytest.raises(ServiceError, match="InvalidClientTokenId"):
        Keyring(OWNER).find("AKIASTRANGER", "", NOW)


def test_knows_the_key_of_a_role_that_it_handed_out() -> None:
    key = after("sts", "AssumeRole", ASSUMED).find("ASIAROLE", "token", NOW)
    assert (key.secret_access_key, key.account_id) == ("a&b", "222233334444")
    assert key.caller("eu-west-1").arn == "arn:aws:sts::222233334444:assumed-role/nat/i-1"


def test_a_roles_key_needs_its_session_token() -> None:
    with pytest.raises(ServiceError, match="InvalidClientTokenId"):
        after("sts", "AssumeRole", ASSUMED).find("ASIAROLE", "another", NOW)


def test_a_roles_key_expires() -> None:
    with pytest.raises(ServiceError, match="ExpiredToken"):
        after("sts", "AssumeRole", ASSUMED).find("ASIAROLE", "token", NOW + timedelta(hours=2))


def test_a_users_key_lasts_until_it_is_deleted() -> None:
    keyring = after("iam", "CreateAccessKey", CREATED)
    assert keyring.find("AKIAANN", "", NOW + timedelta(days=400)).arn == "arn:aws:iam::123456789012:user/ann"

    keyring.learn(call("iam", "DeleteAccessKey", AccessKeyId="AKIAANN"), OWNER, Response(200), NOW)
    with pytest.raises(ServiceError):
        keyring.find("AKIAANN", "", NOW)


def test_an_object_that_looks_like_a_key_teaches_nothing() -> None:
    with pytest.raises(ServiceError):
        after("s3", "AssumeRole", ASSUMED).find("ASIAROLE", "token", NOW)


def test_what_it_knows_can_be_kept() -> None:
    again = Keyring(OWNER)
    again.restore(after("sts", "AssumeRole", ASSUMED).state())
    assert again.find("ASIAROLE", "token", NOW)


def test_new_keys_look_like_amazons_and_differ() -> None:
    one, two = new_key("123456789012", "local"), new_key("123456789012", "local")
    assert one.access_key_id.startswith("AKIA")
    assert len(one.access_key_id) == 20
    assert len(one.secret_access_key) == 40
    assert one.secret_access_key != two.secret_access_key
