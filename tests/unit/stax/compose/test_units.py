import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stax.compose.document import parsed
from stax.compose.normal import normal
from stax.compose.problems import ComposeError
from stax.compose.units import ImportedUnit, import_unit

JENKINS = """\
[Unit]
Description=Jenkins "CI"
After=docker.service elasticsearch.service
Requires=docker.service

[Service]
EnvironmentFile=/etc/environment
Environment="HOME_DIR=/var/jenkins"
Restart=always
RestartSec=10
TimeoutStopSec=30
ExecStartPre=-/usr/bin/docker kill jenkins
ExecStartPre=-/usr/bin/docker rm jenkins
ExecStartPre=/usr/bin/docker pull jenkins:1.609
ExecStart=/bin/sh -c "exec docker run --rm --name jenkins -p 8080:8080 \\
    -p 127.0.0.1:50000:50000/tcp -e JAVA_OPTS=-Xmx1g -e ADMIN_PASSWORD=hunter2 \\
    -v ${HOME_DIR}:/var/jenkins_home -v cache:/cache:ro --link elasticsearch:es -m 2g \\
    -e IP=${COREOS_PRIVATE_IPV4} jenkins:1.609 --verbose"
ExecStop=/usr/bin/docker stop jenkins

[X-Fleet]
Conflicts=jenkins@*.service
MachineMetadata=role=ci
MachineOf=elasticsearch.service
"""


def service(unit: ImportedUnit):
    made, _ = normal(parsed(unit.compose, {}), {})
    return made["services"][unit.name]


def told(unit: ImportedUnit) -> str:
    return "\n".join(str(one) for one in unit.left_out)


def minimal(start: str, more: str = "") -> ImportedUnit:
    return import_unit(f"[Service]\nExecStart={start}\n{more}", "web.service")


def test_what_a_container_needs_is_carried_over():
    unit = import_unit(JENKINS, "/units/jenkins@1.service")
    made = service(unit)
    assert unit.name == "jenkins"
    assert made["image"] == "jenkins:1.609"
    assert made["command"] == ["--verbose"]
    assert [(one["published"], one["target"], one["mode"]) for one in made["ports"]] == [
        (8080, 8080, "host"),
        (50000, 50000, "host"),
    ]
    assert made["environment"]["JAVA_OPTS"] == "-Xmx1g"
    assert [(one["type"], one["source"]) for one in made["volumes"]] == [("bind", "/var/jenkins"), ("volume", "cache")]
    assert made["deploy"]["resources"] == {"limits": {"memory": "2g"}}
    assert made["deploy"]["restart_policy"] == {"condition": "any", "delay": "10s"}
    assert made["deploy"]["placement"] == {"max_replicas_per_node": 1, "constraints": ["node.labels.role == ci"]}
    assert made["stop_grace_period"] == "30s"


def test_its_service_toml_says_what_it_is_and_needs():
    read = tomllib.loads(import_unit(JENKINS, "jenkins.service").service)
    assert (read["summary"], read["needs"]) == ('Jenkins "CI"', ["elasticsearch"])
    assert [port["number"] for port in read["ports"]] == [8080, 50000]


def test_what_could_not_be_carried_over_is_listed_with_its_line():
    unit = import_unit(JENKINS, "jenkins.service")
    for words in (
        "line 7: EnvironmentFile=/etc/environment",
        "line 15: --link elasticsearch:es",
        "${COREOS_PRIVATE_IPV4}: a variable of the machine",
        "line 24: MachineOf=elasticsearch.service",
    ):
        assert words in told(unit)


def test_a_secret_is_neither_carried_over_nor_repeated():
    unit = import_unit(JENKINS, "jenkins.service")
    assert "stax secret set admin_password" in told(unit)
    assert "hunter2" not in unit.compose + unit.service + told(unit)


def test_a_global_unit_is_a_global_service():
    unit = minimal("/usr/bin/docker run logspout:v3", "[X-Fleet]\nGlobal=true\n")
    assert service(unit)["deploy"]["mode"] == "global"


def test_what_systemd_did_beside_the_container_is_listed():
    unit = minimal(
        "docker run web:1", "ExecStartPre=/usr/bin/mkdir /data\nExecStartPost=/usr/bin/etcdctl set /web up\n"
    )
    assert [one.line for one in unit.left_out] == [3, 4]


def test_an_image_without_a_version_is_told():
    assert "pin one" in told(minimal("docker run --rm -it nginx"))
    assert "pin one" in told(minimal("docker run nginx:latest"))
    assert told(minimal("docker run registry:5000/nginx:1.30")) == ""


def test_a_dollar_sign_stays_one():
    assert service(minimal("docker run web:1 echo 5$"))["command"] == ["echo", "5$"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[Service]\nExecStart=/usr/bin/etcd\n", "runs no container"),
        ("[Service]\nExecStart=/bin/sh -c 'docker run a:1 | tee /log'\n", "runs no container"),
        ("[Service]\nExecStart=/bin/bash\n", "runs no container"),
        ("", "runs no container"),
        ("[Service]\nExecStart\n", "neither"),
        ("[Service]\nExecStart=docker run --rm\n", "no image"),
        ("[Service]\nExecStart=docker run -p\n", "of what"),
        ("[Service]\nExecStart=docker run 'a\n", "quotation"),
        ("x" * 100_001, "too long"),
    ],
)
def test_a_unit_that_is_no_container_is_refused_in_words(text, words):
    with pytest.raises(ComposeError, match=words):
        import_unit(text, "web.service")


def test_a_name_that_no_service_can_have_is_refused():
    with pytest.raises(ComposeError, match="no service's name"):
        import_unit(JENKINS, "/tmp/$(reboot).service")


WORDS = [
    "-p",
    "80:80",
    "0:99999",
    "/data",
    "a b:/c",
    "-m",
    "--health-interval",
    "--cpus",
    "-l",
    "-u",
    "-e",
    "A=b",
    "-v",
    "--",
    "'",
    '"',
    "\\",
    "$",
    "%i",
    "web:1",
    "-itd",
    "=",
    "--net=host",
]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(WORDS), max_size=8))
def test_any_words_make_a_service_or_are_refused(words):
    try:
        unit = import_unit("[Service]\nExecStart=docker run " + " ".join(words), "web.service")
    except ComposeError:
        return
    normal(parsed(unit.compose, {}), {})
    assert tomllib.loads(unit.service)["title"] == "web"


def test_a_folder_is_no_part_of_its_name():
    assert import_unit("[Service]\nExecStart=docker run web:1\n", str(Path("/a/b/My_App.service"))).name == "my-app"
