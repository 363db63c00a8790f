"""A stack that cannot be made: the first cause in words, and nothing left, unless it is to be kept."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = str(Path("config/config.json.example").absolute())
OUTSIDE = """Resources:
  Outside:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: 192.168.0.0/24
"""


@pytest.fixture
def template(tmp_path):
    """stax's own, with a subnet that lies outside of the VPC."""
    own = Path("src/stax/templates/stax.yaml").read_text()
    path = tmp_path / "outside.yaml"
    path.write_text(own.replace("Resources:\n", OUTSIDE, 1))
    return str(path)


def _stax(region, *words):
    return subprocess.run(
        [sys.executable, "-m", "stax", *words, "--region", "local"],
        env=region.stax_env, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def test_the_first_cause_is_said_and_everything_is_gone_again(region, template):
    done = _stax(region, "create", "fails", "--yes", "-c", CONFIG, "-t", template)

    assert done.returncode == 1
    assert "[ ERRR ]  fails could not be made: Outside (AWS::EC2::Subnet)" in done.stderr
    assert "everything is gone again" in done.stderr
    assert _stax(region, "describe", "fails").returncode == 4


def test_kept_it_can_be_looked_at_and_destroyed(region, template):
    done = _stax(region, "create", "kept", "--yes", "-c", CONFIG, "-t", template, "--keep-on-failure")

    assert done.returncode == 1
    assert "CREATE_FAILED" in _stax(region, "list").stdout
    assert _stax(region, "destroy", "kept", "--yes").returncode == 0
