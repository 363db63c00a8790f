"""What can be wrong with a box's own forwarding, seen from the box."""

import subprocess
from pathlib import Path

_FORWARDS = Path("/proc/sys/net/ipv4/ip_forward")

CHANGED_RULES = "somebody changed the rules; they are being put back"


def fault(rules_as_loaded: str) -> str:
    """Return what is wrong, with what mends it; empty when nothing is.  Takes some 5 ms."""
    if _FORWARDS.read_text().strip() != "1":
        return "ip_forward is 0; put it back with: sysctl -w net.ipv4.ip_forward=1"
    if listed_rules() != rules_as_loaded:
        return CHANGED_RULES
    return ""


def listed_rules() -> str:
    """The box's rules as nft lists them, without counters; empty when there are none."""
    command = ("nft", "--stateless", "list", "table", "inet", "stax_nat")
    done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    return done.stdout


def load(text: str) -> None:
    """Load rules in one transaction.  Raises OSError with nft's words."""
    done = subprocess.run(("nft", "--file", "-"), input=text, capture_output=True, text=True, timeout=5, check=False)
    if done.returncode:
        raise OSError(f"nft refuses the rules: {done.stderr.strip()}")
