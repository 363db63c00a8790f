"""Which resources there are is decided offline, from the parameters and the template's own defaults."""

from stax.synth.conditions import effective_parameters, holds, present_resources
from stax.synth.template import parse_template

TEMPLATE = parse_template("""
Parameters:
  Size: {Type: Number, Default: 2}
  Mode: {Type: String}
Conditions:
  Small: !Equals [!Ref Size, 2]
  Loud: !Equals [!Ref Mode, loud]
  Both: !And [!Condition Small, !Condition Loud]
  Either: !Or [!Condition Small, !Condition Loud]
  Quiet: !Not [!Condition Loud]
Resources:
  Always: {Type: T}
  WhenBoth: {Type: T, Condition: Both}
  WhenEither: {Type: T, Condition: Either}
  WhenQuiet: {Type: T, Condition: Quiet}
""")


def test_given_parameters_win_over_defaults():
    assert effective_parameters(TEMPLATE, {"Mode": "loud"}) == {"Size": "2", "Mode": "loud"}
    assert effective_parameters(TEMPLATE, {"Size": "3"}) == {"Size": "3"}


def test_conditions_build_on_one_another():
    assert list(present_resources(TEMPLATE, {"Mode": "loud"})) == ["Always", "WhenBoth", "WhenEither"]
    assert list(present_resources(TEMPLATE, {"Mode": "quiet"})) == ["Always", "WhenEither", "WhenQuiet"]
    assert list(present_resources(TEMPLATE, {"Mode": "quiet", "Size": "9"})) == ["Always", "WhenQuiet"]


def test_what_cannot_be_known_offline_counts_as_there():
    assert holds(TEMPLATE, {"Fn::Contains": ["a", "b"]}, {})
    assert holds(TEMPLATE, None, {})
