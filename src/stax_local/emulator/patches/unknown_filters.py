"""A filter that is not there is refused, by every Describe call in the same words.

moto: some calls break (NotImplementedError, KeyError), others answer as if it had not been asked for.
AWS: InvalidParameterValue, "The filter 'x' is invalid".  A filter that AWS has and the emulator has not is refused
as well: an answer that leaves it out would be a wrong one.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2 import exceptions, utils
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule
from moto.ec2.responses import EC2Response
from moto.ec2.utils import is_tag_filter

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("unknown_filters")

HONOURED = {
    "describe_availability_zones": {"zone-id", "zone-type", "zone-name", "region-name", "state"},
    "describe_tags": {"key", "resource-id", "resource-type", "value"},
    "describe_regions": set[str](),
    "describe_instance_status": {"instance-state-name", "instance-state-code"},
}
"""Of the calls that leave out what they do not know: what they do know."""


def _invalid(name: str) -> exceptions.EC2ClientError:
    return exceptions.EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")


@PATCH.wraps(EC2Response, "_filters_from_querystring")
def _filters(original: Callable[..., Any], self: Any) -> Any:
    filters = original(self)
    honoured = HONOURED.get(camelcase_to_underscores(self._get_action()))
    for name in filters if honoured is not None else ():
        if name not in honoured:  # type: ignore[operator]
            raise _invalid(name)
    return filters


@PATCH.wraps(EC2Response, "call_action")
def _call(original: Callable[..., Any], self: Any) -> Any:
    try:
        return original(self)
    except exceptions.FilterNotImplementedError as error:
        return self.serialized(ActionResult(_invalid(str(error).split("'")[1])))


@PATCH.wraps(utils, "passes_igw_filter_dict")
def _gateway(original: Callable[..., Any], gateway: Any, filters: dict[str, Any]) -> Any:
    for name in filters:
        if name not in utils.filter_dict_igw_mapping and name != "attachment.state" and not is_tag_filter(name):
            raise _invalid(name)
    return original(gateway, filters)


def _looked_up(original: Callable[..., Any], self: Any, key: str, filter_value: Any) -> Any:
    if not is_tag_filter(key) and key not in self.filters:
        raise _invalid(key)
    return original(self, key, filter_value)


PATCH.wraps(SecurityGroup, "matches_filter")(_looked_up)
PATCH.wraps(SecurityGroupRule, "matches_filter")(_looked_up)
