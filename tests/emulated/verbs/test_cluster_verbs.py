"""check, scale, recover and backup list in a region in which nothing boots: what AWS alone can tell."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.emulated.verbs.conftest import Operator

from stax.api import destroy, scale
from stax.api.backup import fetch_backup, list_backups
from stax.api.check import CheckRequest, check
from stax.api.recover import prepare as prepare_recovery
from stax.errors import NotFound, StaxError, UsageError
from stax.model.checkup import Checkup


def checked(operator: Operator, name: str) -> Checkup:
    return operator.listens(check(operator.site, CheckRequest(name=name), person_home=Path("/nonexistent")))


def scaled(operator: Operator, name: str, number: int) -> str:
    plan = operator.listens(scale.prepare(operator.site, name, number))
    return operator.listens(scale.scale(operator.site, plan)).name


def test_a_stax_that_is_whole_keeps_its_promises(operator: Operator, standing: str) -> None:
    report = checked(operator, standing)

    assert report.faults == ()
    assert {"stack", "network", "NAT boxes", "clusters", "drift"} <= {item.group for item in report.items}


def test_what_somebody_changed_by_hand_is_found_with_what_to_do(operator: Operator, standing: str) -> None:
    aws = operator.site.aws
    (group,) = [one for one in aws.pages("ec2", "DescribeSecurityGroups", "SecurityGroups") if _is(one, standing)]
    note = [{"Key": "note", "Value": "by hand"}]
    aws.call("ec2", "CreateTags", Resources=[group["GroupId"]], Tags=note)
    try:
        faults = checked(operator, standing).faults
    finally:
        aws.call("ec2", "DeleteTags", Resources=[group["GroupId"]], Tags=note)

    assert [fault.group for fault in faults] == ["drift"]
    assert f"stax update {standing}" in faults[0].advice
    assert checked(operator, standing).faults == ()


def _is(group: object, stax_name: str) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in dict(group).get("Tags", ())}  # type: ignore[call-overload]
    return tags.get("Name") == f"docker-{stax_name}"


def test_the_group_gets_the_size_that_is_asked_for(operator: Operator, standing: str) -> None:
    assert scaled(operator, standing, 3) == standing
    assert scaled(operator, standing, 3) == standing
    assert scaled(operator, standing, 2) == standing


def test_a_size_outside_the_configurations_bounds_is_refused(operator: Operator, standing: str) -> None:
    with pytest.raises(UsageError, match="docker hosts, not 99") as caught:
        scaled(operator, standing, 99)

    assert "ClusterMaxSize" in caught.value.hint


def test_where_no_cluster_was_ever_reported_nothing_is_recovered(operator: Operator, standing: str) -> None:
    with pytest.raises(StaxError, match="have never reported a cluster"):
        operator.listens(prepare_recovery(operator.site, standing))


def test_a_stax_without_copies_lists_none(operator: Operator, standing: str) -> None:
    assert list_backups(operator.site, standing).backups == ()


def test_without_a_copy_there_is_nothing_to_fetch_and_nothing_to_begin_with(
    operator: Operator, standing: str, tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match=f"{standing} has no backup yet"):
        operator.listens(fetch_backup(operator.site, standing, tmp_path / "kept"))
    with pytest.raises(UsageError, match=r"there is no .*etcd"):
        operator.plans(replace(operator.wants("from-nothing"), backup=tmp_path))


def test_the_newest_copies_are_fetched_for_their_owner_alone_and_a_new_stax_begins_with_them(
    operator: Operator, standing: str, tmp_path: Path
) -> None:
    names = ("etcd/2026-01-01T00-00-00Z.db", "swarm/2026-01-01T00-00-01Z.tar.gz")
    for name in names:
        bucket = operator.site.bucket(standing)
        operator.site.aws.call("s3", "PutObject", Bucket=bucket, Key=f"backups/{name}", Body=name.encode())

    kept = operator.listens(fetch_backup(operator.site, standing, tmp_path / "kept"))

    assert kept.files == tuple(str(tmp_path / "kept" / name) for name in names)
    assert [Path(file).read_text() for file in kept.files] == list(names)
    assert {oct(Path(file).stat().st_mode & 0o777) for file in kept.files} == {"0o600"}
    assert operator.listens(destroy.prepare(operator.site, standing)).backups == 2
    wish = replace(operator.wants("begun"), backup=Path(kept.folder))
    assert kept.files[0] in operator.plans(wish).begins_with
    operator.creates(wish)
    assert {one.key for one in list_backups(operator.site, "begun").backups} == {f"backups/{name}" for name in names}
    with pytest.raises(StaxError, match="only a new stax begins with a backup"):
        operator.plans(wish)
    operator.listens(destroy.destroy(operator.site, "begun"))
