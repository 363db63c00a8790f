"""Images, secrets and ports of services, on a real Swarm of one docker host, with a real registry."""

import json
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cluster import LIMIT_S, Docker, Result, Stax, clustered, skip_without_machines
from tests.images import save_image
from tests.registry import PASSWORD, USER, Registry, registries

from stax.compose.catalogue import COMPOSE_FILE, catalogue
from stax.compose.document import read_document
from stax.compose.normal import normal
from stax.compose.render import as_text, completed, contents
from stax.engine.services.planning import document_of
from stax.model.services import CatalogueService

pytestmark = pytest.mark.timeout(900)
"""A dozen commands a test, of seconds each; on a busy machine of many."""

IMAGE = "word:1"
COMPOSE = """\
services:
  word:
    image: {image}
    command: [sh, -c, "mkdir -p /tmp/w && cat /run/secrets/word > /tmp/w/index.html && exec httpd -f -p 8080 -h /tmp/w"]
    stop_signal: SIGKILL
    secrets: [word]
    healthcheck: {{test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:8080/"], interval: 1s, retries: 30}}
    deploy: {{replicas: 2}}
secrets:
  word: {{external: true, name: word}}
"""


@pytest.fixture(scope="module")
def stax(tmp_path_factory) -> Iterator[Stax]:
    skip_without_machines()
    with clustered(tmp_path_factory.mktemp("supplies"), hosts=1) as made:
        yield made


@pytest.fixture(scope="module")
def host(stax) -> Docker:
    only: Docker = stax.hosts()[0]
    return only


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    return save_image(tmp_path_factory.mktemp("image") / "word.tar", IMAGE)


def told(stax: Stax, *words: str, given: str = "", limit_s: float = LIMIT_S) -> Result:
    """`stax WORDS` with something on its standard input."""
    argv = [sys.executable, "-m", "stax", *words, "--region", "local", "--yes"]
    return subprocess.run(argv, input=given, env=stax.env, capture_output=True, text=True, timeout=limit_s, check=False)


def compose(folder: Path, image: str) -> str:
    file = folder / "compose.yaml"
    file.write_text(COMPOSE.format(image=image))
    return str(file)


