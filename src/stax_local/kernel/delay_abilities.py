"""Whether this machine can have packets late, found out in a namespace made for it."""

import secrets
from pathlib import Path

from stax_local.kernel import namespaces
from stax_local.kernel.process import KernelError, run

_SAMPLE = """table netdev probe {
chain a { type filter hook egress device "lo" priority 0; policy accept;
meta mark 1 fwd to "lo"
}
}
"""


def lacking_for_delays() -> str:
    """What is missing and what brings it, in one line; empty when packets can be late."""
    if not Path("/dev/net/tun").exists():
        return "delays need the device /dev/net/tun (modprobe tun)"
    name = f"stax-probe-{secrets.token_hex(4)}"
    try:
        namespaces.make(name, forwards=False)
        run(("nsenter", f"--net={namespaces.FOLDER / name}", "nft", "-f", "-"), given=_SAMPLE)
    except (KernelError, OSError) as error:
        said = str(error).splitlines()[0]
        return f"delays need a kernel of 5.16 or later that filters what leaves (modprobe nft_fwd_netdev): {said}"
    finally:
        namespaces.drop(name)
    return ""
