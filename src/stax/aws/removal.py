"""Taking away one resource, whatever still hangs on it; one that is gone already is fine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from stax.aws.errors import AwsError
from stax.aws.session import Aws

# The codes by which EC2, IAM and Auto Scaling say that something is not there (any more).
_GONE_SUFFIXES = (".NotFound", ".NotFoundException", "NotFound", ".Malformed")
_GONE = {"NoSuchEntity", "InvalidAssociationID.NotFound", "Gateway.NotAttached", "ResourceNotFound"}


@contextmanager
def if_there() -> Iterator[None]:
    """Let pass that something is gone already."""
    try:
        yield
    except AwsError as error:
        if error.code not in _GONE and not error.code.endswith(_GONE_SUFFIXES):
            raise


def _gone_is_fine(remove: Callable[[Aws, str], None]) -> Callable[[Aws, str], None]:
    @wraps(remove)
    def tolerant(aws: Aws, identifier: str) -> None:
        with if_there():
            remove(aws, identifier)

    return tolerant


@_gone_is_fine
def remove_group(aws: Aws, name: str) -> None:
    """Delete an Auto Scaling group and terminate what is in it."""
    try:
        aws.call("autoscaling", "DeleteAutoScalingGroup", AutoScalingGroupName=name, ForceDelete=True)
    except AwsError as error:
        # A group that is not there is a ValidationError, told apart by asking.
        there = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=[name])
        if error.code != "ValidationError" or there["AutoScalingGroups"]:
            raise


@_gone_is_fine
def remove_alarm(aws: Aws, name: str) -> None:
    """Delete an alarm."""
    aws.call("cloudwatch", "DeleteAlarms", AlarmNames=[name])


@_gone_is_fine
def lift_termination_protection(aws: Aws, instance_id: str) -> None:
    """Allow an instance to be terminated."""
    aws.call("ec2", "ModifyInstanceAttribute", InstanceId=instance_id, DisableApiTermination={"Value": False})


@_gone_is_fine
def remove_instance(aws: Aws, instance_id: str) -> None:
    """Terminate an instance; its termination protection is lifted first."""
    lift_termination_protection(aws, instance_id)
    aws.call("ec2", "TerminateInstances", InstanceIds=[instance_id])


@_gone_is_fine
def remove_launch_template(aws: Aws, launch_template_id: str) -> None:
    """Delete a launch template with all its versions."""
    aws.call("ec2", "DeleteLaunchTemplate", LaunchTemplateId=launch_template_id)


@_gone_is_fine
def remove_address(aws: Aws, allocation_id: str) -> None:
    """Take an Elastic IP from whatever it is associated with, and give it back."""
    address = aws.call("ec2", "DescribeAddresses", AllocationIds=[allocation_id])["Addresses"][0]
    if association_id := address.get("AssociationId"):
        with if_there():
            aws.call("ec2", "DisassociateAddress", AssociationId=association_id)
    aws.call("ec2", "ReleaseAddress", AllocationId=allocation_id)


@_gone_is_fine
def remove_network_interface(aws: Aws, network_interface_id: str) -> None:
    """Delete a network interface that no instance holds."""
    aws.call("ec2", "DeleteNetworkInterface", NetworkInterfaceId=network_interface_id)


@_gone_is_fine
def remove_volume(aws: Aws, volume_id: str) -> None:
    """Delete a volume that no instance holds."""
    aws.call("ec2", "DeleteVolume", VolumeId=volume_id)


@_gone_is_fine
def remove_security_group(aws: Aws, group_id: str) -> None:
    """Delete a security group; its rules go first, because two groups that name each other hold each other."""
    group = aws.call("ec2", "DescribeSecurityGroups", GroupIds=[group_id])["SecurityGroups"][0]
    if group.get("IpPermissions"):
        aws.call("ec2", "RevokeSecurityGroupIngress", GroupId=group_id, IpPermissions=group["IpPermissions"])
    if group.get("IpPermissionsEgress"):
        aws.call("ec2", "RevokeSecurityGroupEgress", GroupId=group_id, IpPermissions=group["IpPermissionsEgress"])
    aws.call("ec2", "DeleteSecurityGroup", GroupId=group_id)


@_gone_is_fine
def remove_subnet(aws: Aws, subnet_id: str) -> None:
    """Delete a subnet."""
    aws.call("ec2", "DeleteSubnet", SubnetId=subnet_id)


@_gone_is_fine
def remove_route_table(aws: Aws, route_table_id: str) -> None:
    """Delete a route table, taking it from its subnets first."""
    table = aws.call("ec2", "DescribeRouteTables", RouteTableIds=[route_table_id])["RouteTables"][0]
    for association in table.get("Associations", ()):
        if not association.get("Main"):
            with if_there():
                aws.call("ec2", "DisassociateRouteTable", AssociationId=association["RouteTableAssociationId"])
    aws.call("ec2", "DeleteRouteTable", RouteTableId=route_table_id)


@_gone_is_fine
def remove_internet_gateway(aws: Aws, gateway_id: str) -> None:
    """Detach an internet gateway and delete it."""
    gateway = aws.call("ec2", "DescribeInternetGateways", InternetGatewayIds=[gateway_id])["InternetGateways"][0]
    for attachment in gateway.get("Attachments", ()):
        with if_there():
            aws.call("ec2", "DetachInternetGateway", InternetGatewayId=gateway_id, VpcId=attachment["VpcId"])
    aws.call("ec2", "DeleteInternetGateway", InternetGatewayId=gateway_id)


@_gone_is_fine
def remove_vpc(aws: Aws, vpc_id: str) -> None:
    """Delete a VPC; its default security group, route table and ACL go with it."""
    aws.call("ec2", "DeleteVpc", VpcId=vpc_id)


@_gone_is_fine
def remove_instance_profile(aws: Aws, name: str) -> None:
    """Take the roles out of an instance profile and delete it."""
    profile = aws.call("iam", "GetInstanceProfile", InstanceProfileName=name)["InstanceProfile"]
    for role in profile.get("Roles", ()):
        with if_there():
            aws.call("iam", "RemoveRoleFromInstanceProfile", InstanceProfileName=name, RoleName=role["RoleName"])
    aws.call("iam", "DeleteInstanceProfile", InstanceProfileName=name)


@_gone_is_fine
def remove_role(aws: Aws, name: str) -> None:
    """Take everything from a role and delete it."""
    for profile in list(aws.pages("iam", "ListInstanceProfilesForRole", "InstanceProfiles", RoleName=name)):
        with if_there():
            profile_name = profile["InstanceProfileName"]
            aws.call("iam", "RemoveRoleFromInstanceProfile", InstanceProfileName=profile_name, RoleName=name)
    for policy_name in list(aws.pages("iam", "ListRolePolicies", "PolicyNames", RoleName=name)):
        aws.call("iam", "DeleteRolePolicy", RoleName=name, PolicyName=policy_name)
    for attached in list(aws.pages("iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=name)):
        aws.call("iam", "DetachRolePolicy", RoleName=name, PolicyArn=attached["PolicyArn"])
    aws.call("iam", "DeleteRole", RoleName=name)


@_gone_is_fine
def remove_policy(aws: Aws, arn: str) -> None:
    """Delete a managed policy with its older versions."""
    for version in list(aws.pages("iam", "ListPolicyVersions", "Versions", PolicyArn=arn)):
        if not version["IsDefaultVersion"]:
            aws.call("iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=version["VersionId"])
    aws.call("iam", "DeletePolicy", PolicyArn=arn)
