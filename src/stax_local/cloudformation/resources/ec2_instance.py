"""Instances.  A creation ends when the instance runs, a deletion when it is terminated."""

import base64
from collections.abc import Mapping
from typing import Any

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import (
    FLAG,
    TAGS,
    TEXT,
    TEXTS,
    WHOLE,
    ListOf,
    ResourceType,
    Text,
    interrupts,
    replaces,
    structure,
    updates,
)
from stax_local.cloudformation.work import (
    RUNNING_PATIENCE_S,
    Change,
    Live,
    Properties,
    ResourceFailure,
    Work,
    chosen,
    or_absent,
)

EBS = structure(
    DeleteOnTermination=FLAG,
    Encrypted=FLAG,
    Iops=WHOLE,
    KmsKeyId=TEXT,
    SnapshotId=TEXT,
    Throughput=WHOLE,
    VolumeSize=WHOLE,
    VolumeType=TEXT,
)
BLOCK_DEVICES = ListOf(structure("DeviceName", DeviceName=TEXT, Ebs=EBS, NoDevice=structure(), VirtualName=TEXT))
_SWITCH = Text(("enabled", "disabled"))
METADATA_OPTIONS = structure(
    HttpEndpoint=_SWITCH,
    HttpPutResponseHopLimit=WHOLE,
    HttpTokens=Text(("optional", "required")),
    HttpProtocolIpv6=TEXT,
    InstanceMetadataTags=_SWITCH,
)
_INTERFACES = ListOf(
    structure(
        "DeviceIndex",
        AssociatePublicIpAddress=FLAG,
        DeleteOnTermination=FLAG,
        Description=TEXT,
        DeviceIndex=WHOLE,
        GroupSet=TEXTS,
        NetworkInterfaceId=TEXT,
        PrivateIpAddress=TEXT,
        SubnetId=TEXT,
    )
)
_CREDITS = structure("CPUCredits", CPUCredits=Text(("standard", "unlimited")))
_AS_GIVEN = (
    "BlockDeviceMappings",
    "EbsOptimized",
    "ImageId",
    "InstanceInitiatedShutdownBehavior",
    "InstanceType",
    "KeyName",
    "LaunchTemplate",
    "MetadataOptions",
    "PrivateIpAddress",
    "SecurityGroupIds",
    "SecurityGroups",
    "SubnetId",
    "DisableApiTermination",
)


def _launch_arguments(work: Work, properties: Properties) -> dict[str, Any]:
    arguments = chosen(properties, *_AS_GIVEN)
    placement = {"AvailabilityZone": "AvailabilityZone", "Tenancy": "Tenancy", "PlacementGroupName": "GroupName"}
    if placed := {theirs: properties[ours] for ours, theirs in placement.items() if ours in properties}:
        arguments["Placement"] = placed
    if "IamInstanceProfile" in properties:
        arguments["IamInstanceProfile"] = {"Name": properties["IamInstanceProfile"]}
    if "Monitoring" in properties:
        arguments["Monitoring"] = {"Enabled": properties["Monitoring"]}
    if "CreditSpecification" in properties:
        arguments["CreditSpecification"] = {"CpuCredits": properties["CreditSpecification"]["CPUCredits"]}
    if "UserData" in properties:
        arguments["UserData"] = _decoded(properties["UserData"])
    if "NetworkInterfaces" in properties:
        arguments["NetworkInterfaces"] = [_interface(each) for each in properties["NetworkInterfaces"]]
    specifications = tagging.specifications("instance", work, properties)
    if properties.get("PropagateTagsToVolumeOnCreation"):
        specifications += tagging.specifications("volume", work, properties)
    return {**arguments, "TagSpecifications": specifications}


def _interface(declared: Mapping[str, Any]) -> dict[str, Any]:
    arguments = {name: value for name, value in declared.items() if name != "GroupSet"}
    return {**arguments, "Groups": declared["GroupSet"]} if "GroupSet" in declared else arguments


def _decoded(user_data: str) -> str:
    # botocore encodes UserData itself; the template's is encoded already.
    try:
        return base64.b64decode(user_data, validate=True).decode()
    except ValueError as error:
        raise ResourceFailure("Invalid BASE64 encoding of user data.") from error


