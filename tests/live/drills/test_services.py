"""Services on a stax whose machines boot: planned, started, updated, interrupted, taken back, stopped."""

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
    deploy:
      replicas: 2
      placement: {{max_replicas_per_node: 1}}
      update_config: {{monitor: 1s}}
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
    return stax.stax("--region", "local", *words)


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


def test_an_update_that_is_interrupted_is_finished_by_the_same_command(stax: Stax, shop: Path) -> None:
    shop.write_text(SHOP.format(version=2))
    words = ("-m", "stax", "--region", "local", "start", "shop", "-f", str(shop), "--yes")
    with subprocess.Popen([sys.executable, *words], env=stax.env, stderr=subprocess.PIPE, text=True) as begun:
        assert begun.stderr
        told = [
            next(line for line in begun.stderr if wanted in line) for wanted in ("image: box:1 -> box:2", "deploying")
        ]
        begun.send_signal(signal.SIGINT)
        begun.stderr.read()
    assert (begun.returncode, len(told)) == (130, 2)

    start(stax, shop)

    assert page(stax) == "version 2"
    assert done(stax, "exec", "shop.1", "--", "cat", "/index.html") == "version 2\n"
    assert "begins" in done(stax, "logs", "shop.1", "--grep", "^begins$", "--since", "10m")


def test_a_rollback_brings_back_what_was_before(stax: Stax) -> None:
    done(stax, "rollback", "shop", "--yes")

    assert page(stax) == "version 1"
    newest = json.loads(done(stax, "services", "shop", "-o", "json"))["revisions"][0]
    assert (newest["verb"], newest["outcome"]) == ("rollback", "done")


def test_an_update_that_fails_is_taken_back_and_says_why(stax: Stax, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN)

    failed = run(stax, "start", "shop", "-f", str(broken), "--yes")

    assert failed.returncode == 6
    for said in ("non-zero exit (3)", "log: no database", "at revision", "again, and healthy"):
        assert said in failed.stderr
    assert page(stax) == "version 1"
    assert row(stax, "shop_shop")["health"] == "healthy"


def test_what_cannot_be_is_refused_with_every_reason_before_anything_is_changed(stax: Stax, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(
        """
services:
  absent: {image: "nowhere:1"}
  port: {image: "box:1", ports: ["8000:80"]}
  hosts: {image: "box:1", ports: ["81:80"], deploy: {replicas: 3}}
  large: {image: "box:1", deploy: {resources: {reservations: {memory: 900G}}}}
  vip: {image: "box:1", deploy: {endpoint_mode: vip}}
"""
    )

    refused = run(stax, "start", "other", "-f", str(file), "--yes")

    assert refused.returncode == 2
    for said in (
        "stax push nowhere:1",
        "other_port wants port 8000/tcp, which shop_shop has",
        "there are 2 docker hosts",
        "there is room for 0; free: docker1",
        "endpoint_mode: vip (write dnsrr), which takes IPVS",
    ):
        assert said in refused.stderr
    assert [one["stack"] for one in json.loads(done(stax, "ps", "-o", "json"))["tasks"]] == ["shop", "shop"]


def test_what_is_stopped_can_be_started_without_its_file(stax: Stax) -> None:
    done(stax, "stop", "shop", "--yes")
    assert row(stax, "shop")["state"] == "stopped"
    assert run(stax, "ps", "shop").returncode == 4

    planned = run(stax, "start", "shop", "--plan")

    assert (planned.returncode, "is started again" in planned.stdout) == (3, True)
