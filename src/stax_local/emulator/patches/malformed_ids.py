"""What is no id at all is not merely unknown.

moto: InvalidInstanceID.NotFound and InvalidAMIID.NotFound for whatever is not there, however it is spelled.
AWS: InvalidInstanceID.Malformed and InvalidAMIID.Malformed for what no instance or image could be called.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

import re
from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidAMIIdError, InvalidInstanceIdError

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("malformed_ids")

_HEXADECIMAL = r"-([0-9a-f]{8}|[0-9a-f]{17})"


def _malformed(prefix: str, code: str) -> Callable[..., Any]:
    def spell(original: Callable[..., Any], self: Any, asked: Any) -> None:
        ids = [asked] if isinstance(asked, str) else list(asked)
        wrong = [each for each in ids if not re.fullmatch(prefix + _HEXADECIMAL, str(each))]
        if wrong:
            EC2ClientError.__init__(self, code, f'Invalid id: "{wrong[0]}" (expecting "{prefix}-...")')
        else:
            original(self, asked)

    return spell


PATCH.wraps(InvalidInstanceIdError, "__init__")(_malformed("i", "InvalidInstanceID.Malformed"))
PATCH.wraps(InvalidAMIIdError, "__init__")(_malformed("ami", "InvalidAMIID.Malformed"))
