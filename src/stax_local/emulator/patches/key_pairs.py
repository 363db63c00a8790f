"""Key pairs, deleted by name or by id.

moto: DeleteKeyPair ignores KeyPairId, deletes nothing and answers that it has.
AWS: deletes the key pair of that id; an id that does not exist is InvalidKeyPair.NotFound, a name is fine.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import InvalidKeyPairNameError
from moto.ec2.responses.key_pairs import KeyPairs

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("key_pairs")


@PATCH.wraps(KeyPairs, "delete_key_pair")
def _by_id(original: Callable[..., Any], self: Any) -> Any:
    key_pair_id = self._get_param("KeyPairId")
    if key_pair_id and not self._get_param("KeyName"):
        names = [pair.key_name for pair in self.ec2_backend.key_pairs.values() if pair.id == key_pair_id]
        if not names:
            raise InvalidKeyPairNameError(key_pair_id)
        self.params["KeyName"] = names[0]
    return original(self)
