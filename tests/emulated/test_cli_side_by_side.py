"""Several stax in one account: what is done to one leaves the other as it is."""

import subprocess
import sys
from pathlib import Path

CONFIG = str(Path("config/config.json.example").absolute())


def _stax(region, *words):
    done = subprocess.run(
        [sys.executable, "-m", "stax", *words, "--region", "local"],
        env=region.stax_env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


def _profiles(region):
    pages = region.client("iam").get_paginator("list_instance_profiles").paginate()
    return {one["InstanceProfileName"] for page in pages for one in page["InstanceProfiles"]}


def test_destroying_one_leaves_the_other_whole(region):
    for name in ("side", "side-by"):
        _stax(region, "create", name, "--yes", "--quiet", "-c", CONFIG)
    before = {name for name in _profiles(region) if name.startswith("side-by-")}

    _stax(region, "destroy", "side", "--yes", "--quiet")

    assert len(before) == 3
    assert before <= _profiles(region)
    assert "is whole: nothing to repair" in _stax(region, "repair", "side-by").stdout
    _stax(region, "destroy", "side-by", "--yes", "--quiet")
