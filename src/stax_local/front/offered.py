"""What of EC2 the region carries out; the rest is refused by name, although the emulator would take note of it.

A network ACL or a NAT gateway that is only written down filters and forwards nothing: whoever rehearses with it
would learn something that is not so.  Reading is always allowed: there are none, and that is the truth.
"""

import re

from stax_local.front.call import Call
from stax_local.service import ServiceError

CARRIED_OUT = frozenset({
    # the network
    "AssociateRouteTable", "AssociateVpcCidrBlock", "AttachInternetGateway", "CreateDefaultSubnet", "CreateDefaultVpc",
    "CreateInternetGateway", "CreateRoute", "CreateRouteTable", "CreateSubnet", "CreateVpc", "DeleteInternetGateway",
    "DeleteRoute", "DeleteRouteTable", "DeleteSubnet", "DeleteVpc", "DetachInternetGateway", "DisassociateRouteTable",
    "DisassociateVpcCidrBlock", "ModifySubnetAttribute", "ModifyVpcAttribute", "ReplaceRoute",
    "ReplaceRouteTableAssociation",
    # addresses and interfaces
    "AllocateAddress", "AssignPrivateIpAddresses", "AssociateAddress", "AttachNetworkInterface",
    "CreateNetworkInterface", "DeleteNetworkInterface", "DetachNetworkInterface", "DisassociateAddress",
    "ModifyNetworkInterfaceAttribute", "ReleaseAddress", "ResetNetworkInterfaceAttribute",
    "UnassignPrivateIpAddresses",
    # security groups
    "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateSecurityGroup", "DeleteSecurityGroup",
    "ModifySecurityGroupRules", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress",
    "UpdateSecurityGroupRuleDescriptionsEgress", "UpdateSecurityGroupRuleDescriptionsIngress",
    # machines and what they are made from
    "AssociateIamInstanceProfile", "CreateKeyPair", "CreateLaunchTemplate", "CreateLaunchTemplateVersion",
    "DeleteKeyPair", "DeleteLaunchTemplate", "DeleteVolume", "DisassociateIamInstanceProfile", "ImportKeyPair",
    "ModifyInstanceAttribute", "ModifyInstanceMetadataOptions", "ModifyLaunchTemplate", "MonitorInstances",
    "RebootInstances", "ReplaceIamInstanceProfileAssociation", "RunInstances", "StartInstances", "StopInstances",
    "TerminateInstances", "UnmonitorInstances",
    # the account
    "CreateTags", "DeleteTags", "DisableEbsEncryptionByDefault", "EnableEbsEncryptionByDefault",
})  # fmt: skip
"""EC2's operations that change something, and do."""


_WRITTEN_DOWN = re.compile(
    r"(?:^|\.)(?:"
    # No IPv6: a group's rule about it is true all the same, since it lets nothing through.
    r"Ipv6(?:Address|Prefix|CidrBlock|Native)[\w.]*|AmazonProvidedIpv6CidrBlock|DestinationIpv6CidrBlock"
    r"|AssignIpv6AddressOnCreation[.\w]*|(?:Destination)?PrefixListIds?[.\w]*"
    # Machines are of one kind: on demand, on shared hardware, never put to sleep.
    r"|(?:Instance)?Tenancy|InstanceMarketOptions\.MarketType|(?:HibernationOptions\.Configured|EnclaveOptions\.Enabled)"
    r"|CapacityReservationSpecification\.CapacityReservationTarget[.\w]*|InterfaceType"
    r")$"
)
_AS_IT_IS = frozenset({"", "0", "false", "none", "default", "interface"})
"""Values that ask for what there is anyway."""


def check_offered(call: Call) -> None:
    """Raise ServiceError for an operation or a parameter of EC2 that would be written down and no more."""
    if call.service != "ec2" or not call.mutates:
        return
    if call.operation not in CARRIED_OUT:
        raise ServiceError("InvalidAction", f"The local region does not do ec2:{call.operation}.")
    for name, value in call.form:
        if _WRITTEN_DOWN.search(name) and value.lower() not in _AS_IT_IS:
            message = f"The local region does not do {name}={value} of ec2:{call.operation}."
            raise ServiceError("UnsupportedOperation", message)
