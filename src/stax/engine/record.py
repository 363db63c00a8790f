"""Writing history: who ran what, when, how long, and how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from stax.engine.site import Site
from stax.errors import StaxError
from stax.local_state import append_history
from stax.local_state.folder import who_and_where
from stax.model.history import HistoryEntry


@contextmanager
def recorded(site: Site, verb: str, name: str) -> Iterator[None]:
    """Add an entry to the history when the block ends, however it ends.

    A history that cannot be written never keeps a verb from its end, nor hides how it ended.
    """
    began_at, stopwatch = datetime.now(UTC), site.stopwatch(0.0)
    outcome, detail = "interrupted", ""
    try:
        yield
        outcome = "done"
    except StaxError as error:
        outcome, detail = "failed", error.message
        raise
    except Exception as error:
        outcome, detail = "failed", type(error).__name__
        raise
    finally:
        with suppress(StaxError):
            entry = HistoryEntry(
                who=who_and_where(),
                verb=verb,
                name=name,
                region=site.aws.place,
                account_id=site.aws.identity.account_id,
                began_at=began_at,
                elapsed_s=round(stopwatch.elapsed_s, 1),
                outcome=outcome,
                detail=detail,
            )
            append_history(site.home, entry)
