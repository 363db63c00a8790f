"""Speaking to a running region as its owner: the paths under /stax/."""

import http.client
import json
from typing import Any

from stax_local.folder import Folder
from stax_local.problem import Problem

_TIMEOUT_S = 10


def ask(folder: Folder, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Make one call and return its answer.  Raises Problem when there is no region, or it says no."""
    settings = folder.settings()
    if settings is None:
        raise Problem(f"there is no region {folder.name}", folder.command("up"), exit_code=4)
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=_TIMEOUT_S)
    try:
        headers = {"Authorization": f"Bearer {settings.control_token}"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Problem(f"region {folder.name} does not answer: {error}", folder.command("status")) from error
    finally:
        connection.close()
    if response.status != 200:
        raise Problem(str(answer.get("message", response.reason)), exit_code=2 if response.status == 400 else 1)
    return dict(answer)
