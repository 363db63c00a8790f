"""How a stax reads on the screen: state, network, machines, addresses, outputs, inventory."""

from datetime import datetime

from stax.cli.tables import Table, pairs, show
from stax.cli.terminal import Terminal
from stax.cli.text import age, duration, moment
from stax.model.inventory import Address, DefaultRoute, Description, Machine, Network
from stax.model.plan import Quantity


def show_description(it: Description, terminal: Terminal) -> None:
    """Write everything that a person wants to see of a stax; the rest is in JSON."""
    pairs(it.name, _head(it), terminal)
    terminal.answer("")
    if it.network:
        _show_network(it.network, terminal)
    show(_machines(it.machines, it.asked_at), terminal)
    terminal.answer("")
    show(_addresses(it.addresses), terminal)
    terminal.answer("")
    pairs("Outputs", sorted(it.outputs.items()), terminal)
    terminal.answer("")
    show_inventory(it.inventory, terminal)


def show_inventory(quantities: tuple[Quantity, ...], terminal: Terminal) -> None:
    """Write how many there are of what, as the guide has promised since 2015."""
    pairs("Inventory", [(str(quantity.count), quantity.subject) for quantity in quantities], terminal)


def _head(it: Description) -> list[tuple[str, str]]:
    reason = f"  {it.status_reason}" if it.status_reason else ""
    by = f" by {it.created_by}" if it.created_by else ""
    return [
        ("status", f"{it.status}{reason}"),
        ("region", f"{it.region}, account {it.account_id}"),
        ("created", f"{moment(it.created_at)}{by}, {duration(it.age_s)} ago"),
        *([("updated", moment(it.updated_at))] if it.updated_at else []),
    ]


def _show_network(network: Network, terminal: Terminal) -> None:
    pairs("Network", [("VPC", f"{network.vpc_id}  {network.cidr}  {network.state}")], terminal)
    terminal.answer("")
    rows = [(s.name, s.subnet_id, s.cidr, s.zone, str(s.free_addresses)) for s in network.subnets]
    show(
        Table(("SUBNET", "ID", "CIDR BLOCK", "ZONE", "FREE"), rows, numbers=frozenset({"FREE"}), title="Subnets"),
        terminal,
    )
    terminal.answer("")
    routes = [(r.route_table, r.route_table_id, _carrier(r), r.state) for r in network.default_routes]
    show(Table(("OF", "ROUTE TABLE", "CARRIED BY", "STATE"), routes, title="Default routes"), terminal)
    if any(route.is_covered for route in network.default_routes):
        terminal.answer("  since when and why: stax nat status")
    terminal.answer("")


def _carrier(route: DefaultRoute) -> str:
    carrier = route.carried_by or route.next_hop or "nobody"
    return f"{carrier} for {route.born_with}" if route.is_covered and route.born_with else carrier


def _machines(machines: tuple[Machine, ...], now: datetime) -> Table:
    rows = [
        (
            machine.name,
            machine.state,
            machine.private_ip or "-",
            machine.public_ip or "-",
            machine.zone or "-",
            machine.instance_type or "-",
            age(machine.launched_at, now) if machine.launched_at else "-",
            machine.instance_id or "-",
        )
        for machine in machines
    ]
    headings = ("MACHINE", "STATE", "PRIVATE IP", "PUBLIC IP", "ZONE", "TYPE", "AGE", "INSTANCE")
    return Table(headings, rows, title="Machines", dispensable=("INSTANCE", "AGE", "TYPE"))


def _addresses(addresses: tuple[Address, ...]) -> Table:
    rows = [(one.name, one.public_ip, one.private_ip or "-", one.carried_by or "nobody") for one in addresses]
    return Table(("OF", "PUBLIC IP", "PRIVATE IP", "CARRIED BY"), rows, title="Elastic IPs")
