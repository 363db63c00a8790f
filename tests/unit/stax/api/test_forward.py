import socket

import pytest

from stax.api.forward import ports
from stax.errors import UsageError
from stax.remote.forwarding import forward_argv, refuse_taken


def test_without_a_port_here_it_is_the_same_as_there():
    assert ports("8080") == (8080, 8080)
    assert ports("18080:8080") == (18080, 8080)


@pytest.mark.parametrize("text", ["", "0", "65536", "http", "1:2:3", ":80", "80:", "-1", "127.0.0.1:80"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(UsageError, match="is no port"):
        ports(text)


def test_a_port_that_somebody_has_here_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is in use on this machine"):
            refuse_taken(port)


def test_only_this_machine_gets_in():
    argv = forward_argv("ssh", "config", "web-docker1", local=18080, to="172.18.0.5:8080")
    assert "127.0.0.1:18080:172.18.0.5:8080" in argv
    assert argv[-1] == "web-docker1"
