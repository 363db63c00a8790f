"""A changed template still has what stax fills in and reads."""

from stax.synth.checks.contract import contract
from stax.synth.template import STAX_TEMPLATE, load_template, parse_template


def test_stax_own_template_keeps_it():
    assert list(contract(load_template())) == []


def test_a_renamed_output_is_missed():
    text = STAX_TEMPLATE.read_text(encoding="utf-8").replace("  DockerGroupName:", "  GroupName:")

    assert [problem.place for problem in contract(parse_template(text))] == [("Outputs", "DockerGroupName")]
