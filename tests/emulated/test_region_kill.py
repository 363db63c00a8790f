"""The region's process is killed in the middle of a stack's creation, and started again: the creation goes on."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

WAIT_S = 60.0
NETWORK = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.7.0.0/16"}},
        **{
            f"Subnet{number}": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.7.{number}.0/24"},
            }
            for number in range(20)
        },
        **{
            f"Group{number}": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "GroupDescription": f"group {number}"},
                "DependsOn": f"Subnet{number}",
            }
            for number in range(20)
        },
    }
}


def status(region: Any) -> str:
    return str(region.client("cloudformation").describe_stacks(StackName="kill")["Stacks"][0]["StackStatus"])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.01)


@pytest.mark.parametrize("after_s", [0.6, 1.0])
def test_a_stack_goes_on_after_its_region_was_killed(home: Any, after_s: float) -> None:
    region = home.up()
    pid = home.status()["pid"]
    region.client("cloudformation").create_stack(StackName="kill", TemplateBody=json.dumps(NETWORK))
    time.sleep(after_s)
    kill(pid)

    back = home.up_again()
    deadline = time.monotonic() + WAIT_S
    while status(back).endswith("IN_PROGRESS") and time.monotonic() < deadline:
        time.sleep(0.1)

    assert status(back) == "CREATE_COMPLETE"
    vpcs = back.client("ec2").describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.7.0.0/16"]}])["Vpcs"]
    subnets = back.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpcs[0]["VpcId"]]}])["Subnets"]
    assert (len(vpcs), len(subnets)) == (1, 20)
