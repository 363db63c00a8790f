"""SSM parameters."""

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import TEXT, MapOf, ResourceType, Text, replaces, updates
from stax_local.cloudformation.work import Change, Live, Properties, Work, chosen, or_absent

_AS_GIVEN = ("Type", "Value", "Description", "Tier", "AllowedPattern", "DataType", "Policies")


def _name(work: Work, properties: Properties) -> str:
    return str(properties.get("Name") or f"CFN-{work.name()}")


def _left(work: Work, properties: Properties) -> list[str]:
    name = _name(work, properties)
    return [name] if tagging.is_own(work, or_absent(_tags, work, name) or []) else []


def _tags(work: Work, name: str) -> list[dict[str, str]]:
    found = work.client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
    return list(found["TagList"])


def _create(work: Work, properties: Properties) -> str:
    name = _name(work, properties)
    work.client("ssm").put_parameter(
        Name=name,
        **chosen(properties, *_AS_GIVEN),
        Tags=tagging.as_list(tagging.merged(properties, work.tags)),
    )
    work.made(name)
    return name


def _update(work: Work, change: Change) -> None:
    ssm = work.client("ssm")
    if change.touches(*_AS_GIVEN):
        ssm.put_parameter(Name=change.physical_id, **chosen(change.after, *_AS_GIVEN), Overwrite=True)
    changed, gone = tagging.differing(change)
    named = {"ResourceType": "Parameter", "ResourceId": change.physical_id}
    if changed:
        ssm.add_tags_to_resource(**named, Tags=tagging.as_list(changed))
    if gone:
        ssm.remove_tags_from_resource(**named, TagKeys=gone)


def _read(work: Work, name: str, _properties: Properties) -> Live | None:
    ssm = work.client("ssm")
    found = or_absent(ssm.get_parameter, Name=name)
    if not found:
        return None
    parameter = found["Parameter"]
    live = {
        **chosen(parameter, "Name", "Type", "Value", "DataType"),
        "Tags": {each["Key"]: each["Value"] for each in tagging.own(_tags(work, name))},
    }
    return Live(live, {"Type": parameter["Type"], "Value": parameter["Value"]})


def _delete(work: Work, name: str, _properties: Properties) -> None:
    work.client("ssm").delete_parameter(Name=name)


PARAMETER = ResourceType(
    "AWS::SSM::Parameter",
    {
        "AllowedPattern": updates(hidden=True),
        "DataType": updates(),
        "Description": updates(hidden=True),
        "Name": replaces(),
        "Policies": updates(hidden=True),
        "Tags": updates(MapOf(TEXT)),
        "Tier": updates(hidden=True),
        # CloudFormation cannot make a SecureString: its value would stand in the template.
        "Type": updates(Text(("String", "StringList")), required=True),
        "Value": updates(required=True),
    },
    _create,
    _read,
    _delete,
    _update,
    _left,
    frozenset({"Type", "Value"}),
    changing=frozenset({"Type", "Value"}),
)

TYPES = (PARAMETER,)
