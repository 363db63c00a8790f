"""A CloudFormation engine over the region's own APIs."""
