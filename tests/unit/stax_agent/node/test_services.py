"""What runs on a docker host, as consul is to have it."""

import pytest

from stax_agent.node.services import META, Deregister, Entry, Register, changes, consul_name, entries


def container(
    *, service="web_web", stack="web", task="t1", status="Up 5 minutes (healthy)", ports=(8000,), state="running"
):
    labels = {
        "com.docker.swarm.service.name": service,
        "com.docker.swarm.task.id": task,
        "com.docker.stack.namespace": stack,
    }
    listed = [
        {"IP": address, "PrivatePort": 80, "PublicPort": port, "Type": "tcp"}
        for port in ports
        for address in ("10.0.0.1", "::")
    ]
    return {"Labels": labels, "State": state, "Status": status, "Ports": [*listed, {"PrivatePort": 81}]}


def known(entry: Entry, address="10.0.0.1"):
    return {
        "Service": entry.name,
        "Address": address,
        "Port": entry.port,
        "Tags": list(entry.tags),
        "Meta": {META: entry.task},
    }


@pytest.mark.parametrize(
    ("service", "stack", "name"),
    [
        ("web_web", "web", "web"),
        ("gitlab_postgres", "gitlab", "gitlab-postgres"),
        ("my_app_web", "my_app", "my-app-web"),
        ("lonely", "", "lonely"),
        ("Web_Front", "", "web-front"),
    ],
)
def test_a_name_is_one_that_dns_takes(service, stack, name):
    assert consul_name(service, stack) == name


def test_a_task_has_an_entry_for_each_port_that_it_publishes_and_one_when_it_publishes_none():
    assert [(one.id, one.port, one.tags) for one in entries([container(ports=(443, 80))])] == [
        ("t1-80", 80, ("80",)),
        ("t1-443", 443, ("443",)),
    ]
    assert [(one.id, one.port, one.tags) for one in entries([container(ports=())])] == [("t1", 0, ())]


@pytest.mark.parametrize(
    ("status", "is_healthy", "says"),
    [
        ("Up 5 minutes (healthy)", True, "healthy"),
        ("Up 2 seconds (health: starting)", False, "health: starting"),
        ("Up 2 hours (unhealthy)", False, "unhealthy"),
        ("Up About a minute", True, "runs; it has no health check"),
    ],
)
def test_health_is_dockers_word(status, is_healthy, says):
    (entry,) = entries([container(status=status)])

    assert (entry.is_healthy, entry.says) == (is_healthy, says)


def test_what_does_not_run_or_is_no_task_has_no_entry():
    stranger = {"Labels": {}, "State": "running", "Status": "Up", "Ports": []}

    assert list(entries([container(state="exited"), stranger, {"Labels": None, "State": "running"}])) == []


def test_what_is_as_it_should_be_is_left_alone():
    (entry,) = entries([container()])

    assert list(changes([entry], {entry.id: known(entry)}, "10.0.0.1")) == []
    assert list(changes([entry], {entry.id: known(entry, "10.0.0.9")}, "10.0.0.1")) == [Register(entry)]


def test_tasks_that_went_are_taken_out_and_strangers_stay():
    (entry,) = entries([container()])
    strangers: dict[str, dict[str, object]] = {
        "consul-esm": {"Service": "consul-esm", "Meta": {}},
        "theirs": {"Service": "theirs", "Meta": None},
    }

    assert list(changes([], {**strangers, entry.id: known(entry)}, "10.0.0.1")) == [Deregister(entry.id, "web")]
