"""`stax --help` against a Python that does nothing."""

from timing import PYTHON, STAX, tell, wall_times_s

LIMIT = 4.0

times_s = wall_times_s({"stax": [STAX, "--help"], "python": [PYTHON, "-c", "pass"]}, runs=21)
tell(
    "help",
    ratio=times_s["stax"] / times_s["python"],
    limit=LIMIT,
    stax_help_s=times_s["stax"],
    python_pass_s=times_s["python"],
)
