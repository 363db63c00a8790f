"""The kinds of value a key may have: how each is read from text, what it allows, its JSON Schema."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Any, Protocol

Schema = Mapping[str, Any]


class Refused(Exception):  # noqa: N818 - reads as what it says
    """A text is no value of a kind: why, and the nearest that would be."""

    def __init__(self, message: str, *, nearest: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.nearest = nearest


class Kind(Protocol):
    """How the values of a key are read."""

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        ...

    @property
    def schema(self) -> Schema:
        """The JSON Schema of a value as text."""
        ...

    def read(self, text: str) -> Any:
        """Turn the text into a value; raises Refused."""
        ...


@dataclass(frozen=True)
class TagText:
    """The value of an AWS tag: of what all services take ("Tag restrictions", EC2 User Guide), the ASCII part."""

    longest: int = 256

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return f"1 to {self.longest} letters, digits, spaces and _ . : / = + - @"

    @property
    def schema(self) -> Schema:
        """The JSON Schema of a value as text."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": "^[A-Za-z0-9 _.:/=+@-]+$"}

    def read(self, text: str) -> str:
        """Return the text when AWS takes it as a tag on every kind of resource."""
        if not text or len(text) > self.longest:
            raise Refused(f"{len(text)} characters long" if text else "empty, and CloudFormation takes no empty tag")
        strange = next((character for character in text if not _is_tag_character(character)), None)
        if strange is not None:
            raise Refused(f"a tag here takes no {unicodedata.name(strange, f'U+{ord(strange):04X}')}")
        if text.lower().startswith("aws:"):
            raise Refused('"aws:" in front is reserved for AWS')
        if text != text.strip(" "):
            raise Refused("spaces around it", nearest=text.strip(" "))
        return text


def _is_tag_character(character: str) -> bool:
    return (character.isascii() and character.isalnum()) or character in " _.:/=+-@"


@dataclass(frozen=True)
class WholeNumber:
    """A whole number within bounds, in a unit ("" when it counts things)."""

    smallest: int
    largest: int
    unit: str = ""

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        unit = f" ({self.unit})" if self.unit else ""
        return f"a whole number from {self.smallest} to {self.largest}{unit}"

    @property
    def schema(self) -> Schema:
        """The JSON Schema of a value as text or as a number."""
        number = {"type": "integer", "minimum": self.smallest, "maximum": self.largest}
        return {"anyOf": [number, {"type": "string", "pattern": "^[0-9]{1,9}$"}]}

    def read(self, text: str) -> int:
        """Return the number; only plain decimal digits are one."""
        if re.fullmatch(r"-?[0-9]+", text) is None:
            raise Refused("not a whole number in plain digits")
        # Python refuses to read very long numbers; all of them are out of bounds anyway.
        number = int(text) if len(text) < 20 else (1 << 64)
        if not self.smallest <= number <= self.largest:
            raise Refused("too small" if text.startswith("-") or number < self.smallest else "too large")
        return number


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: Sequence[str]

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return ", ".join(self.words)

    @property
    def schema(self) -> Schema:
        """The JSON Schema of a value as text."""
        return {"enum": list(self.words)}

    def read(self, text: str) -> str:
        """Return the word when it is one of them."""
        if text in self.words:
            return text
        near = get_close_matches(text.strip().lower()[:40], self.words, n=1)
        raise Refused("not one of them", nearest=near[0] if near else "")


@dataclass(frozen=True)
class CidrBlock:
    """An IPv4 network in CIDR notation, its host bits zero, its prefix within bounds."""

    shortest: int
    longest: int
    example: str
    beyond: str = ""
    """What else is asked of it, in words."""

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        bounds = f"from /{self.shortest} to /{self.longest}, host bits zero"
        return f"an IPv4 network such as {self.example}, {self.beyond or bounds}"

    @property
    def schema(self) -> Schema:
        """The JSON Schema of a value as text."""
        return {"type": "string", "pattern": r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$"}

    def read(self, text: str) -> IPv4Network:
        """Return the network."""
        if ":" in text:
            raise Refused("IPv6 is not used here")
        if re.fullmatch(r"[0-9.]{7,15}", text):
            raise Refused("the prefix length is missing", nearest=f"{text}/32" if self.longest == 32 else "")
        if re.fullmatch(r"[0-9.]{7,15}/[0-9]{1,2}", text) is None:
            raise Refused("not a network in CIDR notation")
        try:
            network = IPv4Network(text, strict=False)
        except (AddressValueError, NetmaskValueError, ValueError) as error:
            raise Refused("no such IPv4 network") from error
        return self._within_bounds(network, text)

    def _within_bounds(self, network: IPv4Network, text: str) -> IPv4Network:
        if not self.shortest <= network.prefixlen <= self.longest:
            raise Refused("too wide" if network.prefixlen < self.shortest else "too small")
        if str(network) != text:
            raise Refused("bits are set to the right of its prefix", nearest=str(network))
        return network


@dataclass(frozen=True)
class InstanceType:
    """The shape of an EC2 instance type's name; whether AWS offers it here is asked before a create."""

    pattern = (
        r"^([a-z]{1,6}[0-9]{1,2}[a-z0-9-]{0,12}|u-[0-9]{1,2}tb[0-9])"
        r"\.(nano|micro|small|medium|large|xlarge|[0-9]{1,3}xlarge|metal(-[0-9]{1,3}xl)?)$"
    )

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return "an EC2 instance type such as t3.micro or m7g.large"

    @property
    def schema(self) -> Schema:
        """The JSON Schema of a value as text."""
        return {"type": "string", "pattern": self.pattern}

    def read(self, text: str) -> str:
        """Return the name when it could be an instance type's."""
        if re.search(self.pattern, text.removesuffix("\n")) and not text.endswith("\n"):
            return text
        lowered = text.strip().lower().replace(" ", "")
        raise Refused("no instance type is called so", nearest=lowered if re.search(self.pattern, lowered) else "")


@dataclass(frozen=True)
class ServiceNames:
    """Names of services, with commas between them; none for no service at all."""

    none = "none"
    pattern = r"[a-z0-9][a-z0-9-]{0,39}"

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return "none, or names of services with commas between them, such as nginx, registry"

    @property
    def schema(self) -> Schema:
        """The JSON Schema of a value as text."""
        return {"type": "string", "pattern": f"^ *{self.pattern}( *, *{self.pattern})* *$"}

    def read(self, text: str) -> tuple[str, ...]:
        """Return the names in their order; whether there are such services is asked elsewhere."""
        names = [name.strip(" ") for name in text.split(",")]
        if names == [self.none]:
            return ()
        for name in names:
            if re.fullmatch(self.pattern, name) is None or name == self.none:
                lowered = name.lower()
                near = lowered if re.fullmatch(self.pattern, lowered) else ""
                raise Refused("a name is missing" if not name else "not a name of a service", nearest=near)
        if len(set(names)) < len(names):
            raise Refused("a service is named twice")
        return tuple(names)


@dataclass(frozen=True)
class KeyPairName:
    """The name of a key pair in EC2."""

    longest: int = 255

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        return f"1 to {self.longest} printable ASCII characters, no space around them"

    @property
    def schema(self) -> Schema:
        """The JSON Schema of a value as text."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": "^[!-~]([ -~]*[!-~])?$"}

    def read(self, text: str) -> str:
        """Return the name when EC2 takes it."""
        if not text or len(text) > self.longest:
            raise Refused(f"{len(text)} characters long")
        if not (text.isascii() and text.isprintable()) or text != text.strip(" "):
            raise Refused("EC2 takes no such name")
        return text
