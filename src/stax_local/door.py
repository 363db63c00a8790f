"""What the region answers without a signature: that it is there, and its owner's own controls.

`/health` and `/checkip` are for everybody on this machine.  `/stax/…` takes the control token from
the region's folder, so it is for whoever may read that folder.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote

from stax_local.front.faults import Faults, read_faults
from stax_local.front.message import Request, Response
from stax_local.realiser import Disturbable

PUBLIC_IP = "203.0.113.1"
"""From where this machine calls, as the region's internet sees it (RFC 5737, TEST-NET-3)."""

SIGNALS = "/cloudformation-waitcondition/"
"""Under this path lie the URLs of wait condition handles."""

_WHOM = "/stax/whom/"

Status = Callable[[], Mapping[str, Any]]


class RegionDoor:
    """Answers for one region."""

    def __init__(self, name: str, control_token: str, faults: Faults, status: Status) -> None:
        self._name = name
        self._token = control_token
        self._faults = faults
        self._status = status
        self.put_signal: Callable[[str, bytes], bool] = lambda _path, _body: False
        """Takes what is PUT to a URL that the region gave away, which is all the proof it asks."""
        self.weather: Disturbable | None = None
        """Whose packets can be hindered, if any move at all."""
        self.is_ready = False

    def answer(self, request: Request) -> Response | None:
        """The answer, or None when the request is for a service."""
        if request.path == "/checkip":
            return Response(200, (("Content-Type", "text/plain"),), f"{PUBLIC_IP}\n".encode())
        if request.path == "/health":
            return _json(200 if self.is_ready else 503, {"name": self._name, "ready": self.is_ready})
        if request.path.startswith("/stax/"):
            return self._control(request)
        if request.path.startswith(SIGNALS):
            return self._signal(request)
        return None

    def _signal(self, request: Request) -> Response:
        if request.method == "PUT" and self.put_signal(request.path, request.body):
            return Response(200)
        return _json(400, {"message": "no signal: PUT a wait condition's JSON to its handle's URL"})

    def _control(self, request: Request) -> Response:
        given = request.header("Authorization").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return _json(403, {"message": "this is for the region's owner: the control token is in its folder"})
        if (request.method, request.path) == ("GET", "/stax/status"):
            return _json(200, self._status())
        if (request.method, request.path) == ("PUT", "/stax/faults"):
            return self._set_faults(request.body)
        if (request.method, request.path) == ("GET", "/stax/faults"):
            return _json(200, {"rules": [asdict(rule) for rule in self._faults.rules]})
        if request.path == "/stax/weather" or request.path.startswith(_WHOM):
            return self._hinder(request)
        return _json(404, {"message": f"there is no {request.method} {request.path}"})

    def _hinder(self, request: Request) -> Response:
        """Who is meant, or the weather: told, or after a PUT another one."""
        if self.weather is None:
            return _json(409, {"message": "no packets move in this region: it is up without --data-plane network"})
        try:
            if request.path.startswith(_WHOM):
                return _json(200, {"id": self.weather.whom(unquote(request.path.removeprefix(_WHOM)))})
            if request.method == "PUT":
                self.weather.take_weather(json.loads(request.body))
        except ValueError as error:
            return _json(400, {"message": str(error)})
        except TimeoutError as error:
            return _json(503, {"message": str(error)})
        return _json(200, self.weather.tell_weather())

    def _set_faults(self, body: bytes) -> Response:
        try:
            self._faults.rules = read_faults(json.loads(body))
        except (ValueError, UnicodeDecodeError) as error:
            return _json(400, {"message": str(error)})
        return _json(200, {"rules": len(self._faults.rules)})


def _json(status: int, content: Mapping[str, Any]) -> Response:
    return Response(status, (("Content-Type", "application/json"),), json.dumps(content, default=str).encode())
