import base64

import pytest
from tests.unit.stax.engine.services.engine import Engine

from stax.engine.services.secrets import all_versions, drop, make_missing, put, users_of
from stax.errors import NotFound
from stax.model.services import SecretWish

RANDOM, ASKED = SecretWish(name="db_password", made="random 32"), SecretWish(name="web_key", made="asked")


def held(engine: Engine, name: str) -> bytes:
    return base64.b64decode(engine.secrets[name]["Data"])


def test_each_value_is_a_version_of_its_own():
    engine = Engine()
    assert [put(engine, "web_key", b"one"), put(engine, "web_key", b"two")] == [1, 2]
    assert all_versions(engine) == {"web_key": [1, 2]}
    assert held(engine, "web_key.v2") == b"two"


def test_a_missing_random_secret_is_made_and_one_that_is_there_stays():
    engine = Engine()
    assert make_missing(engine, [RANDOM]) == ["db_password"]
    value = held(engine, "db_password.v1")
    assert len(value) == 32
    assert make_missing(engine, [RANDOM]) == []
    assert held(engine, "db_password.v1") == value


def test_a_secret_that_a_person_must_give_is_asked_for_before_anything_is_made():
    engine = Engine()
    with pytest.raises(NotFound, match="web_key") as told:
        make_missing(engine, [RANDOM, ASKED])
    assert "stax secret set web_key" in told.value.hint
    assert engine.secrets == {}


def test_a_version_in_use_is_not_removed():
    engine = Engine()
    put(engine, "web_key", b"one")
    engine.use("web_web", "web_key.v1")
    assert users_of(engine, "web_key") == {"web_web": [1]}
    assert drop(engine, "web_key", 1) is False
    engine.services.clear()
    assert drop(engine, "web_key", 1) is True
    assert engine.secrets == {}
