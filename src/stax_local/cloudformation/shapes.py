"""How a resource type is declared: its properties, and what makes, changes, reads and deletes one.

Properties are checked and coerced here as CloudFormation's registry does ("3" for 3, "true" for True); what
is unknown is refused by name.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from stax_local.cloudformation.expressions import UNKNOWN, as_text
from stax_local.cloudformation.work import Change, Live, Properties, Work


class Effect(Enum):
    """What changing a property does to the resource, in a change set's words (RequiresRecreation)."""

    NONE = "Never"
    SOME = "Conditionally"
    REPLACES = "Always"


class Shape(Protocol):
    """The form of a value."""

    def coerce(self, value: Any, path: str) -> Any:
        """Return the value as the API takes it; raises Misfit at the first part that does not fit."""
        ...


class Misfit(Exception):  # noqa: N818 - reads as what it says
    """A value that does not have its property's form."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"#{path}: {problem}")


def _kind(value: Any) -> str:
    names = {dict: "JSONObject", list: "JSONArray", bool: "Boolean", int: "Integer", float: "Double", str: "String"}
    return names.get(type(value), "Null")


@dataclass(frozen=True)
class Text:
    """A string, perhaps one of a few."""

    one_of: tuple[str, ...] = ()

    def coerce(self, value: Any, path: str) -> Any:
        """Take any scalar."""
        if value is None or isinstance(value, dict | list):
            raise Misfit(path, f"expected type: String, found: {_kind(value)}")
        text = as_text(value)
        if self.one_of and text not in self.one_of:
            raise Misfit(path, f"{text} is not a valid enum value; one of {', '.join(self.one_of)}")
        return text


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    def coerce(self, value: Any, path: str) -> Any:
        """Take an integer or its digits."""
        if not isinstance(value, bool | dict | list) and re.fullmatch(r"-?\d+", str(value)):
            return int(value)
        raise Misfit(path, f"expected type: Integer, found: {_kind(value)}")


@dataclass(frozen=True)
class Number:
    """A number."""

    def coerce(self, value: Any, path: str) -> Any:
        """Take a number or its digits."""
        if not isinstance(value, bool | dict | list) and re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", str(value)):
            return float(value)
        raise Misfit(path, f"expected type: Number, found: {_kind(value)}")


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def coerce(self, value: Any, path: str) -> Any:
        """Take a boolean or its name."""
        if str(value).lower() in ("true", "false"):
            return str(value).lower() == "true"
        raise Misfit(path, f"expected type: Boolean, found: {_kind(value)}")


@dataclass(frozen=True)
class Document:
    """JSON of any form, such as a policy."""

    def coerce(self, value: Any, path: str) -> Any:
        """Take an object, or a string that the service will read."""
        if isinstance(value, dict | str):
            return value
        raise Misfit(path, f"expected type: JSONObject, found: {_kind(value)}")


@dataclass(frozen=True)
class ListOf:
    """A list of one form."""

    item: Shape

    def coerce(self, value: Any, path: str) -> Any:
        """Take a list; each item by its own form."""
        if not isinstance(value, list):
            raise Misfit(path, f"expected type: JSONArray, found: {_kind(value)}")
        return [coerce(self.item, item, f"{path}/{index}") for index, item in enumerate(value)]


@dataclass(frozen=True)
class MapOf:
    """An object with any keys and values of one form."""

    item: Shape

    def coerce(self, value: Any, path: str) -> Any:
        """Take an object; each value by its own form."""
        if not isinstance(value, dict):
            raise Misfit(path, f"expected type: JSONObject, found: {_kind(value)}")
        return {key: coerce(self.item, item, f"{path}/{key}") for key, item in value.items()}


@dataclass(frozen=True)
class Structure:
    """An object with declared members."""

    members: Mapping[str, Shape]
    required: frozenset[str] = frozenset()

    def coerce(self, value: Any, path: str) -> Any:
        """Take an object; each member by its own form, no other member, none of the required missing."""
        if not isinstance(value, dict):
            raise Misfit(path, f"expected type: JSONObject, found: {_kind(value)}")
        for name in value:
            if name not in self.members:
                raise Misfit(path, f"extraneous key [{name}] is not permitted")
        for name in sorted(self.required):
            if name not in value:
                raise Misfit(path, f"required key [{name}] not found")
        return {name: coerce(self.members[name], item, f"{path}/{name}") for name, item in value.items()}


def coerce(shape: Shape, value: Any, path: str) -> Any:
    """Return the value in its form; what is not known yet passes.  Raises Misfit."""
    return UNKNOWN if value is UNKNOWN else shape.coerce(value, path)


def structure(*required: str, **members: Shape) -> Structure:
    """Return a Structure; the positional names are the members that must be there."""
    return Structure(members, frozenset(required))


TEXT, WHOLE, NUMBER, FLAG, DOCUMENT = Text(), Whole(), Number(), Flag(), Document()
TEXTS = ListOf(TEXT)
TAGS = ListOf(structure("Key", "Value", Key=TEXT, Value=TEXT))


@dataclass(frozen=True)
class Property:
    """A property of a resource type; `hidden` ones are never read back, so drift does not look at them."""

    shape: Shape
    effect: Effect = Effect.NONE
    required: bool = False
    hidden: bool = False


def replaces(shape: Shape = TEXT, *, required: bool = False, hidden: bool = False) -> Property:
    """Return a property whose change makes a new resource."""
    return Property(shape, Effect.REPLACES, required, hidden)


def updates(shape: Shape = TEXT, *, required: bool = False, hidden: bool = False) -> Property:
    """Return a property that is changed in place."""
    return Property(shape, Effect.NONE, required, hidden)


def interrupts(shape: Shape = TEXT, *, hidden: bool = False) -> Property:
    """Return a property whose change needs the resource to stop for a while."""
    return Property(shape, Effect.SOME, hidden=hidden)


def _no_update(_work: Work, _change: Change) -> None:
    """Types all of whose properties are replaced never get here."""


def _nothing_to_delete(_work: Work, _physical_id: str, _properties: Properties) -> None:
    """For types that are no thing of their own."""


def _nothing_left(_work: Work, _properties: Properties) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class ResourceType:
    """One resource type.  `create` returns the physical id, having told it by `work.made` as soon as it is known."""

    name: str
    properties: Mapping[str, Property]
    create: Callable[[Work, Properties], str]
    read: Callable[[Work, str, Properties], Live | None]
    """What is there now: None when it is gone."""
    delete: Callable[[Work, str, Properties], None] = _nothing_to_delete
    update: Callable[[Work, Change], None] = _no_update
    leftovers: Callable[[Work, Properties], Sequence[str]] = _nothing_left
    """Physical ids of what a creation that was cut short may have made without telling."""
    attributes: frozenset[str] = frozenset()
    changing: frozenset[str] = frozenset()
    """Attributes that an update in place gives another value."""
    snapshots: bool = False
    """Whether DeletionPolicy Snapshot is allowed."""

    @property
    def takes_tags(self) -> bool:
        """Whether the stack's tags are passed on to it: a change of them alone leaves the other types alone."""
        return not self.properties.keys().isdisjoint({"Tags", "TagSpecifications"})

    def problems(self, properties: Mapping[str, Any]) -> Iterator[str]:
        """Yield what does not fit, in the registry's words."""
        for name in properties:
            if name not in self.properties:
                yield f"#: extraneous key [{name}] is not permitted"
        for name, each in self.properties.items():
            if each.required and name not in properties:
                yield f"#: required key [{name}] not found"
            elif name in properties:
                try:
                    coerce(each.shape, properties[name], f"/{name}")
                except Misfit as misfit:
                    yield str(misfit)

    def coerced(self, properties: Mapping[str, Any]) -> Properties:
        """Return the properties as the API takes them; raises Misfit."""
        return {name: coerce(self.properties[name].shape, value, f"/{name}") for name, value in properties.items()}
