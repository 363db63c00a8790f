"""Giving the reconciliation's commands to the kernel."""

from collections.abc import Iterable, Mapping

from stax_local.kernel import namespaces
from stax_local.kernel.process import KernelError, run
from stax_local.reconcile import Command, DropNamespace, Ip, MakeNamespace, SwapFilters, Unplug

_ALREADY_GONE = "Cannot find device"
"""What `ip` says of a device that is not there (iproute2 5 and 6, and the kernel's own ENODEV)."""


def apply(commands: Iterable[Command]) -> int:
    """Give every command in order and return how many there were; the first that fails raises."""
    count = 0
    for count, command in enumerate(commands, start=1):  # noqa: B007 - the last value is the answer
        _give(command)
    return count


def _give(command: Command) -> None:
    match command:
        case MakeNamespace(name, forwards):
            namespaces.make(name, forwards=forwards)
        case DropNamespace(name):
            namespaces.drop(name)
        case Ip(namespace, lines):
            run(("ip", "-n", namespace, "-batch", "-"), given="\n".join(lines) + "\n")
        case Unplug(namespace, device):
            _unplug(namespace, device)
        case SwapFilters(namespace, removed, added):
            _swap(namespace, removed, dict(added))


def _unplug(namespace: str, device: str) -> None:
    try:
        run(("ip", "-n", namespace, "link", "del", device))
    except KernelError as error:
        if _ALREADY_GONE not in str(error):
            raise


def _swap(namespace: str, removed: Iterable[str], added: Mapping[str, str]) -> None:
    text = "".join(f"delete table ip {name}\n" for name in removed)
    text += "".join(f"table ip {name} {{\n{body}}}\n" for name, body in added.items())
    run(("nsenter", f"--net={namespaces.FOLDER / namespace}", "nft", "-f", "-"), given=text)
