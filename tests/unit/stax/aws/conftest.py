import pytest

from stax.aws.endpoints import Endpoint


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint(
        name="local",
        region="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        access_key_id="key",
        secret_access_key="secret-that-nobody-sees",
    )
