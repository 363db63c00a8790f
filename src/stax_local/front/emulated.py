"""The emulator behind one lock: calls that may change something come one at a time, reads run beside them.

One lock around every call would be simpler; measured, a poll of a hundred instances then makes a
route change wait half a second.
"""

import threading
from collections.abc import Callable
from contextlib import suppress

from stax_local.front.call import Call
from stax_local.front.gateway import WsgiApplication, ask
from stax_local.front.keyring import Key
from stax_local.front.message import Request, Response


class Emulated:
    """The emulator's services; what nobody signed is asked of `account_id`.

    `admit` may refuse a call before it is made, `on_change` sees it after it may have changed something; both
    run under `lock`, which is for whoever else reads or changes the accounts: never to be held while waiting.
    """

    def __init__(self, application: WsgiApplication, services: frozenset[str], account_id: str) -> None:
        self.services = services
        self.lock = threading.RLock()
        self.admit: Callable[[Call, Key], None] = lambda _call, _key: None
        self.on_change: Callable[[Call], None] = lambda _call: None
        self._application = application
        self._account_id = account_id
        self._met: set[tuple[str, str, str]] = set()

    def look(self, request: Request, port: int) -> Response:
        """The emulator's answer to a request that changes nothing and that nobody signed."""
        with self.lock:
            return ask(self._application, request, port, self._account_id)

    def answer(self, call: Call, key: Key, port: int) -> Response:
        """The emulator's answer; what it raises passes through."""
        meeting = (key.account_id, call.service, call.region)
        if not call.mutates and meeting in self._met:
            # A read that trips over a change made meanwhile is asked again with nobody beside it; a bug fails twice.
            with suppress(Exception):
                return ask(self._application, call.request, port, key.account_id)
        with self.lock:  # the first call to a region makes its default VPC, whatever the call is
            self.admit(call, key)
            response = ask(self._application, call.request, port, key.account_id)
            self._met.add(meeting)
            self.on_change(call)
        return response
