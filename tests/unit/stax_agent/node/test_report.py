"""The report: a line for each host and each ghost, and how much of each quorum there is."""

import json

from stax_agent.node.cluster import View
from stax_agent.node.report import Findings, as_text, report
from stax_agent.node.store import LARGEST_BYTES


def test_each_host_has_a_word_for_each_cluster(group):
    views = {
        "etcd": View(states={"i-1": "leader"}, healthy=1, voters=1),
        "swarm": View(states={"i-1": "leader", "i-2": "worker"}, healthy=1, voters=1),
    }

    said = report(Findings(views=views), group([1, 2]))

    words = [(host["instance_id"], host["etcd"], host["swarm"], host["consul"]) for host in said["hosts"]]
    assert words == [("i-1", "leader", "leader", "missing"), ("i-2", "missing", "worker", "missing")]
    assert said["quorum"] == {"etcd": [1, 1], "swarm": [1, 1]}


def test_a_member_whose_host_is_gone_is_told_too(group):
    said = report(Findings(views={"etcd": View(states={"i-1": "leader", "i-9": "dead"})}), group([1]))

    assert [(host["instance_id"], host["private_ip"], host["etcd"]) for host in said["hosts"]] == [
        ("i-1", "10.0.0.1", "leader"),
        ("i-9", "", "dead"),
    ]


def test_what_is_refused_is_one_sentence(group):
    said = report(Findings(refused={"swarm": "", "etcd": "its quorum is lost"}), group([1]))

    assert said["refused"] == "etcd: its quorum is lost"


def test_a_hundred_hosts_fit_into_a_parameter(group):
    servers = {f"i-{number}": "voter" for number in range(5)}
    words = {"etcd": "client", "swarm": "worker", "consul": "client"}
    views = {name: View(states={f"i-{each}": word for each in range(100)} | servers) for name, word in words.items()}

    text = as_text(report(Findings(views=views), group(range(100))), by="i-1", at=1.5)

    assert len(text) <= LARGEST_BYTES
    said = json.loads(text)
    assert (said["at"], said["by"]) == (2, "i-1")
    assert [host["instance_id"] for host in said["hosts"]] == list(servers)
    assert len(said["plain"]) == 95


def test_what_still_does_not_fit_is_cut(group):
    text = as_text(report(Findings(), group(range(100))), by="i-1", at=1.5)

    assert len(text) <= LARGEST_BYTES
    assert 30 < len(json.loads(text)["hosts"]) < 100
