"""Key pairs, as EC2 keeps and deletes them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import key_pairs

mends = pytest.mark.mends(key_pairs.PATCH)


def names(account: Any) -> set[str]:
    return {pair["KeyName"] for pair in account.ec2.describe_key_pairs()["KeyPairs"]}


@mends
def test_a_key_pair_is_deleted_by_its_id(account: Any) -> None:
    account.ec2.create_key_pair(KeyName="other", KeyType="ed25519")
    key_pair_id = account.ec2.create_key_pair(KeyName="web", KeyType="ed25519")["KeyPairId"]

    account.ec2.delete_key_pair(KeyPairId=key_pair_id)

    assert names(account) == {"other"}


@mends
def test_an_id_that_does_not_exist_is_an_error(account: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidKeyPair\.NotFound"):
        account.ec2.delete_key_pair(KeyPairId="key-0123456789abcdef0")


def test_a_name_is_deleted_whether_it_exists_or_not(account: Any) -> None:
    account.ec2.create_key_pair(KeyName="web", KeyType="ed25519")

    account.ec2.delete_key_pair(KeyName="web")
    account.ec2.delete_key_pair(KeyName="web")

    assert names(account) == set()
