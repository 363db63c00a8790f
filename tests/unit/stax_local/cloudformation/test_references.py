import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.references import Reference, condition_names, ordered, references


def test_finds_every_way_to_mention_a_name() -> None:
    expression = {
        "a": {"Ref": "A"},
        "b": [{"Fn::GetAtt": ["B", "X"]}, {"Fn::GetAtt": "C.Y.Z"}],
        "d": {"Fn::Sub": ["${D} ${E.F} ${own} ${!G}", {"own": {"Ref": "H"}}]},
    }

    assert set(references(expression)) == {
        Reference("A"),
        Reference("B", "X", "Fn::GetAtt"),
        Reference("C", "Y.Z", "Fn::GetAtt"),
        Reference("D", "", "Fn::Sub"),
        Reference("E", "F", "Fn::Sub"),
        Reference("H"),
    }


def test_walks_only_the_branch_that_holds() -> None:
    expression = {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "B"}]}

    assert {each.name for each in references(expression)} == {"A", "B"}
    assert {each.name for each in references(expression, {"C": False})} == {"B"}


def test_finds_conditions_in_ifs_and_by_name() -> None:
    assert set(condition_names([{"Fn::If": ["A", 1, 2]}, {"Fn::And": [{"Condition": "B"}]}])) == {"A", "B"}


def test_orders_names_after_what_they_depend_on() -> None:
    assert ordered({"c": ["b"], "b": ["a"], "a": []}) == ["a", "b", "c"]


def test_names_the_members_of_a_cycle_and_nobody_else() -> None:
    with pytest.raises(TemplateError, match=r"Circular dependency between resources: \[b, c\]"):
        ordered({"a": ["b"], "b": ["c"], "c": ["b"]})


@given(st.dictionaries(st.integers(0, 9).map(str), st.sets(st.integers(0, 9).map(str))))
def test_gives_an_order_or_a_cycle_for_any_graph(graph: dict[str, set[str]]) -> None:
    try:
        order = ordered(graph)
    except TemplateError:
        return
    assert sorted(order) == sorted(graph)
    for name, needs in graph.items():
        assert all(order.index(each) < order.index(name) for each in needs if each in graph)
