"""Private files, written whole or not at all.

Folders are 0700, files 0600, all of them the user's own; no symlink is followed within $STAX_HOME, so
that nobody else on this machine can read what stax keeps or make it write elsewhere.
"""

import errno
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from stax.errors import StaxError

LARGEST_BYTES = 1 << 20
STALE_S = 60
"""A temporary file this old belongs to a process that died: writing one takes milliseconds."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def home_folder(environ: Mapping[str, str]) -> Path:
    """Return $STAX_HOME, or ~/.stax; it need not exist."""
    given = environ.get("STAX_HOME", "")
    if given:
        return Path(given).expanduser().absolute()
    user_home = environ.get("HOME", "")
    if not user_home:
        raise StaxError("neither STAX_HOME nor HOME says where stax may keep its files", hint="export STAX_HOME=DIR")
    return Path(user_home) / ".stax"


def ensure_folder(path: Path, *, home: Path) -> Path:
    """Make a folder at or below `home` private, with its parents; raises StaxError when it is not ours alone."""
    with _in_words(path):
        home.parent.mkdir(parents=True, exist_ok=True)
        for step in _downwards(home, path):
            with suppress(FileExistsError):
                step.mkdir(mode=0o700)
            # STAX_HOME itself may be a folder that the user made: that others see names in it does no
            # harm, as everything below is private; that they write in it would.
            barred = _WRITABLE_BY_OTHERS if step == home else _OTHERS
            _refuse_foreign(step, step.lstat(), stat.S_ISDIR, barred=barred)
    return path


def _downwards(home: Path, path: Path) -> Iterator[Path]:
    step = home
    yield step
    for part in path.relative_to(home).parts:
        step /= part
        yield step


def read_private(path: Path, *, largest_bytes: int = LARGEST_BYTES) -> bytes | None:
    """Return a file's bytes, None when there is none; raises StaxError when it is not a private file of ours."""
    with _in_words(path):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        with os.fdopen(descriptor, "rb", closefd=True) as file:
            _refuse_foreign(path, os.fstat(descriptor), stat.S_ISREG)
            return file.read(largest_bytes)


def write_private(path: Path, content: bytes, *, home: Path) -> None:
    """Put a file in place in one step: after a crash there is the old one or the new one, never half of it."""
    ensure_folder(path.parent, home=home)
    _remove_stale(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with _in_words(path):
        try:
            _write_durably(temporary, content)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def append_private(path: Path, line: bytes, *, home: Path) -> None:
    """Add a line to a file; what a crash may have torn before it stays a line of its own."""
    ensure_folder(path.parent, home=home)
    with _in_words(path):
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        try:
            status = os.fstat(descriptor)
            _refuse_foreign(path, status, stat.S_ISREG)
            torn = status.st_size > 0 and os.pread(descriptor, 1, status.st_size - 1) != b"\n"
            os.write(descriptor, (b"\n" if torn else b"") + line + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_private(path: Path) -> None:
    """Remove a file; one that is gone already is fine."""
    with _in_words(path):
        path.unlink(missing_ok=True)


def _write_durably(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_stale(path: Path) -> None:
    for temporary in path.parent.glob(f".{path.name}.*.tmp"):
        with suppress(OSError):
            if time.time() - temporary.lstat().st_mtime > STALE_S:
                temporary.unlink()


def _refuse_foreign(
    path: Path, status: os.stat_result, is_right_kind: Callable[[int], bool], *, barred: int = _OTHERS
) -> None:
    if not is_right_kind(status.st_mode):
        what = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "not what stax keeps there"
        raise StaxError(f"{path} is {what}", hint="remove it, or let STAX_HOME name another folder")
    if status.st_uid != os.geteuid():
        raise StaxError(f"{path} belongs to another user", hint="let STAX_HOME name a folder of your own")
    if status.st_mode & barred:
        mode = "700" if stat.S_ISDIR(status.st_mode) else "600"
        raise StaxError(f"others on this machine may reach {path}", hint=f"chmod {mode} {path}")


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Say a failure of the file system so that the user knows which file and what to do."""
    try:
        yield
    except OSError as error:
        raise StaxError(f"{path}: {_reason(error)}", hint=_hint(error, path)) from error


def _reason(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "is a symbolic link, which stax does not follow here"
    return (error.strerror or str(error)).lower()


def _hint(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "make room on that disk and run the same command again"
    if error.errno == errno.ELOOP:
        return f"remove {path}, or let STAX_HOME name another folder"
    return "let STAX_HOME name another folder"
