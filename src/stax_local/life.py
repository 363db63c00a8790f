"""A region's life from outside: bring it up, take it down, ask how it is."""

import http.client
import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stax_local.fabric import Fabric
from stax_local.folder import Folder, Settings, account_of
from stax_local.front.keyring import new_key
from stax_local.machines.cache import root_file_systems
from stax_local.machines.leaving import leave
from stax_local.problem import SAYS, TRIES, Problem
from stax_local.process import Process, memory_mib, spawn

PREFERRED_PORT = 4599
"""Not 4566, where other emulators of AWS sit."""
START_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
_POLL_S = 0.03
_LOG_LINES = 15
HELD = 75
"""Exit code of a process that finds the region served already (EX_TEMPFAIL)."""


def up(folder: Folder, wanted: Mapping[str, Any], *, leash: Process | None = None) -> tuple[Settings, bool]:
    """Bring the region up, and return its settings and whether it ran already.  Raises Problem when it does not come.

    `wanted` may hold `port`, `region` and `quotas`; a region that runs already has to have them.  With a `leash`
    the region takes itself down when that process ends: a test run that is killed leaves nothing.
    """
    folder.make()
    running = _running(folder)
    if running:
        _agree(running, wanted, folder)
        return running, True
    settings = _settings(folder, wanted)
    folder.keep_settings(settings)
    folder.turn_log()
    log_from = folder.log.stat().st_size if folder.log.exists() else 0
    child = spawn(_serve_command(folder, leash), folder.log)
    return _wait(folder, child, log_from), False


def down(folder: Folder, *, keep: bool) -> bool:
    """Take the region down and leave nothing of it, or all of it with `keep`.  False when there was none."""
    if not folder.path.is_dir():
        return False
    folder.make()  # refuses a folder that is not a region's
    process = _process(folder)
    if process and not process.stop(grace_s=STOP_LIMIT_S):
        raise Problem(f"process {process.pid} of the region does not end", "look at it with ps, then try again")
    _unregister(folder)
    fabric = Fabric(folder.path)
    leave(folder.path / "machines", fabric.names.label, keep=keep)
    fabric.remove()
    existed = bool(process) or (folder.path / "region.json").exists()
    if not keep:
        folder.remove()
    return existed


def status(folder: Folder) -> dict[str, Any]:
    """How it is: `state` is running, starting, died, stopped or none; more when it runs."""
    settings, process = folder.settings(), _process(folder)
    if settings is None:
        return {"name": folder.name, "state": "none", "folder": str(folder.path)}
    facts: dict[str, Any] = {
        "name": settings.name,
        "state": "stopped",
        "endpoint": f"http://127.0.0.1:{settings.port}",
        "region": settings.region,
        "folder": str(folder.path),
    }
    if process is None:
        return facts
    if not process.is_alive():
        return facts | {"state": "died" if folder.endpoint.exists() else "stopped"}
    facts |= {"pid": process.pid, "since": (folder.process() or {})["since"], "memory_mib": memory_mib(process.pid)}
    if settings.data_plane == "machines":
        facts["root_file_systems"] = [path.name for path in root_file_systems(folder.home)]
    answer = _ask(settings, "/stax/status")
    return facts | {"state": "running", **answer} if answer else facts | {"state": "starting"}


def _unregister(folder: Folder) -> None:
    try:
        folder.unregister()
    except Problem:  # damaged settings: the registration that bears the name goes all the same
        folder.endpoint.unlink(missing_ok=True)


def _running(folder: Folder) -> Settings | None:
    settings, process = folder.settings(), _process(folder)
    if settings and process and process.is_alive() and _ask(settings, "/health"):
        return settings
    return None


def _agree(settings: Settings, wanted: Mapping[str, Any], folder: Folder) -> None:
    for name, value in wanted.items():
        has = getattr(settings, name)
        if value != has and not (name == "quotas" and value.items() <= has.items()):
            raise Problem(
                f"region {settings.name} runs already, with {name} {has or 'as by default'}, not {value}",
                f"{folder.command('down')} --keep, then up again",
            )


def _settings(folder: Folder, wanted: Mapping[str, Any]) -> Settings:
    """Those kept from before, or new ones; with a port that is free now."""
    kept = folder.settings()
    if kept is None:
        account_id = account_of(folder.name)
        key, token = new_key(account_id, folder.name), secrets.token_urlsafe(24)
        secret = key.secret_access_key
        kept = Settings(folder.name, "us-east-1", 0, key.access_key_id, secret, token, account_id=account_id)
    asked = replace(kept, **{name: value for name, value in wanted.items() if name != "quotas"})
    asked = replace(asked, quotas={**kept.quotas, **wanted.get("quotas", {})})
    if "port" in wanted and not _is_free(asked.port):
        raise Problem(f"port {asked.port} is taken by another program", "name another with --port, or none")
    ports = [port for port in (asked.port, PREFERRED_PORT) if port and _is_free(port)]
    return replace(asked, port=ports[0] if ports else 0)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def _serve_command(folder: Folder, leash: Process | None) -> list[str]:
    leashed = ["--leash", str(leash)] if leash else []
    # -P: the working folder is /, but who knows what PYTHONPATH says of it.
    return [sys.executable, "-P", "-m", "stax_local", "serve", "--name", folder.name, "--state", str(folder.path),
            "--home", str(folder.home), *leashed]  # fmt: skip


def _wait(folder: Folder, child: "subprocess.Popen[bytes]", log_from: int) -> Settings:
    """Wait for the region, ours or that of another `up` at the same moment."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        settings = folder.settings()
        if settings and (_ask(settings, "/health") or {}).get("ready") and folder.endpoint.exists():
            return settings
        if child.poll() not in {None, HELD}:
            raise _cause(folder, log_from)
        time.sleep(_POLL_S)
    raise Problem(f"the region did not answer within {START_LIMIT_S:.0f} s", f"see {folder.log}")


def _cause(folder: Folder, log_from: int) -> Problem:
    """Why the process ended: what it said as a Problem, or the last it said at all."""
    said = folder.log.read_bytes()[log_from:].decode(errors="replace").splitlines()
    message = next((line.removeprefix(SAYS) for line in said if line.startswith(SAYS)), "")
    hint = next((line.removeprefix(TRIES) for line in said if line.startswith(TRIES)), "")
    if message:
        return Problem(message, hint)
    return Problem("the region ended: " + "\n  ".join(["", *said[-_LOG_LINES:]]).strip(), f"see {folder.log}")


def _process(folder: Folder) -> Process | None:
    noted = folder.process()
    try:
        return Process(int(noted["pid"]), int(noted["start_ticks"])) if noted else None
    except (KeyError, TypeError, ValueError):
        return None


def _ask(settings: Settings, path: str) -> dict[str, Any] | None:
    """What the region answers, whatever the status, or None when it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {settings.control_token}"})
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else None
