"""Attributes of an instance: some only while it is stopped, none lost when another is changed.

moto: the type of a running instance can be changed; ModifyInstanceMetadataOptions resets what it
is not given; every type has the CPU credits `standard`; user data that is changed has to be encoded
twice.
AWS: IncorrectInstanceState; what is not given stays; user data is encoded once; T3 and T4g are `unlimited` unless asked
otherwise, T2 is `standard`, the others have no credits.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-how-to.html
"""

import base64
from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import InstanceBackend
from moto.ec2.responses import instances as responses
from moto.ec2.responses.instances import InstanceResponse

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("attributes")

ONLY_WHILE_STOPPED = frozenset({"instance_type", "user_data", "kernel", "ramdisk", "ebs_optimized"})
DEFAULT_CREDITS = {"t2": "standard", "t3": "unlimited", "t3a": "unlimited", "t4g": "unlimited"}


@PATCH.wraps(InstanceBackend, "modify_instance_attribute")
def _modify(original: Callable[..., Any], self: Any, instance_id: str, key: str, value: Any) -> Any:
    instance = self.get_instance(instance_id)
    if key in ONLY_WHILE_STOPPED and instance.state != "stopped":
        raise EC2ClientError("IncorrectInstanceState", f"The instance '{instance_id}' is not in the 'stopped' state.")
    return original(self, instance_id, key, value)


@PATCH.wraps(responses, "parse_user_data")
def _user_data(original: Callable[..., Any], value: Any) -> Any:
    # ModifyInstanceAttribute's is a blob, which moto's reader has decoded; RunInstances' is a string.
    return original(base64.b64encode(value).decode() if isinstance(value, bytes) else value)


@PATCH.wraps(InstanceBackend, "modify_instance_metadata_options")
def _modify_metadata(original: Callable[..., Any], self: Any, instance_id: str, **asked: Any) -> Any:
    before = self.get_instance(instance_id).metadata_options
    present = {
        "http_tokens": before.http_tokens,
        "hop_limit": before.http_put_response_hop_limit,
        "http_endpoint": before.http_endpoint,
        "http_protocol": before.http_protocol_ipv6,
        "metadata_tags": before.instance_metadata_tags,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    return original(self, instance_id, **{**present, **given})


@PATCH.wraps(InstanceResponse, "describe_instance_credit_specifications")
def _describe_credits(original: Callable[..., Any], self: Any) -> Any:
    answered = original(self)
    shown = []
    for entry in answered.result["InstanceCreditSpecifications"]:
        instance = self.ec2_backend.get_instance(entry["InstanceId"])
        credit = getattr(instance, "cpu_credits", None) or DEFAULT_CREDITS.get(instance.instance_type.split(".")[0])
        if credit:
            shown.append({**entry, "CpuCredits": credit})
    answered.result["InstanceCreditSpecifications"] = shown
    return answered
