"""All that listens on the region's internet."""

from contextlib import suppress
from pathlib import Path

from stax_local.connections import Server
from stax_local.internet import dialing, places, relay, uplink
from stax_local.internet.authority import Authority
from stax_local.internet.echo import DatagramEcho, EchoHandler
from stax_local.internet.web import CheckIpHandler, WebHandler
from stax_local.kernel.sockets import datagrams, listening


class Internet:
    """The servers, from when they are made until `close`; needs the internet's namespace to stand.

    `call` is the way out into the world, if there is one.
    """

    def __init__(
        self, namespace: str, authority: Authority, front: relay.Connect, dial: Path, call: uplink.Call | None = None
    ) -> None:
        api = places.API_ADDRESS
        checkip = listening(namespace, places.CHECKIP_ADDRESS, places.HTTP_PORT)
        self._servers: list[Server | DatagramEcho] = [
            relay.serve(listening(namespace, api, places.HTTPS_PORT), authority.server_context(), front),
            relay.serve(listening(namespace, api, places.HTTP_PORT), None, front),
            Server(checkip, CheckIpHandler),
            dialing.serve(dial, namespace),
        ]
        if call:
            handed_over = listening(namespace, places.UPLINK_ADDRESS, places.UPLINK_PORT)
            self._servers.append(uplink.serve(handed_over, call))
        for address in places.SERVER_ADDRESSES:
            self._servers.append(Server(listening(namespace, address, places.HTTP_PORT), WebHandler))
            self._servers.append(Server(listening(namespace, address, places.ECHO_PORT), EchoHandler))
            self._servers.append(DatagramEcho(datagrams(namespace, address, places.ECHO_PORT)))

    def close(self) -> None:
        """Stop listening."""
        for server in self._servers:
            with suppress(OSError):
                server.close()
