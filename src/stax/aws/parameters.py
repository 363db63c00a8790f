"""SSM parameters of a stax: all stand under its own path."""

from collections.abc import Mapping

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


def read_secrets(aws: Aws, names: list[str]) -> dict[str, str]:
    """Return what parameters hold, decrypted; those that are not there are left out.  At most ten."""
    answer = aws.call("ssm", "GetParameters", Names=names, WithDecryption=True)
    return {one["Name"]: one["Value"] for one in answer.get("Parameters", ())}


def write_secret(aws: Aws, name: str, value: str, tags: Mapping[str, str]) -> None:
    """Make an encrypted parameter.  Raises AwsError ParameterAlreadyExists rather than change one."""
    listed = [{"Key": key, "Value": text} for key, text in tags.items()]
    aws.call("ssm", "PutParameter", Name=name, Value=value, Type="SecureString", Overwrite=False, Tags=listed)
