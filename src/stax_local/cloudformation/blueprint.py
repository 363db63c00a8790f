"""A target with its conditions decided: which resources it has, in what order, with what properties.

Reads nothing but the zones and exports it is given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from stax_local.cloudformation import rules
from stax_local.cloudformation.expressions import NO_VALUE, UNKNOWN, Scope, condition_holds, evaluate
from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.records import Output, Target
from stax_local.cloudformation.references import references, refuse_dynamic_references
from stax_local.cloudformation.shapes import ResourceType
from stax_local.cloudformation.template import Resource, dependencies


@dataclass(frozen=True)
class Place:
    """Where a stack stands and what it is called: its pseudo parameters."""

    stack_name: str
    stack_id: str
    account_id: str
    region: str


@dataclass(frozen=True)
class Surroundings:
    """What a template may ask of the region."""

    zones: Callable[[str], list[str]]
    imported: Callable[[str], Any]


def _unknown(_logical_id: str, _attribute: str = "") -> Any:
    return UNKNOWN


@dataclass(frozen=True)
class Known:
    """What is known of the resources: by default nothing yet."""

    physical_id: Callable[[str], Any] = _unknown
    attribute: Callable[[str, str], Any] = _unknown


@dataclass(frozen=True)
class Blueprint:
    """What a stack is to be, ready to be evaluated."""

    target: Target
    place: Place
    surroundings: Surroundings
    types: Mapping[str, ResourceType] = field(default_factory=dict)

    @cached_property
    def conditions(self) -> Mapping[str, bool]:
        """The truth of every condition of the template."""
        decided: dict[str, bool] = {}
        for name in self.target.template.condition_order:
            scope = self._scope(Known(), decided)
            decided[name] = condition_holds(self.target.template.section("Conditions")[name], scope)
        return decided

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """The resources whose condition holds."""
        declared = self.target.template.resources
        return {n: each for n, each in declared.items() if not each.condition or self.conditions[each.condition]}

    @cached_property
    def dependencies(self) -> Mapping[str, frozenset[str]]:
        """For each resource, the others that must be there before it."""
        return {
            name: frozenset(dependencies(each, self.conditions) & self.resources.keys())
            for name, each in self.resources.items()
        }

    def properties(self, logical_id: str, known: Known) -> dict[str, Any]:
        """Return a resource's properties as far as its references are known."""
        evaluated: dict[str, Any] = evaluate(dict(self.resources[logical_id].properties), self._scope(known))
        refuse_dynamic_references(evaluated, f"/Resources/{logical_id}")
        return evaluated

    def evaluated(self, expression: Any, known: Known) -> Any:
        """Return the value of any other expression of the template, such as a CreationPolicy."""
        return evaluate(expression, self._scope(known))

    def outputs(self, known: Known) -> list[Output]:
        """Return the outputs whose condition holds; raises TemplateError for one that is no string."""
        outputs = []
        scope = self._scope(known)
        for key, declared in self.target.template.section("Outputs").items():
            if "Condition" in declared and not self.conditions[declared["Condition"]]:
                continue
            value = evaluate(declared["Value"], scope)
            refuse_dynamic_references(value, f"/Outputs/{key}")
            if isinstance(value, dict | list) or value is NO_VALUE:
                raise TemplateError(f"Template format error: Output {key} is malformed: its value must be a string.")
            export = evaluate(declared["Export"].get("Name", ""), scope) if declared.get("Export") else ""
            outputs.append(Output(key, str(value), str(declared.get("Description", "")), str(export)))
        return outputs

    def imports(self) -> frozenset[str]:
        """Return the exported names that the template imports."""
        asked: set[str] = set()

        def ask(name: str) -> Any:
            asked.add(name)
            return UNKNOWN

        scope = self._scope(Known(), imported=ask)
        for each in self.resources.values():
            evaluate(dict(each.properties), scope)
        for declared in self.target.template.section("Outputs").values():
            if "Condition" not in declared or self.conditions[declared["Condition"]]:
                evaluate(declared["Value"], scope)
        return frozenset(asked)

    def check(self) -> None:
        """Raise TemplateError for whatever can be known to be wrong before anything is made."""
        self._check_types()
        section = self.target.template.section
        rules.check(section("Rules"), self._scope(Known(), {}))
        self._check_references()
        problems = []
        for logical_id, resource in self.resources.items():
            found = list(self.types[resource.type].problems(self.properties(logical_id, Known())))
            if found:
                problems.append(
                    f"Properties validation failed for resource {logical_id} with message:\n" + "\n".join(found)
                )
        if problems:
            raise TemplateError("\n".join(problems))
        self.outputs(Known())

    def _check_types(self) -> None:
        declared = self.target.template.resources.values()
        if unknown := sorted({each.type for each in declared if each.type not in self.types}):
            raise TemplateError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
        for each in declared:
            if "Snapshot" in (each.deletion_policy, each.update_replace_policy) and not self.types[each.type].snapshots:
                raise TemplateError(
                    f"Template format error: resource type {each.type} ({each.logical_id})"
                    " does not support deletion policy Snapshot"
                )

    def _check_references(self) -> None:
        template = self.target.template
        outputs = [
            each
            for each in template.section("Outputs").values()
            if "Condition" not in each or self.conditions[each["Condition"]]
        ]
        for expression in [each.properties for each in self.resources.values()] + outputs:
            for mention in references(expression, self.conditions):
                declared = template.resources.get(mention.name)
                if declared is None:
                    continue
                if mention.name not in self.resources:
                    raise TemplateError(
                        f"Template format error: Unresolved resource dependencies [{mention.name}]"
                        " in the Resources block of the template"
                    )
                supported = self.types[declared.type].attributes
                if mention.attribute and mention.attribute != "*" and mention.attribute not in supported:
                    raise TemplateError(
                        f"Template error: resource {mention.name} does not support attribute type"
                        f" {mention.attribute} in {mention.through}"
                    )

    def _scope(
        self,
        known: Known,
        conditions: Mapping[str, bool] | None = None,
        imported: Callable[[str], Any] | None = None,
    ) -> Scope:
        def reference(name: str) -> Any:
            return self._pseudo(name) if name.startswith("AWS::") else self._named(name, known)

        return Scope(
            reference,
            known.attribute,
            self.conditions if conditions is None else conditions,
            self.target.template.section("Mappings"),
            self.surroundings.zones,
            imported or self.surroundings.imported,
        )

    def _named(self, name: str, known: Known) -> Any:
        parameter = self.target.parameters.get(name)
        return parameter.value if parameter is not None else known.physical_id(name)

    def _pseudo(self, name: str) -> Any:
        values = {
            "AWS::AccountId": self.place.account_id,
            "AWS::Region": self.place.region,
            "AWS::StackName": self.place.stack_name,
            "AWS::StackId": self.place.stack_id,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NotificationARNs": list(self.target.notification_arns),
            "AWS::NoValue": NO_VALUE,
        }
        if name not in values:
            raise TemplateError(f"Template format error: Unresolved resource dependencies [{name}]")
        return values[name]
