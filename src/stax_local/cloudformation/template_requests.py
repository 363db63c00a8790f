"""What can be asked of templates: GetTemplate, GetTemplateSummary, ValidateTemplate."""

import json
from collections.abc import Mapping
from typing import Any

from stax_local.cloudformation import parameters
from stax_local.cloudformation.change_set_requests import find_change_set
from stax_local.cloudformation.engine import Engine
from stax_local.cloudformation.parameters import HIDDEN
from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.requests import Request, Requests, answered, find
from stax_local.cloudformation.template import Template
from stax_local.service import Caller

CAPABILITIES_REASON = "The following resource(s) require capabilities: [{}]"


def get_template(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """The text of a stack's or a change set's template, as it was given."""
    account = engine.account(caller)
    if request.get("ChangeSetName"):
        template = find_change_set(account, request)[1].target.template
    else:
        template = find(account, str(request.get("StackName", ""))).target.template
    return {"TemplateBody": template.text, "StagesAvailable": ["Original", "Processed"]}


def validate_template(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """A template's form, names, references and types; its parameters and the capabilities it needs."""
    template = _template(engine, caller, request)
    declared = [
        _present(
            {
                "ParameterKey": name,
                "DefaultValue": _default(each),
                "NoEcho": parameters.is_no_echo(each),
                "Description": each.get("Description"),
            }
        )
        for name, each in template.section("Parameters").items()
    ]
    return {"Parameters": declared, "Description": template.description, **_capabilities(template)}


def get_template_summary(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """What a template declares: parameters with their constraints, resource types, metadata."""
    if request.get("StackName"):
        template = find(engine.account(caller), str(request["StackName"])).target.template
    else:
        template = _template(engine, caller, request)
    metadata = template.section("Metadata")
    return _present(
        {
            "Parameters": [_declaration(name, each) for name, each in template.section("Parameters").items()],
            "Description": template.description or None,
            "ResourceTypes": sorted({each.type for each in template.resources.values()}),
            "Version": template.document.get("AWSTemplateFormatVersion"),
            "Metadata": json.dumps(metadata, default=str) if metadata else None,
            **_capabilities(template),
        }
    )


def _template(engine: Engine, caller: Caller, request: Request) -> Template:
    template = Requests(engine, engine.account(caller)).template(request)
    answered(lambda: parameters.check_declarations(template.section("Parameters")))
    answered(lambda: _check_types(engine, template))
    return template


def _check_types(engine: Engine, template: Template) -> None:
    unknown = sorted({each.type for each in template.resources.values() if each.type not in engine.types})
    if unknown:
        raise TemplateError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _declaration(name: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    allowed = [str(each) for each in declared.get("AllowedValues", [])]
    return _present(
        {
            "ParameterKey": name,
            "DefaultValue": _default(declared),
            "ParameterType": declared["Type"],
            "NoEcho": parameters.is_no_echo(declared),
            "Description": declared.get("Description"),
            "ParameterConstraints": {"AllowedValues": allowed} if allowed else {},
        }
    )


def _default(declared: Mapping[str, Any]) -> str | None:
    if "Default" not in declared:
        return None
    return HIDDEN if parameters.is_no_echo(declared) else str(declared["Default"])


def _capabilities(template: Template) -> dict[str, Any]:
    needed = template.capabilities()
    if not needed:
        return {}
    asking = sorted({each.type for each in template.resources.values() if each.type.startswith("AWS::IAM::")})
    return {"Capabilities": needed, "CapabilitiesReason": CAPABILITIES_REASON.format(", ".join(asking))}


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


OPERATIONS = {
    "GetTemplate": get_template,
    "GetTemplateSummary": get_template_summary,
    "ValidateTemplate": validate_template,
}
