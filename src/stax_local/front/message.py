"""A request and an answer, as plain values: the shape in which HTTP travels inside the region."""

from dataclasses import dataclass, replace
from email.message import Message
from functools import cached_property


@dataclass(frozen=True)
class Request:
    """One HTTP request, whole.  `target` is what stood in the request line: `/path?query`, still encoded."""

    method: str
    target: str
    headers: Message
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        """The path as sent, percent-encoding and all."""
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> str:
        """The query string as sent, without its question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str:
        """The header's value, or nothing."""
        value = self.headers.get(name)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Response:
    """One HTTP answer, whole.  A `Content-Length` of its own is kept (HEAD tells the length of what it leaves out)."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first header of that name, in any case, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def with_header(self, name: str, value: str) -> "Response":
        """The same answer with one header more."""
        return replace(self, headers=(*self.headers, (name, value)))


class NoAnswer(Exception):  # noqa: N818
    """The connection is to be closed without a word."""
