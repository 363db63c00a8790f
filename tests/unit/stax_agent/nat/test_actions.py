"""What a move does, and what becomes of it when EC2 refuses: fakes of EC2 and of the copies."""

import queue
from xml.etree import ElementTree

import pytest

from stax_agent.nat.actions import Actions
from stax_agent.nat.connections import Connection
from stax_agent.nat.facts import Event, Holder, Looked, LookFailed, Move, MoveEnded
from stax_agent.nat.site import Site, Zone
from stax_agent.setback import Setback


def zone(number: int) -> Zone:
    return Zone(
        inside=f"10.183.{2 * number - 2}.0/24", home=f"10.183.{2 * number - 1}.5",
        stand_in=f"10.183.{2 * number - 1}.6", interface_id=f"eni-{number}", route_table_id=f"rtb-{number}",
        allocation_id=f"eipalloc-{number}", public_ip=f"198.51.100.{number}",
    )  # fmt: skip


SITE = Site(me=1, region="us-east-1", vpc="10.183.0.0/16", zones={1: zone(1), 2: zone(2)})


class Ec2:
    """Whom routes and addresses lead to; refuses the actions that it is told to."""

    def __init__(self, *refused: str, code: str = "UnauthorizedOperation") -> None:
        self.refused, self.code = set(refused), code
        self.routes = {f"rtb-{number}": f"eni-{number}" for number in (1, 2)}
        self.addresses = {f"eipalloc-{number}": (f"eni-{number}", zone(number).home) for number in (1, 2)}
        self.asked: list[str] = []

    def call(self, action: str, parameters: dict[str, str]) -> ElementTree.Element:
        self.asked.append(action)
        if action in self.refused:
            raise Setback(f"ec2:{action} is refused: {self.code}", code=self.code)
        if action == "ReplaceRoute":
            self.routes[parameters["RouteTableId"]] = parameters["NetworkInterfaceId"]
        if action == "AssociateAddress":
            holder = (parameters["NetworkInterfaceId"], parameters["PrivateIpAddress"])
            self.addresses[parameters["AllocationId"]] = holder
        answer = self._tables() if action == "DescribeRouteTables" else self._addresses()
        return ElementTree.fromstring(answer)  # noqa: S314 - made below

    def _tables(self) -> str:
        items = "".join(
            f"<item><routeTableId>{table}</routeTableId><routeSet><item><destinationCidrBlock>0.0.0.0/0"
            f"</destinationCidrBlock><networkInterfaceId>{leads}</networkInterfaceId></item></routeSet></item>"
            for table, leads in self.routes.items()
        )
        return f"<r><routeTableSet>{items}</routeTableSet></r>"

    def _addresses(self) -> str:
        items = "".join(
            f"<item><allocationId>{allocation}</allocationId><networkInterfaceId>{interface}</networkInterfaceId>"
            f"<privateIpAddress>{private}</privateIpAddress></item>"
            for allocation, (interface, private) in self.addresses.items()
        )
        return f"<r><addressesSet>{items}</addressesSet></r>"


class NoCopies:
    """A peer that has told of no connections; or a kernel that will not take any."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails

    def ask_for_newest(self, *, within_s: float) -> bool:
        return within_s > 0

    def commit(self, home: bytes) -> tuple[list[Connection], int]:
        if self.fails:
            raise TimeoutError(f"no answer about {home!r}")
        return [], 0


class Scene:
    """Actions of box 1, what they told, and what they said."""

    def __init__(self, ec2: Ec2, copies: NoCopies | None = None) -> None:
        self.told: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.said: list[str] = []
        self.actions = Actions(SITE, lambda: ec2, copies or NoCopies(), self.told.put)  # type: ignore[arg-type, return-value]
        self.actions.say = self.said.append

    def moves(self, zone: int = 2) -> tuple[list[Looked | LookFailed], MoveEnded]:
        self.actions.move(Move(zone, route=True, address=True, fresh_copies=False))
        looks: list[Looked | LookFailed] = []
        while not isinstance(event := self.told.get(timeout=20), MoveEnded):
            assert isinstance(event, Looked | LookFailed)
            looks.append(event)
        return looks, event


def test_a_move_writes_both_and_believes_what_it_reads_back():
    ec2 = Ec2()

    looks, ended = Scene(ec2).moves()

    assert not ended.failure
    assert Looked(2, Holder.ME, Holder.ME) in looks
    assert ec2.addresses["eipalloc-2"] == ("eni-1", SITE.stand_in)


@pytest.mark.parametrize("refused", ["ReplaceRoute", "AssociateAddress"])
def test_a_right_that_was_taken_away_is_named_and_the_other_write_is_done(refused: str):
    """Case 20: nothing is undone, nothing else is tried in its place."""
    ec2 = Ec2(refused)

    looks, ended = Scene(ec2).moves()

    assert f"ec2:{refused} is refused: UnauthorizedOperation" in ended.failure
    assert "update the stack to put it back" in ended.failure
    assert ended.again_in_s > 0
    assert Looked(2, Holder.ME, Holder.ME) not in looks
    assert set(ec2.asked) == {"ReplaceRoute", "AssociateAddress", "DescribeRouteTables", "DescribeAddresses"}


def test_a_look_that_fails_is_no_knowledge():
    looks, _ = Scene(Ec2("DescribeRouteTables")).moves()

    assert all(isinstance(each, LookFailed) for each in looks)


def test_pauses_grow_and_end_with_the_first_success():
    ec2 = Ec2("ReplaceRoute", code="RequestLimitExceeded")
    scene = Scene(ec2)
    pauses = [scene.moves()[1].again_in_s for _ in range(8)]
    ec2.refused.clear()

    assert pauses[0] < 1
    assert max(pauses) <= 15
    assert pauses[-1] > pauses[0]
    assert scene.moves()[1].again_in_s == 0


def test_a_kernel_that_does_not_answer_keeps_no_zone_from_moving():
    scene = Scene(Ec2(), NoCopies(fails=True))

    _, ended = scene.moves()

    assert not ended.failure
    assert any("open connections are not carried over" in each for each in scene.said)


def test_the_remedy_for_a_missing_route_is_a_command_that_can_be_pasted():
    remedy = Scene(Ec2()).actions.remedy(2)

    assert "aws ec2 create-route --route-table-id rtb-2" in remedy
    assert "--network-interface-id eni-2" in remedy
