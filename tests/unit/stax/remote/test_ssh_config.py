"""Every rule of the configuration; that OpenSSH understands it so is for tests/contract/test_ssh.py."""

from pathlib import Path

import pytest

from stax.errors import UsageError
from stax.remote.host import Host
from stax.remote.ssh_config import Access, ssh_config

HOSTS = (
    Host(name="jumpbox", instance_id="i-0a", address="198.51.100.7"),
    Host(name="docker1", instance_id="i-0d", address="10.183.0.4"),
)


def text(folder: str = "/home/jo/.stax/1-r/stax/web", proxy_command: str = "") -> str:
    access = Access(
        stax_name="web",
        private_key=Path(folder) / "id_ed25519",
        known_hosts=Path(folder) / "known_hosts",
        hosts=HOSTS,
        proxy_command=proxy_command,
    )
    return ssh_config(access, kept_in=Path(folder) / "ssh_config")


def block(name: str, whole: str) -> list[str]:
    return next(part for part in whole.split("\n\n") if part.startswith(f"Host {name}")).splitlines()[1:]


@pytest.mark.parametrize(
    "rule",
    [
        "User core",
        "IdentitiesOnly yes",
        "IdentityAgent none",
        "StrictHostKeyChecking yes",
        "GlobalKnownHostsFile /dev/null",
        "UpdateHostKeys no",
        "ForwardAgent no",
        "ForwardX11 no",
        "PermitLocalCommand no",
        'UserKnownHostsFile "/home/jo/.stax/1-r/stax/web/known_hosts"',
        'IdentityFile "/home/jo/.stax/1-r/stax/web/id_ed25519"',
    ],
)
def test_every_machine_is_held_to(rule):
    shared = text().split("\n\n")[-1]

    assert shared.startswith("Host web-jumpbox stax-jump stax-jumpbox i-0a web-docker1 stax-docker1 i-0d\n")
    assert f"  {rule}\n" in shared


def test_machines_are_reached_through_the_jumpbox_and_known_by_their_instance_ids():
    assert block("web-docker1", text()) == [
        "  HostName 10.183.0.4",
        "  Port 22",
        "  HostKeyAlias i-0d",
        "  ProxyJump web-jumpbox",
    ]
    assert block("web-jumpbox", text()) == ["  HostName 198.51.100.7", "  Port 22", "  HostKeyAlias i-0a"]


def test_where_no_route_leads_to_the_jumpbox_the_region_says_how_to_get_there():
    assert block("web-jumpbox", text(proxy_command="dial %h %p"))[-1] == "  ProxyCommand dial %h %p"
    assert block("web-docker1", text(proxy_command="dial %h %p"))[-1] == "  ProxyJump web-jumpbox"


def test_a_folder_that_ssh_would_break_apart_is_handed_on_in_quotes():
    assert block("web-docker1", text("/home/jo's stax/100%"))[-1] == (
        """  ProxyCommand ssh -F '/home/jo'"'"'s stax/100%%/ssh_config' -W '[%h]:%p' web-jumpbox"""
    )


@pytest.mark.parametrize("folder", ['/home/"jo"', "/home/jo\n", "/home/${JO}", "/home/jo\\"])
def test_a_folder_that_no_ssh_configuration_can_name_is_refused(folder):
    with pytest.raises(UsageError, match="cannot hold the path") as refused:
        text(folder)

    assert "STAX_HOME" in refused.value.hint


def test_nothing_speaks_for_hosts_that_are_not_this_staxs():
    assert all("*" not in line for line in text().splitlines() if line.startswith("Host "))
