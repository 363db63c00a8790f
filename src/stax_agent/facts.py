"""What a machine knows of itself that an operator wants to know: clock, disks, certificates, versions, failed units."""

import json
import os
import platform
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

LIMIT_S = 10.0
CERTIFICATES = Path("/etc/stax/tls")
DISKS = ("/", "/var/lib/docker")
VERSIONS: Mapping[str, tuple[str, ...]] = {
    "docker": ("docker", "version", "--format", "{{.Server.Version}}"),
    "etcd": ("etcd", "--version"),
    "consul": ("consul", "version"),
}
"""Whose first line names the version in its last word; what is not installed is left out."""


def facts() -> str:
    """Return them as JSON; the clock last, so that it is as fresh as can be."""
    found: dict[str, Any] = {
        "disks": dict(_disks()),
        "certificates": dict(_certificates(CERTIFICATES)),
        "versions": {"kernel": platform.release(), "os": _os(), **dict(_versions())},
        "failed_units": _failed_units(),
    }
    return json.dumps({**found, "clock": time.time()})


def _disks() -> Iterator[tuple[str, int]]:
    """Yield how full each file system is, in percent of what may be used, as df counts."""
    for path in DISKS:
        try:
            there = os.statvfs(path)
        except OSError:
            continue
        used = there.f_blocks - there.f_bfree
        if total := used + there.f_bavail:
            yield path, round(100 * used / total)


def _certificates(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield when each certificate ends, in seconds since the epoch."""
    for path in sorted(folder.glob("*.pem")) if folder.is_dir() else ():
        if path.name.endswith("-key.pem"):
            continue
        said = _said("openssl", "x509", "-noout", "-enddate", "-in", str(path))
        if said.startswith("notAfter="):
            yield path.stem, float(ssl.cert_time_to_seconds(said.partition("=")[2].strip()))


def _os() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        return ""


def _versions() -> Iterator[tuple[str, str]]:
    for name, argv in VERSIONS.items():
        if line := next(iter(_said(*argv).splitlines()), ""):
            yield name, line.split()[-1].removeprefix("v")


def _failed_units() -> list[str]:
    said = _said("systemctl", "list-units", "--failed", "--no-legend", "--plain", "--no-pager")
    return [line.split()[0] for line in said.splitlines() if line.split()]


def _said(*argv: str) -> str:
    """Return what a program says; nothing where it is not there, fails or takes too long."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
