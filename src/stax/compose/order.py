"""Services in the order in which they are started: each behind what it needs."""

from collections.abc import Iterable, Mapping, Sequence

from stax.errors import UsageError


def in_order(wanted: Iterable[str], needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the wanted services and all that they need, each behind its needs; raises UsageError for a circle."""
    order: list[str] = []
    for name in wanted:
        _visit(name, needs, order, ())
    return order


def _visit(name: str, needs: Mapping[str, Sequence[str]], order: list[str], path: tuple[str, ...]) -> None:
    if name in path:
        circle = " needs ".join((*path[path.index(name) :], name))
        raise UsageError(
            f"the services need one another in a circle: {circle}", hint="take one need out of service.toml"
        )
    if name not in order:
        for need in needs.get(name, ()):
            _visit(need, needs, order, (*path, name))
        order.append(name)
