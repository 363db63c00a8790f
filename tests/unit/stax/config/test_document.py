import pytest

from stax.config.document import parse_document
from stax.config.problems import ConfigurationError


def keys(text: str) -> list[tuple[str, str]]:
    return [(entry.key, entry.value.text) for entry in parse_document(text, path="c.json").entries]


def messages(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        parse_document(text, path="c.json")
    return [problem.message for problem in caught.value.problems]


def test_a_cloudformation_parameter_file_and_a_flat_object_say_the_same():
    listed = '[{"ParameterKey": "App", "ParameterValue": "shop"}]'

    assert keys(listed) == keys('{"App": "shop"}') == [("App", "shop")]


def test_a_flat_object_may_name_its_schema():
    assert keys('{"$schema": "./config.schema.json", "App": "shop"}') == [("App", "shop")]


def test_a_caret_points_at_what_is_not_json():
    with pytest.raises(ConfigurationError) as caught:
        parse_document('{"App": "shop",}', path="c.json")

    assert str(caught.value) == "c.json:1:16: not JSON: the comma before this is one too many"
    assert caught.value.hint == '{"App": "shop",}\n' + " " * 15 + "^"


def test_every_misshapen_parameter_is_told():
    text = '[1, {"ParameterKey": "App"}, {"ParameterValue": ""}, {"ParameterKey": 3, "ParameterValue": 3}]'

    assert messages(text) == [
        "a parameter is expected here, not a number",
        'this parameter has no "ParameterValue"',
        'this parameter has no "ParameterKey"',
        '"ParameterKey" is a number',
    ]


def test_a_parameter_says_nothing_twice_and_nothing_else():
    assert messages('[{"ParameterKey": "App", "ParameterKey": "App", "ParameterValue": ""}]') == [
        "this parameter says something twice"
    ]
    assert messages('[{"ParameterKey": "App", "ParameterValue": "", "UsePreviousValue": true}]') == [
        "not part of a parameter here"
    ]


@pytest.mark.parametrize("text", ['"App"', "3", "null", "true"])
def test_a_lone_value_is_no_configuration(text):
    assert "not a configuration" in messages(text)[0]
