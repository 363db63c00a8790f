"""Names of the world are asked for where the region knows none, and only where the world may know."""

import pytest

from stax_local.dns.message import AAAA, NAME_ERROR, PTR, A, Answer, Question
from stax_local.dns.outside import resolve_outside

KNOWN = {"registry.example.org": ("93.184.216.34", "93.184.216.35")}


def ask(name: str, kind: int) -> Answer:
    return resolve_outside(Question(name, kind, True, 7, b""), lambda asked: KNOWN.get(asked, ()))


def test_a_name_of_the_world_has_its_addresses() -> None:
    assert ask("registry.example.org", A).records == KNOWN["registry.example.org"]


def test_it_exists_for_whoever_asks_for_something_else() -> None:
    assert ask("registry.example.org", AAAA) == Answer()


def test_an_answer_fits_into_a_datagram() -> None:
    many = tuple(f"93.184.216.{number}" for number in range(99))

    assert len(resolve_outside(Question("a.b", A, True, 7, b""), lambda _: many).records) == 8


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nobody.example.org", A),
        ("registry.example.org", PTR),
        ("4.3.2.1.in-addr.arpa", PTR),
        ("registry.example.org", 16),
    ],
)
def test_what_nobody_knows_has_no_name(name: str, kind: int) -> None:
    assert ask(name, kind).code == NAME_ERROR


@pytest.mark.parametrize("name", ["localhost", "ip-10-0-0-9.ec2.internal", "printer.local", "internal"])
def test_what_is_nobody_elses_business_is_never_asked(name: str) -> None:
    def tells(asked: str) -> tuple[str, ...]:
        raise AssertionError(f"{asked} was asked for")

    assert resolve_outside(Question(name, A, True, 7, b""), tells).code == NAME_ERROR
