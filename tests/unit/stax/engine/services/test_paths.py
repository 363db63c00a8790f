from dataclasses import replace

import pytest

from stax.engine.services.paths import chosen_task
from stax.engine.services.swarm import Seen
from stax.errors import NotFound
from stax.model.services import Task

WEB = Task(
    id="1", stack="shop", service="web", slot="1", machine="docker1", instance_id="i-1", image="web:1",
    state="running", wanted="running", since=None,
)  # fmt: skip
DB = replace(WEB, id="2", service="db")


def seen(*tasks: Task) -> Seen:
    return Seen(nodes=(), services=(), tasks=tasks, reserved={})


@pytest.mark.parametrize("wish", ["shop_web", "shop_web.1", "web.1", "shop"])
def test_a_task_is_found_by_its_stack_its_service_or_itself(wish):
    assert chosen_task(seen(WEB), wish) is WEB


def test_of_a_stack_the_service_of_its_name_is_meant():
    own = replace(WEB, service="shop")
    assert chosen_task(seen(DB, own), "shop") is own


def test_of_a_stack_with_several_services_one_must_be_named():
    with pytest.raises(NotFound, match="several services") as told:
        chosen_task(seen(WEB, DB), "shop")
    assert told.value.hint == "which one? shop_db, shop_web"


def test_a_task_that_has_ended_leads_nowhere():
    with pytest.raises(NotFound, match="no task of 'shop' runs"):
        chosen_task(seen(replace(WEB, state="failed")), "shop")


def test_a_mistyped_name_is_answered_with_the_nearest():
    with pytest.raises(NotFound, match="did you mean shop_web"):
        chosen_task(seen(WEB), "shop_wep")
