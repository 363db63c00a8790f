"""Up, down, killed, up again: a region's life, each test with regions of its own."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

WAIT_S = 10.0


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def vpcs_of(region: Any) -> set[str]:
    found = region.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])
    return {vpc["VpcId"] for vpc in found["Vpcs"]}


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())


def test_up_twice_and_down_twice_are_fine(home: Any) -> None:
    home.up()
    again = home.run("up")
    assert (again.returncode, "runs already" in again.stdout) == (0, True)

    first, second = home.run("down"), home.run("down")
    assert (first.returncode, "nothing of it is left" in first.stdout) == (0, True)
    assert (second.returncode, "nothing to do" in second.stdout) == (0, True)
    assert [path for path in home.path.rglob("*") if path.is_file()] == []


def test_comes_back_after_a_kill_with_its_account_its_port_and_its_keys(home: Any) -> None:
    region = home.up()
    vpc_id = region.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    assert eventually(lambda: bool(home.status()["kept_on_disk"]))

    kill(home.status()["pid"])
    assert home.status()["state"] == "died"
    back = home.up_again()

    assert back.settings == region.settings
    assert vpcs_of(back) == {vpc_id}
    assert back.folder.endpoint.exists()


def test_keys_that_the_region_handed_out_outlive_its_process(home: Any) -> None:
    region = home.up()
    role = region.client("iam").create_role(RoleName="agent", AssumeRolePolicyDocument="{}")["Role"]
    issued = region.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="nat1")["Credentials"]
    assert home.run("down", "--keep").returncode == 0
    back = home.up_again()
    client = botocore.session.Session().create_client(
        "sts",
        region_name="us-east-1",
        endpoint_url=back.endpoint_url,
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
    )

    assert client.get_caller_identity()["Arn"].endswith(":assumed-role/agent/nat1")


def test_down_keep_keeps_the_account(home: Any) -> None:
    region = home.up()
    vpc_id = region.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]

    assert home.run("down", "--keep").returncode == 0
    assert not region.folder.endpoint.exists()
    assert home.status()["state"] == "stopped"

    assert vpcs_of(home.up_again()) == {vpc_id}


def test_two_regions_live_side_by_side_and_know_nothing_of_each_other(home: Any) -> None:
    one, two = home.up(), home.up("--aws-region", "eu-west-1", name="second")
    one.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")

    assert vpcs_of(two) == set()
    assert two.client("ec2").meta.region_name == "eu-west-1"
    keys_of_one_at_two = replace(one, settings=replace(one.settings, port=two.settings.port))
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        keys_of_one_at_two.client("ec2").describe_vpcs()


def test_each_region_has_an_account_of_its_own_for_good(home: Any) -> None:
    def whose(region: Any) -> set[str]:
        """Wherever the account's number is to be read."""
        role = region.client("iam").create_role(RoleName="agent", AssumeRolePolicyDocument="{}")["Role"]
        region.client("iam").delete_role(RoleName="agent")
        vpc = region.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]
        caller = region.client("sts").get_caller_identity()
        return {role["Arn"].split(":")[4], vpc["OwnerId"], caller["Account"], caller["Arn"].split(":")[4]}

    one, two = home.up(), home.up(name="second")
    first, second = whose(one), whose(two)

    assert first == {"123456789012"}
    assert len(second) == 1
    assert second.isdisjoint(first)
    assert home.run("down", "--name", "second").returncode == 0
    assert whose(home.up(name="second")) == second


def test_a_damaged_account_is_refused_in_words(home: Any) -> None:
    region = home.up()
    assert home.run("down", "--keep").returncode == 0
    content = region.folder.account.read_bytes()
    region.folder.account.write_bytes(content[:-10] + b"0123456789")

    refused = home.run("up")

    assert refused.returncode == 1
    assert "damaged" in refused.stderr
    assert "stax local down" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert home.run("down").returncode == 0
    assert home.up_again()


def test_a_strangers_folder_is_left_alone(home: Any, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "precious").write_text("mine")

    for verb in ("up", "down"):
        refused = home.run(verb, "--state", str(tmp_path))
        assert (refused.returncode, "precious" in refused.stderr) == (1, True)
    assert (tmp_path / "precious").read_text() == "mine"


def test_quotas_given_to_up_are_in_force(home: Any) -> None:
    region = home.up("--quota", "elastic-ips=1", "--quota", "vpcs=2", "--quota", "vcpus=2")
    ec2 = region.client("ec2")
    quota = region.client("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode="L-0263D0A3")["Quota"]
    assert (quota["Value"], quota["QuotaName"]) == (1.0, "EC2-VPC Elastic IPs")

    ec2.allocate_address(Domain="vpc")
    with pytest.raises(ClientError, match="AddressLimitExceeded"):
        ec2.allocate_address(Domain="vpc")
    ec2.create_vpc(CidrBlock="10.1.0.0/16")  # the second: the default VPC counts
    with pytest.raises(ClientError, match="VpcLimitExceeded"):
        ec2.create_vpc(CidrBlock="10.2.0.0/16")
    wanted = {
        "ImageId": ec2.describe_images()["Images"][0]["ImageId"],
        "SubnetId": ec2.describe_subnets()["Subnets"][0]["SubnetId"],
        "InstanceType": "t3.micro",
    }
    with pytest.raises(ClientError, match="VcpuLimitExceeded"):
        ec2.run_instances(**wanted, MinCount=2, MaxCount=2)
    ec2.run_instances(**wanted, MinCount=1, MaxCount=1)


def test_of_two_ups_at_once_one_starts_it_and_both_are_done(home: Any) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: home.run("up"), range(2)))
    assert [each.returncode for each in done] == [0, 0], [each.stderr for each in done]
    assert home.status()["state"] == "running"


def test_down_takes_a_region_down_that_is_still_on_its_way_up(home: Any) -> None:
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(home.run, "up")
        assert eventually((home.folder().path / "process.json").exists)
        assert home.run("down").returncode == 0
        assert coming.result().returncode == 1
    assert not home.folder().path.exists()
    assert home.status()["state"] == "none"


def test_a_broken_aws_configuration_of_the_users_does_not_matter(home: Any, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[this is no configuration")
    env = {**home.env, "AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_PROFILE": "nobody", "MOTO_ACCOUNT_ID": "1"}
    done = home.run("up", env=env)
    assert done.returncode == 0, done.stderr
    assert home.region().client("sts").get_caller_identity()["Account"] == "123456789012"


def test_whoever_reads_only_the_beginning_of_an_answer_hears_no_complaint(home: Any) -> None:
    home.up()

    done = subprocess.run(
        ["sh", "-c", f"{shlex.quote(sys.executable)} -m stax_local status | true"],
        env=home.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == ""
    home.run("down")
