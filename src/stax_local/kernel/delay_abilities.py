"""Whether this machine can hold packets back, found out by binding a queue in a namespace made for it."""

import secrets

from stax_local.kernel import namespaces
from stax_local.kernel.packet_queue import PacketQueue
from stax_local.kernel.process import KernelError, run

_SAMPLE = "table ip probe {\nchain a { type filter hook forward priority -9;\nqueue num 1 bypass\n}\n}\n"


def lacking_for_delays() -> str:
    """What is missing and what brings it, in one line; empty when packets can be held back."""
    name = f"stax-probe-{secrets.token_hex(4)}"
    try:
        namespaces.make(name, forwards=False)
        run(("nsenter", f"--net={namespaces.FOLDER / name}", "nft", "-f", "-"), given=_SAMPLE)
        PacketQueue(name, 1).close()
    except (KernelError, OSError) as error:
        said = str(error).splitlines()[0]
        return f"delays need the kernel's packet queues (modprobe nfnetlink_queue nft_queue): {said}"
    finally:
        namespaces.drop(name)
    return ""
