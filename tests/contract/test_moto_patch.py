"""Patches go on and come off."""

from collections.abc import Callable
from typing import Any

from stax_local.emulator.patches.patch import Patch, named


class Parent:
    def greet(self, name: str) -> str:
        return f"hello {name}"


class Child(Parent):
    pass


def test_a_wrapped_method_is_given_the_original() -> None:
    patch = Patch("test")

    @patch.wraps(Child, "greet")
    def shout(original: Callable[..., str], self: Any, name: str) -> str:
        return original(self, name).upper()

    assert Child().greet("you") == "hello you"
    patch.apply()
    patch.apply()
    assert Child().greet("you") == "HELLO YOU"
    assert Parent().greet("you") == "hello you"
    patch.unapply()
    assert Child().greet("you") == "hello you"
    assert "greet" not in vars(Child)


def test_an_attribute_is_put_in_place_and_taken_away() -> None:
    patch = Patch("test")
    patch.sets(Child, "state", property(lambda _self: "mended"))

    patch.apply()
    assert Child().state == "mended"  # type: ignore[attr-defined]
    patch.unapply()

    assert not hasattr(Child, "state")


def test_arguments_are_known_by_name_however_they_are_passed() -> None:
    child = Child()

    assert named(Parent.greet, child, "you") == named(Parent.greet, child, name="you") == {"self": child, "name": "you"}
