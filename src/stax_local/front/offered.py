"""What of EC2 the region carries out; the rest is refused by name, although the emulator would take note of it.

A network ACL or a NAT gateway that is only written down filters and forwards nothing: whoever rehearses with it
would learn something that is not so.  Reading is always allowed: there are none, and that is the truth.
"""

from stax_local.front.call import Call

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


def is_offered(call: Call) -> bool:
    """Whether the region does what the call asks for."""
    return call.service != "ec2" or not call.mutates or call.operation in CARRIED_OUT
