"""push, registry login, secret and forward where nothing boots: what is refused before a host is asked."""

from pathlib import Path

import pytest
from tests.emulated.verbs.conftest import Operator

from stax.api.forward import ForwardRequest, forward
from stax.api.push import PushRequest, push
from stax.api.registry_login import LoginRequest, registry_login
from stax.api.secrets import prepare_rotation, secret_set, value_in_ssm
from stax.engine.services.way import Where
from stax.errors import NotFound, StaxError, UsageError

NOBODY = Path("/nonexistent")
HERE = Where(person_home=NOBODY)
NEVER_ASKED = "the password was asked for"


def never() -> str:
    raise AssertionError(NEVER_ASKED)


def test_a_parameter_of_ssm_is_a_secrets_value(operator: Operator) -> None:
    operator.site.aws.call("ssm", "PutParameter", Name="/shop/token", Value="spring", Type="SecureString")
    try:
        assert value_in_ssm(operator.site, "/shop/token") == b"spring"
    finally:
        operator.site.aws.call("ssm", "DeleteParameter", Name="/shop/token")


def test_a_parameter_that_is_not_there_is_said(operator: Operator) -> None:
    with pytest.raises(NotFound, match="there is no parameter /shop/token"):
        value_in_ssm(operator.site, "/shop/token")


@pytest.mark.parametrize("registry", ["https://r.example.org", "r.example.org/team", "-u"])
def test_what_is_no_registry_is_refused_before_a_password_is_asked_for(operator: Operator, registry: str) -> None:
    request = LoginRequest(registry=registry, user="ci")
    with pytest.raises(UsageError):
        operator.listens(registry_login(operator.site, request, never, person_home=NOBODY))


def test_a_registry_of_awss_in_another_region_is_refused(operator: Operator) -> None:
    request = LoginRequest(registry="123456789012.dkr.ecr.ap-south-1.amazonaws.com")
    with pytest.raises(StaxError, match="is not in us-east-1"):
        operator.listens(registry_login(operator.site, request, never, person_home=NOBODY))


def test_a_file_that_is_no_image_is_refused(operator: Operator) -> None:
    file = operator.folder / "web.tar"
    file.write_text("no archive")
    with pytest.raises(UsageError, match="no archive of an image"):
        operator.listens(push(operator.site, PushRequest(image=str(file)), person_home=NOBODY))


def test_a_name_that_no_secret_can_have_is_refused(operator: Operator) -> None:
    with pytest.raises(UsageError, match="no secret's name"):
        operator.listens(secret_set(operator.site, "../etc/passwd", lambda: b"x", HERE))
    with pytest.raises(UsageError, match="no secret's name"):
        operator.listens(prepare_rotation(operator.site, "a b", HERE))


def test_a_port_that_is_none_is_refused(operator: Operator) -> None:
    with pytest.raises(UsageError, match="is no port"):
        operator.listens(forward(operator.site, ForwardRequest(service="web", port="0"), HERE))
