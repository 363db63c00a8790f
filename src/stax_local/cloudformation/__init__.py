"""A CloudFormation engine over the region's own APIs."""

from stax_local.cloudformation.engine import Settings
from stax_local.cloudformation.service import CloudFormation

__all__ = ["CloudFormation", "Settings"]
