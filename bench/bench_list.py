"""`stax list` against `aws cloudformation list-stacks`, each a process of its own, at the same endpoint.

The aws CLI is version 1, which is on PyPI, at a pinned version, started from its own environment and not
through uv, whose start is not its fault.
"""

import subprocess
from pathlib import Path

from region import region
from timing import STAX, tell, wall_times_s

AWSCLI = "awscli==1.46.3"
LIMIT = 1.0
UV = Path(__file__).parent.parent / ".uv" / "bin" / "uv"


def aws_program() -> str:
    """Return the path of the aws CLI's own program."""
    where = "import sys; print(sys.prefix)"
    told = subprocess.run(
        [UV, "tool", "run", "--quiet", "--from", AWSCLI, "python", "-c", where],
        check=True,
        capture_output=True,
        text=True,
    )
    return f"{told.stdout.strip()}/bin/aws"


with region() as at:
    commands = {
        "stax": [STAX, "list", "--region", "local"],
        "aws": [aws_program(), "cloudformation", "list-stacks"],
    }
    at.stax("create", "bench", "--yes", "--quiet", "--config", "config/config.json.example")
    times_s = wall_times_s(commands, runs=9, environ=at.environ)

tell(
    "list", ratio=times_s["stax"] / times_s["aws"], limit=LIMIT, stax_list_s=times_s["stax"], aws_list_s=times_s["aws"]
)
