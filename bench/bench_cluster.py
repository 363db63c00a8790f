"""From `stax create`'s first word to its last, with three docker hosts: all three clusters formed, every host in all.

As root, in a local region with machines; prints a line of JSON.  `create_s` is what a person waits; of that,
`formed_s` is what the clusters take from the moment the first docker host runs.
"""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.cluster import Stax, ailments
from tests.machines import lacking

HOSTS = 3
LIMIT_S = 25.0


def main() -> None:
    if why := lacking():
        print(json.dumps({"bench": "cluster", "skipped": f"machines need {why}"}))
        return
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        stax = Stax(Path(folder))
        try:
            stax.up()
            began = time.time()
            stax.create(HOSTS)
            ended = time.time()
            assert ailments(stax, HOSTS) == []
            formed_s = ended - first_launch(stax)
        finally:
            stax.down()
    took = {"hosts": HOSTS, "create_s": round(ended - began, 1), "formed_s": round(formed_s, 1)}
    ok = ended - began < LIMIT_S
    print(json.dumps({"bench": "cluster", "limit_s": LIMIT_S, "ok": ok, "at": f"{datetime.now(UTC):%Y-%m-%d}", **took}))
    sys.exit(not ok)


def first_launch(stax: Stax) -> float:
    """When the oldest docker host was launched, in seconds of `time.time`; EC2 tells whole seconds."""
    ids = [host.instance_id for host in stax.hosts()]
    pages = stax.client("ec2").describe_instances(InstanceIds=ids)["Reservations"]
    return min(one["LaunchTime"].timestamp() for page in pages for one in page["Instances"])


if __name__ == "__main__":
    main()
