import pytest
from tests.unit.stax.engine.services.engine import Engine, node

from stax.compose.catalogue import COMPOSE_FILE, catalogue
from stax.compose.document import read_document
from stax.compose.normal import normal
from stax.engine.services.homes import homeless, settle
from stax.errors import StaxError


def test_a_service_with_data_asks_for_a_home_and_one_without_does_not():
    services = catalogue()
    asked = {
        name: homeless(normal(read_document(one.folder / COMPOSE_FILE, {}), {})[0]) for name, one in services.items()
    }
    assert asked["jenkins"] == {"jenkins"}
    assert asked["nginx"] == set()


def test_each_gets_the_host_with_the_fewest_and_keeps_it():
    engine = Engine(node("a"), node("b"))
    assert settle(engine, {"jenkins", "registry"}) == {"jenkins": "a", "registry": "b"}
    assert settle(engine, {"jenkins", "registry"}) == {}
    assert engine.nodes["a"]["Spec"]["Labels"] == {"stax.home.jenkins": "yes"}


def test_other_labels_stay():
    engine = Engine(node("a", zone="us-east-1a"))
    settle(engine, {"jenkins"})
    assert engine.nodes["a"]["Spec"]["Labels"] == {"zone": "us-east-1a", "stax.home.jenkins": "yes"}


def test_a_host_that_is_away_for_a_while_keeps_what_lives_there():
    engine = Engine(node("a", state="down", **{"stax.home.jenkins": "yes"}), node("b"))
    assert settle(engine, {"jenkins"}) == {}


def test_a_home_that_is_gone_for_good_is_found_anew():
    engine = Engine(node("b"))
    assert settle(engine, {"jenkins"}) == {"jenkins": "b"}


def test_hosts_that_take_no_tasks_are_no_home():
    engine = Engine(node("a", availability="drain"), node("b", state="down"))
    with pytest.raises(StaxError, match="no docker host takes tasks"):
        settle(engine, {"jenkins"})
