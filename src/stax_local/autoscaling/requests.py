"""From the API's words to a group, and what is refused: by name, never in silence."""

import uuid
from collections.abc import Mapping
from typing import Any

from stax_local.autoscaling.model import LAUNCHING, TERMINATING, Group, Hook, Tag
from stax_local.autoscaling.spread import POLICIES
from stax_local.desired import World
from stax_local.service import Caller, Clients, ServiceError

Asked = Mapping[str, Any]

NOT_HERE = (
    "LaunchConfigurationName",
    "InstanceId",
    "MixedInstancesPolicy",
    "AvailabilityZones",
    "LoadBalancerNames",
    "TargetGroupARNs",
    "TrafficSources",
    "PlacementGroup",
    "MaxInstanceLifetime",
    "InstanceMaintenancePolicy",
    "AvailabilityZoneDistribution",
    "AvailabilityZoneImpairmentPolicy",
    "SkipZonalShiftValidation",
    "CapacityReservationSpecification",
    "InstanceLifecyclePolicy",
)
"""Members of the request that mean something this region cannot do."""

SERVICE_LINKED_ROLE = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


def invalid(message: str) -> ServiceError:
    """Return the error that Auto Scaling has for nearly everything."""
    return ServiceError("ValidationError", message)


def new_group(caller: Caller, asked: Asked, world: World, clients: Clients, now: float) -> Group:
    """Return the group that CreateAutoScalingGroup asks for.  Raises ServiceError."""
    _refuse(asked)
    _demand(asked)
    group = Group(
        account_id=caller.account_id,
        region=caller.region,
        name=asked["AutoScalingGroupName"],
        id=str(uuid.uuid4()),
        created_at=now,
        min_size=int(asked["MinSize"]),
        max_size=int(asked["MaxSize"]),
        desired=int(asked.get("DesiredCapacity", asked["MinSize"])),
        subnets=(),
        launch_template={},
        service_linked_role_arn=f"arn:aws:iam::{caller.account_id}:{SERVICE_LINKED_ROLE}",
    )
    change(group, asked, world, clients)
    group.hooks = {
        specification["LifecycleHookName"]: hook(specification)
        for specification in asked.get("LifecycleHookSpecificationList") or []
    }
    group.tags = {tag["Key"]: tag_of(tag) for tag in asked.get("Tags") or []}
    return group


def change(group: Group, asked: Asked, world: World, clients: Clients) -> None:
    """Do to the group what the request says; nothing is changed when it raises ServiceError."""
    _refuse(asked)
    least, most = int(asked.get("MinSize", group.min_size)), int(asked.get("MaxSize", group.max_size))
    desired = _desired(group, asked, least, most)
    subnets = _subnets(asked["VPCZoneIdentifier"], world) if asked.get("VPCZoneIdentifier") else group.subnets
    template = (
        _launch_template(asked["LaunchTemplate"], clients("ec2", group.region))
        if asked.get("LaunchTemplate")
        else group.launch_template
    )
    policies = tuple(asked.get("TerminationPolicies") or group.termination_policies)
    if unknown := [policy for policy in policies if policy not in POLICIES]:
        raise invalid(f"Invalid termination policy: {', '.join(unknown)}")
    group.min_size, group.max_size, group.desired = least, most, desired
    group.subnets, group.launch_template, group.termination_policies = subnets, template, policies
    group.cooldown_s = int(asked.get("DefaultCooldown", group.cooldown_s))
    group.grace_s = int(asked.get("HealthCheckGracePeriod", group.grace_s))
    group.warmup_s = asked.get("DefaultInstanceWarmup", group.warmup_s)
    group.protects_new = bool(asked.get("NewInstancesProtectedFromScaleIn", group.protects_new))
    group.retry_at = 0.0  # a change may be what a failing launch was waiting for


def _demand(asked: Asked) -> None:
    if not asked.get("LaunchTemplate"):
        raise invalid(
            "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or "
            "MixedInstancesPolicy parameter."
        )
    if not asked.get("VPCZoneIdentifier"):
        raise invalid("At least one Availability Zone or VPC Subnet is required.")


