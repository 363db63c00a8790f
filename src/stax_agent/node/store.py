"""What the docker hosts keep for each other in SSM, below /stax/NAME/docker/.

A claim is an election: AWS lets one PutParameter with Overwrite=False win, however many try at once.
"""

from stax_agent.aws import Aws
from stax_agent.setback import Setback

LARGEST_BYTES = 4096
"""A standard parameter's; a larger one would be billed."""


class Store:
    """The parameters of one stax's docker hosts."""

    def __init__(self, aws: Aws, stax_name: str) -> None:
        self._aws = aws
        self._folder = f"/stax/{stax_name}/docker/"

    def get(self, name: str) -> str | None:
        """Return a value, decrypted; None where nothing was written."""
        try:
            answer = self._aws.ssm("GetParameter", Name=self._folder + name, WithDecryption=True)
        except Setback as setback:
            if setback.code != "ParameterNotFound":
                raise
            return None
        return str(answer["Parameter"]["Value"])

    def claim(self, name: str, value: str, *, is_secret: bool = False) -> str:
        """Write a value unless somebody has, and return the one that stands."""
        try:
            self._put(name, value, is_secret=is_secret, overwrite=False)
        except Setback as setback:
            if setback.code != "ParameterAlreadyExists":
                raise
        # Read back in either case: the answer to a write that won can have been lost before.
        stands = self.get(name)
        if stands is None:
            raise Setback(f"{self._folder}{name} was written and is not there yet")
        return stands

    def put(self, name: str, value: str, *, is_secret: bool = False) -> None:
        """Write a value, whatever stood there."""
        self._put(name, value, is_secret=is_secret, overwrite=True)

    def _put(self, name: str, value: str, *, is_secret: bool, overwrite: bool) -> None:
        self._aws.ssm(
            "PutParameter",
            Name=self._folder + name,
            Value=value,
            Type="SecureString" if is_secret else "String",
            Overwrite=overwrite,
        )
