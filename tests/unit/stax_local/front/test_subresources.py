from email.message import Message

import pytest
from botocore.loaders import Loader

from stax_local.front.call import Call
from stax_local.front.message import Request
from stax_local.front.subresources import UNKNOWN, check_subresource
from stax_local.service import ServiceError


def call(query: str, service: str = "s3") -> Call:
    return Call(Request("PUT", f"/bucket/key?{query}", Message()), service, "us-east-1", "AKIA", "rest", "PUT")


@pytest.mark.parametrize("name", sorted(UNKNOWN))
def test_what_would_be_mistaken_for_an_object_is_refused(name: str) -> None:
    with pytest.raises(ServiceError, match=name):
        check_subresource(call(f"{name}&id=1"))


@pytest.mark.parametrize("query", ["", "tagging", "versionId=metrics", "prefix=torrent", "list-type=2"])
def test_everything_else_passes(query: str) -> None:
    check_subresource(call(query))
    check_subresource(call("torrent", "ec2"))


def test_all_of_them_are_s3s_own() -> None:
    operations = Loader().load_service_model("s3", "service-2")["operations"].values()
    queries = {operation["http"]["requestUri"].partition("?")[2] for operation in operations}
    known = {part.partition("=")[0] for query in queries for part in query.split("&")}
    assert known >= UNKNOWN
