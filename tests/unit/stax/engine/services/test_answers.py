"""The engine's answers, as Docker 20.10 gives them."""

import base64

from stax.engine.services.answers import moment, newest_first, node, revision, revision_labels, running_service, task

SERVICE = {
    "ID": "s1",
    "Spec": {
        "Name": "web_api",
        "Labels": {"com.docker.stack.namespace": "web"},
        "TaskTemplate": {"ContainerSpec": {"Image": "box:1@sha256:ab", "Labels": {"stax.fingerprint": "f"}}},
        "Mode": {"Replicated": {"Replicas": 2}},
        "EndpointSpec": {
            "Ports": [{"PublishedPort": 80, "TargetPort": 8080, "Protocol": "tcp", "PublishMode": "host"}]
        },
    },
    "ServiceStatus": {"RunningTasks": 1, "DesiredTasks": 2},
    "UpdateStatus": {"State": "paused", "Message": "failure"},
}
NODE = {
    "ID": "n1",
    "Description": {"Hostname": "ip-10", "Resources": {"NanoCPUs": 2000000000, "MemoryBytes": 1024}},
    "Spec": {"Availability": "active", "Role": "manager", "Labels": {"instance-id": "i-1"}},
    "Status": {"State": "ready"},
}


def test_a_service_of_a_stack():
    found = running_service(SERVICE)

    assert (found.stack, found.name, found.full_name, found.image) == ("web", "api", "web_api", "box:1")
    assert (found.wanted, found.running, found.is_healthy, found.update) == (2, 1, False, "paused")
    assert str(found.ports[0]) == "80/tcp"


def test_a_node_has_the_machines_name():
    assert node(NODE, {"i-1": "docker1"}).name == "docker1"
    assert node(NODE, {}).name == "ip-10"
    assert not node({**NODE, "Status": {"State": "down"}}, {}).takes_tasks


def test_a_task_knows_its_machine_and_its_end():
    said = {
        "ID": "t1",
        "Slot": 2,
        "NodeID": "n1",
        "DesiredState": "shutdown",
        "Spec": {"ContainerSpec": {"Image": "box:1", "Labels": {"stax.fingerprint": "f"}}},
        "Status": {
            "State": "failed",
            "Err": "exit 3",
            "Timestamp": "2026-11-22T20:00:00.123456789Z",
            "ContainerStatus": {"ContainerID": "c1", "ExitCode": 3},
        },
    }
    found = task(said, running_service(SERVICE), {"n1": node(NODE, {"i-1": "docker1"})})

    assert (found.name, found.machine, found.exit_code, found.container) == ("web_api.2", "docker1", 3, "c1")
    assert found.since == moment("2026-11-22T20:00:00")


def test_a_revision_is_what_its_config_object_keeps():
    labels = {
        "stax.stack": "web", "stax.revision": "3", "stax.at": "2026-11-22T20:00:00Z",
        "stax.by": "jo@laptop", "stax.verb": "start", "stax.outcome": "done",
    }  # fmt: skip
    data = base64.b64encode(b'{"services": {}}').decode()

    found = revision({"Spec": {"Labels": labels, "Data": data}})

    assert found is not None
    assert (found.number, found.definition) == (3, {"services": {}})
    assert revision_labels(found) == labels
    assert newest_first([found]) == [found]


def test_what_is_no_revision_is_passed_over():
    assert revision({"Spec": {"Labels": {}}}) is None
    assert (
        revision({"Spec": {"Labels": {"stax.revision": "1", "stax.at": "2026-11-22T20:00:00Z"}, "Data": "?"}}) is None
    )
