from datetime import UTC, datetime

from stax.cli.scaling import show_scaling
from stax.model.scaling import AutoDescription, GroupMember, ScalingActivity, ScalingGroup, ScalingPolicy

AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
GROUP = ScalingGroup(
    name="web-DockerGroup", smallest=3, largest=9, desired=4, in_service=3, zones=("us-east-1a", "us-east-1b"),
    launch_template="web-docker", launch_template_version="1", status="", suspended_processes=(),
    members=(
        GroupMember(
            instance_id="i-1", zone="us-east-1a", lifecycle_state="Pending", health="Healthy", instance_type="t3.large",
            launch_template_version="1", protected_from_scale_in=False,
        ),
    ),
    policies=(
        ScalingPolicy(
            name="cpu", policy_type="TargetTrackingScaling", metric="ASGAverageCPUUtilization", target=60.0,
            warmup_s=300, enabled=True,
        ),
    ),
    activities=(
        ScalingActivity(
            began_at=AT, ended_at=None, status="InProgress", description="Launching a new EC2 instance: i-1", cause="",
            progress_percent=30,
        ),
    ),
)  # fmt: skip


def _shown(at, *groups):
    described = AutoDescription(
        name="web", region="us-east-1", account_id="1", asked_at=AT, status="CREATE_COMPLETE", groups=groups
    )
    show_scaling(described, at)
    return at.stdout.getvalue()


def test_sizes_members_policies_and_activities_are_there(new_terminal):
    shown = _shown(new_terminal(), GROUP)

    for word in ("4 wanted, 3 in service", "3 to 9", "Pending", "60", "300 s", "Launching a new EC2 instance: i-1"):
        assert word in shown


def test_a_stax_without_a_group_says_so(new_terminal):
    at = new_terminal()

    assert _shown(at) == ""
    assert "has no Auto Scaling group" in at.stderr.getvalue()
