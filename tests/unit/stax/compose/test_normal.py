"""Everything that is wrong with a Compose file is found at once, each with its line."""

from pathlib import Path

import pytest

from stax.compose.document import parsed
from stax.compose.normal import normal
from stax.compose.problems import ComposeError


def service(text: str, **variables: str):
    definition, _ = normal(parsed(f"services:\n  web: {text}", variables), variables)
    return definition["services"]["web"]


def problems(text: str) -> list[str]:
    with pytest.raises(ComposeError) as caught:
        normal(parsed(text, {}), {})
    return [f"{one.line}: {one}" for one in caught.value.problems]


def test_short_forms_become_long_ones():
    web = service("{image: b, command: a 'b c', environment: [A=1, B], labels: [x=y], healthcheck: {test: t}}", B="2")

    assert web["command"] == ["a", "b c"]
    assert web["environment"] == {"A": "1", "B": "2"}
    assert web["labels"] == {"x": "y"}
    assert web["healthcheck"] == {"test": ["CMD-SHELL", "t"]}
    assert web["deploy"] == {"replicas": 1}


def test_a_variable_of_the_environment_that_is_not_set_is_left_out():
    assert "environment" not in service("{image: b, environment: [A]}")


def test_several_problems_are_told_at_once():
    text = """\
servics: {}
services:
  web:
    imagee: x
    privileged: true
    ports: ["127.0.0.1:80:80"]
    deploy:
      replicas: -1
      resources: {limits: {memory: lots}}
    healthcheck: {test: t, interval: often}
"""
    assert problems(text) == [
        "1: servics is no part of a Compose file: did you mean services?",
        "3: web needs an image, not 'None'",
        "4: a service has no imagee: did you mean image?",
        "5: Swarm cannot do privileged (all rights over the machine; name single ones in cap_add)",
        "6: port '127.0.0.1:80:80': a Swarm publishes on all addresses of a machine: leave the address out",
        "8: deploy.replicas is a number from 0, not '-1'",
        "9: 'lots' is no amount of memory: such as 512M or 2G",
        "10: healthcheck.interval: 'often' is no duration: such as 10s or 1m30s",
    ]


@pytest.mark.parametrize("key", ["network_mode: host", "devices: [/dev/x]", "mem_limit: 1g", "security_opt: [a]"])
def test_what_swarm_cannot_do_is_refused_by_name(key):
    assert f"Swarm cannot do {key.partition(':')[0]}" in problems(f"services: {{web: {{image: b, {key}}}}}")[0]


def test_what_says_nothing_to_a_swarm_is_noted():
    _, notes = normal(parsed("services: {web: {image: b, container_name: x, restart: always}}", {}), {})

    assert [note.partition(" is left out")[0] for note in notes] == ["web: container_name", "web: restart"]


@pytest.mark.parametrize(
    ("used", "missing"),
    [
        ("volumes: [data:/data]", "volume data"),
        ("networks: [inner]", "network inner"),
        ("secrets: [key]", "secret key"),
    ],
)
def test_what_is_used_must_be_declared(used, missing):
    assert f"web uses {missing}, which is not there" in problems(f"services: {{web: {{image: b, {used}}}}}")[0]


@pytest.mark.parametrize(
    "text",
    ["stop_grace_period: soon", "deploy: {update_config: {delay: '5'}}", "deploy: {restart_policy: {window: a while}}"],
)
def test_a_duration_has_its_unit(text):
    assert "is no duration: such as 10s" in problems(f"services: {{web: {{image: b, {text}}}}}")[0]


def test_a_constraint_compares():
    text = "deploy: {placement: {constraints: ['node.role == manager', %s]}}"

    assert "is no constraint" in problems(f"services: {{web: {{image: b, {text % 'zone'}}}}}")[0]
    assert service("{image: b, %s}" % (text % "'node.labels.stax.home.db==yes'"))["deploy"]["placement"]


def test_files_beside_it_are_read_in(tmp_path: Path):
    (tmp_path / "site.conf").write_text("listen 80;")
    (tmp_path / "web.env").write_text("# a comment\nA=1\nB='2'\n")
    text = "services: {web: {image: b, env_file: web.env, configs: [site]}}\nconfigs: {site: {file: site.conf}}"

    definition, _ = normal(parsed(text, {}, path=str(tmp_path / "compose.yaml")), {})

    assert definition["configs"]["site"] == {"content": "listen 80;"}
    assert definition["services"]["web"]["environment"] == {"A": "1", "B": "2"}


def test_a_file_that_is_not_there_is_named_with_its_line(tmp_path: Path):
    text = "services: {web: {image: b}}\nconfigs:\n  site:\n    file: nowhere.conf"
    with pytest.raises(ComposeError, match=r":4: nowhere\.conf cannot be read"):
        normal(parsed(text, {}, path=str(tmp_path / "compose.yaml")), {})
