"""A log of forwarded connections for the journal: off unless its unit is started, and rate-limited in the kernel.

A rule of its own asks the kernel to tell of a new connection, as many a second as the limit lets through; the
kernel tells with the translation, which no rule that logs packets could know.  60-nat.conf has it tell of nothing
else, so other connections cost nothing (docs/decisions/0064).
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from stax_agent.nat.connections import Connection
from stax_agent.nat.netlink import NewConnections
from stax_agent.setback import say

LIMIT = Path("/etc/stax/connection-log")
"""How many a second at most, as one number; written by whoever wants another limit."""
USUAL_LIMIT_PER_S = 100
MOST_PER_S = 10_000
_PROTOCOLS = {6: "tcp", 17: "udp"}

_TABLE = "inet stax_nat_log"
_RULES = """\
table {table} {{}}
delete table {table}
table {table} {{
    chain forward {{
        type filter hook forward priority filter - 1; policy accept;
        ct state new limit rate {limit}/second burst {limit} packets ct event set new
    }}
}}
"""


def rules(limit_per_s: int) -> str:
    """Return the text for `nft --file`."""
    return _RULES.format(table=_TABLE, limit=limit_per_s)


def read_limit(text: str) -> int:
    """Read a limit; raises ValueError for what is none."""
    limit = int(text)
    if not 1 <= limit <= MOST_PER_S:
        raise ValueError(f"{limit} is not from 1 to {MOST_PER_S}")
    return limit


def line(connection: Connection) -> str:
    """Return how a connection reads in the journal."""
    protocol, source, source_port, target, target_port = connection.key
    return (
        f"protocol={_PROTOCOLS.get(protocol, protocol)} source={_address(source)} source_port={source_port} "
        f"destination={_address(target)} destination_port={target_port} "
        f"translated={_address(connection.nat_address)} translated_port={connection.nat_port}"
    )


def _address(packed: bytes) -> str:
    return ".".join(map(str, packed))


def log(limit_file: Path = LIMIT) -> int:
    """Log until stopped; the unit takes the rule away then.  Return the exit code of what cannot be begun."""
    try:
        limit_per_s = read_limit(limit_file.read_text()) if limit_file.exists() else USUAL_LIMIT_PER_S
    except (OSError, ValueError) as error:
        say(f"{limit_file} is to hold a number of connections a second, 1 to {MOST_PER_S}: {error}")
        return 2
    with closing(NewConnections()) as news:
        _load(rules(limit_per_s))
        say(f"logging new connections, at most {limit_per_s} a second")
        for told in _lines(news):
            say(told)
    return 0


def _lines(news: NewConnections) -> Iterator[str]:
    lost_at_s = float("-inf")
    while True:
        try:
            yield from map(line, news.next())
        except OSError as error:
            # The kernel has told faster than this was read: what was lost is lost, and that is said.
            if time.monotonic() - lost_at_s > 1:
                lost_at_s = time.monotonic()
                yield f"some connections were not told: {error}"


def _load(text: str) -> None:
    done = subprocess.run(("nft", "--file", "-"), input=text, capture_output=True, text=True, timeout=5, check=False)
    if done.returncode:
        raise OSError(f"nft refuses the rule of the log: {done.stderr.strip()}")
