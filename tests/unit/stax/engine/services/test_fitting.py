"""What the cluster cannot give is said before anything is begun, with how much there is."""

from tests.unit.stax.engine.services.seen import GIB, node, port, seen, service, task

from stax.compose.document import parsed
from stax.compose.normal import normal
from stax.compose.render import completed
from stax.engine.services.fitting import memory_bytes, obstacles, with_planned


def troubles(body: str, there) -> list[str]:
    definition, _ = normal(parsed(f"services: {{web: {{image: b, {body}}}}}", {}), {})
    return list(obstacles("web", completed("web", definition), there))


def test_a_port_in_use_is_told_with_whose_it_is():
    there = seen([service("shop", ports=(port(8000),))])

    assert troubles("ports: ['8000:80']", there) == [
        "web_web wants port 8000/tcp, which shop_shop has: publish another"
    ]
    assert troubles("ports: ['8000:80/udp']", there) == []


def test_the_stacks_own_port_is_free_for_its_update():
    assert troubles("ports: ['8000:80']", seen([service("web", ports=(port(8000),))])) == []


def test_a_port_that_is_about_to_be_taken_is_in_use_as_well():
    definition, _ = normal(parsed("services: {shop: {image: b, ports: ['8000:80']}}", {}), {})
    there = with_planned(seen(), "shop", completed("shop", definition))

    assert "which shop_shop has" in troubles("ports: ['8000:80']", there)[0]


def test_a_port_of_the_host_is_one_tasks():
    (said,) = troubles("ports: ['80:80'], deploy: {replicas: 3}", seen())

    assert "asks for 3 tasks, each with port 80 of a docker host to itself, and there are 2 docker hosts" in said


def test_more_memory_than_any_host_has():
    (said,) = troubles("deploy: {resources: {reservations: {memory: 5G}}}", seen())

    assert "there is room for 0; free: docker1 2 and 4096 MiB, docker2 2 and 4096 MiB" in said


def test_what_others_have_reserved_is_not_there():
    other = task("db", machine="docker1")
    there = seen(tasks=[other], reserved={other.id: (0, 3 * GIB)})
    two = "deploy: {replicas: 2, resources: {reservations: {memory: 2G}}}"

    assert troubles(two, there) == []  # both on docker2
    three = two.replace("replicas: 2", "replicas: 3")
    assert "room for 2" in troubles(three, there)[0]


def test_one_on_each_host_needs_room_on_each():
    small = seen(nodes=[node("docker1"), node("docker2", memory_bytes=GIB)])

    assert troubles("deploy: {mode: global, resources: {reservations: {memory: 2G}}}", small)


def test_without_a_host_that_takes_tasks_nothing_fits():
    assert "no docker host takes tasks" in troubles("init: true", seen(nodes=[node("docker1", takes_tasks=False)]))[0]


def test_amounts_of_memory_in_bytes():
    assert [memory_bytes(one) for one in ("1k", "1.5M", "2GiB", "7", None)] == [1024, 1572864, 2 * GIB, 7, 0]
