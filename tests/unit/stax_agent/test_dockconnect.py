"""On to a docker host: which one, with which key, and word for word."""

import shlex
from dataclasses import replace

import pytest

from stax_agent.dockconnect import Refused, chosen, pin, ssh_argv, taken_apart
from stax_agent.docker_hosts import DockerHost


@pytest.fixture
def hosts(key, other_key):
    return [
        DockerHost("docker1", "i-1", "10.183.0.4", "running", key),
        DockerHost("docker2", "i-2", "10.183.2.4", "running", other_key),
        DockerHost("docker3", "i-3", "10.183.2.5", "pending", ""),
    ]


@pytest.mark.parametrize(
    ("words", "wish", "command"),
    [
        ([], "", ()),
        (["2"], "2", ()),
        (["--", "ls", "-l"], "", ("ls", "-l")),
        (["2", "--", "--", "-x"], "2", ("--", "-x")),
    ],
)
def test_a_host_then_a_command_behind_two_hyphens(words, wish, command):
    assert taken_apart(words) == (wish, command)


@pytest.mark.parametrize("words", [["1", "2"], ["-x"], ["1", "ls", "--"]])
def test_anything_else_is_refused_with_the_usage(words):
    with pytest.raises(Refused) as refused:
        taken_apart(words)

    assert refused.value.exit_code == 2


@pytest.mark.parametrize("wish", ["2", "docker2", "10.183.2.4", "i-2"])
def test_a_host_is_meant_by_number_name_address_or_id(hosts, wish):
    assert chosen(hosts, wish, choose=lambda _: hosts[0]).name == "docker2"


def test_without_a_wish_any_that_is_up_will_do(hosts):
    assert chosen(hosts, "", choose=lambda ready: ready[-1]).name == "docker2"


def test_a_host_that_nobody_knows_is_answered_with_those_there_are(hosts):
    with pytest.raises(Refused, match=r"docker1 \(10.183.0.4, running\), docker2") as refused:
        chosen(hosts, "7", choose=lambda _: hosts[0])

    assert refused.value.exit_code == 4


@pytest.mark.parametrize("wish", ["3", ""])
def test_a_host_without_a_published_key_is_not_ready(hosts, wish):
    with pytest.raises(Refused) as refused:
        chosen(hosts[2:], wish, choose=lambda ready: ready[0])

    assert refused.value.exit_code == 6


def test_its_key_is_pinned_and_others_stay(hosts, tmp_path, key, other_key):
    file = tmp_path / "known_hosts"
    for host in hosts[:2]:
        pin(host, file)
    pin(hosts[0], file)

    assert file.read_text() == f"i-1 {key}\ni-2 {other_key}\n"


def test_a_changed_key_is_refused_loudly_and_not_taken(hosts, tmp_path, key, other_key):
    file = tmp_path / "known_hosts"
    pin(hosts[0], file)

    with pytest.raises(Refused, match="HAS CHANGED"):
        pin(replace(hosts[0], host_key=other_key), file)

    assert file.read_text() == f"i-1 {key}\n"


def test_the_host_is_known_by_its_instance_id(hosts):
    assert ssh_argv(hosts[0], ()) == [
        "ssh", "-F", "/etc/stax/dockconnect.ssh_config", "-o", "HostKeyAlias=i-1", "10.183.0.4",
    ]  # fmt: skip


@pytest.mark.parametrize("command", [("ls", "a b", "", "$(id)", "a\nb", "é"), ("-v",), ("--", "x")])
def test_the_shell_over_there_reads_the_very_words(hosts, command):
    argv = ssh_argv(hosts[0], command)

    assert argv[-2] == "--"
    assert tuple(shlex.split(argv[-1])) == command
    assert not argv[-1].startswith("-")
