"""Services: from `stax start` to healthy beside `docker stack deploy` and polling, and an update under load.

As root, in a local region with machines; prints a line of JSON.  Both deploy the same two services on the same three
docker hosts, by turns, and both end when every task is healthy: stax over ssh through the jumpbox, with its plan, its
revision and its look at the cluster first; Docker's own words on a manager, with nobody to tell how it went.  Then six
tasks are updated one by one while a client asks without a pause: no request may fail.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.cluster import Stax, eventually
from tests.machines import lacking

from stax.api.trial.image import FOLDER, archive

HOSTS, REPLICAS, MANY = 3, 2, 6
LIMIT = 1.5
"""Times Docker's own; a plan, a revision and six seconds of looking on cost something."""
COMPOSE = FOLDER / "compose.yaml"
POLLED = """
docker stack deploy --resolve-image never -c /root/compose.yaml {name} >/dev/null
until [ "$(docker service ls --filter label=com.docker.stack.namespace={name} --format '{{{{.Replicas}}}}' |
    awk -F/ '$1 == $2' | wc -l)" = 2 ]; do sleep 0.2; done
"""
GONE = """
docker stack rm {name} >/dev/null
until [ -z "$(docker ps -q -f label=com.docker.stack.namespace={name})" ]; do sleep 0.2; done
"""


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--turns", type=int, default=3, help="how often each of the two ways is measured (3)")
    turns = reader.parse_args().turns
    if why := lacking():
        print(json.dumps({"bench": "services", "skipped": f"machines need {why}"}))
        return
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        stax = Stax(Path(folder))
        try:
            stax.up()
            stax.create(HOSTS)
            measured = {**starts(stax, Path(folder), turns), **update(stax)}
        finally:
            stax.down()
    ok = measured["ratio"] <= LIMIT and measured["failed"] == 0
    print(
        json.dumps({"bench": "services", "limit": LIMIT, "ok": ok, "at": f"{datetime.now(UTC):%Y-%m-%d}", **measured})
    )
    sys.exit(not ok)


def starts(stax: Stax, folder: Path, turns: int) -> dict[str, float]:
    """Start both ways by turns, each from nothing."""
    image = folder / "web.tar"
    image.write_bytes(archive(os.uname().machine.replace("aarch64", "arm64")))
    said(stax, "push", str(image))
    text = COMPOSE.read_text().replace("${VERSION}", "1").replace("${REPLICAS}", str(REPLICAS))
    for host in stax.hosts():
        stax.inside(host.instance_id, f"cat > /root/compose.yaml <<'END'\nversion: '3.9'\n{stripped(text)}END")
    took: dict[str, list[float]] = {"stax": [], "docker": []}
    for _ in range(turns):
        took["stax"].append(seconds(lambda: start(stax, "1", REPLICAS)))
        on_a_manager(stax, GONE.format(name="web"))
        took["docker"].append(seconds(lambda: on_a_manager(stax, POLLED.format(name="raw"))))
        on_a_manager(stax, GONE.format(name="raw"))
    medians = {name: statistics.median(times) for name, times in took.items()}
    return {
        "start_s": round(medians["stax"], 1),
        "docker_stack_deploy_s": round(medians["docker"], 1),
        "ratio": round(medians["stax"] / medians["docker"], 2),
    }


def stripped(compose: str) -> str:
    """Return the file as Docker 20.10 takes it: without a name of its own."""
    return "".join(line for line in compose.splitlines(keepends=True) if not line.startswith("name:"))


def update(stax: Stax) -> dict[str, float]:
    """Update six tasks while they are asked without a pause."""
    start(stax, "1", MANY)
    eventually(lambda: len(counted(stax)["servers"]) >= MANY)
    before = counted(stax)
    update_s = seconds(lambda: start(stax, "2", MANY))
    eventually(lambda: counted(stax)["versions"].get("2", 0) > 0)
    after = counted(stax)
    return {
        "update_s": round(update_s, 1),
        "replicas": MANY,
        "requests": after["asked"] - before["asked"],
        "failed": after["failed"] - before["failed"],
    }


def start(stax: Stax, version: str, replicas: int) -> None:
    os.environ.update({"VERSION": version, "REPLICAS": str(replicas)})
    said(stax, "start", "web", "--file", str(COMPOSE), "--yes")


def said(stax: Stax, *words: str) -> str:
    done = stax.stax(*words, "--region", "local", limit_s=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def on_a_manager(stax: Stax, script: str) -> None:
    done = stax.execute(stax.hosts()[0].instance_id, script, limit_s=600)
    assert done.returncode == 0, done.stderr


def counted(stax: Stax) -> Mapping[str, Any]:
    """What the client has counted, from whichever docker host it runs on."""
    for host in stax.hosts():
        answer = stax.execute(host.instance_id, f"curl --silent --max-time 5 http://{host.address}:18080/")
        if answer.returncode == 0:
            found: Mapping[str, Any] = json.loads(answer.stdout)
            return found
    return {"asked": 0, "failed": 0, "servers": {}, "versions": {}}


def seconds(do: Callable[[], None]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
