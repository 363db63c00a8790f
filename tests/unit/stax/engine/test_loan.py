"""The address that is lent to a NAT box whose own its peer holds."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from stax.engine.clock import Stopwatch
from stax.engine.loan import borrower, give_back, lend, loans
from stax.errors import StaxError, Unhealthy
from stax.model.stack import Stack

STACK = Stack(
    name="demo",
    stack_id="arn:demo",
    status="CREATE_COMPLETE",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    outputs={"Nat1InterfaceId": "eni-1", "Nat2InterfaceId": "eni-2"},
)


def address(name: str, *, role: str = "nat", at: str = "", allocation: str = "a-1") -> dict[str, Any]:
    tags = [{"Key": "Name", "Value": f"{name}-demo"}, {"Key": "stax:role", "Value": role}]
    held = {"NetworkInterfaceId": at, "AssociationId": f"{allocation}-{at}"} if at else {}
    return {"PublicIp": "198.51.100.1", "AllocationId": allocation, "Tags": tags, **held}


def lent(at: str = "eni-1") -> dict[str, Any]:
    return address("loan-nat1", role="loan", at=at, allocation="a-loan")


def answer(*addresses: dict[str, Any]) -> dict[str, Any]:
    return {"Addresses": list(addresses)}


NEW = {"PublicIp": "198.51.100.9", "AllocationId": "a-new"}


def test_a_box_whose_peer_holds_its_address_is_lent_another(account_with: Any) -> None:
    account = account_with(DescribeAddresses=answer(address("nat1", at="eni-2")), AllocateAddress=NEW)

    list(lend(account, STACK, "nat1"))

    assert account.parameters["AssociateAddress"] == {"AllocationId": "a-new", "NetworkInterfaceId": "eni-1"}
    tags = {tag["Key"]: tag["Value"] for tag in account.parameters["AllocateAddress"]["TagSpecifications"][0]["Tags"]}
    assert tags == {"Name": "loan-nat1-demo", "stax:name": "demo", "stax:role": "loan"}


@pytest.mark.parametrize("machine", ["jumpbox", "nat1"])
def test_who_has_a_way_out_is_lent_nothing(account_with: Any, machine: str) -> None:
    account = account_with(DescribeAddresses=answer(address("nat1", at="eni-1")))

    list(lend(account, STACK, machine))

    assert "AllocateAddress" not in account.asked


def test_nothing_is_lent_where_no_machine_would_use_it(account_with: Any) -> None:
    account = account_with(DescribeAddresses=answer(address("nat1", at="eni-2")))
    account.endpoint = replace(account.endpoint, machines=False)

    list(lend(account, STACK, "nat1"))

    assert account.asked == []


@pytest.mark.parametrize(("at", "is_associated"), [("", True), ("eni-1", False)])
def test_an_interrupted_repair_finds_what_it_has_lent(account_with: Any, at: str, is_associated: bool) -> None:
    account = account_with(DescribeAddresses=answer(address("nat1", at="eni-2"), lent(at)))

    list(lend(account, STACK, "nat1"))

    assert "AllocateAddress" not in account.asked
    assert ("AssociateAddress" in account.asked) == is_associated


def test_without_an_address_to_lend_nothing_is_changed_and_it_is_said(account_with: Any) -> None:
    account = account_with(
        DescribeAddresses=answer(address("nat1", at="eni-2")), AllocateAddress="AddressLimitExceeded"
    )

    with pytest.raises(StaxError, match="no other is left to lend") as caught:
        list(lend(account, STACK, "nat1"))

    assert "AssociateAddress" not in account.asked
    assert "quota raised" in caught.value.hint


def test_it_is_given_back_once_the_box_has_its_own(account_with: Any, clock: Any) -> None:
    waiting, back = answer(address("nat1", at="eni-2"), lent()), answer(address("nat1", at="eni-1"), lent(""))
    account = account_with(DescribeAddresses=[waiting, waiting, back])

    list(give_back(account, STACK, "a-loan", Stopwatch(clock, 3600)))

    assert clock.slept_s
    assert account.parameters["ReleaseAddress"] == {"AllocationId": "a-loan"}
    assert "DisassociateAddress" not in account.asked


def test_one_that_never_reached_its_box_is_released_at_once(account_with: Any, clock: Any) -> None:
    account = account_with(DescribeAddresses=answer(address("nat1", at="eni-2"), lent("")))

    list(give_back(account, STACK, "a-loan", Stopwatch(clock, 3600)))

    assert clock.slept_s == []
    assert "ReleaseAddress" in account.asked


def test_a_box_that_never_takes_its_address_back_keeps_the_loan_and_is_named(account_with: Any, clock: Any) -> None:
    account = account_with(DescribeAddresses=answer(address("nat1", at="eni-2"), lent()))

    with pytest.raises(Unhealthy, match="nat1 has not taken its own public address back"):
        list(give_back(account, STACK, "a-loan", Stopwatch(clock, 3600)))

    assert clock.now_s < 700
    assert "ReleaseAddress" not in account.asked


def test_a_loan_says_whose_it_is(account_with: Any) -> None:
    account = account_with(DescribeAddresses=answer(address("nat1", at="eni-2"), lent()))

    assert [borrower(each, "demo") for each in loans(account, "demo")] == ["nat1"]
