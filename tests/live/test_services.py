"""Services on a stax whose machines boot: planned, started, updated, taken back, interrupted, stopped."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cluster import Stax, clustered, skip_without_machines

pytestmark = pytest.mark.timeout(600)  # creating counts for the first test that needs it

IMAGES = """
mkdir -p /tmp/box/bin && cp /bin/busybox /tmp/box/bin/
for word in sh sleep cat echo httpd wget; do ln -sf busybox /tmp/box/bin/$word; done
for version in 1 2; do
    echo "version $version" > /tmp/box/index.html
    tar -C /tmp/box -c . | docker import --change 'ENV PATH=/bin' - box:$version
done
"""
"""There is no registry here: every host makes the images from its own busybox."""

SHOP = """
services:
  shop:
    image: box:{version}
    command: sh -c 'echo begins; exec httpd -f -p 80 -h /'
    init: true
    ports: ["8000:80"]
    healthcheck: {{test: wget -q -O /dev/null http://127.0.0.1/index.html, interval: 1s, timeout: 3s, retries: 5}}
    deploy: {{replicas: 2, placement: {{max_replicas_per_node: 1}}}}
"""
BROKEN = "services: {shop: {image: 'box:2', command: sh -c 'echo no database; exit 3', deploy: {replicas: 2}}}"


@pytest.fixture(scope="module")
def stax(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stax]:
    skip_without_machines()
    with clustered(tmp_path_factory.mktemp("services"), hosts=2) as made:
        for host in made.hosts():
            made.inside(host.instance_id, IMAGES)
        yield made


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "compose.yaml"
    file.write_text(SHOP.format(version=1))
    return file


def run(stax: Stax, *words: str) -> subprocess.CompletedProcess[str]:
    return stax.stax(*words, "--region", "local")


def done(stax: Stax, *words: str) -> str:
    ended = run(stax, *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def start(stax: Stax, file: Path, *words: str) -> str:
    return done(stax, "start", "shop", "-f", str(file), "--yes", *words)


def page(stax: Stax) -> str:
    """What the published port says, on the first docker host."""
    host = stax.hosts()[0]
    return stax.inside(host.instance_id, f"busybox wget -q -O - http://{host.address}:8000/index.html").strip()


def row(stax: Stax, name: str) -> dict[str, str]:
    rows = json.loads(done(stax, "services", "--output", "json"))["rows"]
    found: dict[str, str] = next(one for one in rows if one["name"] == name)
    return found


def test_a_compose_file_is_planned_started_and_then_nothing_is_left_to_do(stax: Stax, shop: Path) -> None:
    planned = run(stax, "start", "shop", "-f", str(shop), "--plan")
    assert (planned.returncode, "Add  shop  2 tasks" in planned.stdout) == (3, True)
    assert row(stax, "nginx")["state"] == "-"

    start(stax, shop)

    assert page(stax) == "version 1"
    there = row(stax, "shop_shop")
    assert (there["state"], there["replicas"], there["health"]) == ("running", "2/2", "healthy")
    assert "nothing to do" in start(stax, shop)


def test_an_update_replaces_tasks_and_a_rollback_brings_them_back(stax: Stax, shop: Path) -> None:
    start(stax, shop)
    shop.write_text(SHOP.format(version=2))

    planned = run(stax, "start", "shop", "-f", str(shop), "--plan")
    assert "image: box:1 -> box:2" in planned.stdout
    start(stax, shop)
    assert page(stax) == "version 2"
    assert done(stax, "exec", "shop.1", "--", "cat", "/index.html") == "version 2\n"
    assert "begins" in done(stax, "logs", "shop.1", "--grep", "^begins$", "--since", "10m")

    done(stax, "rollback", "shop", "--yes")
    assert page(stax) == "version 1"
    outcomes = [one["outcome"] for one in json.loads(done(stax, "services", "shop", "-o", "json"))["revisions"]]
    assert set(outcomes) == {"done"}


def test_an_update_that_fails_is_taken_back_and_says_why(stax: Stax, shop: Path, tmp_path: Path) -> None:
    start(stax, shop)
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN)

    failed = run(stax, "start", "shop", "-f", str(broken), "--yes")

    assert failed.returncode == 6
    for said in ("non-zero exit (3)", "log: no database", "at revision", "again, and healthy"):
        assert said in failed.stderr
    assert page(stax) == "version 1"
    assert row(stax, "shop_shop")["health"] == "healthy"


def test_an_interrupted_start_is_finished_by_the_same_command(stax: Stax, shop: Path) -> None:
    shop.write_text(SHOP.format(version=2))
    words = ("-m", "stax", "start", "shop", "-f", str(shop), "--yes", "--region", "local")
    with subprocess.Popen([sys.executable, *words], env=stax.env, stderr=subprocess.PIPE, text=True) as begun:
        assert begun.stderr
        next(line for line in begun.stderr if "deploying shop" in line)
        begun.send_signal(signal.SIGINT)
        begun.stderr.read()
    assert begun.returncode == 130

    start(stax, shop)

    assert page(stax) == "version 2"
    assert row(stax, "shop_shop")["health"] == "healthy"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("image: 'nowhere:1'", "stax push nowhere:1"),
        ("image: 'box:1', ports: ['8000:80']", "shop_shop has: publish another"),
        ("image: 'box:1', ports: ['81:80'], deploy: {replicas: 3}", "there are 2 docker hosts"),
        ("image: 'box:1', deploy: {resources: {reservations: {memory: 900G}}}", "there is room for 0; free: docker1"),
        ("image: 'box:1', deploy: {endpoint_mode: vip}", "write dnsrr"),
        ("image: 'box:1', privileged: true", "compose.yaml:1: Swarm cannot do privileged"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_changed(
    stax: Stax, shop: Path, tmp_path: Path, text: str, said: str
) -> None:
    if "8000" in text:
        start(stax, shop)
    (tmp_path / "compose.yaml").write_text(f"services: {{other: {{{text}}}}}")

    refused = run(stax, "start", "other", "-f", str(tmp_path / "compose.yaml"), "--yes")

    assert refused.returncode == 2
    assert said in refused.stderr
    assert run(stax, "ps", "other").returncode == 4


def test_a_service_is_started_behind_what_it_needs_and_stopped(stax: Stax, tmp_path: Path) -> None:
    for name in ("front", "behind"):
        (tmp_path / "own" / name).mkdir(parents=True)
        body = f"services: {{{name}: {{image: 'box:1', command: sleep 600, init: true}}}}"
        (tmp_path / "own" / name / "compose.yaml").write_text(body)
    (tmp_path / "own" / "front" / "service.toml").write_text('needs = ["behind"]')
    own = ("--services", str(tmp_path / "own"))

    said = done(stax, "start", "front", *own, "--yes")
    assert [line.split()[0] for line in said.splitlines()] == ["behind", "front"]

    done(stax, "stop", "front", "behind", "--yes")
    assert run(stax, "ps", "front").returncode == 4
    assert row(stax, "front")["state"] == "stopped"
