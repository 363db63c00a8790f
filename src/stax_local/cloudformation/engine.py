"""The stacks of every account and region, and the threads that work on them."""

import json
import pickle
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, RLock, Thread
from typing import Any
from urllib.parse import quote, unquote

from stax_local.cloudformation import phases
from stax_local.cloudformation.account_lookup import AccountLookup
from stax_local.cloudformation.blueprint import Blueprint, Place, Surroundings
from stax_local.cloudformation.clock import Chance, Clock
from stax_local.cloudformation.journal import Closed, Journal
from stax_local.cloudformation.reasons import reason_of
from stax_local.cloudformation.records import Account, ResourceRecord, Stack, Target
from stax_local.cloudformation.run import Run
from stax_local.cloudformation.shapes import ResourceType
from stax_local.cloudformation.work import Signal, Work
from stax_local.service import Caller, Clients

HANDLES = "cloudformation-waitcondition"
HANDLE_PATH = re.compile(rf"/{HANDLES}/(arn:.+)/([A-Za-z0-9]+)")
WORKERS = 8
"""Resources of one stack that are worked on at once: the waits overlap, the calls share one machine anyway."""


_NO_POOL = Executor()


@dataclass(frozen=True)
class Settings:
    """What an engine is given besides clients."""

    clock: Clock = field(default_factory=Clock)
    chance: Chance = field(default_factory=Chance)
    endpoint_url: Callable[[], str] = lambda: "http://127.0.0.1"
    """The region's own address, for the URLs of wait condition handles."""
    workers: int = WORKERS


