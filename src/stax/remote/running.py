"""Commands whose output stax itself reads: run to their end, or spoken with line by line."""

import queue
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from stax.errors import StaxError, Unhealthy

ENDS_WITHIN_S = 10.0
SSH_FAILED = 255
"""ssh's own exit code; any other is the command's."""


def run_there(
    argv: Sequence[str], *, machine: str, limit_s: float, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run ssh's arguments to their end and return code and output; `given` is the command's input.

    Raises StaxError when ssh cannot log in, Unhealthy when the command does not end in time.
    """
    try:
        done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unhealthy(
            f"{machine} did not answer within {limit_s:.0f} s", hint="run the same command again"
        ) from error
    if done.returncode == SSH_FAILED:
        said = done.stderr.strip().splitlines()
        raise StaxError(f"cannot log in to {machine}: {said[-1] if said else 'ssh says nothing'}")
    return done


def run_here(argv: Sequence[str], *, limit_s: float) -> None:
    """Run a command of a region on this machine.  Raises StaxError with its last words when it fails."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StaxError(f"{argv[0]} did not do it: {error}") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise StaxError(f"the region refuses: {said[-1] if said else f'exit code {done.returncode}'}")


class Conversation:
    """A program on a machine that answers a line with a line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._has_ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether the program has ended and all that it said was heard."""
        return self._has_ended.is_set() and self._said.empty()

    def _read(self) -> None:
        stdout = self._process.stdout
        for line in stdout or ():
            self._said.put(line)
        self._has_ended.set()
        self._said.put("")

    def tell(self, line: str) -> None:
        """Send a line; nobody there any more is what the missing answer says."""
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.write(line)
                self._process.stdin.flush()

    def hear(self, *, within_s: float) -> str:
        """Return the next line; empty when none came in time, or the program has ended."""
        try:
            return self._said.get(timeout=within_s)
        except queue.Empty:
            return ""

    def ask(self, line: str, *, within_s: float) -> str:
        """Send a line and return the next one that comes."""
        self.tell(line)
        return self.hear(within_s=within_s)


@contextmanager
def conversation(argv: Sequence[str]) -> Iterator[Conversation]:
    """Start ssh with a program that is spoken with; its input is closed with the block, and it is waited for."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C is for stax, which then ends it in order
    )
    try:
        yield Conversation(process)
    finally:
        if process.stdin:
            with suppress(OSError):
                process.stdin.close()
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