@contextmanager
def forwarded(stax: Stax, *words: str) -> Iterator[str]:
    """The address here that leads there."""
    argv = [sys.executable, "-m", "stax", "forward", *words, "--region", "local", "--output", "json"]
    process = subprocess.Popen(argv, env=stax.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        said = ""
        while not said.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            said += line
        yield json.loads(said)["local"]
        process.terminate()  # as Ctrl-C does; whoever starts tests may have that ignored
        assert process.wait(60) == 130
    finally:
        process.kill()
        process.communicate()


def read(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}/", timeout=30) as answer:
        text: str = answer.read().decode()
    return text


def test_an_image_is_pushed_and_a_service_of_it_reads_a_secret_that_is_rotated(stax, archive, tmp_path):
    first = told(stax, "push", str(archive))
    assert first.returncode == 0, first.stderr
    assert "docker1  loaded" in first.stdout
    again = told(stax, "push", str(archive))
    assert "docker1  there already" in again.stdout

    without = told(stax, "start", "word", "-f", compose(tmp_path, IMAGE))
    assert without.returncode != 0
    assert "stax secret set word" in without.stderr
    kept = told(stax, "secret", "set", "word", given="spring\n")
    assert kept.returncode == 0, kept.stderr

    started = told(stax, "start", "word", "-f", compose(tmp_path, IMAGE))
    assert started.returncode == 0, started.stderr
    with forwarded(stax, "word", "18080:8080") as address:
        assert read(address) == "spring"
        taken = told(stax, "forward", "word", "18080:8080")
        assert (taken.returncode, "port 18080 is in use" in taken.stderr) == (2, True)

    checked = json.loads(told(stax, "check", "--output", "json").stdout)["report"]["items"]
    assert [(one["subject"], one["verdict"]) for one in checked if one["group"] == "images"] == [(IMAGE, "ok")]

    rotated = told(stax, "secret", "rotate", "word", given="summer\n")
    assert rotated.returncode == 0, rotated.stderr
    with forwarded(stax, "word", "18080:8080") as address:
        assert read(address) == "summer"
    listed = json.loads(told(stax, "secret", "list", "--output", "json").stdout)
    assert listed == [{"name": "word", "versions": [2], "used_by": {"word_word": [2]}}]


def test_a_secret_with_which_nothing_becomes_healthy_is_taken_back(stax, tmp_path):
    """The whole of its value is the page, and a page of nothing but a line is refused by the health check."""
    file = compose(tmp_path, IMAGE).replace("compose.yaml", "picky.yaml")
    Path(file).write_text(COMPOSE.format(image=IMAGE).replace("wget, -q, -O, /dev/null", "grep, -q, spring")
                          .replace("http://127.0.0.1:8080/", "/tmp/w/index.html").replace("retries: 30", "retries: 3")
                          .replace("name: word", "name: picky"))  # fmt: skip
    assert told(stax, "secret", "set", "picky", given="spring").returncode == 0
    started = told(stax, "start", "picky", "-f", file)
    assert started.returncode == 0, started.stderr

    rotated = told(stax, "secret", "rotate", "picky", given="winter")
    assert rotated.returncode == 6, rotated.stderr
    listed = json.loads(told(stax, "secret", "list", "--output", "json").stdout)
    assert {"name": "picky", "versions": [1], "used_by": {"picky_word": [1]}} in listed


def test_a_registry_with_passwords_is_logged_in_at_and_pulled_from(stax, host, archive, tmp_path):
    assert told(stax, "push", str(archive)).returncode == 0
    private, public = registries(stax, host, tmp_path)
    private.start(asks_for_passwords=True)
    public.start(asks_for_passwords=False)
    _refusals(stax, private)
    login = told(stax, "registry", "login", private.name, "--user", USER, "--ca", str(private.ca), given=PASSWORD)
    assert login.returncode == 0, login.stderr
    shared = told(stax, "registry", "login", public.name, "--user", "anybody", "--ca", str(public.ca), given="x")
    assert shared.returncode == 0, shared.stderr

    _is_pulled(stax, private.is_given(IMAGE, "word:2"), tmp_path)
    image = public.is_given(IMAGE, "word:3")
    public.falls_asleep_for(5)
    _is_pulled(stax, image, tmp_path)

    missing = told(stax, "start", "word", "-f", compose(tmp_path, f"{private.name}/word:9"))
    assert missing.returncode != 0
    assert f"there is no image {private.name}/word:9" in missing.stderr
    private.stop()
    down = told(stax, "start", "word", "-f", compose(tmp_path, f"{private.name}/word:10"))
    assert down.returncode != 0
    assert "no registry answers" in down.stderr
    gone = told(stax, "registry", "login", private.name, "--user", USER, given=PASSWORD)
    assert f"nothing listens at {private.name}" in gone.stderr


def _refusals(stax: Stax, registry: Registry) -> None:
    stranger = told(stax, "registry", "login", registry.name, "--user", USER, given=PASSWORD)
    assert stranger.returncode == 1
    assert "does not trust" in stranger.stderr
    wrong = told(stax, "registry", "login", registry.name, "--user", USER, "--ca", str(registry.ca), given="wrong")
    assert wrong.returncode == 1
    assert f"refuses {USER}" in wrong.stderr


def _is_pulled(stax: Stax, image: str, folder: Path) -> None:
    started = told(stax, "start", "word", "-f", compose(folder, image))
    assert started.returncode == 0, started.stderr


def test_dockers_own_parser_and_the_swarm_take_every_service_of_the_catalogue(stax, host):
    """No image is pulled: a constraint that no docker host meets keeps every task waiting."""
    script = ["set -eu", "cd $(mktemp -d)", "docker network create -d overlay --attachable stax >&2 || true"]
    for name, service in catalogue().items():
        script += _kept_waiting(name, service)
    script += ["docker service ls --format '{{.Name}}'", f"docker stack rm {' '.join(catalogue())} >&2"]
    said = stax.inside(host.instance_id, "\n".join(script)).split()
    assert set(said) >= {f"{name}_{name}" for name in catalogue()}


def _kept_waiting(name: str, service: CatalogueService) -> Iterator[str]:
    definition = completed(name, normal(read_document(service.folder / COMPOSE_FILE, {}), {})[0])
    for one in definition["services"].values():
        one["deploy"].setdefault("placement", {})["constraints"] = ["node.labels.nowhere == yes"]
    secrets = {key: body["name"] for key, body in definition["secrets"].items()}
    for secret in secrets.values():
        yield f"docker secret inspect {secret} >&2 2>&- || echo x | docker secret create {secret} - >&2"
    for config, content in contents(name, definition).items():
        yield f"echo {shlex.quote(content)} | docker config create {config} - >&2"
    document = shlex.quote(as_text(document_of(name, definition, secrets)))
    yield f"echo {document} | docker stack deploy --resolve-image never -c - {name} >&2"
