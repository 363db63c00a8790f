"""Giving the reconciliation's commands to the kernel."""

from collections.abc import Iterable

from stax_local.kernel import namespaces
from stax_local.kernel.delay_lines import DelayLines
from stax_local.kernel.process import KernelError, run
from stax_local.reconcile import (
    Command,
    DropNamespace,
    EndDelay,
    Ip,
    MakeNamespace,
    StartDelay,
    SwapFilters,
    Unplug,
)

_ALREADY_GONE = "Cannot find device"
"""What `ip` says of a device that is not there (iproute2 5 and 6, and the kernel's own ENODEV)."""


def apply(commands: Iterable[Command], delay_lines: DelayLines) -> int:
    """Give every command in order and return how many there were; the first that fails raises."""
    count = 0
    for count, command in enumerate(commands, start=1):  # noqa: B007 - the last value is the answer
        _give(command, delay_lines)
    return count


def _give(command: Command, delay_lines: DelayLines) -> None:
    match command:
        case MakeNamespace(name, forwards):
            namespaces.make(name, forwards=forwards)
        case DropNamespace(name):
            delay_lines.end_in(name)  # a namespace lives as long as a process in it
            namespaces.drop(name)
        case Ip(namespace, lines):
            run(("ip", "-n", namespace, "-batch", "-"), given="\n".join(lines) + "\n")
        case Unplug(namespace, device):
            _unplug(namespace, device)
        case SwapFilters():
            _swap(command)
        case StartDelay(namespace, delay):
            delay_lines.start(namespace, delay)
        case EndDelay(namespace, delay):
            delay_lines.end(namespace, delay)


def _unplug(namespace: str, device: str) -> None:
    try:
        run(("ip", "-n", namespace, "link", "del", device))
    except KernelError as error:
        if _ALREADY_GONE not in str(error):
            raise


def _swap(swap: SwapFilters) -> None:
    text = "".join(f"delete table {swap.family} {name}\n" for name in swap.removed)
    text += "".join(f"table {swap.family} {name} {{\n{body}}}\n" for name, body in swap.added)
    run(("nsenter", f"--net={namespaces.FOLDER / swap.namespace}", "nft", "-f", "-"), given=text)
