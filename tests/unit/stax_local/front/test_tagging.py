from dataclasses import replace

import pytest

from stax_local.front.call import Call
from stax_local.front.keyring import new_key
from stax_local.front.message import Request
from stax_local.front.tagging import check_tags
from stax_local.service import ServiceError

SOMEBODY = new_key("123456789012", "somebody")
CALL = Call(Request("POST", "/", {}, b""), "ec2", "us-east-1", "AKIA", "ec2", "CreateTags")  # type: ignore[arg-type]


def asks(**form: str) -> Call:
    return replace(CALL, form=tuple((name.replace("_", "."), text) for name, text in form.items()))


@pytest.mark.parametrize(
    "call",
    [
        asks(Tag_1_Key="aws:cloudformation:stack-id", Tag_1_Value="mine"),
        asks(Tag_1_Key="AWS:x"),
        asks(TagSpecification_1_Tag_2_Key="aws:x"),
        asks(Tag_1_Key="k" * 128),
        asks(Tag_1_Key="k", Tag_1_Value="v" * 257),
        asks(Tag_1_Key="k", Tag_2_Key="k"),
    ],
)
def test_tags_that_nobody_may_have_are_refused(call: Call) -> None:
    with pytest.raises(ServiceError) as refused:
        check_tags(call, SOMEBODY)

    assert refused.value.code == "InvalidParameterValue"


def test_others_are_taken() -> None:
    check_tags(asks(Tag_1_Key="k" * 127, Tag_1_Value="v" * 256, Tag_2_Key="aws", Tag_3_Key="paws:"), SOMEBODY)
    check_tags(asks(TagSpecification_1_Tag_1_Key="k", TagSpecification_2_Tag_1_Key="k"), SOMEBODY)


def test_searching_for_aws_own_tags_is_another_thing() -> None:
    check_tags(asks(Filter_1_Name="tag:aws:autoscaling:groupName"), SOMEBODY)


def test_the_regions_own_services_set_them() -> None:
    check_tags(asks(Tag_1_Key="aws:x"), new_key("123456789012", "stax-local-region", is_internal=True))
