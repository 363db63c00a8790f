"""The one table of endpoints."""

import json
from pathlib import Path

import pytest

from stax.aws.endpoints import choose, registered
from stax.errors import StaxError, UsageError

FIELDS = {
    "name": "local",
    "endpoint_url": "http://127.0.0.1:4599",
    "region": "us-east-1",
    "access_key_id": "AKIA",
    "secret_access_key": "hush",
    "checkip_url": "http://127.0.0.1:4599/checkip",
}


def register(home: Path, name: str = "local", content: str = json.dumps(FIELDS), mode: int = 0o600) -> None:
    (home / "endpoints").mkdir(exist_ok=True)
    path = home / "endpoints" / f"{name}.json"
    path.write_text(content)
    path.chmod(mode)


def test_by_default_a_region_is_amazons(tmp_path: Path) -> None:
    endpoint = choose(region="eu-west-1", home=tmp_path, environ={})

    assert (endpoint.name, endpoint.region, endpoint.endpoint_url) == ("", "eu-west-1", "")


def test_a_registered_region_may_say_how_ssh_gets_to_its_addresses(tmp_path: Path) -> None:
    register(tmp_path, content=json.dumps({**FIELDS, "proxy_command": "dial %h %p"}))

    assert choose(region="local", home=tmp_path, environ={}).proxy_command == "dial %h %p"
    assert choose(region="eu-west-1", home=tmp_path, environ={}).proxy_command == ""


def test_a_registered_region_may_say_that_no_machines_boot_there(tmp_path: Path) -> None:
    register(tmp_path, content=json.dumps({**FIELDS, "machines": "none"}))
    register(tmp_path, "real")

    assert not choose(region="local", home=tmp_path, environ={}).machines
    assert choose(region="real", home=tmp_path, environ={}).machines
    assert choose(region="eu-west-1", home=tmp_path, environ={}).machines


def test_a_region_is_known_by_its_address_too(tmp_path: Path) -> None:
    register(tmp_path, content=json.dumps({**FIELDS, "machines": "none"}))

    here = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4599", "AWS_REGION": "us-east-1"}
    assert not choose(home=tmp_path, environ=here).machines
    assert choose(home=tmp_path, environ={**here, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}).machines


def test_a_proxy_command_cannot_smuggle_a_line_into_the_ssh_configuration(tmp_path: Path) -> None:
    register(tmp_path, content=json.dumps({**FIELDS, "proxy_command": "dial\nForwardAgent yes"}))

    with pytest.raises(StaxError, match="not one line"):
        choose(region="local", home=tmp_path, environ={})


def test_a_registered_name_brings_its_address_and_credentials(tmp_path: Path) -> None:
    register(tmp_path)

    endpoint = choose(region="local", home=tmp_path, environ={"AWS_PROFILE": "work"})

    assert (endpoint.endpoint_url, endpoint.region) == ("http://127.0.0.1:4599", "us-east-1")
    assert not endpoint.assumed
    assert "hush" not in repr(endpoint)


def test_the_only_registered_one_is_assumed_when_nothing_is_configured(tmp_path: Path) -> None:
    register(tmp_path)

    endpoint = choose(home=tmp_path, environ={"HOME": str(tmp_path)})

    assert endpoint.name == "local"
    assert endpoint.assumed


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_ENDPOINT_URL"])
def test_an_account_in_the_environment_is_never_overruled(tmp_path: Path, variable: str) -> None:
    register(tmp_path)

    assert choose(home=tmp_path, environ={"HOME": str(tmp_path), variable: "x"}).name == ""


def test_an_account_in_the_persons_files_is_never_overruled(tmp_path: Path) -> None:
    register(tmp_path)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("")

    assert choose(home=tmp_path, environ={"HOME": str(tmp_path)}).name == ""


def test_of_two_registered_ones_none_is_assumed(tmp_path: Path) -> None:
    register(tmp_path, "local")
    register(tmp_path, "other")

    assert registered(tmp_path) == ["local", "other"]
    assert choose(home=tmp_path, environ={"HOME": str(tmp_path)}).name == ""


def test_a_local_region_that_is_not_up_says_how_to_start_it(tmp_path: Path) -> None:
    with pytest.raises(StaxError) as caught:
        choose(region="local", home=tmp_path, environ={})

    assert "stax local up" in caught.value.hint


def test_a_profile_does_not_go_with_a_registered_region(tmp_path: Path) -> None:
    register(tmp_path)

    with pytest.raises(UsageError):
        choose(region="local", profile="work", home=tmp_path, environ={})


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '"x"'])
def test_a_file_that_is_no_endpoint_is_named(tmp_path: Path, content: str) -> None:
    register(tmp_path, content=content)

    with pytest.raises(StaxError) as caught:
        choose(region="local", home=tmp_path, environ={})

    assert "local.json is not usable" in caught.value.message


def test_a_file_that_others_can_reach_is_refused(tmp_path: Path) -> None:
    register(tmp_path, mode=0o644)

    with pytest.raises(StaxError) as caught:
        choose(region="local", home=tmp_path, environ={})

    assert "0644" in caught.value.message


@pytest.mark.parametrize("region", ["../../etc/passwd", "a/b", "Local", "x" * 60])
def test_a_region_never_leads_out_of_the_folder(tmp_path: Path, region: str) -> None:
    assert choose(region=region, home=tmp_path, environ={}).name == ""
