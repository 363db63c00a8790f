"""A machine said as Ignition: the same machine, the same bytes."""

import json
from urllib.parse import unquote_to_bytes

from hypothesis import given
from hypothesis import strategies as st

from stax.synth.ignition import ignition_config
from stax.synth.machine import Machine, MachineFile


def test_files_and_units_are_said_in_specification_3_3_0():
    machine = Machine((MachineFile("/etc/motd", b"hi there\n"),), ("a.service",), ("b.socket",))

    assert json.loads(ignition_config(machine)) == {
        "ignition": {"version": "3.3.0"},
        "storage": {
            "files": [
                {
                    "path": "/etc/motd",
                    "mode": 0o644,
                    "overwrite": True,
                    "contents": {"source": "data:,hi%20there%0A"},
                }
            ]
        },
        "systemd": {"units": [{"name": "a.service", "enabled": True}, {"name": "b.socket", "mask": True}]},
    }


@given(st.binary(max_size=200))
def test_any_content_arrives_as_it_is(content: bytes):
    config = json.loads(ignition_config(Machine((MachineFile("/x", content),), (), ())))

    source = config["storage"]["files"][0]["contents"]["source"]
    assert unquote_to_bytes(source.removeprefix("data:,")) == content
    assert source.isascii()
