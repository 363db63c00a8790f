from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import pytest

from stax_agent.setback import Setback


@dataclass
class FakeAws:
    """The parameters of an account, and what EC2 describes; `says` is a setback for every call."""

    parameters: dict[str, str] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    says: str = ""
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def ssm(self, operation: str, **parameters: Any) -> dict[str, Any]:
        self._ask(operation, parameters)
        name, found = parameters.get("Name", ""), self.parameters
        if operation == "PutParameter":
            if name in found and not parameters["Overwrite"]:
                raise Setback("refused", code="ParameterAlreadyExists")
            found[name] = parameters["Value"]
            return {}
        if operation == "GetParameter":
            if name not in found:
                raise Setback("refused", code="ParameterNotFound")
            return {"Parameter": {"Name": name, "Value": found[name]}}
        there = [each for each in parameters["Names"] if each in found]
        return {"Parameters": [{"Name": each, "Value": found[each]} for each in there]}

    def ec2(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        self._ask(action, parameters)
        return ElementTree.fromstring(self.pages.pop(0))  # noqa: S314 - the test wrote it

    def _ask(self, operation: str, parameters: Mapping[str, Any]) -> None:
        self.asked.append((operation, parameters))
        if self.says:
            raise Setback(self.says, code=self.says)


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def an_ed25519_key(letter: str) -> str:
    return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + letter * 43


@pytest.fixture
def key() -> str:
    return an_ed25519_key("k")


@pytest.fixture
def other_key() -> str:
    return an_ed25519_key("o")
