"""Where a NAT box stands: its own zone, the peer's, and what AWS calls their parts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An availability zone's private subnet, its NAT box and its way out."""

    inside: str
    """The private subnet's CIDR block."""
    home: str
    """The private address of its own NAT box."""
    stand_in: str
    """The secondary address of its own NAT box, which holds the other zone's Elastic IP when need be."""
    interface_id: str
    route_table_id: str
    allocation_id: str
    public_ip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Both zones, by number, seen from one box."""

    me: int
    region: str
    vpc: str
    """The VPC's CIDR block."""
    zones: dict[int, Zone]

    @property
    def peer(self) -> int:
        """The other one's number."""
        return 3 - self.me

    @property
    def stand_in(self) -> str:
        """The address that holds the peer's Elastic IP here."""
        return self.zones[self.me].stand_in

    def holder(self, zone: int) -> str:
        """The private address that the zone's Elastic IP is associated with when this box carries the zone."""
        return self.zones[zone].home if zone == self.me else self.stand_in
