"""A port of this machine that leads to one behind the jumpbox, for as long as ssh runs."""

import errno
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, NoReturn

from stax.errors import StaxError, UsageError
from stax.remote.running import ENDS_WITHIN_S

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65535


def forward_argv(program: str, config: str, destination: str, *, local: int, to: str) -> list[str]:
    """Return ssh's arguments; `to` is ADDRESS:PORT as the destination sees it."""
    options = ["-N", "-o", "ExitOnForwardFailure=yes", "-L", f"{LOOPBACK}:{local}:{to}"]
    return [program, "-F", config, *options, destination]


def refuse_taken(port: int) -> None:
    """Raise UsageError when somebody else has the port here, or this user may not have it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as ssh does: a port that rests is free
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is in use on this machine" if taken else f"cannot be had on this machine: {error.strerror}"
            raise UsageError(f"port {port} {why}", hint="another one: stax forward SERVICE LOCAL:PORT") from error


@contextmanager
def forwarding(argv: Sequence[str], *, machine: str) -> Iterator["Forwarding"]:
    """Start ssh, and end it with the block."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,  # Ctrl-C is for stax, which then ends it in order
        )
        try:
            yield Forwarding(process, said, machine)
        finally:
            process.terminate()
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Forwarding:
    """ssh while it forwards."""

    def __init__(self, process: "subprocess.Popen[bytes]", said: IO[bytes], machine: str) -> None:
        self._process = process
        self._said = said
        self._machine = machine

    def listens_at(self, port: int) -> bool:
        """Return whether the port leads there by now; raises StaxError when ssh has given up."""
        if self._process.poll() is not None:
            raise self._end("cannot lead a port")
        with socket.socket() as probe:
            return probe.connect_ex((LOOPBACK, port)) == 0

    def wait(self) -> NoReturn:
        """Wait until the connection breaks off, and raise StaxError; it never ends otherwise."""
        self._process.wait()
        raise self._end("the connection broke off: no port leads any more")

    def _end(self, what: str) -> StaxError:
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return StaxError(f"{what} to {self._machine}: {lines[-1] if lines else 'ssh says nothing'}")
