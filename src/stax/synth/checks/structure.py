"""Is it a template at all?  Sections, resources and parameters with the attributes that CloudFormation knows."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from stax.synth.problems import Place, TemplateProblem
from stax.synth.template import Template

SECTIONS = (
    *("AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules"),
    *("Mappings", "Conditions", "Resources", "Outputs"),
)
RESOURCE_ATTRIBUTES = (
    *("Type", "Properties", "DependsOn", "Condition", "Metadata"),
    *("DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy"),
)
PARAMETER_ATTRIBUTES = (
    *("Type", "Default", "Description", "NoEcho", "ConstraintDescription"),
    *("AllowedPattern", "AllowedValues", "MinLength", "MaxLength", "MinValue", "MaxValue"),
)
MOST_RESOURCES = 500
"""CloudFormation's own limit for one template."""


def structure(template: Template) -> Iterator[TemplateProblem]:
    """Yield what CloudFormation would refuse before it looks at any resource."""
    for name in template.body:
        yield from _section(name)
    yield from _resources(template)
    for name, declared in template.section("Parameters").items():
        yield from _attributes(("Parameters", name), declared, PARAMETER_ATTRIBUTES)


def _section(name: str) -> Iterator[TemplateProblem]:
    if name == "Transform":
        yield TemplateProblem("transform", "transforms and macros run code in AWS: stax takes none", (name,))
    elif name not in SECTIONS:
        yield TemplateProblem("section", "no section of a template", (name,), nearest=nearest(name, SECTIONS))


def _resources(template: Template) -> Iterator[TemplateProblem]:
    resources = template.section("Resources")
    if not resources:
        yield TemplateProblem("resources", "a template needs at least one resource", ("Resources",))
    if len(resources) > MOST_RESOURCES:
        too_many = f"{len(resources)} resources; CloudFormation takes {MOST_RESOURCES}"
        yield TemplateProblem("S13", too_many, ("Resources",))
    for logical_id, resource in resources.items():
        place = ("Resources", logical_id)
        if not (logical_id.isascii() and logical_id.isalnum()):
            yield TemplateProblem("logical-id", "a logical id has letters and digits only", place)
        if logical_id in template.section("Parameters"):
            yield TemplateProblem("logical-id", "a parameter has the same name", place)
        yield from _attributes(place, resource, RESOURCE_ATTRIBUTES)


def _attributes(place: Place, declared: Any, known: Iterable[str]) -> Iterator[TemplateProblem]:
    if not isinstance(declared, Mapping):
        yield TemplateProblem("shape", "must be a mapping", place)
        return
    if not isinstance(declared.get("Type"), str):
        yield TemplateProblem("type", "has no Type", place)
    for name in declared:
        if name not in known:
            yield TemplateProblem("attribute", "unknown here", (*place, name), nearest=nearest(name, known))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the right name that a wrong one most resembles; empty when none does."""
    return next(iter(get_close_matches(name, list(known), n=1)), "")
