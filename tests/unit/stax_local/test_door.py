import json
from email.message import Message
from typing import Any

from stax_local.door import RegionDoor
from stax_local.front.faults import Fault, Faults
from stax_local.front.message import Request, Response

TOKEN = "control-token"


def ask(door: RegionDoor, method: str, path: str, body: bytes = b"", *, token: str = "") -> Response | None:
    headers = Message()
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return door.answer(Request(method, path, headers, body))


def door(faults: Faults | None = None) -> RegionDoor:
    return RegionDoor("local", TOKEN, faults or Faults(), lambda: {"vpcs": 2})


def content(response: Response | None) -> Any:
    assert response
    return json.loads(response.body)


def test_leaves_to_the_services_what_is_theirs() -> None:
    assert ask(door(), "POST", "/") is None
    assert ask(door(), "PUT", "/bucket/key") is None


def test_tells_health_to_everybody_and_only_that() -> None:
    made = door()
    starting = ask(made, "GET", "/health")
    made.is_ready = True
    assert starting
    assert starting.status == 503
    assert content(ask(made, "GET", "/health")) == {"name": "local", "ready": True}


def test_tells_a_caller_where_it_comes_from() -> None:
    answer = ask(door(), "GET", "/checkip")
    assert answer == Response(200, (("Content-Type", "text/plain"),), b"203.0.113.1\n")


def test_tells_its_status_to_its_owner_alone() -> None:
    assert content(ask(door(), "GET", "/stax/status", token=TOKEN)) == {"vpcs": 2}
    for token in ("", "guess"):
        refused = ask(door(), "GET", "/stax/status", token=token)
        assert refused
        assert refused.status == 403


def test_takes_faults_from_its_owner() -> None:
    faults = Faults()
    rules = json.dumps([{"kind": "throttle", "service": "ec2"}]).encode()
    assert content(ask(door(faults), "PUT", "/stax/faults", rules, token=TOKEN)) == {"rules": 1}
    assert faults.rules == (Fault("throttle", service="ec2"),)


def test_refuses_what_are_no_faults_and_keeps_those_it_has() -> None:
    faults = Faults()
    faults.rules = (Fault("throttle"),)
    for body in (b"{", b"\xff", b'[{"kind": "fire"}]'):
        refused = ask(door(faults), "PUT", "/stax/faults", body, token=TOKEN)
        assert refused
        assert refused.status == 400
    assert faults.rules == (Fault("throttle"),)


def test_hands_on_what_is_put_to_a_wait_conditions_url() -> None:
    made = door()
    made.put_signal = lambda path, body: path.endswith("/known") and body == b"{}"
    taken = ask(made, "PUT", "/cloudformation-waitcondition/known", b"{}")
    refused = ask(made, "PUT", "/cloudformation-waitcondition/unknown", b"{}")
    assert taken
    assert refused
    assert (taken.status, refused.status) == (200, 400)


class Sky:
    """A network whose weather can be told and taken."""

    def __init__(self) -> None:
        self.said: Any = {}

    def whom(self, word: str) -> str:
        if word != "nat 1":
            raise ValueError(f"no machine is called {word}")
        return "i-1"

    def tell_weather(self) -> Any:
        return self.said

    def take_weather(self, said: Any) -> None:
        if said == "a storm":
            raise TimeoutError("not yet")
        self.said = said


def test_takes_and_tells_the_weather_of_its_network() -> None:
    made = door()
    made.weather = Sky()

    assert content(ask(made, "PUT", "/stax/weather", b'{"metadata_down": ["i-1"]}', token=TOKEN)) == {
        "metadata_down": ["i-1"]
    }
    assert content(ask(made, "GET", "/stax/weather", token=TOKEN)) == {"metadata_down": ["i-1"]}
    assert content(ask(made, "GET", "/stax/whom/nat%201", token=TOKEN)) == {"id": "i-1"}


def test_refuses_weather_in_words() -> None:
    made = door()
    nothing_moves = ask(made, "GET", "/stax/weather", token=TOKEN)
    made.weather = Sky()
    unreadable = ask(made, "PUT", "/stax/weather", b"\xff", token=TOKEN)
    unknown = ask(made, "GET", "/stax/whom/x", token=TOKEN)
    slow = ask(made, "PUT", "/stax/weather", b'"a storm"', token=TOKEN)

    answers = (nothing_moves, unreadable, unknown, slow)
    assert [answer.status for answer in answers if answer] == [409, 400, 400, 503]
    assert "no machine is called x" in content(unknown)["message"]
