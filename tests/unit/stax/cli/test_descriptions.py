from datetime import UTC, datetime
from typing import Any

from stax.cli.descriptions import show_description
from stax.model.inventory import Address, DefaultRoute, Description, Machine, Network, Subnet
from stax.model.plan import Quantity

AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def _described(**fields):
    usual: dict[str, Any] = {
        "name": "web", "region": "us-east-1", "account_id": "123456789012", "asked_at": AT, "stack_id": "arn:x",
        "status": "CREATE_COMPLETE", "status_reason": "", "created_at": AT, "updated_at": None, "age_s": 200,
        "created_by": "me@here", "network": None, "machines": (), "volumes": (), "security_groups": (),
        "addresses": (), "network_interfaces": (), "launch_templates": (), "inventory": (), "outputs": {},
        "parameters": {}, "tags": {},
    }  # fmt: skip
    return Description(**(usual | fields))


def _shown(at, description):
    show_description(description, at)
    return at.stdout.getvalue()


def test_the_head_says_how_it_stands_and_whose_it_is(new_terminal):
    shown = _shown(new_terminal(), _described())

    assert "status   CREATE_COMPLETE" in shown
    assert "by me@here, 3 min 20 s ago" in shown


def test_a_machine_that_is_missing_is_shown_as_missing(new_terminal):
    shown = _shown(
        new_terminal(), _described(machines=(Machine(name="nat1", role="nat", instance_id="", state="missing"),))
    )

    assert any(line.split()[:2] == ["nat1", "missing"] for line in shown.splitlines())


def test_a_route_that_the_other_nat_box_carries_is_said_to_be_covered(new_terminal):
    route = DefaultRoute(
        route_table="private1",
        route_table_id="rtb-1",
        next_hop="eni-2",
        state="active",
        carried_by="nat2",
        born_with="nat1",
    )
    subnet = Subnet(name="public1", subnet_id="subnet-1", cidr="10.183.1.0/24", zone="us-east-1a", free_addresses=250)
    network = Network(
        vpc_id="vpc-1", cidr="10.183.0.0/16", state="available", subnets=(subnet,), default_routes=(route,)
    )

    shown = _shown(new_terminal(), _described(network=network))

    assert "nat2 for nat1" in shown
    assert "since when and why: stax nat status" in shown
    assert "10.183.1.0/24" in shown


def test_an_address_that_leads_nowhere_says_nobody(new_terminal):
    address = Address(
        name="nat1",
        allocation_id="eipalloc-1",
        public_ip="198.51.100.1",
        private_ip="",
        network_interface_id="",
        carried_by="",
    )

    assert "nobody" in _shown(new_terminal(), _described(addresses=(address,)))


def test_the_inventory_ends_the_page(new_terminal):
    shown = _shown(new_terminal(), _described(inventory=(Quantity(subject="NAT boxes", count=2),)))

    assert shown.endswith("Inventory\n  2  NAT boxes\n")
