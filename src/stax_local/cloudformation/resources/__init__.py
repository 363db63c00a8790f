"""The resource types that the engine knows: a module per service, put together here."""

from collections.abc import Mapping

from stax_local.cloudformation.resources import ec2_instance, ec2_network
from stax_local.cloudformation.shapes import ResourceType

TYPES: Mapping[str, ResourceType] = {
    each.name: each for module in (ec2_network, ec2_instance) for each in module.TYPES
}
