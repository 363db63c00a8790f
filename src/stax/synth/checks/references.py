"""Does everything that is named exist?  Ref, GetAtt, Sub, DependsOn, conditions and mappings."""

import re
from collections.abc import Iterator
from typing import Any

from stax.synth.checks.facts import as_list
from stax.synth.checks.structure import nearest
from stax.synth.problems import Place, TemplateProblem
from stax.synth.template import Template

PSEUDO_PARAMETERS = tuple(
    f"AWS::{name}"
    for name in ("AccountId", "NotificationARNs", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix")
)
SUBSTITUTED = re.compile(r"\$\{([^!}][^}]*)\}")


def references(template: Template) -> Iterator[TemplateProblem]:
    """Yield every name that stands for nothing, with the nearest one that exists."""
    names = _Names(template)
    for section in ("Conditions", "Resources", "Outputs"):
        for name, part in template.section(section).items():
            yield from names.unknown(part, (section, name))
    for logical_id, resource in template.resources().items():
        for index, needed in enumerate(as_list(resource.get("DependsOn"))):
            yield from names.known(needed, names.resources, ("Resources", logical_id, "DependsOn", index))


class _Names:
    """What a template declares, by kind."""

    def __init__(self, template: Template) -> None:
        self.resources = (*template.section("Resources"),)
        self.values = (*template.section("Parameters"), *self.resources, *PSEUDO_PARAMETERS)
        self.conditions = (*template.section("Conditions"),)
        self.mappings = (*template.section("Mappings"),)

    def known(self, name: Any, among: tuple[str, ...], place: Place) -> Iterator[TemplateProblem]:
        if not isinstance(name, str):
            yield TemplateProblem("reference", "names something by an expression; a plain name is needed", place)
        elif name not in among:
            yield TemplateProblem("reference", f"{name} does not exist", place, nearest=nearest(name, among))

    def unknown(self, part: Any, place: Place) -> Iterator[TemplateProblem]:
        if isinstance(part, dict):
            for key, value in part.items():
                yield from self._function(key, value, (*place, key), alone=len(part) == 1)
                yield from self.unknown(value, (*place, key))
        elif isinstance(part, list):
            for index, item in enumerate(part):
                yield from self.unknown(item, (*place, index))

    def _function(self, key: str, value: Any, place: Place, *, alone: bool) -> Iterator[TemplateProblem]:
        # `Ref` and `Condition` are also ordinary keys of properties; as functions they stand alone.
        if key == "Ref" and alone:
            yield from self.known(value, self.values, place)
        elif key == "Fn::GetAtt":
            yield from self.known(next(iter(as_list(value)), None), self.resources, place)
        elif key == "Fn::Sub":
            yield from self._substitution(value, place)
        elif key == "Fn::If":
            yield from self.known(next(iter(as_list(value)), None), self.conditions, place)
        elif key == "Fn::FindInMap" and isinstance(value, list) and value and isinstance(value[0], str):
            yield from self.known(value[0], self.mappings, place)
        elif key == "Condition" and isinstance(value, str) and (alone or len(place) == 3):
            yield from self.known(value, self.conditions, place)

    def _substitution(self, value: Any, place: Place) -> Iterator[TemplateProblem]:
        text, own = (value[0], value[1]) if isinstance(value, list) and len(value) == 2 else (value, {})
        if not isinstance(text, str) or not isinstance(own, dict):
            yield TemplateProblem("reference", "Fn::Sub takes a text, or a text and a mapping", place)
            return
        for name in SUBSTITUTED.findall(text):
            among = self.resources if "." in name else (*self.values, *own)
            if name not in own:
                yield from self.known(name.partition(".")[0] if "." in name else name, among, place)
