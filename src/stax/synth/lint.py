"""Everything that can be said against a template without asking AWS."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from stax.synth.cfn_lint import cfn_lint_problems
from stax.synth.checks import machines, network, permissions, storage
from stax.synth.checks.contract import contract
from stax.synth.checks.references import references
from stax.synth.checks.structure import structure
from stax.synth.problems import TemplateProblem, UnreadableTemplate
from stax.synth.template import STAX_TEMPLATE, Template, load_template

Check = Callable[[Template], Iterator[TemplateProblem]]

INVARIANTS: tuple[Check, ...] = (
    machines.metadata_service,
    network.closed_to_the_world,
    network.docker_api_is_closed,
    network.cluster_ports_are_the_clusters,
    permissions.no_power_over_everything,
    permissions.no_forbidden_action,
    machines.user_data,
    storage.private_buckets,
    machines.tags,
    machines.own_security_group,
    machines.public_addresses,
    network.default_routes,
    permissions.bounded,
    permissions.no_broad_policy,
)
"""S1 to S15, in their order; S13, the size, is checked on reading and with the structure."""


def lint_template(path: Path = STAX_TEMPLATE, *, with_cfn_lint: bool = True) -> list[TemplateProblem]:
    """Return all problems of a template file in reading order; empty when it is fine.  Changes nothing.

    Runs cfn-lint as well where it is installed (`stax[lint]`), which takes about a second.
    """
    try:
        template = load_template(path)
    except UnreadableTemplate as error:
        return [error.problem]
    problems = check_template(template)
    if with_cfn_lint:
        # Where both have something to say, stax's own words are shorter and name the nearest right name.
        said = {problem.place for problem in problems}
        problems += [problem for problem in cfn_lint_problems(path) if problem.place not in said]
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.rule, problem.message))


def check_template(template: Template) -> list[TemplateProblem]:
    """Return what stax's own checks find; the invariants of a stax are asked only of what has a template's shape."""
    misshapen = _found(template, (structure,))
    others = () if misshapen else (contract, *INVARIANTS)
    return misshapen + _found(template, (references, *others))


def _found(template: Template, checks: tuple[Check, ...]) -> list[TemplateProblem]:
    return [
        replace(problem, line=problem.line or template.line(problem.place))
        for check in checks
        for problem in check(template)
    ]
