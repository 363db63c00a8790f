"""Systems Manager on a line that is kept open, by whichever way out works."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from stax_agent.imds import Credentials
from stax_agent.line import Line, Way, endpoint
from stax_agent.setback import Setback
from stax_agent.sigv4 import signed

TIMEOUT_S = 10.0
"""Nothing that is asked here is in a hurry, and at a boot a slow answer is better than none."""


class Ssm:
    """Systems Manager in one region.  One thread uses it."""

    def __init__(
        self, region: str, credentials: Callable[[], Credentials], way: Way, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._region = region
        self._credentials = credentials
        self._line = Line(endpoint("ssm", region), way, timeout_s=timeout_s)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation.  Raises Setback with AWS's code; the answer itself is in none."""
        body = json.dumps(parameters).encode()
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AmazonSSM.{operation}",
            "Host": self._line.host,
        }
        scope = (self._region, "ssm")
        whole = signed(headers, body, credentials=self._credentials(), scope=scope, at=datetime.now(UTC))
        status, answer = self._line.post(body, whole)
        try:
            said = json.loads(answer or b"{}")
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise Setback(f"ssm:{operation} answers {status} without a JSON object", code=str(status))
        if status != 200:
            code = str(said.get("__type", status)).rpartition("#")[2]
            raise Setback(f"ssm:{operation} is refused: {code}", code=code)
        return said

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()
