"""Credentials of a role: assumed once, renewed in time, a refusal said as AWS says it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from tests.accounts import Account

from stax_local.desired import Instance
from stax_local.metadata.credentials import RoleCredentials

START = datetime(2026, 1, 1, tzinfo=UTC)


class Region:
    """IAM and STS of a region in which everybody may be anything, or nothing."""

    def __init__(self) -> None:
        self.now = START
        self.assumed: list[str] = []
        self.on_disk: list[str] = []
        self.refuses = False

    def kept(self) -> bool:
        self.on_disk = list(self.assumed)
        return True

    def __call__(self, _service: str, _region: str) -> Any:
        return self

    def get_role(self, RoleName: str) -> Any:  # noqa: N803 - AWS's spelling
        return {"Role": {"Arn": f"arn:aws:iam::123456789012:role/stax/{RoleName}"}}

    def assume_role(self, RoleArn: str, RoleSessionName: str, DurationSeconds: int) -> Any:  # noqa: N803
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")
        self.assumed.append(RoleArn)
        number = len(self.assumed)
        return {
            "Credentials": {
                "AccessKeyId": f"ASIA{number}",
                "SecretAccessKey": "s",
                "SessionToken": "t",
                "Expiration": self.now + timedelta(seconds=DurationSeconds),
            }
        }


def _instance() -> Instance:
    account = Account()
    vpc = account.vpc()
    instance_id, _ = account.machine(account.subnet(account.route_table(vpc), "10.183.0.0/24"), "10.183.0.9")
    return account.world.instances[instance_id]


def test_a_role_is_assumed_by_its_whole_arn_and_only_once() -> None:
    region = Region()
    give = RoleCredentials(region, region.kept, lambda: region.now)

    assert give(_instance())["AccessKeyId"] == "ASIA1"
    assert give(_instance())["AccessKeyId"] == "ASIA1"
    assert region.assumed == ["arn:aws:iam::123456789012:role/stax/"]


def test_credentials_are_renewed_before_they_end() -> None:
    region = Region()
    give = RoleCredentials(region, region.kept, lambda: region.now)
    give(_instance())

    region.now = START + timedelta(minutes=46)

    assert give(_instance())["AccessKeyId"] == "ASIA2"
    assert give(_instance())["Expiration"] == "2026-01-01T01:46:00Z"


def test_a_role_that_may_not_be_assumed_is_said_and_tried_again() -> None:
    region = Region()
    region.refuses = True
    give = RoleCredentials(region, region.kept, lambda: region.now)
    assert give(_instance())["Code"] == "AssumeRoleUnauthorizedAccess"

    region.refuses = False

    assert give(_instance())["AccessKeyId"] == "ASIA1"


def test_credentials_are_on_the_disk_before_a_machine_has_them() -> None:
    region = Region()

    RoleCredentials(region, region.kept, lambda: region.now)(_instance())

    assert region.on_disk == region.assumed != []
