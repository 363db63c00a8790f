"""EC2 on a line that is kept open: a takeover has no time to shake hands."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode
from xml.etree import ElementTree

from stax_agent.aws import EC2_VERSION
from stax_agent.imds import Credentials
from stax_agent.line import Line, Way, endpoint
from stax_agent.setback import Setback
from stax_agent.sigv4 import signed

TIMEOUT_S = 2.0


class Ec2:
    """EC2 in one region.  One thread uses it."""

    def __init__(
        self, region: str, credentials: Callable[[], Credentials], way: Way, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._region = region
        self._credentials = credentials
        self._line = Line(endpoint("ec2", region), way, timeout_s=timeout_s)

    def call(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        """Call an action; the answer's elements have lost their namespace.  Raises Setback with AWS's code."""
        body = urlencode({"Action": action, "Version": EC2_VERSION, **parameters}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Host": self._line.host}
        whole = signed(
            headers, body, credentials=self._credentials(), scope=(self._region, "ec2"), at=datetime.now(UTC)
        )
        status, answer = self._line.post(body, whole)
        try:
            root = ElementTree.fromstring(answer)  # noqa: S314 - from AWS, over TLS
        except ElementTree.ParseError as error:
            raise Setback(f"ec2:{action} answers {status} without XML", code=str(status)) from error
        if status != 200:
            code = root.findtext(".//Code") or str(status)
            raise Setback(f"ec2:{action} is refused: {code}: {root.findtext('.//Message')}", code=code)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return root

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()


def replace_route(ec2: Ec2, route_table_id: str, interface_id: str) -> None:
    """Lead the route table's default route to a network interface."""
    ec2.call(
        "ReplaceRoute",
        {"RouteTableId": route_table_id, "DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": interface_id},
    )


def associate_address(ec2: Ec2, allocation_id: str, interface_id: str, private_address: str) -> None:
    """Lead an Elastic IP to a private address of a network interface, wherever it led before."""
    ec2.call(
        "AssociateAddress",
        {
            "AllocationId": allocation_id,
            "NetworkInterfaceId": interface_id,
            "PrivateIpAddress": private_address,
            "AllowReassociation": "true",
        },
    )


def default_routes(ec2: Ec2, route_table_ids: list[str]) -> dict[str, str]:
    """Return by route table the network interface of the default route; empty when it has none."""
    numbered = {f"RouteTableId.{number}": each for number, each in enumerate(route_table_ids, 1)}
    return {
        table.findtext("routeTableId", ""): next(
            (
                route.findtext("networkInterfaceId", "")
                for route in table.iterfind("routeSet/item")
                if route.findtext("destinationCidrBlock") == "0.0.0.0/0"
            ),
            "",
        )
        for table in ec2.call("DescribeRouteTables", numbered).iterfind("routeTableSet/item")
    }


def address_holders(ec2: Ec2, allocation_ids: list[str]) -> dict[str, tuple[str, str]]:
    """Return by Elastic IP the network interface and private address that it leads to; empty when to none."""
    numbered = {f"AllocationId.{number}": each for number, each in enumerate(allocation_ids, 1)}
    return {
        address.findtext("allocationId", ""): (
            address.findtext("networkInterfaceId", ""),
            address.findtext("privateIpAddress", ""),
        )
        for address in ec2.call("DescribeAddresses", numbered).iterfind("addressesSet/item")
    }
