"""What hangs on an Auto Scaling group as a resource of its own: scaling policies and lifecycle hooks."""

from typing import Any

from stax_local.cloudformation.shapes import (
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    ListOf,
    ResourceType,
    Text,
    replaces,
    structure,
    updates,
)  # fmt: skip
from stax_local.cloudformation.work import Change, Live, Properties, Work, chosen

_TRACKING = structure(
    "TargetValue",
    DisableScaleIn=FLAG,
    PredefinedMetricSpecification=structure("PredefinedMetricType", PredefinedMetricType=TEXT, ResourceLabel=TEXT),
    CustomizedMetricSpecification=structure(
        MetricName=TEXT, Namespace=TEXT, Statistic=TEXT, Unit=TEXT,
        Dimensions=ListOf(structure("Name", "Value", Name=TEXT, Value=TEXT)),
    ),
    TargetValue=NUMBER,
)  # fmt: skip
_STEPS = ListOf(
    structure(
        "ScalingAdjustment", MetricIntervalLowerBound=NUMBER, MetricIntervalUpperBound=NUMBER, ScalingAdjustment=WHOLE
    )
)
_POLICY_TYPES = Text(("SimpleScaling", "StepScaling", "TargetTrackingScaling"))


def _put_policy(work: Work, name: str, properties: Properties) -> str:
    arguments = {**properties, **({"Cooldown": int(properties["Cooldown"])} if "Cooldown" in properties else {})}
    return str(work.client("autoscaling").put_scaling_policy(PolicyName=name, **arguments)["PolicyARN"])


def _create_policy(work: Work, properties: Properties) -> str:
    arn = _put_policy(work, work.name(), properties)
    work.made(arn)
    return arn


def _policy(work: Work, arn: str) -> dict[str, Any] | None:
    # An ARN ends in `autoScalingGroupName/GROUP:policyName/NAME`.
    found = work.client("autoscaling").describe_policies(PolicyNames=[arn.rpartition("policyName/")[2]])
    return next((each for each in found["ScalingPolicies"] if each["PolicyARN"] == arn), None)


def _read_policy(work: Work, arn: str, properties: Properties) -> Live | None:
    policy = _policy(work, arn)
    if policy is None:
        return None
    named = [name for name in properties if name != "Cooldown"]
    return Live(chosen(policy, *named), {"Arn": arn, "PolicyName": policy["PolicyName"]})


def _policy_left(work: Work, _properties: Properties) -> list[str]:
    found = work.client("autoscaling").describe_policies(PolicyNames=[work.name()])
    return [str(each["PolicyARN"]) for each in found["ScalingPolicies"]]


def _update_policy(work: Work, change: Change) -> None:
    _put_policy(work, change.physical_id.rpartition("policyName/")[2], change.after)


def _delete_policy(work: Work, arn: str, properties: Properties) -> None:
    if _policy(work, arn) is not None:
        group = properties["AutoScalingGroupName"]
        work.client("autoscaling").delete_policy(AutoScalingGroupName=group, PolicyName=arn.rpartition("/")[2])


POLICY = ResourceType(
    "AWS::AutoScaling::ScalingPolicy",
    {
        "AdjustmentType": updates(),
        "AutoScalingGroupName": replaces(required=True),
        "Cooldown": updates(hidden=True),
        "EstimatedInstanceWarmup": updates(WHOLE),
        "MetricAggregationType": updates(hidden=True),
        "MinAdjustmentMagnitude": updates(WHOLE),
        "PolicyType": updates(_POLICY_TYPES),
        "ScalingAdjustment": updates(WHOLE),
        "StepAdjustments": updates(_STEPS),
        "TargetTrackingConfiguration": updates(_TRACKING),
    },
    _create_policy,
    _read_policy,
    _delete_policy,
    _update_policy,
    _policy_left,
    frozenset({"Arn", "PolicyName"}),
)


def _create_hook(work: Work, properties: Properties) -> str:
    name = str(properties.get("LifecycleHookName") or work.name())
    work.client("autoscaling").put_lifecycle_hook(**{**properties, "LifecycleHookName": name})
    work.made(name)
    return name


def _read_hook(work: Work, name: str, properties: Properties) -> Live | None:
    group = properties["AutoScalingGroupName"]
    found = work.client("autoscaling").describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]
    hook = next((each for each in found if each["LifecycleHookName"] == name), None)
    return Live(chosen(hook, *properties)) if hook else None


def _update_hook(work: Work, change: Change) -> None:
    wanted = {**change.after, "LifecycleHookName": change.physical_id}
    work.client("autoscaling").put_lifecycle_hook(**wanted)


def _delete_hook(work: Work, name: str, properties: Properties) -> None:
    if _read_hook(work, name, properties) is not None:
        group = properties["AutoScalingGroupName"]
        work.client("autoscaling").delete_lifecycle_hook(AutoScalingGroupName=group, LifecycleHookName=name)


HOOK = ResourceType(
    "AWS::AutoScaling::LifecycleHook",
    {
        "AutoScalingGroupName": replaces(required=True),
        "DefaultResult": updates(),
        "HeartbeatTimeout": updates(WHOLE),
        "LifecycleHookName": replaces(),
        "LifecycleTransition": updates(required=True),
        "NotificationMetadata": updates(),
        "NotificationTargetARN": updates(),
        "RoleARN": updates(),
    },
    _create_hook,
    _read_hook,
    _delete_hook,
    _update_hook,
)

TYPES = (POLICY, HOOK)
