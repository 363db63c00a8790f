"""A template as declarations: its sections, checked for what can be checked without values.

Pure.  `parse` gives the first kind of problem it meets, all of that kind at once, in CloudFormation's words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stax_local.cloudformation import documents
from stax_local.cloudformation.expressions import function_of
from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.references import condition_names, ordered, references, refuse_dynamic_references

MAX_RESOURCES = 500
MAX_PARAMETERS = 200
MAX_OUTPUTS = 200
MAX_MAPPINGS = 200
PSEUDO_PARAMETERS = frozenset(
    f"AWS::{name}"
    for name in ("AccountId", "NoValue", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix")
)
SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions",
        "Transform", "Resources", "Outputs", "Hooks",
    }
)  # fmt: skip
RESOURCE_MEMBERS = frozenset(
    {
        "Type", "Properties", "DependsOn", "Condition", "Metadata", "Description", "DeletionPolicy",
        "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy",
    }
)  # fmt: skip
DELETION_POLICIES = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
REPLACE_POLICIES = ("Delete", "Retain", "Snapshot")
IAM_TYPES = frozenset(
    f"AWS::IAM::{name}" for name in ("Role", "Policy", "RolePolicy", "ManagedPolicy", "InstanceProfile")
)
"""The types that need an IAM capability."""
IAM_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}
"""The property that names one: a value there makes CAPABILITY_IAM too little (CAPABILITY_NAMED_IAM)."""

_LOGICAL_ID = re.compile(r"[A-Za-z0-9]{1,255}")


@dataclass(frozen=True)
class Resource:
    """One entry of Resources, its properties still unevaluated."""

    logical_id: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    condition: str = ""
    deletion_policy: str = ""
    update_replace_policy: str = "Delete"
    creation_policy: Mapping[str, Any] = field(default_factory=dict)
    update_policy: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True)
class Template:
    """A template that is well-formed and refers to nothing that it does not declare."""

    text: str
    document: Mapping[str, Any]
    resources: Mapping[str, Resource]

    @property
    def description(self) -> str:
        """The template's own description, or ''."""
        return str(self.document.get("Description", ""))

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a top-level section, empty when the template has none."""
        section: Mapping[str, Any] = self.document.get(name) or {}
        return section

    @property
    def condition_order(self) -> list[str]:
        """The conditions, each after those it is built of."""
        conditions = self.section("Conditions")
        return ordered({name: set(condition_names(each)) for name, each in conditions.items()}, between="conditions")

    def capabilities(self) -> list[str]:
        """Return the capability that the template's IAM resources ask for, as a list of none or one."""
        iam = [each for each in self.resources.values() if each.type in IAM_TYPES]
        if any(IAM_NAMES.get(each.type) in each.properties for each in iam):
            return ["CAPABILITY_NAMED_IAM"]
        return ["CAPABILITY_IAM"] if iam else []


def parse(text: str) -> Template:
    """Read a template and check its form, its names and its references.

    Raises TemplateError.
    """
    document = documents.read(text)
    _check_sections(document)
    resources = {name: _resource(name, each) for name, each in document["Resources"].items()}
    template = Template(text, document, resources)
    _check_conditions(template)
    _check_references(template)
    for name, each in resources.items():
        refuse_dynamic_references(each.properties, f"/Resources/{name}")
    refuse_dynamic_references(template.section("Outputs"), "/Outputs")
    ordered({name: dependencies(each) & resources.keys() for name, each in resources.items()})
    return template


def dependencies(resource: Resource, conditions: Mapping[str, bool] | None = None) -> set[str]:
    """Return every name that a resource refers to or waits for (parameters among them)."""
    named = {each.name for each in references(resource.properties, conditions)}
    named |= {each.name for each in references(resource.creation_policy, conditions)}
    return named | {each.name for each in references(resource.update_policy, conditions)} | set(resource.depends_on)


def _check_sections(document: Mapping[str, Any]) -> None:
    if unknown := sorted(document.keys() - SECTIONS):
        raise TemplateError(f"Invalid template property or properties [{', '.join(unknown)}]")
    if str(document.get("AWSTemplateFormatVersion", "2010-09-09")) != "2010-09-09":
        raise TemplateError("Template format error: unsupported value for AWSTemplateFormatVersion.")
    for name in ("Transform", "Hooks"):
        if document.get(name):
            raise TemplateError(f"Template format error: {name} {document[name]} is not served here")
    if not isinstance(document.get("Description", ""), str):
        raise TemplateError("Template format error: Description must be a string.")
    for name in SECTIONS - {"AWSTemplateFormatVersion", "Description", "Transform", "Hooks"}:
        if not isinstance(document.get(name) or {}, dict):
            raise TemplateError(f"Template format error: {name} section must be an object.")
    _check_entries(document)


