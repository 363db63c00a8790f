"""A template is read whole or refused with the line that is wrong; nothing in it can end the process."""

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.synth.problems import UnreadableTemplate
from stax.synth.template import STAX_TEMPLATE, load_template, parse_template


def refused(text: str) -> tuple[str, int | None]:
    with pytest.raises(UnreadableTemplate) as caught:
        parse_template(text)
    return caught.value.problem.rule, caught.value.problem.line


def test_short_tags_become_the_functions_they_stand_for():
    text = "A: !Ref Vpc\nB: !GetAtt Vpc.CidrBlock\nC: !Sub '${X}'\nD: !Not [!Equals [1, 2]]\nE: !Condition F\n"

    assert parse_template(text).body == {
        "A": {"Ref": "Vpc"},
        "B": {"Fn::GetAtt": ["Vpc", "CidrBlock"]},
        "C": {"Fn::Sub": "${X}"},
        "D": {"Fn::Not": [{"Fn::Equals": [1, 2]}]},
        "E": {"Condition": "F"},
    }


def test_json_is_read_as_well():
    assert parse_template('{"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}}}').section("Resources")


def test_a_date_stays_the_text_it_is_to_cloudformation():
    assert parse_template("AWSTemplateFormatVersion: 2010-09-09\n").body["AWSTemplateFormatVersion"] == "2010-09-09"


def test_everything_has_its_line_and_what_has_none_the_line_around_it():
    template = parse_template("Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    DependsOn:\n      - A\n      - B\n")

    assert template.line(("Resources", "Vpc", "Type")) == 3
    assert template.line(("Resources", "Vpc", "DependsOn", 1)) == 6
    assert template.line(("Resources", "Vpc", "Properties", "CidrBlock")) == 2
    assert template.line(()) == 1


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("A: 1\nA: 2\n", "doubled", 2),
        ("A: &x 1\nB: *x\n", "alias", 2),
        ("A: 1\nB: !Frobnicate x\n", "tag", 2),
        ("A: !!python/object/apply:os.system [date]\n", "tag", 1),
        ("A:\n  ? [1, 2]\n  : 3\n", "key", 2),
        ("A: 1\n<<: {B: 1}\n", "key", 2),
        ("A: [1, 2\nB: 3\n", "syntax", 2),
        ("A: 1\n---\nB: 1\n", "syntax", 2),
        ("A:\n\t- 1\n", "syntax", 2),
        ("", "syntax", 1),
        ("just words", "syntax", 1),
        ("[" * 300_000, "depth", 1),
        ("{a: " * 300_000, "depth", 1),
        ("[" * 300_000 + "]" * 300_000, "depth", 1),
    ],
)
def test_what_cloudformation_would_refuse_is_refused_with_its_line(text: str, rule: str, line: int):
    assert refused(text) == (rule, line)


@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}!&*<>|'\"\n\t #%?,0x.~\\\x00é")), max_size=60))
def test_no_text_raises_anything_but_the_declared_error(text: str):
    with contextlib.suppress(UnreadableTemplate):
        parse_template(text)


def test_files_that_cannot_be_read_say_so(tmp_path: Path):
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"A: 1\nB: \xff\n")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (1 << 20) + b"#")

    os.mkfifo(tmp_path / "pipe.yaml")

    problems = {}
    for path in (tmp_path / "missing.yaml", tmp_path / "pipe.yaml", tmp_path, latin, large):
        with pytest.raises(UnreadableTemplate) as caught:
            load_template(path)
        problems[path.name] = (caught.value.problem.rule, caught.value.problem.line)

    assert problems["missing.yaml"] == ("unreadable", None)
    assert problems["pipe.yaml"] == ("unreadable", None)
    assert problems[tmp_path.name] == ("unreadable", None)
    assert problems["latin.yaml"] == ("encoding", 2)
    assert problems["large.yaml"] == ("size", None)


def test_a_byte_order_mark_is_overlooked(tmp_path: Path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfA: 1\n")

    assert load_template(path).body == {"A": 1}


def test_stax_own_template_is_read_in_its_own_order():
    assert list(load_template(STAX_TEMPLATE).body)[-2:] == ["Resources", "Outputs"]
