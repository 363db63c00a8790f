"""Which stax is meant: the one that is named, or the only one there is."""

from difflib import get_close_matches

from stax.aws import cloudformation
from stax.aws.session import Aws
from stax.config.names import checked_name
from stax.engine.demolition import refuse_foreign
from stax.errors import NotFound, UsageError
from stax.model.stack import Stack


def selected_stack(aws: Aws, name: str = "") -> Stack:
    """Return the stack of that name, or, without one, of the only stax there is.

    Raises NotFound when there is none, UsageError when there are several to choose from, StaxError when
    a stack of that name was not made by stax.
    """
    if not name:
        return _only_stack(aws)
    stack = cloudformation.find_stack(aws, checked_name(name))
    if stack is None:
        raise NotFound(f"there is no stax {name} in {aws.place}", hint=_nearest(aws, name))
    refuse_foreign(stack)
    return stack


def own_stacks(aws: Aws) -> list[Stack]:
    """Return the stacks of every stax of the account in this region, in every state but deleted."""
    return [stack for stack in cloudformation.stacks(aws) if stack.is_ours]


def _only_stack(aws: Aws) -> Stack:
    found = own_stacks(aws)
    if not found:
        raise NotFound(f"there is no stax in {aws.place}", hint="make one: stax create")
    if len(found) > 1:
        names = ", ".join(sorted(stack.name for stack in found))
        raise UsageError(f"there are {len(found)} stax in {aws.place}: which one?", hint=f"name one of {names}")
    return found[0]


def _nearest(aws: Aws, name: str) -> str:
    near = get_close_matches(name, [stack.name for stack in own_stacks(aws)], n=1)
    return f"did you mean {near[0]}?" if near else "see those there are: stax list"
