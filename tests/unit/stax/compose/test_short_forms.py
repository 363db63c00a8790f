"""Ports and volumes in their short forms."""

import pytest

from stax.compose.short_forms import ports, volume


def test_a_port_is_published_by_the_machines_that_run_a_task():
    assert ports("8080:80/udp") == [{"published": 8080, "target": 80, "protocol": "udp", "mode": "host"}]


def test_a_range_is_many_ports():
    assert [(one["published"], one["target"]) for one in ports("9000-9002:80-82")] == [
        (9000, 80),
        (9001, 81),
        (9002, 82),
    ]


def test_ingress_is_what_was_asked_for():
    assert ports({"target": 80, "published": "80", "mode": "ingress"})[0]["mode"] == "ingress"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("80", "which port of the docker host"),
        ("127.0.0.1:80:80", "leave the address out"),
        ("99999:1", "from 1 to 65535"),
        ("9000-9002:80-81", "3 ports on the docker host and 2"),
        ("1-65535:1-65535", "100 at most"),
        ("80:80/icmp", "none of tcp"),
        ("web", "such as 8080:80"),
        ({"target": 80}, "needs target"),
        ({"target": "a", "published": 1}, "is a number"),
    ],
)
def test_a_port_that_is_none_is_refused(value, said):
    with pytest.raises(ValueError, match=said):
        ports(value)


def test_a_volume_by_name_and_a_folder_of_the_host():
    assert volume("data:/data:ro") == {"type": "volume", "source": "data", "target": "/data", "read_only": True}
    assert volume("/srv:/srv")["type"] == "bind"


@pytest.mark.parametrize(
    ("value", "said"),
    [("./site:/srv", "no docker host has it"), ("/data", "give it a name"), ("data:data", "a path from /")],
)
def test_a_volume_that_nobody_would_find_again_is_refused(value, said):
    with pytest.raises(ValueError, match=said):
        volume(value)
