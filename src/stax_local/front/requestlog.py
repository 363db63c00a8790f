"""One line per request: who asked for what, how it ended, how long it took.  Never a parameter or a body."""

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

from stax_local.front.call import Call
from stax_local.front.keyring import Key
from stax_local.front.message import Response

LIMIT_BYTES = 4 * 1024 * 1024
"""Of each of the two files: some 40,000 requests."""
_CODE = re.compile(rb"<Code>([A-Za-z0-9.]+)</Code>")


class RequestLog:
    """Writes to a file of bounded size."""

    def __init__(self, path: Path) -> None:
        handler = RotatingFileHandler(path, maxBytes=LIMIT_BYTES, backupCount=1, delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S"))
        self._logger = logging.Logger("requests")
        self._logger.addHandler(handler)

    def write(self, call: Call, key: Key | None, response: Response, elapsed_s: float) -> None:
        """Note one answered request."""
        what = call.operation if call.protocol != "rest" else f"{call.operation} {call.request.path[:200]!r}"
        who = key.arn.partition("::")[2] if key else "-"
        self._logger.info(
            "%s %s:%s %s %s %.1fms by %s%s",
            response.header("x-amzn-RequestId")[:8] or "-",
            call.service or "-",
            what,
            call.region or "-",
            response.status,
            elapsed_s * 1000,
            who,
            _error_code(response),
        )

    def close(self) -> None:
        """Let go of the file."""
        for handler in self._logger.handlers:
            handler.close()


def _error_code(response: Response) -> str:
    if response.status < 400:
        return ""
    found = _CODE.search(response.body[:2000])
    return f" {found[1].decode() if found else response.header('x-amzn-ErrorType')}"
