"""Operations about lifecycle hooks and scaling policies."""

import uuid
from typing import Any

from stax_local.autoscaling import metrics, requests, steps
from stax_local.autoscaling.book import Answer, Asked, group_of, groups_of, page
from stax_local.autoscaling.loop import Loop
from stax_local.autoscaling.model import LAUNCHING, TERMINATING, Group, Member, Policy, Wait
from stax_local.autoscaling.requests import invalid
from stax_local.autoscaling.shapes import hook_shape, policy_arn, policy_shape
from stax_local.service import Caller, ServiceError

ADJUSTMENTS = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")


def _put_hook(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group = group_of(book, caller, asked["AutoScalingGroupName"])
    name = asked["LifecycleHookName"]
    group.hooks[name] = requests.hook(asked, group.hooks.get(name))
    return {}


def _describe_hooks(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, names = group_of(book, caller, asked["AutoScalingGroupName"]), asked.get("LifecycleHookNames") or []
    return {
        "LifecycleHooks": [hook_shape(group, hook) for hook in group.hooks.values() if not names or hook.name in names]
    }


def _delete_hook(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, name = group_of(book, caller, asked["AutoScalingGroupName"]), asked["LifecycleHookName"]
    if group.hooks.pop(name, None) is None:
        raise invalid(f"No Lifecycle Hook found with name: {name} for Auto Scaling Group: {group.name}")
    for member in list(group.members.values()):
        # Outstanding actions are completed first: CONTINUE for machines that come, ABANDON for those that go.
        for wait in [wait for wait in member.waits if wait.hook == name]:
            result = "ABANDON" if member.phase == "Terminating:Wait" else "CONTINUE"
            steps.complete(group, group.members[member.instance_id], wait, result, book.clock())
    return {}


def _hook_types(_book: Loop, _caller: Caller, _asked: Asked) -> Answer:
    return {"LifecycleHookTypes": [LAUNCHING, TERMINATING]}


def _complete(book: Loop, caller: Caller, asked: Asked) -> Answer:
    result = asked["LifecycleActionResult"]
    if result not in {"CONTINUE", "ABANDON"}:
        raise invalid("LifecycleActionResult must be CONTINUE or ABANDON")
    steps.complete(*_waiting(book, caller, asked), result, book.clock())
    return {}


def _heartbeat(book: Loop, caller: Caller, asked: Asked) -> Answer:
    steps.beat(*_waiting(book, caller, asked), book.clock())
    return {}


def _waiting(book: Loop, caller: Caller, asked: Asked) -> tuple[Group, Member, Wait]:
    group, name = group_of(book, caller, asked["AutoScalingGroupName"]), asked["LifecycleHookName"]
    token, instance_id = asked.get("LifecycleActionToken"), asked.get("InstanceId")
    for member in group.members.values():
        for wait in member.waits:
            if wait.hook == name and (wait.token == token if token else member.instance_id == instance_id):
                return group, member, wait
    named = f"token {token}" if token else f"instance ID {instance_id}"
    raise invalid(f"No active Lifecycle Action found with {named}")


def _put_policy(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, name = group_of(book, caller, asked["AutoScalingGroupName"]), asked["PolicyName"]
    kind = asked.get("PolicyType") or "SimpleScaling"
    if kind == "TargetTrackingScaling":
        configuration = _tracking(asked)
    elif kind == "SimpleScaling":
        configuration = _simple(asked)
    else:
        raise invalid(f"The local region's Auto Scaling has no {kind} policies.")
    before = group.policies.get(name)
    policy = Policy(name, before.id if before else str(uuid.uuid4()), kind, configuration)
    group.policies[name] = policy
    return {"PolicyARN": policy_arn(group, policy), "Alarms": []}


def _tracking(asked: Asked) -> dict[str, Any]:
    tracked = asked.get("TargetTrackingConfiguration") or {}
    metric = (tracked.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType")
    if metric not in metrics.PREDEFINED:
        raise invalid(
            f"The local region tracks the predefined metrics {', '.join(metrics.PREDEFINED)}, not {metric or 'others'}."
        )
    if not float(tracked.get("TargetValue") or 0) > 0:
        raise invalid("TargetValue must be greater than 0")
    warmup = asked.get("EstimatedInstanceWarmup")
    extra = {} if warmup is None else {"EstimatedInstanceWarmup": int(warmup)}
    return {"TargetTrackingConfiguration": {"DisableScaleIn": False, **tracked}, "Enabled": True, **extra}


def _simple(asked: Asked) -> dict[str, Any]:
    if asked.get("AdjustmentType") not in ADJUSTMENTS or asked.get("ScalingAdjustment") is None:
        raise invalid(f"SimpleScaling needs ScalingAdjustment and an AdjustmentType of {', '.join(ADJUSTMENTS)}")
    kept = ("AdjustmentType", "ScalingAdjustment", "MinAdjustmentMagnitude", "Cooldown")
    return {name: asked[name] for name in kept if asked.get(name) is not None} | {"Enabled": True}


def _describe_policies(book: Loop, caller: Caller, asked: Asked) -> Answer:
    name = asked.get("AutoScalingGroupName")
    names, kinds = asked.get("PolicyNames") or [], asked.get("PolicyTypes") or []
    groups = [group_of(book, caller, name)] if name else list(groups_of(book, caller))
    found = [
        policy_shape(group, policy)
        for group in groups
        for policy in group.policies.values()
        if (not names or policy.name in names or policy_arn(group, policy) in names)
        and (not kinds or policy.type in kinds)
    ]
    return page(found, asked, "ScalingPolicies")


def _delete_policy(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, policy = _policy(book, caller, asked)
    del group.policies[policy.name]
    return {}


def _policy(book: Loop, caller: Caller, asked: Asked) -> tuple[Group, Policy]:
    name, of_group = asked["PolicyName"], asked.get("AutoScalingGroupName")
    for group in groups_of(book, caller):
        for policy in group.policies.values():
            if name == policy_arn(group, policy) or (name == policy.name and group.name == of_group):
                return group, policy
    raise invalid(f"No scaling policy with the name {name}" + (f" in {of_group}" if of_group else ""))


def _execute(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, policy = _policy(book, caller, asked)
    if policy.type != "SimpleScaling":
        raise invalid(f"A {policy.type} policy cannot be executed by hand.")
    cooldown = int(policy.configuration.get("Cooldown", group.cooldown_s))
    if asked.get("HonorCooldown") and book.clock() < group.scaled_at + cooldown:
        raise ServiceError(
            "ScalingActivityInProgress", "The group is in its cooldown period, which blocks this action."
        )
    wanted = adjusted(group.desired, policy.configuration)
    group.desired = min(max(wanted, group.min_size), group.max_size)
    return {}


def adjusted(desired: int, configuration: dict[str, Any]) -> int:
    """Return the capacity after a simple adjustment, before the group's bounds.

    A percentage that comes to less than one machine is one; else it is rounded towards zero:
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#as-scaling-adjustment
    """
    adjustment = int(configuration["ScalingAdjustment"])
    if configuration["AdjustmentType"] == "ExactCapacity":
        return adjustment
    if configuration["AdjustmentType"] == "ChangeInCapacity":
        return desired + adjustment
    change = desired * adjustment / 100
    magnitude = max(int(abs(change)), 1, int(configuration.get("MinAdjustmentMagnitude") or 1)) if change else 0
    return desired + (magnitude if change > 0 else -magnitude)


OPERATIONS = {
    "PutLifecycleHook": _put_hook,
    "DescribeLifecycleHooks": _describe_hooks,
    "DeleteLifecycleHook": _delete_hook,
    "DescribeLifecycleHookTypes": _hook_types,
    "CompleteLifecycleAction": _complete,
    "RecordLifecycleActionHeartbeat": _heartbeat,
    "PutScalingPolicy": _put_policy,
    "DescribePolicies": _describe_policies,
    "DeletePolicy": _delete_policy,
    "ExecutePolicy": _execute,
}