def _create(work: Work, properties: Properties) -> str:
    launched = work.client("ec2").run_instances(MinCount=1, MaxCount=1, **_launch_arguments(work, properties))
    instance_id = str(launched["Instances"][0]["InstanceId"])
    work.made(instance_id)
    _await_state(work, instance_id, "running")
    if properties.get("SourceDestCheck") is False:
        work.client("ec2").modify_instance_attribute(InstanceId=instance_id, SourceDestCheck={"Value": False})
    return instance_id


def find_instance(work: Work, instance_id: str) -> dict[str, Any] | None:
    """Return EC2's description of an instance, None when it does not exist."""
    found = or_absent(work.client("ec2").describe_instances, InstanceIds=[instance_id])
    reservations = found["Reservations"] if found else []
    return reservations[0]["Instances"][0] if reservations else None


def _await_state(work: Work, instance_id: str, wanted: str) -> None:
    def reached() -> bool:
        instance = find_instance(work, instance_id)
        state = instance["State"]["Name"] if instance else "terminated"
        if wanted == "running" and state in ("shutting-down", "terminated"):
            why = (instance or {}).get("StateReason", {}).get("Message", "no reason given")
            raise ResourceFailure(f"Instance {instance_id} was terminated instead of running: {why}")
        return bool(state == wanted)

    work.wait_until(reached, patience_s=RUNNING_PATIENCE_S, what=f"instance {instance_id} to be {wanted}")


def _delete(work: Work, instance_id: str, _properties: Properties) -> None:
    work.client("ec2").terminate_instances(InstanceIds=[instance_id])
    _await_state(work, instance_id, "terminated")


def _read(work: Work, instance_id: str, properties: Properties) -> Live | None:
    instance = find_instance(work, instance_id)
    if instance is None or instance["State"]["Name"] == "terminated":
        return None
    live = chosen(instance, "ImageId", "InstanceType", "KeyName", "EbsOptimized", "SourceDestCheck")
    profile = instance.get("IamInstanceProfile", {}).get("Arn", "")
    options = instance.get("MetadataOptions", {})
    live |= {
        "SubnetId": instance.get("SubnetId"),
        "SecurityGroupIds": [each["GroupId"] for each in instance.get("SecurityGroups", [])],
        "Monitoring": instance.get("Monitoring", {}).get("State") == "enabled",
        "MetadataOptions": chosen(options, *properties.get("MetadataOptions", {})),
        "Tags": tagging.own(instance.get("Tags", [])),
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
    }
    if profile:
        live["IamInstanceProfile"] = profile.rpartition("/")[2]
    return Live(live, _attributes(instance))


