"""A web server of the internet: who called, bulk down and up."""

import json
from urllib.parse import parse_qs, urlsplit

from stax_local.connections import HttpHandler

_CHUNK = b"\0" * 65536
_MOST_BYTES = 1 << 34  # 16 GiB: a bulk download ends some day, whatever was asked


class WebHandler(HttpHandler):
    """`/` says who called as JSON, `/ip` the bare address, `/bulk?bytes=N` sends, POST takes."""

    def do_GET(self) -> None:  # noqa: N802 - the library's naming
        """Answer one of the three."""
        url = urlsplit(self.path)
        if url.path == "/":
            self.answer(200, self._who(), Content_Type="application/json")
        elif url.path == "/ip":
            self.answer(200, f"{self.source_address}\n")
        elif url.path == "/bulk":
            self._send_bulk(parse_qs(url.query).get("bytes", [""])[0])
        else:
            self.answer(404, "here are /, /ip, /bulk?bytes=N and POST\n")

    def do_POST(self) -> None:  # noqa: N802
        """Take a body and say how long it was."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            self.answer(411, "say Content-Length\n")
            return
        left = int(length)
        while left > 0 and (chunk := self.rfile.read(min(left, len(_CHUNK)))):
            left -= len(chunk)
        self.answer(200, f"{int(length) - left}\n")

    def _who(self) -> str:
        address, port = self.client_address[:2]
        return json.dumps({"address": address, "port": port, "server": self.connection.getsockname()[0]}) + "\n"

    def _send_bulk(self, asked: str) -> None:
        if not asked.isdecimal() or int(asked) > _MOST_BYTES:
            self.answer(400, f"say how many bytes, up to {_MOST_BYTES}\n")
            return
        self.send_response(200)
        self.send_header("Content-Length", asked)
        self.end_headers()
        left = int(asked)
        while left > 0:
            self.wfile.write(_CHUNK[: min(left, len(_CHUNK))])
            left -= len(_CHUNK)


class CheckIpHandler(HttpHandler):
    """checkip.amazonaws.com: the caller's public address in one line."""

    def do_GET(self) -> None:  # noqa: N802
        """Whatever the path, as there."""
        self.answer(200, f"{self.source_address}\n")
