"""Programs on this host: run, bounded, their failures as setbacks."""

import subprocess
from collections.abc import Mapping, Sequence

from stax_agent.setback import Setback

TIMEOUT_S = 15.0


def run(
    argv: Sequence[str],
    *,
    given: str = "",
    timeout_s: float = TIMEOUT_S,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Return what a program says on its standard output; raises Setback with the last line of its complaint."""
    name = " ".join(argv[:3])
    try:
        done = subprocess.run(
            argv, input=given, capture_output=True, text=True, timeout=timeout_s, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise Setback(f"{name} does not end within {timeout_s:.0f} s", code="Timeout") from error
    except OSError as error:
        raise Setback(f"{name} cannot be run: {error.strerror}", code="NoProgram") from error
    if done.returncode != 0:
        complaint = (done.stderr.strip() or done.stdout.strip() or "without a word").splitlines()[-1]
        raise Setback(f"{name} fails: {complaint}", code=str(done.returncode))
    return done.stdout
