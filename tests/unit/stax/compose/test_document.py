"""A Compose file is read with its lines, and what would be read wrongly is refused."""

from pathlib import Path

import pytest

from stax.compose.document import LARGEST_BYTES, parsed, read_document
from stax.compose.problems import ComposeError


def test_everything_has_its_line():
    document = parsed("services:\n  web:\n    image: box:1\n    ports:\n      - 80:80\n", {})

    assert document.line(("services", "web", "ports", 0)) == 5
    assert document.line(("services", "web", "nowhere")) == 2


def test_a_pair_of_ports_is_no_number_of_base_60():
    assert parsed("services: {web: {ports: [22:22]}}", {}).body["services"]["web"]["ports"] == ["22:22"]


def test_anchors_are_merged_and_what_stands_beside_wins():
    document = parsed("x-a: &a {init: true, user: a}\nservices: {web: {<<: *a, user: b}}", {})

    assert document.body["services"]["web"] == {"init": True, "user": "b"}


def test_variables_are_replaced_and_a_missing_one_has_its_line():
    assert parsed("services: {web: {image: 'box:${TAG}'}}", {"TAG": "2"}).body["services"]["web"]["image"] == "box:2"
    with pytest.raises(ComposeError, match=r"compose.yaml:3: the variable TAG is not set"):
        parsed("services:\n  web:\n    image: box:${TAG}\n", {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services:\n  web: {}\n  web: {}\n", ":3: web stands here twice"),
        ("services:\n  web: [\n", "no YAML"),
        ("- a\n", "no mapping of services"),
        ("a: &a [*a]\n", "no YAML|nested too deeply"),
        ("x" * (LARGEST_BYTES + 1), "longer than"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    with pytest.raises(ComposeError, match=said):
        parsed(text, {})


def test_aliases_of_aliases_end():
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)
    ]
    with pytest.raises(ComposeError, match="more than"):
        parsed("\n".join(rows), {})


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ComposeError, match=r"nowhere\.yaml: cannot be read"):
        read_document(tmp_path / "nowhere.yaml", {})


def test_a_variable_that_stands_for_a_number_is_one_unless_it_is_quoted():
    text = "services: {web: {deploy: {replicas: $N}, image: 'web:$N', environment: {N: \"${N}\"}}}"

    web = parsed(text, {"N": "4"}).body["services"]["web"]
    assert (web["deploy"]["replicas"], web["image"], web["environment"]["N"]) == (4, "web:4", "4")
