"""Launch templates.  An update in place adds a version, which the attribute LatestVersionNumber then names."""

from dataclasses import replace

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.resources.ec2_instance import BLOCK_DEVICES, METADATA_OPTIONS
from stax_local.cloudformation.shapes import (  # fmt: skip
    FLAG,
    TAGS,
    TEXT,
    TEXTS,
    WHOLE,
    ListOf,
    ResourceType,
    replaces,
    structure,
    updates,
)
from stax_local.cloudformation.work import Change, Live, Properties, Work, chosen, or_absent

_TAG_SPECIFICATIONS = ListOf(structure("ResourceType", "Tags", ResourceType=TEXT, Tags=TAGS))
_DATA = structure(
    BlockDeviceMappings=BLOCK_DEVICES,
    CreditSpecification=structure(CpuCredits=TEXT),
    DisableApiStop=FLAG,
    DisableApiTermination=FLAG,
    EbsOptimized=FLAG,
    IamInstanceProfile=structure(Arn=TEXT, Name=TEXT),
    ImageId=TEXT,
    InstanceInitiatedShutdownBehavior=TEXT,
    InstanceType=TEXT,
    KeyName=TEXT,
    MaintenanceOptions=structure(AutoRecovery=TEXT),
    MetadataOptions=METADATA_OPTIONS,
    Monitoring=structure(Enabled=FLAG),
    NetworkInterfaces=ListOf(
        structure(
            AssociatePublicIpAddress=FLAG, DeleteOnTermination=FLAG, Description=TEXT, DeviceIndex=WHOLE, Groups=TEXTS,
            InterfaceType=TEXT, NetworkInterfaceId=TEXT, PrivateIpAddress=TEXT, SubnetId=TEXT,
        )
    ),
    Placement=structure(AvailabilityZone=TEXT, GroupName=TEXT, Tenancy=TEXT),
    SecurityGroupIds=TEXTS,
    SecurityGroups=TEXTS,
    TagSpecifications=_TAG_SPECIFICATIONS,
    UserData=TEXT,
)  # fmt: skip


def _create(work: Work, properties: Properties) -> str:
    created = work.client("ec2").create_launch_template(
        LaunchTemplateName=properties.get("LaunchTemplateName") or work.name(128),
        LaunchTemplateData=properties["LaunchTemplateData"],
        **chosen(properties, "VersionDescription"),
        TagSpecifications=tagging.specifications("launch-template", work, _own_tags(properties)),
    )["LaunchTemplate"]
    work.made(created["LaunchTemplateId"])
    return str(created["LaunchTemplateId"])


def _own_tags(properties: Properties) -> Properties:
    """Return the template's own tags in the form that other resources have them."""
    specified = properties.get("TagSpecifications", [])
    return {"Tags": [tag for each in specified if each["ResourceType"] == "launch-template" for tag in each["Tags"]]}


def _update(work: Work, change: Change) -> None:
    if change.touches("LaunchTemplateData", "VersionDescription"):
        work.client("ec2").create_launch_template_version(
            LaunchTemplateId=change.physical_id,
            LaunchTemplateData=change.after["LaunchTemplateData"],
            **chosen(change.after, "VersionDescription"),
        )
    tagging.update_ec2(work, replace(change, before=_own_tags(change.before), after=_own_tags(change.after)))


def _read(work: Work, template_id: str, _properties: Properties) -> Live | None:
    found = or_absent(work.client("ec2").describe_launch_templates, LaunchTemplateIds=[template_id])
    if not found or not found["LaunchTemplates"]:
        return None
    template = found["LaunchTemplates"][0]
    attributes = {
        "LaunchTemplateId": template_id,
        "LatestVersionNumber": str(template["LatestVersionNumber"]),
        "DefaultVersionNumber": str(template["DefaultVersionNumber"]),
    }
    return Live(chosen(template, "LaunchTemplateName"), attributes)


def _delete(work: Work, template_id: str, _properties: Properties) -> None:
    work.client("ec2").delete_launch_template(LaunchTemplateId=template_id)


LAUNCH_TEMPLATE = ResourceType(
    "AWS::EC2::LaunchTemplate",
    {
        "LaunchTemplateData": updates(_DATA, required=True, hidden=True),
        "LaunchTemplateName": replaces(),
        "TagSpecifications": updates(_TAG_SPECIFICATIONS, hidden=True),
        "VersionDescription": updates(hidden=True),
    },
    _create,
    _read,
    _delete,
    _update,
    tagging.left_by("launch-template"),
    frozenset({"LaunchTemplateId", "LatestVersionNumber", "DefaultVersionNumber"}),
    changing=frozenset({"LatestVersionNumber", "DefaultVersionNumber"}),
)

TYPES = (LAUNCH_TEMPLATE,)
