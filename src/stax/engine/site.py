"""Where a verb works: one region of one account, this machine's files, and time."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from stax.aws.session import Aws
from stax.config.names import bucket_name
from stax.engine.clock import Clock, Stopwatch, SystemClock
from stax.local_state import LocalState


@dataclass(frozen=True)
class Site:
    """What every verb is handed."""

    aws: Aws
    home: Path
    """$STAX_HOME: private keys, locks, history."""
    clock: Clock = field(default_factory=SystemClock)

    @cached_property
    def local(self) -> LocalState:
        """This machine's files for this account and region."""
        return LocalState(home=self.home, account_id=self.aws.identity.account_id, region=self.aws.region)

    def bucket(self, name: str) -> str:
        """Return the name of a stax's bucket."""
        return bucket_name(name, account_id=self.aws.identity.account_id, region=self.aws.region)

    def stopwatch(self, limit_s: float) -> Stopwatch:
        """Start measuring."""
        return Stopwatch(self.clock, limit_s)
