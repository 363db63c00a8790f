"""DNS messages (RFC 1035), as much of them as a resolver of few names needs.  Pure."""

import socket
import struct
from dataclasses import dataclass

A, PTR, AAAA = 1, 12, 28
IN = 1

NO_ERROR, FORMAT_ERROR, SERVER_FAILURE, NAME_ERROR, NOT_IMPLEMENTED = 0, 1, 2, 3, 4

_HEADER = struct.Struct("!6H")
_RESPONSE, _RECURSION_DESIRED, _RECURSION_AVAILABLE = 0x8000, 0x0100, 0x0080
_OPCODE = 0x7800
_POINTER_TO_QUESTION = b"\xc0\x0c"  # the name at offset 12: the question's
_LONGEST_LABEL = 63


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a name in lower case without its last dot, and a type."""

    name: str
    type: int
    recursion_desired: bool
    message_id: int
    raw: bytes
    """The question section as it came, echoed in the answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records' contents: addresses for A, one name for PTR; none at all is an answer as well."""

    code: int = NO_ERROR
    records: tuple[str, ...] = ()
    ttl_s: int = 60


class MalformedError(ValueError):
    """The message is no question; `code` is what to answer, None for silence."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"malformed DNS message (answer {code})")
        self.code = code


def parse(message: bytes) -> Question:
    """Read a query with one question; anything else is MalformedError."""
    if len(message) < _HEADER.size:
        raise MalformedError(None)
    message_id, flags, questions, *_ = _HEADER.unpack_from(message)
    if flags & _RESPONSE:
        raise MalformedError(None)
    if flags & _OPCODE:
        raise MalformedError(NOT_IMPLEMENTED)
    if questions != 1:
        raise MalformedError(FORMAT_ERROR)
    labels, position = _labels(message, _HEADER.size)
    if position + 4 > len(message):
        raise MalformedError(FORMAT_ERROR)
    kind, _ = struct.unpack_from("!2H", message, position)
    return Question(
        name=b".".join(labels).decode("ascii", "replace").lower(),
        type=kind,
        recursion_desired=bool(flags & _RECURSION_DESIRED),
        message_id=message_id,
        raw=message[_HEADER.size : position + 4],
    )


def _labels(message: bytes, position: int) -> tuple[list[bytes], int]:
    """The labels of an uncompressed name, and where it ends."""
    labels: list[bytes] = []
    while position < len(message):
        length = message[position]
        position += 1
        if length == 0:
            return labels, position
        if length > _LONGEST_LABEL or position + length > len(message):
            break
        labels.append(message[position : position + length])
        position += length
    raise MalformedError(FORMAT_ERROR)


def reply(question: Question, answer: Answer) -> bytes:
    """The message that answers."""
    flags = _RESPONSE | _RECURSION_AVAILABLE | answer.code
    if question.recursion_desired:
        flags |= _RECURSION_DESIRED
    header = _HEADER.pack(question.message_id, flags, 1, len(answer.records), 0, 0)
    records = b"".join(_record(question.type, each, answer.ttl_s) for each in answer.records)
    return header + question.raw + records


def refusal(message: bytes, code: int) -> bytes:
    """The answer to what could not be read: the id and the code, nothing else."""
    message_id = struct.unpack_from("!H", message)[0]
    return _HEADER.pack(message_id, _RESPONSE | code, 0, 0, 0, 0)


def _record(kind: int, content: str, ttl_s: int) -> bytes:
    data = socket.inet_aton(content) if kind == A else _name(content)
    return _POINTER_TO_QUESTION + struct.pack("!HHIH", kind, IN, ttl_s, len(data)) + data


def _name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
