"""What Prometheus reads of a box."""

import socket
from typing import Any

from stax_agent.nat.connections import Connection
from stax_agent.nat.metrics import MOST_DESTINATIONS, Kernel, page, ports_in_use

TOLD: dict[str, Any] = {
    "says": "well",
    "moves": 3,
    "connections_kept": 250,
    "canaries_bad": 1,
    "copies": 40,
    "heartbeats_bad": {"forged": 2},
    "api_calls": {"DescribeAddresses": 9, "ReplaceRoute": 3},
    "api_errors": {"ReplaceRoute RequestLimitExceeded": 2},
    "outages": {"count": 2, "total_s": 0.7, "last_s": 0.3, "longest_s": 0.4},
    "report": {
        "carries": [1],
        "zones": {"1": {}, "2": {}},
        "signals": {"egress": "well", "forwarding": 'a "fault"\nof two lines', "peer_reason": ""},
    },
}


def connection(target: str, port: int, *, nat_address: str = "10.183.1.4", source: str = "10.183.0.7") -> Connection:
    key = (6, socket.inet_aton(source), 40000, socket.inet_aton(target), port)
    return Connection(key, socket.inet_aton(nat_address), 1024, 3, 6, 300)


def samples(text: str) -> dict[str, str]:
    """Sample by series, as Prometheus would read the page."""
    return {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in text.splitlines() if line[0] != "#"}


def test_every_family_says_what_it_is_before_its_samples():
    lines = page(TOLD, Kernel()).splitlines()

    told = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(told) == len(set(told))
    for line in lines:
        if not line.startswith("#"):
            assert line.partition("{")[0].split()[0] in told


def test_the_page_has_moves_outages_bad_heartbeats_and_calls():
    found = samples(page(TOLD, Kernel()))

    assert found["stax_nat_agent_up"] == "1"
    assert found["stax_nat_moves_total"] == "3"
    assert found["stax_nat_outage_seconds_total"] == "0.7"
    assert found['stax_nat_heartbeats_bad_total{reason="forged"}'] == "2"
    assert found['stax_nat_api_calls_total{operation="ReplaceRoute"}'] == "3"
    assert found['stax_nat_api_errors_total{operation="ReplaceRoute",code="RequestLimitExceeded"}'] == "2"


def test_what_a_box_says_and_carries_is_one_and_the_rest_is_zero():
    found = samples(page(TOLD, Kernel()))

    assert [found[f'stax_nat_state{{state="{each}"}}'] for each in ("well", "unfit", "draining")] == ["1", "0", "0"]
    assert [found[f'stax_nat_carries{{zone="{zone}"}}'] for zone in (1, 2)] == ["1", "0"]
    assert found['stax_nat_signal_well{signal="egress"}'] == "1"
    assert found['stax_nat_signal_well{signal="forwarding"}'] == "0"


def test_no_words_of_a_fault_reach_the_page():
    assert "two lines" not in page(TOLD, Kernel())


def test_without_an_agent_there_is_still_the_kernels_table():
    found = samples(page(None, Kernel(connections=12, limit=262144, dropped=3)))

    assert found["stax_nat_agent_up"] == "0"
    assert (found["stax_nat_connections"], found["stax_nat_connections_limit"]) == ("12", "262144")
    assert found["stax_nat_connections_dropped_total"] == "3"


def test_ports_are_counted_by_what_shares_them_and_only_where_they_are_translated():
    own = connection("203.0.113.9", 443, source="10.183.1.4")
    used = ports_in_use([*[connection("203.0.113.9", 443)] * 3, connection("203.0.113.9", 80), own])

    assert used == {
        ("10.183.1.4", "tcp", "203.0.113.9", 443): 3,
        ("10.183.1.4", "tcp", "203.0.113.9", 80): 1,
    }
    series = 'stax_nat_ports_in_use{holder="10.183.1.4",protocol="tcp",destination="203.0.113.9",port="443"}'
    assert samples(page(TOLD, Kernel(ports=used)))[series] == "3"


def test_only_the_busiest_destinations_are_series():
    used = ports_in_use([connection("203.0.113.9", port) for port in range(1, 1000)] + [connection("203.0.113.9", 443)])

    assert len(used) == MOST_DESTINATIONS
    assert used["10.183.1.4", "tcp", "203.0.113.9", 443] == 2
