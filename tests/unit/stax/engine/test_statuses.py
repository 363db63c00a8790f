"""Every status of a stack has an answer for every verb."""

import botocore.session
import pytest

from stax.engine.statuses import ANSWERS, VERBS, Answer, answer


def test_every_status_that_aws_documents_is_in_the_table() -> None:
    model = botocore.session.get_session().get_service_model("cloudformation")

    assert set(model.shape_for("StackStatus").enum) == set(ANSWERS)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", ANSWERS)
def test_every_verb_has_an_answer(status: str, verb: str) -> None:
    assert isinstance(answer(verb, status), Answer)


@pytest.mark.parametrize("status", ANSWERS)
def test_destroy_is_never_refused(status: str) -> None:
    assert answer("destroy", status) in {Answer.PROCEED, Answer.FOLLOW, Answer.WAIT}


@pytest.mark.parametrize("status", [status for status in ANSWERS if status.endswith("_IN_PROGRESS")])
def test_nothing_is_changed_while_something_is_under_way(status: str) -> None:
    assert answer("update", status) in {Answer.REFUSE_BUSY, Answer.REFUSE_BROKEN}
    assert answer("repair", status) in {Answer.REFUSE_BUSY, Answer.REFUSE_BROKEN}


def test_a_status_invented_since_can_only_be_destroyed() -> None:
    assert answer("destroy", "PONDERING") is Answer.PROCEED
    assert answer("update", "PONDERING") is Answer.REFUSE_BROKEN
