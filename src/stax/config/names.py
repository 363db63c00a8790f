"""The name of a stax, and every other name that follows from it.

The stack's name is the stax's name.  It becomes part of a bucket's name, of tags, of SSM parameters,
of a key pair and of a local folder, so it must suit the strictest of them.
"""

import hashlib
import re
from collections.abc import Callable
from random import SystemRandom

from stax.config.problems import shown
from stax.config.words import WORDS
from stax.errors import UsageError

LONGEST = 40
_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ALLOWED = f"1 to {LONGEST} of a-z, 0-9 and single hyphens, a letter first, no hyphen last"
_LONGEST_BUCKET = 63
"""Amazon S3 User Guide, "General purpose bucket naming rules"."""


_random = SystemRandom().randrange


def generated_name(choose: Callable[[int], int] = _random) -> str:
    """Return a fresh name in the style of 2015, such as vpc-stax-40838-grooving.

    `choose(n)` picks a number from 0 to n - 1.
    """
    return f"vpc-stax-{choose(90_000) + 10_000}-{WORDS[choose(len(WORDS))]}"


def trial_name(choose: Callable[[int], int] = _random) -> str:
    """Return a fresh name for a stax that is thrown away again, such as test-40838-grooving."""
    return f"test-{choose(90_000) + 10_000}-{WORDS[choose(len(WORDS))]}"


def checked_name(name: str) -> str:
    """Return the name when a stax may be called so; raises UsageError with what is allowed."""
    if len(name) <= LONGEST and _PATTERN.fullmatch(name):
        return name
    nearest = _nearest(name)
    hint = f"allowed: {_ALLOWED}" + (f"; did you mean {nearest}?" if nearest else "")
    raise UsageError(f"a stax cannot be called {shown(name)}", hint=hint)


def _nearest(name: str) -> str:
    """Return what is left when everything that is not allowed is taken out, or "" when that is no name."""
    if not name.isascii():
        return ""
    hyphened = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    candidate = re.sub(r"^[0-9-]+", "", hyphened)[:LONGEST].strip("-")
    return candidate if _PATTERN.fullmatch(candidate) else ""


def key_pair_name(name: str) -> str:
    """Return the name of the EC2 key pair that stax imports."""
    return name


def parameter_path(name: str) -> str:
    """Return the SSM path under which everything of the stax lies, with a slash at its end."""
    return f"/stax/{name}/"


def bucket_name(name: str, *, account_id: str, region: str) -> str:
    """Return the name of the stax's bucket: the same wherever it is asked, unlike any other stax's.

    A name too long for S3 is cut, and told apart by the hash of the whole.
    """
    suffix = f"-{account_id}-{region}"
    room = _LONGEST_BUCKET - len("stax-") - len(suffix)
    if len(name) <= room:
        return f"stax-{name}{suffix}"
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    # A double hyphen stands in no name, so that a cut one is never another's whole.
    return f"stax-{name[: room - 10].rstrip('-')}--{digest}{suffix}"