def _attributes(instance: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "InstanceId": instance["InstanceId"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "PrivateIp": instance.get("PrivateIpAddress", ""),
        "PrivateDnsName": instance.get("PrivateDnsName", ""),
        "PublicIp": instance.get("PublicIpAddress", ""),
        "PublicDnsName": instance.get("PublicDnsName", ""),
        "VpcId": instance.get("VpcId", ""),
        "State.Code": str(instance["State"].get("Code", "")),
        "State.Name": instance["State"]["Name"],
    }


_WHILE_STOPPED = ("InstanceType", "UserData", "EbsOptimized")


def _update(work: Work, change: Change) -> None:
    if change.touches(*_WHILE_STOPPED):
        _change_stopped(work, change)
    for name in ("DisableApiTermination", "SourceDestCheck", "InstanceInitiatedShutdownBehavior"):
        if change.touches(name):
            default = {"SourceDestCheck": True, "DisableApiTermination": False}.get(name, "stop")
            _modify(work, change.physical_id, **{name: {"Value": change.after.get(name, default)}})
    if change.touches("SecurityGroupIds"):
        _modify(work, change.physical_id, Groups=change.after.get("SecurityGroupIds", []))
    if change.touches("MetadataOptions"):
        options = change.after.get("MetadataOptions", {})
        work.client("ec2").modify_instance_metadata_options(InstanceId=change.physical_id, **options)
    if change.touches("Monitoring"):
        verb = "monitor_instances" if change.after.get("Monitoring") else "unmonitor_instances"
        getattr(work.client("ec2"), verb)(InstanceIds=[change.physical_id])
    if change.touches("CreditSpecification"):
        credits_ = change.after.get("CreditSpecification", {}).get("CPUCredits", "standard")
        wanted = {"InstanceId": change.physical_id, "CpuCredits": credits_}
        work.client("ec2").modify_instance_credit_specification(InstanceCreditSpecifications=[wanted])
    if change.touches("IamInstanceProfile"):
        _change_profile(work, change)
    tagging.update_ec2(work, change)


def _modify(work: Work, instance_id: str, **attribute: Any) -> None:
    work.client("ec2").modify_instance_attribute(InstanceId=instance_id, **attribute)


def _change_stopped(work: Work, change: Change) -> None:
    ec2 = work.client("ec2")
    ec2.stop_instances(InstanceIds=[change.physical_id])
    _await_state(work, change.physical_id, "stopped")
    if change.touches("InstanceType"):
        _modify(work, change.physical_id, InstanceType={"Value": change.after["InstanceType"]})
    if change.touches("UserData"):
        # A blob attribute: botocore encodes it.
        text = _decoded(change.after.get("UserData", ""))
        _modify(work, change.physical_id, UserData={"Value": text.encode()})
    if change.touches("EbsOptimized"):
        _modify(work, change.physical_id, EbsOptimized={"Value": change.after.get("EbsOptimized", False)})
    ec2.start_instances(InstanceIds=[change.physical_id])
    _await_state(work, change.physical_id, "running")


def _change_profile(work: Work, change: Change) -> None:
    ec2 = work.client("ec2")
    mine = [{"Name": "instance-id", "Values": [change.physical_id]}]
    found = ec2.describe_iam_instance_profile_associations(Filters=mine)["IamInstanceProfileAssociations"]
    current = [each["AssociationId"] for each in found if each["State"] in ("associating", "associated")]
    wanted = change.after.get("IamInstanceProfile")
    if current and wanted:
        ec2.replace_iam_instance_profile_association(AssociationId=current[0], IamInstanceProfile={"Name": wanted})
    elif current:
        ec2.disassociate_iam_instance_profile(AssociationId=current[0])
    elif wanted:
        ec2.associate_iam_instance_profile(InstanceId=change.physical_id, IamInstanceProfile={"Name": wanted})


INSTANCE = ResourceType(
    "AWS::EC2::Instance",
    {
        "AvailabilityZone": replaces(),
        "BlockDeviceMappings": replaces(BLOCK_DEVICES, hidden=True),
        "CreditSpecification": updates(_CREDITS, hidden=True),
        "DisableApiTermination": updates(FLAG, hidden=True),
        "EbsOptimized": interrupts(FLAG),
        "IamInstanceProfile": updates(),
        "ImageId": replaces(),
        "InstanceInitiatedShutdownBehavior": updates(Text(("stop", "terminate")), hidden=True),
        "InstanceType": interrupts(),
        "KeyName": replaces(),
        "LaunchTemplate": replaces(
            structure("Version", LaunchTemplateId=TEXT, LaunchTemplateName=TEXT, Version=TEXT), hidden=True
        ),
        "MetadataOptions": updates(METADATA_OPTIONS),
        "Monitoring": updates(FLAG),
        "NetworkInterfaces": replaces(_INTERFACES, hidden=True),
        "PlacementGroupName": replaces(hidden=True),
        "PrivateIpAddress": replaces(hidden=True),
        "PropagateTagsToVolumeOnCreation": updates(FLAG, hidden=True),
        "SecurityGroupIds": updates(TEXTS),
        "SecurityGroups": replaces(TEXTS, hidden=True),
        "SourceDestCheck": updates(FLAG),
        "SubnetId": replaces(),
        "Tags": updates(TAGS),
        "Tenancy": replaces(hidden=True),
        "UserData": interrupts(hidden=True),
    },
    _create,
    _read,
    _delete,
    _update,
    tagging.left_by("instance"),
    frozenset(
        {
            "InstanceId",
            "AvailabilityZone",
            "PrivateIp",
            "PrivateDnsName",
            "PublicIp",
            "PublicDnsName",
            "VpcId",
            "State.Code",
            "State.Name",
        }
    ),
    changing=frozenset({"PublicIp", "PublicDnsName", "State.Code", "State.Name"}),
)

TYPES = (INSTANCE,)
