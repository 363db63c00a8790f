"""The pair of 2015 on the same network: 3 pings of a second, every 2 s, plain masquerade, the route moved by hand."""

import itertools
import statistics
import subprocess
import threading
import time
from typing import Any

from tests.nat_lab import NETWORK, NatLab, Traffic, eventually

PINGS, PING_TIMEOUT_S, BETWEEN_S = 3, 1, 2
_WATCHED_S = 2.0
_RULES = f"""
flush ruleset
table ip nat {{
    chain postrouting {{
        type nat hook postrouting priority srcnat;
        ip saddr {NETWORK["vpc"]} ip daddr != {NETWORK["vpc"]} masquerade
    }}
}}
"""


class Monitor:
    """Box 2's watch over box 1, as nat_monitor.sh did it."""

    def __init__(self, lab: NatLab) -> None:
        self._lab = lab
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join(30)

    def _watch(self) -> None:
        lab = self._lab
        peer, box = lab.address(lab.nats[1]), lab.namespace(lab.nats[2])
        pings = ("ip", "netns", "exec", box, "ping", "-c", str(PINGS), "-W", str(PING_TIMEOUT_S), peer)
        while not self._over.wait(BETWEEN_S):
            if subprocess.run(pings, capture_output=True, timeout=30, check=False).returncode:
                lead(lab, 2)
                return


def lead(lab: NatLab, box: int) -> None:
    """Lead the first zone to a box."""
    lab.ec2.replace_route(
        RouteTableId=lab.tables[1], DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=lab.interfaces[box]
    )


def pair(lab: NatLab, trials: int) -> dict[str, Any]:
    """Cut box 1's power as often; how long new connections wait, and what breaks."""
    lab.settle()
    for box in (1, 2):
        lab.end(f"nat{box}")
        subprocess.run(
            ("ip", "netns", "exec", lab.namespace(lab.nats[box]), "nft", "--file", "-"),
            input=_RULES, text=True, check=True, timeout=10,
        )  # fmt: skip
    done = [_trial(lab) for _ in range(trials)]
    outages = [each["outage_s"] for each in done]
    return {
        "trials": trials,
        "outage_s": {"median": round(statistics.median(outages), 3), "worst": round(max(outages), 3)},
        "broken": {kind: sum(each["broken"][kind] for each in done) for kind in done[0]["broken"]},
    }


def _trial(lab: NatLab) -> dict[str, Any]:
    traffic, monitor = Traffic(lab), Monitor(lab)
    try:
        traffic.account()
        time.sleep(_WATCHED_S)
        traffic.account()
        cut_s = time.monotonic()
        lab.run(lab.nats[1], "ip", "link", "set", "eth0", "down")
        eventually(lambda: lab.carrier(1) == 2)
        time.sleep(_WATCHED_S)
        account = traffic.account()
    finally:
        monitor.close()
        traffic.close()
        lab.run(lab.nats[1], "ip", "link", "set", "eth0", "up")
        lab.run(lab.nats[1], "ip", "route", "replace", "default", "via", "10.183.1.1")
        lead(lab, 1)
    begun_s = [each for each in account["begun_s"] if each > cut_s]
    times = [cut_s, *sorted(begun_s)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return {"outage_s": max(gaps), "broken": account["broken"]}
