from typing import Any

from stax.engine.services.carried import lacking, pushed


def service(image: str) -> Any:
    return {"Spec": {"TaskTemplate": {"ContainerSpec": {"Image": image}}}}


def test_an_image_whose_digest_a_registry_told_comes_from_there():
    assert pushed([service("web:1"), service("nginx:1.30@sha256:" + "a" * 64), service("web:1")]) == ["web:1"]


def test_a_service_that_is_no_container_has_none():
    assert pushed([{"Spec": {"TaskTemplate": {}}}]) == []


def test_a_host_that_came_later_lacks_what_was_pushed_before():
    held = {"docker1": ["web:1"], "docker2": ["web:2"]}
    assert lacking(["web:1"], held) == {"web:1": ["docker2"]}


def test_names_are_compared_as_docker_lists_them():
    held = {"docker1": ["web:latest", "r.example.org:5000/team/api:latest", "nginx:1"]}
    wanted = ["docker.io/library/nginx:1", "r.example.org:5000/team/api", "web"]
    assert all(hosts == [] for hosts in lacking(wanted, held).values())
