"""The control loop: looks at every group when something changed or a time has come, and acts.

Decisions are `decide`'s.  Machines are started and terminated through the region's own API, like
anybody's; no lock is held meanwhile.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stax_local.autoscaling import decide, metrics, steps
from stax_local.autoscaling.model import GROUP_TAG, Group, Member
from stax_local.desired import Instance, World
from stax_local.service import Clients

_LOGGER = logging.getLogger(__name__)

LEAST_REST_S = 0.002
"""Between two looks, so that a burst of changes is one look."""
ROUNDS = 8
"""Of decisions in one look; a group needs three at most, and a mistake must not spin."""
AFTER_ERROR_S = 1.0

Groups = dict[tuple[str, str], Group]
"""(region, name) → group"""


@dataclass
class Loop:
    """Keeps the groups as they are asked to be; `lock` guards `groups`."""

    clients: Clients
    groups: Groups
    on_change: Callable[[], None]
    clock: Callable[[], float] = time.time
    period_s: int = metrics.USUAL_PERIOD_S
    """How long a period of CloudWatch is."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    world: World = field(default_factory=World)
    _awake: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _measured_at: float = 0.0

    def start(self) -> None:
        """Begin, in a thread of its own; safe to call again."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="autoscaling", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread; what is under way is finished first, within a bound."""
        self._over.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def wake(self) -> None:
        """Something changed."""
        self._awake.set()

    def look(self) -> float:
        """Do what all groups need now, and return when to look again (by the clock)."""
        for key in list(self.groups):
            for _ in range(ROUNDS):
                if not self._look_at(key):
                    break
        self._track()
        with self.lock:
            now = self.clock()
            times = [decide.next_look(group, now) for group in self.groups.values()]
            times += [now + min(metrics.EVERY_S, self.period_s) for group in self.groups.values() if group.policies]
        return min(times, default=float("inf"))

    def _run(self) -> None:
        pause: float | None = None
        while not self._over.is_set():
            self._awake.wait(pause)
            self._over.wait(LEAST_REST_S)
            self._awake.clear()
            try:
                until = self.look()
                pause = None if until == float("inf") else max(until - self.clock(), LEAST_REST_S)
            except Exception:
                # The loop is what heals; it outlives its own mistakes and tries again.
                _LOGGER.exception("the Auto Scaling loop failed")
                pause = AFTER_ERROR_S

    def _look_at(self, key: tuple[str, str]) -> bool:
        with self.lock:
            group = self.groups.get(key)
            if group is None:
                return False
            actions = decide.decide(group, self.world.instances, self.clock())
        for action in actions:
            self._do(key, group, action)
        if actions:
            self.on_change()
        return bool(actions)

    def _do(self, key: tuple[str, str], group: Group, action: decide.Action) -> None:
        match action:
            case decide.Launch():
                self._launch(group, action)
            case decide.Terminate():
                self._terminate(group, action.instance_id)
            case decide.Delete():
                with self.lock:
                    self.groups.pop(key, None)
            case decide.Adopt():
                with self.lock:
                    member = _adopted(action.instance, group, self.clock())
                    group.members.setdefault(member.instance_id, member)
            case _:
                with self.lock:
                    self._step(group, action)

    def _step(self, group: Group, action: decide.Action) -> None:
        member = group.members.get(action.instance_id)  # type: ignore[union-attr]
        if member is None:
            return
        now = self.clock()
        match action:
            case decide.Arrive():
                steps.arrive(group, member, now)
            case decide.EnterService():
                steps.enter_service(group, member, now)
            case decide.MarkUnhealthy():
                steps.mark(group, member, healthy=False)
            case decide.BeginTermination():
                steps.begin_termination(group, member, action.cause, now)
            case decide.Forget():
                steps.forget(group, member, now)

    def _launch(self, group: Group, action: decide.Launch) -> None:
        ec2 = self.clients("ec2", group.region)
        try:
            answer = ec2.run_instances(**_launch_request(group, action))
        except (ClientError, BotoCoreError) as error:
            why = error.response["Error"]["Message"] if isinstance(error, ClientError) else str(error)
            _LOGGER.warning("group=%s launch failed: %s", group.name, why)
            with self.lock:
                steps.launch_failed(group, f"{why}. Launching EC2 instance failed.", action.cause, self.clock())
            return
        with self.lock:
            now = self.clock()
            members = [_member(instance, group, now) for instance in answer["Instances"]]
            steps.launched(group, members, action.cause, now)

    def _terminate(self, group: Group, instance_id: str) -> None:
        ec2 = self.clients("ec2", group.region)
        try:
            ec2.terminate_instances(InstanceIds=[instance_id])
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "OperationNotPermitted":
                # Auto Scaling terminates its members whatever their termination protection says.
                ec2.modify_instance_attribute(InstanceId=instance_id, DisableApiTermination={"Value": False})
                ec2.terminate_instances(InstanceIds=[instance_id])
            elif code != "InvalidInstanceID.NotFound":
                raise
        with self.lock:
            if (member := group.members.get(instance_id)) is not None:
                steps.proceed_termination(group, member)

    def _track(self) -> None:
        now = self.clock()
        if now - self._measured_at < min(metrics.EVERY_S, self.period_s):
            return
        self._measured_at = now
        for group in list(self.groups.values()):
            wanted = metrics.wanted_capacity(group, self.clients, now, self.period_s)
            if wanted is not None and wanted != group.desired:
                with self.lock:
                    steps.note(
                        group,
                        f"Setting desired capacity from {group.desired} to {wanted}",
                        f"a monitor alarm of a target tracking policy changed the desired capacity to {wanted}.",
                        now,
                    )
                    group.desired = wanted
                self.on_change()
                self._awake.set()


def _launch_request(group: Group, action: decide.Launch) -> dict[str, Any]:
    tags = {key: tag.value for key, tag in group.tags.items() if tag.propagates} | {GROUP_TAG: group.name}
    template = {name: value for name, value in group.launch_template.items() if name != "LaunchTemplateName"}
    return {
        "MinCount": action.count,
        "MaxCount": action.count,
        "SubnetId": action.subnet_id,
        "LaunchTemplate": template,
        "ClientToken": str(uuid.uuid4()),
        "TagSpecifications": [
            {"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        ],
    }


def _member(instance: Mapping[str, Any], group: Group, now: float) -> Member:
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
    return Member(
        instance_id=instance["InstanceId"],
        availability_zone=instance["Placement"]["AvailabilityZone"],
        instance_type=instance["InstanceType"],
        phase="Pending",
        launched_at=now,
        launch_template=_version_of(tags, group),
        protected=group.protects_new,
    )


def _adopted(instance: Instance, group: Group, now: float) -> Member:
    return Member(
        instance_id=instance.id,
        availability_zone=instance.availability_zone,
        instance_type=instance.instance_type,
        phase="Pending",
        launched_at=now,
        launch_template=_version_of(instance.tags, group),
        protected=group.protects_new,
    )


def _version_of(tags: Mapping[str, str], group: Group) -> dict[str, str]:
    version = tags.get("aws:ec2launchtemplate:version", group.launch_template.get("Version", "1"))
    return {**group.launch_template, "Version": version}
