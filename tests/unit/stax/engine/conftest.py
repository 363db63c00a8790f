from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from stax.aws.endpoints import Endpoint
from stax.aws.errors import AwsError
from stax.aws.session import Aws, Identity


@dataclass
class TurningClock:
    """A clock that moves only when somebody sleeps."""

    now_s: float = 0.0
    slept_s: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds


@pytest.fixture
def clock() -> TurningClock:
    return TurningClock()


class Account(Aws):
    """An account that answers as it is told, and remembers what it was asked."""

    identity = Identity(account_id="123456789012", arn="arn:aws:iam::123456789012:user/me")

    def __init__(self, **answers: Any) -> None:
        super().__init__(Endpoint(name="test", region="us-east-1"))
        self.answers = answers
        self.asked: list[str] = []
        self.parameters: dict[str, dict[str, Any]] = {}

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        self.asked.append(operation)
        self.parameters[operation] = parameters
        answer = self.answers.get(operation, {})
        if isinstance(answer, list):
            answer = answer.pop(0)  # one a call
        if isinstance(answer, str):
            raise AwsError(f"{operation}: {answer}", code=answer, operation=operation)
        return dict(answer)

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[Any]:
        yield from self.call(service, operation, **parameters).get(key, ())


@pytest.fixture
def account_with() -> type[Account]:
    """`account_with(Operation=answer, …)`: a dict is an answer, a str an error code, a list one of them a call."""
    return Account
