"""How the pair of NAT boxes is: who carries what, since when and why, by AWS's word and by the boxes' own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from stax.aws import ec2
from stax.aws.nat_reports import nat_reports
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.model.inventory import Machine
from stax.model.nat import PRIVATE_SUBNETS, NatBox, NatReport, NatStatus, NatZone, box_name

SILENT_AFTER = 2.5
"""Reports missed, as a multiple of their interval: one that is late by a retry is no silence."""


def _now() -> datetime:
    return datetime.now(UTC)


def nat_status(site: Site, name: str = "", *, now: Callable[[], datetime] = _now) -> NatStatus:
    """Return how the pair is.  Changes nothing, and asks AWS alone: it works without a way to the boxes."""
    name = selected_stack(site.aws, name).name
    machines = {machine.name: machine for machine in ec2.machines(site.aws, name)}
    reports = nat_reports(site.aws, name)
    asked_at = now()
    zones = tuple(_zones(site, name, machines, reports))
    addresses = {zone.own_box: zone.public_ip for zone in zones}
    boxes = tuple(
        _box(box, machines.get(box), reports.get(box), addresses.get(box, ""), asked_at)
        for box in map(box_name, PRIVATE_SUBNETS)
    )
    return NatStatus(
        name=name,
        region=site.aws.place,
        asked_at=asked_at,
        zones=zones,
        boxes=boxes,
        findings=tuple(findings(zones, boxes)),
    )


def _zones(
    site: Site, name: str, machines: Mapping[str, Machine], reports: Mapping[str, NatReport]
) -> Iterator[NatZone]:
    names = {machine.instance_id: machine.name for machine in machines.values()}
    # By its own name: an interface belongs to its box also while that box's machine is gone.
    carriers = {one.network_interface_id: one.name for one in ec2.network_interfaces(site.aws, name, names)}
    tables = {table.name: table for table in ec2.route_tables(site.aws, name)}
    addresses = {address.name: address for address in ec2.elastic_ips(site.aws, name)}
    for number in PRIVATE_SUBNETS:
        table, address = tables.get(f"private{number}"), addresses.get(box_name(number))
        carrier = carriers.get(table.next_hop, "") if table else ""
        told = reports[carrier].zones.get(number) if carrier in reports else None
        is_theirs = told is not None and told.route == "me"
        yield NatZone(
            number=number,
            own_box=box_name(number),
            route_table_id=table.route_table_id if table else "",
            carried_by=carrier,
            route_state=(table.state if table else "") or "missing",
            public_ip=address.public_ip if address else "",
            address_carried_by=carriers.get(address.network_interface_id, "") if address else "",
            since=told.since if told and is_theirs else None,
            because=told.because if told and is_theirs else "",
        )


def _box(name: str, machine: Machine | None, report: NatReport | None, public_ip: str, now: datetime) -> NatBox:
    # What the machine before said of itself says nothing of the one that was put in its place.
    if report and machine and report.instance_id != machine.instance_id:
        report = None
    age_s = round((now - report.at).total_seconds(), 1) if report else None
    return NatBox(
        name=name,
        instance_id=machine.instance_id if machine else "",
        state=machine.state if machine else "missing",
        private_ip=machine.private_ip if machine else "",
        public_ip=public_ip,
        says=_says(report, age_s),
        report=report,
        age_s=age_s,
    )


def _says(report: NatReport | None, age_s: float | None) -> str:
    if report is None or age_s is None:
        return "unknown"
    return "silent" if age_s > report.every_s * SILENT_AFTER else report.says


def findings(zones: Sequence[NatZone], boxes: Sequence[NatBox]) -> Iterator[str]:
    """Yield what is not as it should be, the worst first."""
    for zone in zones:
        if not zone.carried_by:
            yield f"private subnet {zone.number} has no way out: its default route is {zone.route_state}"
        elif zone.address_carried_by != zone.carried_by:
            held_by = zone.address_carried_by or "nobody"
            yield (
                f"private subnet {zone.number} is half moved: its route leads to {zone.carried_by}, "
                f"its address {zone.public_ip} to {held_by}"
            )
        elif zone.is_covered:
            yield f"{zone.carried_by} carries private subnet {zone.number} for {zone.own_box}"
    for box in boxes:
        if box.state != "running":
            yield f"{box.name} is {box.state}"
        elif not box.is_well:
            yield _unwell(box)


def _unwell(box: NatBox) -> str:
    if box.report is None:
        return f"{box.name} has not reported yet"
    if box.says == "silent":
        return f"{box.name} has not reported for {box.age_s:.0f} s"
    reason = f": {box.report.reason}" if box.report.reason else ""
    return f"{box.name} says that it is {box.says}{reason}"
