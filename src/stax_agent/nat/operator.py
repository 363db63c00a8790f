"""What an operator asks of a box, over ssh: to be drained, to carry again, to tell what it does as it does it.

Answers are lines of JSON on standard output.
"""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from stax_agent.nat.fault import FAULTS, break_on_purpose
from stax_agent.setback import say

STATE = Path("/run/stax-nat")
DEAD_AFTER_S = 5.0
"""The agent writes its status once a second."""
FOLLOWED_EVERY_S = 0.1
_NEWS = ("says", "reason", "peer", "canaries")


def drain(state: Path = STATE) -> int:
    """Have this box carry nothing, unless its peer could not carry for it; return the exit code."""
    told = read_status(state)
    if refusal := refuse(told):
        return _answer({"refused": refusal}, code=1)
    (state / "drain").touch()
    return _answer({"done": True})


def give_back(state: Path = STATE) -> int:
    """Have this box carry again; return the exit code."""
    (state / "drain").unlink(missing_ok=True)
    if read_status(state) is None:
        return _answer({"refused": _NO_AGENT}, code=1)
    return _answer({"done": True})


_NO_AGENT = "its agent does not run: see journalctl -u stax-nat-agent there"


def refuse(told: dict[str, Any] | None) -> str:
    """Return why a box that tells this of itself must not be drained; empty when it may."""
    if told is None:
        return _NO_AGENT
    peer = f"nat{3 - told['box']}"
    if told["peer"] == "well":
        return ""
    reason = f" ({told['peer_reason']})" if told["peer_reason"] else ""
    return f"its peer {peer} could not carry for it: it hears that {peer} is {told['peer']}{reason}"


def read_status(state: Path) -> dict[str, Any] | None:
    """Return what the agent last wrote; None when it does not write."""
    path = state / "status.json"
    try:
        if time.time() - path.stat().st_mtime > DEAD_AFTER_S:
            return None
        told: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return told


def follow(state: Path = STATE, *, sleep: Callable[[float], None] = time.sleep) -> int:
    """Print the box's report whenever something in it changes, until nobody reads."""
    before: object = ()
    while True:
        told = read_status(state)
        now: object = None if told is None else _gist(told)
        if now != before:
            before = now
            _answer({"silent": True} if told is None else {"report": told["report"]})
        sleep(FOLLOWED_EVERY_S)


def _gist(told: dict[str, Any]) -> object:
    """What makes a report news: all but its times and counters."""
    zones = [(zone["route"], zone["address"], zone["decision"], zone["moving"]) for zone in told["zones"].values()]
    return ([told[name] for name in _NEWS], zones, told["report"]["events"])


def _answer(said: dict[str, Any], *, code: int = 0) -> int:
    print(json.dumps(said), flush=True)
    return code


def main(words: Sequence[str]) -> int:
    """Do what the operator asks and return the exit code."""
    match list(words):
        case ["drain"]:
            return drain()
        case ["return"]:
            return give_back()
        case ["follow"]:
            return follow()
        case ["break", kind] if kind in FAULTS:
            break_on_purpose(kind, lambda: _answer({"done": True}))
            return 0
        case _:
            say("usage: agent nat-operator drain | return | follow | break KIND")
            return 2
