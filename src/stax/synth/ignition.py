"""A machine's Ignition configuration: the JSON that Flatcar's first boot turns into files and units.

Specification 3.3.0, which every Flatcar since 2022 and Debian's ignition 2.14 read.  The same machine always
gives the same bytes, on any computer: files are not compressed, because builds of zlib disagree about the
bytes they produce, and a configuration that differs by where it was made would look like a change.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

from stax.synth.machine import FILE_MODE, Machine

SPECIFICATION = "3.3.0"


def ignition_config(machine: Machine) -> bytes:
    """Say the machine as an Ignition configuration, in UTF-8 with a line feed at its end."""
    config = {
        "ignition": {"version": SPECIFICATION},
        "storage": {"files": list(_files(machine))},
        "systemd": {"units": list(_units(machine))},
    }
    return (json.dumps(config, indent=1, sort_keys=True) + "\n").encode()


def _files(machine: Machine) -> Iterator[dict[str, Any]]:
    for file in machine.files:
        yield {
            "path": file.path,
            "mode": file.mode,
            "overwrite": True,  # the image may bring a file of its own; this one is meant
            "contents": {"source": f"data:,{quote_from_bytes(file.content)}"},
        }
    for fetched in machine.fetched:
        yield {
            "path": fetched.path,
            "mode": FILE_MODE,
            "overwrite": True,
            "contents": {"source": fetched.source, "verification": {"hash": f"sha512-{fetched.sha512}"}},
        }


def _units(machine: Machine) -> Iterator[dict[str, Any]]:
    # Units that are ours lie among the files; here they are only switched on.
    for name in machine.enabled_units:
        yield {"name": name, "enabled": True}
    for name in machine.masked_units:
        yield {"name": name, "mask": True}
