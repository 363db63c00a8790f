"""What is served over HTTP."""

import http.client
import threading
from collections.abc import Iterator

import pytest

from stax_agent.nat.exporter import CONTENT_TYPE, Exporter
from stax_agent.nat.metrics import Use

LIMIT_S = 30.0


class CountedPorts:
    """A count that needs no kernel."""

    def counted(self) -> dict[Use, int]:
        return {("10.183.1.4", "tcp", "203.0.113.9", 443): 7}


@pytest.fixture
def port(tmp_path) -> Iterator[int]:
    with Exporter(("127.0.0.1", 0), tmp_path) as exporter:
        exporter.ports = CountedPorts()  # type: ignore[assignment]
        threading.Thread(target=exporter.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield int(exporter.server_address[1])
        exporter.shutdown()


def answer(port: int, method: str, path: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
    connection.request(method, path)
    said = connection.getresponse()
    return said.status, said.headers["Content-Type"], said.read().decode()


def test_the_page_is_at_metrics_also_while_the_agent_writes_nothing(port):
    status, kind, text = answer(port, "GET", "/metrics")

    assert (status, kind) == (200, CONTENT_TYPE)
    assert "\nstax_nat_agent_up 0\n" in text
    assert '{holder="10.183.1.4",protocol="tcp",destination="203.0.113.9",port="443"} 7\n' in text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/", 404), ("GET", "/etc/passwd", 404), ("POST", "/metrics", 501)]
)
def test_there_is_nothing_else(port, method, path, status):
    assert answer(port, method, path)[0] == status
