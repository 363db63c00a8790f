"""Security groups: in a VPC that exists; protocols with and without ports, canonical blocks, all or nothing.

moto: a group in a VPC that does not exist is made, whatever it is called and described as; TCP without
ports, and a protocol that has none (VRRP is 112), are an HTTP 500; port 70000, a protocol that nobody knows and
a rule without a source are accepted, the last without a rule; `10.0.0.1/8` stays as it is; of several
permissions it answers with the last one's rules, and keeps the first ones when the last is refused.
AWS: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html (what names may hold)
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html (blocks are made canonical)
"""

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

from stax_local.emulator.patches.patch import Patch, named

PATCH = Patch("security_groups")

WITH_PORTS = frozenset({"tcp", "udp", "6", "17"})
WITH_TYPES = frozenset({"icmp", "icmpv6", "1", "58"})
HIGHEST_PORT = 65535
_SAID = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")


@PATCH.wraps(SecurityGroupBackend, "create_security_group")
def _create(original: Callable[..., Any], self: Any, name: str, description: str, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, name, description, *args, **kwargs)
    if not asked.get("force"):  # a VPC's default group, made with it
        _check_words("groupName", name)
        _check_words("groupDescription", description)
        if name.startswith("sg-"):
            raise _invalid("invalid value for parameter groupName. Group names may not be in the format sg-*.")
        if asked.get("vpc_id"):
            self.get_vpc(asked["vpc_id"])
    return original(**asked)


def _check_words(parameter: str, text: str) -> None:
    if text and not _SAID.fullmatch(text):
        allowed = "a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*, at most 255 of them"
        raise _invalid(f"Value ({text}) for parameter {parameter} is invalid. Character sets beyond {allowed}.")


def _invalid(message: str) -> EC2ClientError:
    return EC2ClientError("InvalidParameterValue", message)


def _check_protocol(protocol: str) -> None:
    if protocol in WITH_PORTS | WITH_TYPES | {"-1", "all"} or (protocol.isdecimal() and int(protocol) <= 255):
        return
    raise _invalid(f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")


def _check_ports(protocol: str, from_port: Any, to_port: Any) -> None:
    if protocol in WITH_PORTS | WITH_TYPES and (from_port is None or to_port is None):
        raise _invalid(f"Invalid value '' for portRange. Protocol {protocol} needs FromPort and ToPort.")
    if protocol in WITH_PORTS:
        first, last = int(from_port), int(to_port)
        if not 0 <= first <= last <= HIGHEST_PORT:
            raise _invalid(
                f"Invalid value '{first}-{last}' for portRange. Must be 0 to {HIGHEST_PORT}, lower one first."
            )


def _canonical(ranges: Any) -> Any:
    if not isinstance(ranges, list):
        return ranges
    return [{**block, **_canonical_block(block)} for block in ranges]


def _canonical_block(block: dict[str, str]) -> dict[str, str]:
    canonical: dict[str, str] = {}
    for name in ("CidrIp", "CidrIpv6"):
        if name in block:
            try:
                canonical[name] = str(ip_network(block[name], strict=False))
            except ValueError:
                raise _invalid(f"CIDR block {block[name]} is malformed") from None
    return canonical


@PATCH.wraps(SecurityGroups, "_process_rules_from_querystring")
def _rules(original: Callable[..., Any], self: Any) -> list[dict[str, Any]]:
    rules = [dict(rule) for rule in original(self)]
    for rule in rules:
        if rule.get("ip_protocol"):  # a rule may also be named by its id
            _check_protocol(str(rule["ip_protocol"]).lower())
            _check_ports(str(rule["ip_protocol"]).lower(), rule.get("from_port"), rule.get("to_port"))
            if not any(rule.get(source) for source in ("ip_ranges", "source_groups", "prefix_list_ids")):
                raise EC2ClientError("MissingParameter", "The request must contain a source: a CIDR block or a group")
            rule["ip_ranges"] = _canonical(rule.get("ip_ranges"))
    return rules


@PATCH.wraps(SecurityGroupRule, "__init__")
def _rule(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> None:
    protocol = str(kwargs.get("ip_protocol") or args[1]).lower()
    if protocol in WITH_PORTS | WITH_TYPES | {"-1", "all"}:
        original(self, *args, **kwargs)
        return
    positional = (*args[:3], -1, -1, *args[5:]) if len(args) > 4 else args
    original(self, *positional, **{**kwargs, "from_port": -1, "to_port": -1} if len(args) <= 4 else kwargs)
    self.from_port = self.to_port = None


def _all_or_nothing(direction: str) -> Callable[..., Any]:
    def authorize(original: Callable[..., Any], self: Any) -> Any:
        named = self._get_param("GroupId") or self._get_param("GroupName")
        group = self.ec2_backend.get_security_group_by_name_or_id(named)
        before = list(getattr(group, direction)) if group is not None else []
        try:
            answered = original(self)
        except EC2ClientError:
            if group is not None:
                setattr(group, direction, before)
            raise
        known = {rule.id for rule in before}
        answered.result["SecurityGroupRules"] = [rule for rule in getattr(group, direction) if rule.id not in known]
        return answered

    return authorize


PATCH.wraps(SecurityGroups, "authorize_security_group_ingress")(_all_or_nothing("ingress_rules"))
PATCH.wraps(SecurityGroups, "authorize_security_group_egress")(_all_or_nothing("egress_rules"))
