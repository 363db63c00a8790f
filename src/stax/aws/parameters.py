"""SSM parameters of a stax: all stand under its own path."""

from stax.aws.session import Aws

MAXIMUM_NAMES_PER_DELETE = 10


def parameter_names(aws: Aws, path: str) -> list[str]:
    """Return the names of all parameters below a path such as `/stax/NAME`."""
    pages = aws.pages("ssm", "GetParametersByPath", "Parameters", Path=path, Recursive=True)
    return [parameter["Name"] for parameter in pages]


def delete_parameters(aws: Aws, names: list[str]) -> None:
    """Delete parameters; those that are gone are fine."""
    for start in range(0, len(names), MAXIMUM_NAMES_PER_DELETE):
        aws.call("ssm", "DeleteParameters", Names=names[start : start + MAXIMUM_NAMES_PER_DELETE])
