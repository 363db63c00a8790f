"""RunInstances: all of its launch template, all of its instances, once per client token, or nothing.

moto: from a launch template it loses the metadata options, the instance profile, the volumes' tags
and adds a second root volume; it runs
MinCount instances and gives only the first its profile; DisableApiTermination is dropped; the tags
meant for the network interfaces are dropped; an instance on an interface that was there before is
said to be in the first zone, wherever the interface is; a
repeated ClientToken runs a second instance; a launch that fails half way leaves the first half;
one without a subnet gets an address outside every subnet; a root volume may be smaller than its
image.  A second volume, which AWS would attach, is refused: the region's machines have one disk.
AWS: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
Upstream: https://github.com/getmoto/moto/pull/9858 took over some of a template's data.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses.instances import InstanceResponse
from moto.iam.exceptions import NotFoundException

from stax_local.emulator import launch_request, lifecycle
from stax_local.emulator.patches.patch import Patch

PATCH = Patch("run_instances")


@PATCH.wraps(InstanceResponse, "run_instances")
def _run(original: Callable[..., Any], self: Any) -> Any:
    ec2 = self.ec2_backend
    digest = hashlib.sha256(json.dumps(self.params, sort_keys=True, default=str).encode()).hexdigest()
    earlier = _earlier(ec2, self._get_param("ClientToken"), digest)
    if earlier is not None:
        return ActionResult(earlier)
    self.params = _completed(ec2, self.params)
    before = set(ec2.reservations)
    try:
        answered = original(self)
        _finish(ec2, answered.result.instances, self.params)
    except Exception as error:
        _undo(ec2, set(ec2.reservations) - before, _interfaces_named(self.params))
        raise _of_ec2(error, self.params) from None
    answered.result.request_digest = digest
    return answered


def _of_ec2(error: Exception, request: Mapping[str, Any]) -> Exception:
    """In EC2's words, what IAM says of an instance profile that is not there."""
    if not isinstance(error, NotFoundException):
        return error
    name, value = next(iter((request.get("IamInstanceProfile") or {}).items()), ("name", ""))
    message = (
        f"Value ({value}) for parameter iamInstanceProfile.{name.lower()} is invalid. Invalid IAM Instance Profile"
    )
    return EC2ClientError("InvalidParameterValue", f"{message} {name.lower()}")


def _earlier(ec2: Any, token: str | None, digest: str) -> Any:
    for reservation in ec2.reservations.values():
        if token and any(instance.client_token == token for instance in reservation.instances):
            if getattr(reservation, "request_digest", digest) != digest:
                raise EC2ClientError(
                    "IdempotentParameterMismatch",
                    "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
                )
            if all(instance.state == "terminated" for instance in reservation.instances):
                raise EC2ClientError(
                    "IdempotentInstanceTerminated",
                    "The client token you have provided is associated with a terminated instance. "
                    "Please use a different client token.",
                )
            return reservation
    return None


def _completed(ec2: Any, asked: dict[str, Any]) -> dict[str, Any]:
    request = dict(asked)
    if asked.get("LaunchTemplate"):
        version = ec2._get_template_from_args(asked["LaunchTemplate"])
        request = launch_request.with_template(asked, _plain(version.data))
        request["LaunchTemplate"] = {"LaunchTemplateId": version.template.id, "Version": str(version.number)}
    _refuse(ec2, request)
    root = ec2.describe_images(ami_ids=[request["ImageId"]])[0].block_device_mappings[0]
    request["BlockDeviceMappings"] = _with_one_disk(request.get("BlockDeviceMappings") or [], root)
    if request.get("NetworkInterfaces"):
        request["NetworkInterfaces"] = launch_request.with_deleted_interfaces(request["NetworkInterfaces"])
    elif not request.get("SubnetId"):
        request["SubnetId"] = _default_subnet(ec2, (request.get("Placement") or {}).get("AvailabilityZone"))
    request["MinCount"] = request.get("MaxCount") or 1  # moto launches this many; there is always capacity here
    return request


def _with_one_disk(mappings: list[Mapping[str, Any]], root: dict[str, Any]) -> list[dict[str, Any]]:
    if device := launch_request.second_volume(mappings, root["DeviceName"]):
        raise EC2ClientError(
            "UnsupportedOperation", f"The local region's machines have one disk: it does not do the volume {device}."
        )
    completed = launch_request.with_root_volume(mappings, root["DeviceName"], root["Ebs"]["VolumeSize"])
    if problem := launch_request.root_volume_problem(completed, root["Ebs"]["VolumeSize"]):
        raise EC2ClientError("InvalidBlockDeviceMapping", problem)
    return completed


def _default_subnet(ec2: Any, zone: str | None) -> str:
    subnets = ec2.get_default_subnets()
    if not subnets or (zone and zone not in subnets):
        raise EC2ClientError("MissingInput", "No default subnet. Please specify a subnet.")
    return str(subnets[zone or min(subnets)].id)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    user_data = data.get("UserData")
    text = user_data.as_bytes().decode() if isinstance(user_data, Base64EncodedString) else user_data
    return {**data, "UserData": text}


def _refuse(ec2: Any, request: dict[str, Any]) -> None:
    if not request.get("ImageId"):
        raise EC2ClientError("MissingParameter", "The request must contain the parameter ImageId")
    problem = launch_request.count_problem(request) or launch_request.user_data_problem(request.get("UserData"))
    if problem:
        raise EC2ClientError("InvalidParameterValue", problem)
    image = ec2.describe_images(ami_ids=[request["ImageId"]])[0]
    types = ec2.describe_instance_types([request["InstanceType"]]) if request.get("InstanceType") else []
    supported = types[0]["ProcessorInfo"]["SupportedArchitectures"] if types else [image.architecture]
    if image.architecture not in supported:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the architecture "
            f"'{image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures, and try again.",
        )


def _undo(ec2: Any, reservation_ids: set[str], named: set[str]) -> None:
    for reservation_id in reservation_ids:
        for instance in ec2.reservations[reservation_id].instances:
            for interface in instance.nics.values():
                interface.delete_on_termination = interface.id not in named
            for _, volume in instance.get_block_device_mapping:
                volume.delete_on_termination = True
            lifecycle.arrive_at_terminated(instance)
        del ec2.reservations[reservation_id]


def _interfaces_named(request: dict[str, Any]) -> set[str]:
    return {interface.get("NetworkInterfaceId", "") for interface in request.get("NetworkInterfaces") or []}


def _tag_new_interfaces(ec2: Any, instance: Any, named: set[str], request: dict[str, Any]) -> None:
    tags = {
        tag["Key"]: tag.get("Value", "")
        for specification in request.get("TagSpecifications") or []
        if specification["ResourceType"] == "network-interface"
        for tag in specification["Tags"]
    }
    for interface in instance.nics.values():
        if tags and interface.id not in named:
            ec2.create_tags([interface.id], tags)


def _finish(ec2: Any, instances: list[Any], request: dict[str, Any]) -> None:
    profile = request.get("IamInstanceProfile") or {}
    named = _interfaces_named(request)
    for instance in instances:
        instance._placement.zone = instance.nics[0].subnet.availability_zone
        _tag_new_interfaces(ec2, instance, named, request)
        instance.disable_api_termination = bool(request.get("DisableApiTermination", False))
        instance.cpu_credits = (request.get("CreditSpecification") or {}).get("CpuCredits")
        if not request.get("NetworkInterfaces"):
            instance.nics[0].delete_on_termination = True
        if profile and instance.id not in ec2.iam_instance_profile_associations:
            ec2.associate_iam_instance_profile(instance.id, profile.get("Name"), profile.get("Arn"))
