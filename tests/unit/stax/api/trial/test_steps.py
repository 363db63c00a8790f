"""The table of `stax test`."""

import pytest

from stax.api.trial.steps import STEPS, chosen
from stax.errors import UsageError


def test_a_step_brings_those_that_it_needs_in_the_order_of_the_walk():
    assert [step.name for step in chosen(["programs"])] == ["create", "quorums", "programs"]


def test_without_a_wish_all_are_walked():
    assert chosen([]) == STEPS


def test_each_step_needs_only_what_is_walked_before_it():
    for number, step in enumerate(STEPS):
        assert set(step.needs) <= {earlier.name for earlier in STEPS[:number]}


def test_a_step_that_there_is_not_is_answered_with_the_nearest_and_all_others():
    with pytest.raises(UsageError) as refused:
        chosen(["nat-los"])

    assert refused.value.message == "there is no step 'nat-los'"
    assert refused.value.hint.startswith("did you mean nat-loss? the steps are: create, inventory,")
