"""The story on a terminal: what is done scrolls up, what is under way stands below and moves."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.text import Text

from stax import events
from stax.cli.screens.wording import lines_of, short_type
from stax.cli.text import duration, printable

_STYLES = {
    "NAME": "bold",
    "TEST": "bold",
    "DONE": "bold green",
    "PASS": "bold green",
    "WARN": "bold yellow",
    "SKIP": "bold yellow",
    "ok": "green",
    "FAIL": "bold red",
}
"""Only labels and statuses are coloured, so that the text reads on light and dark alike."""
_INDENT = 10
_FRAMES_PER_S = 8
_MOST_SHOWN = 6
"""Resources under way that are named; more would push the story off an 80 x 24 terminal."""


class LiveScreen:
    """Draws on a terminal until it is left; then only the story remains."""

    def __init__(self, stream: TextIO, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._now_s = monotonic
        self._under_way = _UnderWay(started_s=monotonic())
        self._live = Live(
            console=self._console,
            get_renderable=self._below,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        # One writer at a time: rich's own refreshing thread may draw between the moment a print has measured the
        # drawing that it takes back and the moment it does so, and then a row of it stays behind.
        self._drawing = threading.Lock()
        self._is_over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._live.start()
        self._ticker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_over.set()
        self._ticker.join()
        self._live.stop()

    def show(self, event: events.Event) -> None:
        """Keep what is done on the screen, and what is under way below it."""
        with self._drawing:
            self._show(event)

    def _show(self, event: events.Event) -> None:
        self._under_way.heed(event, now_s=self._now_s())
        if isinstance(event, events.ResourceChanged | events.StackChanged) and event.status.endswith("_IN_PROGRESS"):
            return
        # What went well needs no second line: its type may be cut.  A reason is told whole.
        may_be_cut = isinstance(event, events.ResourceChanged) and not event.reason
        for label, text in lines_of(event, narrow=True):
            self._console.print(_kept(label, text), no_wrap=may_be_cut, overflow="ellipsis" if may_be_cut else None)

    def _tick(self) -> None:
        while not self._is_over.wait(1 / _FRAMES_PER_S):
            with self._drawing:
                self._live.refresh()

    def _below(self) -> Group:
        now_s = self._now_s()
        return Group(*self._under_way.rows(now_s, width=self._console.width))


class _UnderWay:
    """The step that is being done, and the resources that are being made, changed or removed."""

    def __init__(self, *, started_s: float) -> None:
        self._step = ""
        self._step_started_s = started_s
        self._done = 0
        self._busy: dict[str, tuple[str, float]] = {}

    def heed(self, event: events.Event, *, now_s: float) -> None:
        """Take note of what an event changes about the work under way."""
        if isinstance(event, events.StepStarted):
            self._step, self._step_started_s, self._done = event.step, now_s, 0
            self._busy.clear()
        elif isinstance(event, events.ResourceChanged):
            if event.status.endswith("_IN_PROGRESS"):
                self._busy.setdefault(event.logical_id, (event.resource_type, now_s))
            else:
                self._done += 1
                self._busy.pop(event.logical_id, None)

    def rows(self, now_s: float, *, width: int) -> list[Text]:
        """Return the lines to draw: one of progress, then the resources, the longest under way first."""
        if not self._step:
            return []
        counts = f", {self._done} done, {len(self._busy)} under way" if self._done or self._busy else ""
        elapsed = duration(max(round(now_s - self._step_started_s), 0)) if now_s - self._step_started_s >= 1 else ""
        rows = [f"[ {_moving(now_s)} ]  {self._step}{counts}  {elapsed}"]
        for logical_id, (resource_type, since_s) in list(self._busy.items())[:_MOST_SHOWN]:
            rows.append(f"{'':{_INDENT}}{logical_id}  {short_type(resource_type)}  {duration(round(now_s - since_s))}")
        if len(self._busy) > _MOST_SHOWN:
            rows.append(f"{'':{_INDENT}}and {len(self._busy) - _MOST_SHOWN} more")
        return [_one_row(printable(row), width) for row in rows]


def _moving(now_s: float) -> str:
    """Return the four dashes of a step, with one of them on its way."""
    position = int(now_s * _FRAMES_PER_S / 2) % 4
    return "-" * position + "=" + "-" * (3 - position)


def _one_row(text: str, width: int) -> Text:
    # A row that wrapped would be counted as one when the drawing is taken back, and leave its tail behind.
    row = Text(text, no_wrap=True)
    row.truncate(max(width - 1, 1), overflow="ellipsis")
    return row


def _kept(label: str, text: str) -> Padding | Text:
    """Return a line of the story; what does not fit goes on below its beginning."""
    first, _, rest = text.partition(" ")
    body = Text.assemble((first, _style_of(first)), f" {rest}" if rest else "")
    if not label:
        return Padding(body, (0, 0, 0, _INDENT), expand=False)
    return Text.assemble("[ ", (label, _STYLES.get(label, "")), " ]  ", text, overflow="fold")


def _style_of(word: str) -> str:
    if word.endswith("_FAILED") or "ROLLBACK" in word:
        return "bold red"
    if word.endswith("_COMPLETE"):
        return "green"
    return _STYLES.get(word, "")