def _refuse(asked: Asked) -> None:
    refused = [name for name in NOT_HERE if asked.get(name)]
    if asked.get("HealthCheckType", "EC2") != "EC2":
        refused.append(f"HealthCheckType {asked['HealthCheckType']}")
    if asked.get("CapacityRebalance"):
        refused.append("CapacityRebalance")
    if asked.get("DesiredCapacityType", "units") != "units":
        refused.append(f"DesiredCapacityType {asked['DesiredCapacityType']}")
    if refused:
        raise invalid(f"The local region's Auto Scaling does not have {', '.join(refused)}.")


def _desired(group: Group, asked: Asked, least: int, most: int) -> int:
    if least < 0 or most < least:
        raise invalid(f"Max bound, {most}, must be greater than or equal to min bound, {least}")
    if "DesiredCapacity" not in asked:
        return min(max(group.desired, least), most)
    desired = int(asked["DesiredCapacity"])
    if not least <= desired <= most:
        raise invalid(f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}")
    return desired


def _subnets(identifier: str, world: World) -> tuple[tuple[str, str], ...]:
    subnet_ids = [part.strip() for part in identifier.split(",") if part.strip()]
    if unknown := [subnet_id for subnet_id in subnet_ids if subnet_id not in world.subnets]:
        raise invalid(f"The subnet ID '{unknown[0]}' does not exist")
    return tuple((subnet_id, world.subnets[subnet_id].availability_zone) for subnet_id in subnet_ids)


def _launch_template(asked: Asked, ec2: Any) -> dict[str, str]:
    named = {key: asked[key] for key in ("LaunchTemplateId", "LaunchTemplateName") if asked.get(key)}
    version = str(asked.get("Version") or "$Default")
    try:
        found = ec2.describe_launch_template_versions(**named, Versions=[version])["LaunchTemplateVersions"]
    except ec2.exceptions.ClientError as error:
        raise invalid(error.response["Error"]["Message"]) from error
    if not found:
        raise invalid(f"You must use a valid fully-formed launch template. Version {version} does not exist.")
    return {
        "LaunchTemplateId": found[0]["LaunchTemplateId"],
        "LaunchTemplateName": found[0]["LaunchTemplateName"],
        "Version": version,
    }


def hook(asked: Asked, before: Hook | None = None) -> Hook:
    """Return the lifecycle hook that is asked for; what is not said stays as it was `before`."""
    transition = asked.get("LifecycleTransition") or (before.transition if before else "")
    if transition not in {LAUNCHING, TERMINATING}:
        raise invalid(
            "LifecycleTransition must be autoscaling:EC2_INSTANCE_LAUNCHING or autoscaling:EC2_INSTANCE_TERMINATING"
        )
    timeout = int(asked.get("HeartbeatTimeout") or (before.heartbeat_timeout_s if before else 3600))
    if not 30 <= timeout <= 7200:
        raise invalid("HeartbeatTimeout must be between 30 and 7200 seconds")
    result = asked.get("DefaultResult") or (before.default_result if before else "ABANDON")
    if result not in {"CONTINUE", "ABANDON"}:
        raise invalid("DefaultResult must be CONTINUE or ABANDON")
    if asked.get("NotificationTargetARN"):
        raise invalid("The local region's lifecycle hooks notify nobody: leave NotificationTargetARN out and poll.")
    return Hook(
        name=asked["LifecycleHookName"],
        transition=transition,
        heartbeat_timeout_s=timeout,
        default_result=result,
        role_arn=asked.get("RoleARN", ""),
        notification_metadata=asked.get("NotificationMetadata", ""),
    )


def tag_of(asked: Asked) -> Tag:
    """Return a tag of the request."""
    return Tag(value=asked.get("Value") or "", propagates=bool(asked.get("PropagateAtLaunch", False)))
