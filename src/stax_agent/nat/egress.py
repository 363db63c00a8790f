"""Whether this box itself gets out: a majority of several targets takes a TCP connection."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

EVERY_S = 0.5
WITHIN_S = 0.5
RESOLVED_EVERY_S = 300.0

Target = tuple[str, int]


class Egress:
    """Tries from a thread of its own; `tell` hears each time whether most answered, and when it was begun."""

    def __init__(self, targets: Sequence[Target], tell: Callable[[bool, float], None]) -> None:
        self._targets, self._tell = list(targets), tell
        self._addresses: dict[Target, str] = {}
        self._resolved_at_s = float("-inf")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="egress", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._over.set()

    def _work(self) -> None:
        while not self._over.wait(EVERY_S):
            self._resolve()
            began_s = time.monotonic()
            answered = sum(self._answers(target) for target in self._targets)
            self._tell(answered * 2 > len(self._targets), began_s)

    def _resolve(self) -> None:
        """Look the names up now and then: what was known is kept when the resolver does not answer."""
        if self._addresses.keys() >= set(self._targets) and time.monotonic() - self._resolved_at_s < RESOLVED_EVERY_S:
            return
        self._resolved_at_s = time.monotonic()
        for target in self._targets:
            with suppress(OSError):
                self._addresses[target] = socket.gethostbyname(target[0])

    def _answers(self, target: Target) -> bool:
        address = self._addresses.get(target)
        if address is None:
            return False
        try:
            socket.create_connection((address, target[1]), timeout=WITHIN_S).close()
        except ConnectionRefusedError:
            return True  # a refusal came all the way, too
        except OSError:
            return False
        return True


def targets(region: str) -> tuple[Target, ...]:
    """AWS's own endpoints: nobody else's, who might go away or mind."""
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return tuple((f"{service}.{region}.{domain}", 443) for service in ("ec2", "s3", "sts"))
