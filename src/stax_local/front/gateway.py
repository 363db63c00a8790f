"""The way from the front to the emulator, which is a WSGI application."""

import io
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from stax_local.front.guard import bucket_in_host
from stax_local.front.message import Request, Response

Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

METADATA_NAMES = "moto.preserved_header_names"
"""Where the emulator looks for S3 metadata names with an underscore, which WSGI cannot tell from a dash."""

ACCOUNT = "HTTP_X_MOTO_ACCOUNT_ID"
"""Where it looks for who asks, before it goes by a key that it may not know."""


def ask(application: WsgiApplication, request: Request, port: int, account_id: str) -> Response:
    """Put an account's request to the application and return its whole answer; its exceptions pass through."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
        started.append((status, headers))

    parts = application(_environ(request, port) | {ACCOUNT: account_id}, start_response)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close:
            close()
    status, headers = started[-1]
    return Response(int(status.split()[0]), tuple(headers), body)


def _environ(request: Request, port: int) -> Environ:
    path = _path(request)
    environ: Environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": f"{path}?{request.query}" if request.query else path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    _add_headers(environ, request)
    # One form for all: buckets in the path, whatever name or address the client knows the region by.
    environ |= {"HTTP_HOST": f"localhost:{port}", "CONTENT_LENGTH": str(len(request.body))}
    return environ


def _path(request: Request) -> str:
    bucket = bucket_in_host(request.header("Host"))
    return f"/{bucket}{request.path}" if bucket else request.path


def _add_headers(environ: Environ, request: Request) -> None:
    names: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        if "_" in name:
            if not name.lower().startswith("x-amz-meta-"):
                continue  # would pass for another header
            names[f"HTTP_{key}"] = name
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key not in {"CONTENT_LENGTH", "TRANSFER_ENCODING"}:
            environ[f"HTTP_{key}"] = f"{environ[f'HTTP_{key}']},{value}" if f"HTTP_{key}" in environ else value
    environ[METADATA_NAMES] = names
