"""Every service of the catalogue keeps the same rules."""

import re
from collections import Counter
from typing import Any

import pytest

from stax.compose.catalogue import COMPOSE_FILE, catalogue
from stax.compose.document import read_document
from stax.compose.normal import normal
from stax.compose.order import in_order
from stax.compose.render import completed
from stax.model.services import CatalogueService

CATALOGUE = catalogue()
ELEVEN_OF_2015 = {
    *("elasticsearch", "gitlab", "gitlab-postgres", "gitlab-redis", "httpbin", "jenkins", "kibana", "logstash"),
    *("myapp", "nginx", "registry"),
}
VERSION = re.compile(r"v?\d+(\.\d+){1,2}")
SECRET_WORDS = re.compile(r"(^|_)(password|passwd|secret|token|key|credentials)$", re.IGNORECASE)
TAKEN_BY_HOSTS = {22, 2377, 2379, 2380, 4001, 4789, 7946, 8300, 8301, 8500, 8501, 8600, 9100}
"""Of the docker hosts' own: ssh, Swarm, etcd, consul."""
MAKING = re.compile(r"asked|random (\d+)")


def definition(service: CatalogueService) -> Any:
    made, notes = normal(read_document(service.folder / COMPOSE_FILE, {}), {})
    assert not notes
    return completed(service.name, made)


DEFINITIONS = {name: definition(service) for name, service in CATALOGUE.items()}
CONTAINERS = [(name, one) for name, made in DEFINITIONS.items() for one in made["services"].values()]
every_container = pytest.mark.parametrize(("name", "body"), CONTAINERS, ids=[name for name, _ in CONTAINERS])
every_service = pytest.mark.parametrize("service", CATALOGUE.values(), ids=CATALOGUE)


def test_the_eleven_of_2015_and_the_janitor_are_there():
    assert set(CATALOGUE) >= ELEVEN_OF_2015 | {"dj"}


@every_service
def test_it_says_what_it_is(service):
    assert service.title
    assert service.summary
    assert service.health
    assert service.homepage.startswith("https://")


@every_container
def test_its_image_is_pinned_by_version(name, body):
    _, _, tag = body["image"].rpartition(":")
    assert VERSION.match(tag)


@every_container
def test_it_has_a_health_check_with_bounds(name, body):
    check = body["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


@every_container
def test_it_has_limits_and_reserves_no_more_than_they_are(name, body):
    resources = body["deploy"]["resources"]
    assert float(resources["reservations"]["cpus"]) <= float(resources["limits"]["cpus"])
    assert in_mib(resources["reservations"]["memory"]) <= in_mib(resources["limits"]["memory"])


def in_mib(text: str) -> int:
    return int(text[:-1]) * {"M": 1, "G": 1024}[text[-1]]


@every_container
def test_it_publishes_on_its_hosts_and_has_no_virtual_address(name, body):
    """Clients are seen with their own addresses, and a kernel without IPVS is enough."""
    assert all(port["mode"] == "host" for port in body.get("ports", ()))
    assert body["deploy"]["endpoint_mode"] == "dnsrr"
    if body.get("ports"):
        assert body["deploy"]["update_config"]["order"] == "stop-first"


@every_container
def test_others_find_it_by_its_name(name, body):
    assert "stax" in body["networks"]


@every_container
def test_no_secret_is_in_its_environment(name, body):
    for variable, value in body.get("environment", {}).items():
        is_a_file = value.startswith("/run/secrets/")
        assert is_a_file or not SECRET_WORDS.search(variable), variable


@every_container
def test_it_gives_up_the_rights_of_root(name, body):
    """GitLab's image starts a dozen daemons under users of its own, which takes root."""
    assert name == "gitlab" or body["cap_drop"] == ["ALL"]
    assert set(body.get("cap_add", ())) <= {"NET_BIND_SERVICE"}


@every_service
def test_it_says_its_ports_its_secrets_and_its_volumes(service):
    made = DEFINITIONS[service.name]
    published = {
        (port["published"], port["protocol"]) for one in made["services"].values() for port in one.get("ports", ())
    }
    assert published == {(port.number, port.protocol) for port in service.ports}
    assert {one["name"] for one in made["secrets"].values()} == {wish.name for wish in service.secrets}
    assert set(made["volumes"]) == set(service.volumes)


@every_service
def test_its_secrets_are_made_or_asked_for(service):
    for wish in service.secrets:
        found = MAKING.fullmatch(wish.made)
        assert found
        assert not found[1] or int(found[1]) >= 32


@every_service
def test_it_stays_where_its_data_is(service):
    """A volume lies on one docker host: a task somewhere else would begin with an empty one."""
    made = DEFINITIONS[service.name]
    for one in made["services"].values():
        has_data = any(volume["type"] == "volume" for volume in one.get("volumes", ()))
        home = f"node.labels.stax.home.{service.name} == yes"
        assert (home in one["deploy"].get("placement", {}).get("constraints", ())) is has_data


@every_service
def test_what_it_needs_is_there(service):
    needs = {one.name: one.needs for one in CATALOGUE.values()}
    assert set(service.needs) <= set(CATALOGUE)
    assert in_order([service.name], needs)[-1] == service.name


def test_no_two_want_the_same_port_nor_one_of_the_hosts():
    wanted = Counter((port.number, port.protocol) for service in CATALOGUE.values() for port in service.ports)
    assert [port for port, times in wanted.items() if times > 1] == []
    assert {number for number, _ in wanted} & TAKEN_BY_HOSTS == set()


def test_two_services_mean_the_same_by_a_secret():
    made = {(wish.name, wish.made) for service in CATALOGUE.values() for wish in service.secrets}
    assert len(made) == len({name for name, _ in made})
