"""The region as its users meet it."""

import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_says_what_it_is_not_able_to_do_by_name(region: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidAction.*ec2:DescribeFpgaImages"):
        region.client("ec2").describe_fpga_images()


def test_tells_the_caller_a_public_address(region: Any) -> None:
    with urllib.request.urlopen(f"{region.endpoint_url}/checkip", timeout=5) as answer:  # noqa: S310
        assert answer.read() == b"203.0.113.1\n"
