"""The program of the throw-away service, run in containers on the docker hosts' own Python.

`serve` answers who it is; `ask` asks the service again and again by its name, and answers with what it has counted;
`check` is the health check of both.
"""

import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PORT = 8080
ASKERS, PAUSE_S, ANSWERS_WITHIN_S = 4, 0.05, 5.0
STAYS_S = 5.0
"""After the order to end: whoever has just looked the name up still comes."""

counts: dict[str, Any] = {"asked": 0, "failed": 0, "why": "", "versions": {}, "servers": {}}
counting = threading.Lock()


class Answer(BaseHTTPRequestHandler):
    """Says who this is, or what was counted."""

    def do_GET(self) -> None:
        """Answer any path."""
        who = {"version": os.environ.get("VERSION", ""), "server": socket.gethostname()}
        with counting:
            body = json.dumps(counts if sys.argv[1] == "ask" else who).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *_: object) -> None:
        """Log no request: there are hundreds a second."""


class Server(ThreadingHTTPServer):
    """Lets many come at once."""

    request_queue_size = 128


def ask(host: str) -> dict[str, Any]:
    """Return what a server says of itself."""
    connection = http.client.HTTPConnection(host, PORT, timeout=ANSWERS_WITHIN_S)
    try:
        connection.request("GET", "/")
        said: dict[str, Any] = json.loads(connection.getresponse().read())
        return said
    finally:
        connection.close()


def keep_asking(host: str) -> None:
    """Ask, count, and look the name up anew each time."""
    while True:
        try:
            said, why = ask(host), ""
        except (OSError, ValueError, http.client.HTTPException) as error:
            said, why = {}, f"{type(error).__name__}: {error}"
        with counting:
            counts["asked"] += 1
            counts["failed"] += bool(why)
            counts["why"] = why or counts["why"]
            for kind, word in (("versions", "version"), ("servers", "server")):
                if word in said:
                    counts[kind][said[word]] = counts[kind].get(said[word], 0) + 1
        time.sleep(PAUSE_S)


def serve() -> None:
    """Answer until told to end, and a little longer."""
    server = Server(("", PORT), Answer)
    signal.signal(signal.SIGTERM, lambda *_: threading.Timer(STAYS_S, server.shutdown).start())
    if os.environ.get("VERSION") == "broken":
        sys.exit("this version ends at once, as it was made to")
    if sys.argv[1] == "ask":
        for _ in range(ASKERS):
            threading.Thread(target=keep_asking, args=(os.environ["ASKS"],), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "check":
        ask("127.0.0.1")
    else:
        serve()