def _check_entries(document: Mapping[str, Any]) -> None:
    if not document.get("Resources"):
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    bounds = {
        "Resources": MAX_RESOURCES, "Parameters": MAX_PARAMETERS, "Outputs": MAX_OUTPUTS, "Mappings": MAX_MAPPINGS,
    }  # fmt: skip
    for section, most in bounds.items():
        entries = document.get(section) or {}
        if len(entries) > most:
            raise TemplateError(
                f"Template format error: Number of {section.lower()}, {len(entries)},"
                f" is greater than maximum allowed, {most}"
            )
        for name, entry in entries.items():
            if not _LOGICAL_ID.fullmatch(name):
                singular = section.removesuffix("s")
                raise TemplateError(f"Template format error: {singular} name {name} is non alphanumeric.")
            if not isinstance(entry, dict):
                raise TemplateError(f"Template format error: [/{section}/{name}] must be an object.")
    for name, output in (document.get("Outputs") or {}).items():
        if "Value" not in output:
            raise TemplateError(f"Template format error: Output {name} is malformed: it must contain a Value member.")
        if unknown := sorted(output.keys() - {"Value", "Description", "Export", "Condition"}):
            raise TemplateError(f"Template format error: Output {name} is malformed: unknown members {unknown}")


def _resource(logical_id: str, declared: Mapping[str, Any]) -> Resource:
    where = f"[/Resources/{logical_id}]"
    if not isinstance(declared.get("Type"), str):
        raise TemplateError(f"Template format error: {where} Every Resources object must contain a Type member.")
    if unknown := sorted(declared.keys() - RESOURCE_MEMBERS):
        raise TemplateError(f"Invalid template resource property '{unknown[0]}' in {where}")
    for member in ("Properties", "Metadata", "CreationPolicy", "UpdatePolicy"):
        if not isinstance(declared.get(member) or {}, dict):
            raise TemplateError(f"Template format error: {where} {member} must be an object.")
    depends_on = declared.get("DependsOn") or []
    depends_on = [depends_on] if isinstance(depends_on, str) else depends_on
    if not isinstance(depends_on, list) or not all(isinstance(each, str) for each in depends_on):
        raise TemplateError(f"Template format error: {where} DependsOn must be a string or a list of strings.")
    return Resource(
        logical_id,
        declared["Type"],
        declared.get("Properties") or {},
        tuple(depends_on),
        str(declared.get("Condition", "")),
        _policy(where, "DeletionPolicy", declared, DELETION_POLICIES, ""),
        _policy(where, "UpdateReplacePolicy", declared, REPLACE_POLICIES, "Delete"),
        declared.get("CreationPolicy") or {},
        declared.get("UpdatePolicy") or {},
        declared.get("Metadata") or {},
        str(declared.get("Description", "")),
    )


def _policy(where: str, member: str, declared: Mapping[str, Any], allowed: Iterable[str], default: str) -> str:
    value = declared.get(member, default)
    if value != default and value not in allowed:
        raise TemplateError(
            f"Template format error: {where} Unrecognized {member} {value}: one of {', '.join(allowed)}"
        )
    return str(value)


def _check_conditions(template: Template) -> None:
    declared = template.section("Conditions")
    asked = {each.condition for each in template.resources.values() if each.condition}
    asked |= {each["Condition"] for each in template.section("Outputs").values() if "Condition" in each}
    for section in ("Conditions", "Outputs"):
        asked |= set(condition_names(list(template.section(section).values())))
    for resource in template.resources.values():
        asked |= set(_conditions_of_ifs(resource.properties))
    if missing := sorted(asked - declared.keys()):
        raise TemplateError(
            f"Template format error: Unresolved condition dependency [{', '.join(missing)}] in the template"
        )
    # A condition decides what is made, so it can only speak of what is known before.
    for name, expression in declared.items():
        for mentioned in references(expression):
            if mentioned.name in template.resources or mentioned.attribute:
                raise TemplateError(
                    "Template format error: Unresolved dependencies"
                    f" [{mentioned.name}]. Cannot reference resources in the Conditions block of the template ({name})"
                )
    _ = template.condition_order


def _conditions_of_ifs(expression: Any) -> Iterable[str]:
    # Policy documents have a member called Condition of their own: only Fn::If names ours.
    if isinstance(expression, list):
        for item in expression:
            yield from _conditions_of_ifs(item)
    elif isinstance(expression, dict):
        called = function_of(expression)
        if called and called[0] == "Fn::If" and isinstance(called[1], list) and called[1]:
            yield str(called[1][0])
        for item in expression.values():
            yield from _conditions_of_ifs(item)


def _check_references(template: Template) -> None:
    known = template.resources.keys() | template.section("Parameters").keys() | PSEUDO_PARAMETERS
    missing = sorted({name for each in template.resources.values() for name in dependencies(each) if name not in known})
    if missing:
        raise TemplateError(
            f"Template format error: Unresolved resource dependencies [{', '.join(missing)}]"
            " in the Resources block of the template"
        )
    for section in ("Conditions", "Outputs"):
        mentioned = {each.name for each in references(list(template.section(section).values()))}
        if missing := sorted(mentioned - known):
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}]"
                f" in the {section} block of the template"
            )
    for resource in template.resources.values():
        for mention in references(resource.properties):
            if mention.attribute and mention.name not in template.resources:
                raise TemplateError(
                    f"Template error: instance of {mention.through} references undefined resource {mention.name}"
                )
        if wrong := sorted(set(resource.depends_on) - template.resources.keys()):
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(wrong)}]"
                " in the Resources block of the template"
            )
