"""How a box is, as people and programs read it."""

from pathlib import Path
from typing import Any

from stax_agent.nat.facts import NEVER, Watch
from stax_agent.nat.state import View, saying


def status(watch: Watch, now_s: float) -> dict[str, Any]:
    """Return what the box knows and what it decided, as JSON has it."""
    said, reason = saying(watch, now_s)
    view = View(watch, watch.zones[watch.peer], now_s)
    return {
        "box": watch.me,
        "says": said.name.lower(),
        "reason": reason,
        "peer": view.peer.value,
        "peer_reason": watch.peer_reason,
        "peer_heard_ms_ago": _ago_ms(watch.peer_heard_at_s, now_s),
        "canaries": view.canaries.value,
        "egress_proven_ms_ago": _ago_ms(watch.egress_at_s, now_s),
        "hold_s": watch.hold_s,
        "zones": {
            str(zone): {
                "route": each.route.value,
                "address": each.address.value,
                "looked_at_ms_ago": _ago_ms(each.looked_at_s, now_s),
                "moving": each.moving,
                "decision": watch.told.get(zone, ""),
            }
            for zone, each in watch.zones.items()
        },
    }


def _ago_ms(at_s: float, now_s: float) -> int | None:
    return None if at_s == NEVER else round((now_s - at_s) * 1000)


def write(path: Path, text: str) -> None:
    """Replace a file in one step: who reads sees the old or the new."""
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)