class Engine:
    """Owns the records; every change of a status goes through its journal."""

    def __init__(
        self, clients: Clients, types: Mapping[str, ResourceType], on_change: Callable[[], None], settings: Settings
    ) -> None:
        self.types = types
        self.settings = settings
        self.lock = RLock()
        self.journal = Journal(self.lock, on_change, settings.clock, settings.chance)
        self._clients = clients
        self._accounts: dict[tuple[str, str], Account] = {}
        self._running: dict[str, tuple[Thread, Run]] = {}

    def client_of(self, service: str, region: str) -> Any:
        """Return the region's client of a service."""
        return self._clients(service, region)

    def account(self, caller: Caller) -> Account:
        """Return the caller's account in the caller's region."""
        with self.lock:
            key = (caller.account_id, caller.region)
            return self._accounts.setdefault(key, Account(*key))

    def accounts(self) -> list[Account]:
        """Return every account and region that has stacks."""
        with self.lock:
            return list(self._accounts.values())

    def lookup(self, account: Account) -> AccountLookup:
        """Return what templates may ask of an account."""
        return AccountLookup(account, self.client_of)

    def blueprint(self, account: Account, stack: Stack, target: Target) -> Blueprint:
        """Return a target ready to be evaluated as this stack."""
        place = Place(stack.name, stack.stack_id, account.account_id, account.region)
        return Blueprint(target, place, self._surroundings(account), self.types)

    def _surroundings(self, account: Account) -> Surroundings:
        lookup = self.lookup(account)
        return Surroundings(lookup.zones, lookup.imported)

    def _run(self, account: Account, stack: Stack, pool: Executor, *, resumed: bool = False) -> Run:
        return Run(
            account,
            stack,
            self.types,
            lambda service: self.client_of(service, account.region),
            self._surroundings(account),
            self.journal,
            pool,
            self.handle_url,
            resumed,
        )

    def work_on(self, account: Account, stack: Stack, record: ResourceRecord) -> Work:
        """Return what a resource type's functions are given, to look at a resource outside any operation."""
        return self._run(account, stack, _NO_POOL).work_on(record)

    def begin(self, account: Account, stack: Stack, *, resumed: bool = False) -> None:
        """Work on a stack in a thread of its own, from the status it is in."""
        pool = ThreadPoolExecutor(self.settings.workers, thread_name_prefix=f"cloudformation-{stack.name}")
        run = self._run(account, stack, pool, resumed=resumed)
        thread = Thread(target=self._go_on, args=(run, pool), name=f"cloudformation-{stack.name}", daemon=True)
        with self.lock:
            self._running[stack.stack_id] = (thread, run)
        thread.start()

    def _go_on(self, run: Run, pool: ThreadPoolExecutor) -> None:
        watch = Deadline(run)
        try:
            with pool, watch:
                phases.go_on(run)
        except Closed:
            return
        except Exception as error:  # the stack must not stay in progress for ever
            self._give_up(run, error)
        finally:
            with self.lock:
                if self._running.get(run.stack.stack_id, (None, None))[1] is run:
                    del self._running[run.stack.stack_id]

    def _give_up(self, run: Run, error: Exception) -> None:
        failed = run.stack.status.replace("_COMPLETE_CLEANUP_IN_PROGRESS", "_COMPLETE")
        self.journal.stack_status(run.stack, failed.replace("_IN_PROGRESS", "_FAILED"), reason_of(error, "operation"))

    def cancel(self, stack: Stack) -> None:
        """End what the stack's operation waits for; its phase then decides by the stack's requests."""
        with self.lock:
            running = self._running.get(stack.stack_id)
        if running:
            running[1].cancelled.set()

    def signal(self, stack: Stack, record: ResourceRecord, unique_id: str, signal: Signal) -> None:
        """Keep a signal for a resource and tell it as an event; a repeated one counts once."""
        with self.lock:
            signals = stack.signals.setdefault(record.logical_id, {})
            if unique_id in signals:
                return
            signals[unique_id] = signal
        reason = f"Received {signal.status} signal with UniqueId {unique_id}"
        self.journal.resource_status(stack, record, record.status, reason)

    def put_signal(self, path: str, body: bytes) -> bool:
        """Take a signal that was PUT to a handle's URL; say whether it was well-formed and for a handle of ours."""
        match = HANDLE_PATH.fullmatch(unquote(path))
        owner = next((each.stacks[match[1]] for each in self.accounts() if match and match[1] in each.stacks), None)
        try:
            sent = json.loads(body)
            signal = Signal(str(sent["Status"]), str(sent.get("Reason", "")), str(sent.get("Data", "")))
            unique_id = str(sent["UniqueId"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        if match is None or owner is None or match[2] not in owner.resources:
            return False
        with self.lock:
            owner.signals.setdefault(match[2], {}).setdefault(unique_id, signal)
        self.journal.on_change()
        return True

    def handle_url(self, stack_id: str, logical_id: str) -> str:
        """Return the address that signals for a wait condition handle are PUT to."""
        path = quote(f"/{HANDLES}/{stack_id}/{logical_id}")
        return f"{self.settings.endpoint_url().rstrip('/')}{path}"

    def state(self) -> bytes:
        """Return everything remembered, as of one moment."""
        with self.lock:
            return pickle.dumps(self._accounts)

    def restore(self, state: bytes) -> None:
        """Remember again, and go on with the operations that were under way."""
        with self.lock:
            # What the region itself wrote, into a folder that only its owner may touch.
            self._accounts = pickle.loads(state)  # noqa: S301
        for account in self.accounts():
            for stack in list(account.stacks.values()):
                if stack.status in phases.PHASES:
                    self.begin(account, stack, resumed=True)

    def close(self, timeout_s: float = 5.0) -> None:
        """Stop all work where it is; nothing is recorded any more."""
        self.journal.closing.set()
        with self.lock:
            running = list(self._running.values())
        for _, run in running:
            run.cancelled.set()
        for thread, _ in running:
            thread.join(timeout_s)


class Deadline:
    """Cancels a run whose stack was given TimeoutInMinutes for its creation."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._done = Event()

    def __enter__(self) -> None:
        stack = self._run.stack
        if stack.timeout_minutes and stack.status == "CREATE_IN_PROGRESS":
            left_s = stack.timeout_minutes * 60 - (self._run.journal.clock.now() - stack.created_at).total_seconds()
            Thread(target=self._watch, args=(max(left_s, 0.0),), daemon=True).start()

    def __exit__(self, *_error: object) -> None:
        self._done.set()

    def _watch(self, left_s: float) -> None:
        if not self._done.wait(left_s) and self._run.stack.status == "CREATE_IN_PROGRESS":
            self._run.stack.timed_out = True
            self._run.cancelled.set()
