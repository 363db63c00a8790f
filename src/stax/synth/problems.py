"""What is wrong with a template, as data: which rule, where, on which line, and what would be right."""

from collections.abc import Sequence
from dataclasses import dataclass

from stax.errors import UsageError

Place = tuple[str | int, ...]
"""A path into a template: ("Resources", "Nat1", "Properties", "NetworkInterfaces", 0)."""


@dataclass(frozen=True)
class TemplateProblem:
    """One thing that is wrong: `rule` names the check, `nearest` a right name close to a wrong one."""

    rule: str
    message: str
    place: Place = ()
    line: int | None = None
    nearest: str = ""
    is_error: bool = True
    """False for what would work, but should not stay so."""

    @property
    def where(self) -> str:
        """The place as people write it: Resources.Nat1.Properties.NetworkInterfaces.0."""
        return ".".join(str(part) for part in self.place)

    def __str__(self) -> str:
        parts = [f"{shown(self.where)}: {shown(self.message)}" if self.place else shown(self.message)]
        if self.nearest:
            parts.append(f"did you mean {shown(self.nearest)}?")
        return f"{'; '.join(parts)} [{self.rule}]"


class UnreadableTemplate(UsageError):  # noqa: N818 - reads as what it says
    """The file is no template at all; `problem` says why, `path` which file."""

    def __init__(self, path: str, problem: TemplateProblem) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{located(path, problem.line)}: {problem}", hint="docs/template.md says how one is written")


class BadTemplate(UsageError):  # noqa: N818
    """The template was refused; `problems` has every reason."""

    def __init__(self, path: str, problems: Sequence[TemplateProblem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        lines = [f"{located(path, problem.line)}: {problem}" for problem in problems]
        count = f"{shown(path)} has {len(lines)} problems; nothing was changed"
        super().__init__(lines[0] if len(lines) == 1 else "\n".join([count, *(f"  {line}" for line in lines)]))


def located(path: str, line: int | None) -> str:
    """Say where something stands, as editors and compilers do: path:line."""
    return shown(path) if line is None else f"{shown(path)}:{line}"


def shown(text: str) -> str:
    """Make text from a file safe for a terminal: escaped where it could act on one, and bounded."""
    safe = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:400])
    return safe if len(text) <= 400 else safe + "…"
