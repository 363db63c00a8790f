"""The resource types that the engine knows: a module per service, put together here."""

from collections.abc import Mapping

from stax_local.cloudformation.resources import (
    autoscaling,
    cloudformation,
    cloudwatch,
    ec2_addresses,
    ec2_instance,
    ec2_key_pair,
    ec2_launch_template,
    ec2_network,
    ec2_security,
    iam,
    iam_instance_profile,
    s3,
    scaling,
    ssm,
)
from stax_local.cloudformation.shapes import ResourceType

_MODULES = (
    autoscaling, cloudformation, cloudwatch, ec2_addresses, ec2_instance, ec2_key_pair,
    ec2_launch_template, ec2_network, ec2_security, iam, iam_instance_profile, s3, scaling,
    ssm,
)  # fmt: skip
TYPES: Mapping[str, ResourceType] = {each.name: each for module in _MODULES for each in module.TYPES}
"""Every resource type by its name; any other is refused by name."""
