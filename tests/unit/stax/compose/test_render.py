"""What Docker is given: everything decided, and a fingerprint that changes only when tasks must be replaced."""

import json

import pytest
import yaml

from stax.compose.document import parsed
from stax.compose.normal import normal
from stax.compose.render import as_text, as_yaml, completed, contents, fingerprint, rendered

ONE = "services: {web: {image: 'b:1', command: [echo, $$HOME], ports: ['80:80']}}"


def made(text: str, stack: str = "web"):
    return completed(stack, normal(parsed(text, {}), {})[0])


def print_of(text: str, **secrets: str) -> str:
    definition = made(text)
    return fingerprint(definition["services"]["web"], definition, secrets)


def test_a_service_of_the_stacks_name_is_found_by_other_stacks():
    definition = made("services: {web: {image: b}, inner: {image: b}}")

    assert list(definition["services"]["web"]["networks"]) == ["default", "stax"]
    assert list(definition["services"]["inner"]["networks"]) == ["default"]
    assert definition["networks"]["stax"] == {"external": True, "name": "stax"}


def test_networks_of_its_own_are_left_alone():
    assert list(
        made("services: {web: {image: b, networks: [n]}}\nnetworks: {n: {}}")["services"]["web"]["networks"]
    ) == ["n"]


@pytest.mark.parametrize(
    ("more", "order"),
    [
        ("", "start-first"),
        ("ports: ['80:80']", "stop-first"),
        ("ports: [{target: 80, published: 80, mode: ingress}]", "start-first"),
        ("volumes: ['/srv:/srv']", "stop-first"),
        ("volumes: ['/srv:/srv:ro']", "start-first"),
        ("deploy: {update_config: {order: stop-first}}", "stop-first"),
    ],
)
def test_the_new_task_comes_first_where_both_can_be(more, order):
    deploy = made(f"services: {{web: {{image: b, {more}}}}}")["services"]["web"]["deploy"]

    assert deploy["update_config"]["order"] == order


def test_a_virtual_address_is_for_ingress_ports():
    ingress = made("services: {web: {image: b, ports: [{target: 80, published: 80, mode: ingress}]}}")

    assert ingress["services"]["web"]["deploy"]["endpoint_mode"] == "vip"
    assert made(ONE)["services"]["web"]["deploy"]["endpoint_mode"] == "dnsrr"


def test_the_number_of_tasks_replaces_none():
    assert print_of("services: {web: {image: b}}") == print_of("services: {web: {image: b, deploy: {replicas: 5}}}")
    assert print_of("services: {web: {image: b}}") != print_of("services: {web: {image: c}}")


def test_a_new_version_of_a_secret_replaces_tasks():
    text = "services: {web: {image: b, secrets: [key]}}\nsecrets: {key: {}}"

    assert print_of(text, key="web_key.v1") != print_of(text, key="web_key.v2")


def test_another_content_is_another_config_object(tmp_path):
    def at(content: str):
        (tmp_path / "f").write_text(content)
        text = "services: {web: {image: b, configs: [c]}}\nconfigs: {c: {file: f}}"
        return completed("web", normal(parsed(text, {}, path=str(tmp_path / "c.yaml")), {})[0])

    one, two = at("a"), at("b")
    assert list(contents("web", one).values()) == ["a"]
    assert contents("web", one).keys() != contents("web", two).keys()
    assert rendered("web", one, {})["configs"]["c"] == {"external": True, "name": next(iter(contents("web", one)))}


def test_docker_finds_no_variable_in_what_it_is_given():
    text = as_text(rendered("web", made(ONE), {}))

    assert json.loads(text)["services"]["web"]["command"] == ["echo", "$$HOME"]
    assert yaml.safe_load(as_yaml(rendered("web", made(ONE), {})))["version"] == "3.9"
