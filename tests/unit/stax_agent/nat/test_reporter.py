"""When a report is written, and what becomes of one that cannot be."""

import threading
from collections.abc import Mapping
from typing import Any

from stax_agent.nat.reporter import Reporter
from stax_agent.setback import Setback

PATIENCE_S = 20.0


class Post:
    """Takes reports, or refuses the first few."""

    def __init__(self, *, refuses: int = 0) -> None:
        self.refuses = refuses
        self.taken: list[str] = []
        self.told: list[str] = []
        self.came = threading.Event()

    def put(self, text: str) -> None:
        if self.refuses:
            self.refuses -= 1
            raise Setback("ssm does not answer in time")
        self.taken.append(text)
        self.came.set()


def said(says: str = "well", moves: int = 0) -> Mapping[str, Any]:
    signals = {"peer": "well"}
    return {"says": says, "reason": "", "zones": {}, "signals": signals, "events": [], "counters": {"moves": moves}}


def test_what_changes_is_written_and_what_does_not_waits() -> None:
    post = Post()
    reporter = Reporter(post.put, post.told.append)
    reporter.start()

    reporter.offer(said())
    assert post.came.wait(PATIENCE_S)
    reporter.offer(said(moves=1))
    post.came.clear()
    reporter.offer(said("draining"))
    assert post.came.wait(PATIENCE_S)
    reporter.stop()

    assert ["draining" in each for each in post.taken] == [False, True]


def test_one_that_cannot_be_written_is_told_once_and_tried_on() -> None:
    post = Post(refuses=2)
    reporter = Reporter(post.put, post.told.append)
    reporter.start()

    while not post.came.wait(0.2):
        reporter.offer(said())
    reporter.stop()

    assert len([line for line in post.told if "cannot be written" in line]) == 1
