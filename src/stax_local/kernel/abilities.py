"""Whether this machine can hold networks, found out by making a small one."""

import os
import secrets
import shutil

from stax_local.kernel import namespaces
from stax_local.kernel.process import KernelError, run

_PACKAGES = {"ip": "iproute2", "nft": "nftables", "nsenter": "util-linux"}

# One of each thing that a VPC's table is made of: a kernel that takes this takes that.
_SAMPLE = """table ip probe {
  map m { type ipv4_addr : ipv4_addr; }
  set s { type ifname . mark; }
  chain a { type filter hook prerouting priority raw; ip daddr set ip daddr map @m; }
  chain b { type filter hook forward priority filter;
    ct state invalid drop
    ct direction reply ct state established accept
    ct state established oifname . ct mark @s accept
    iifname vmap { "x" : goto c }
  }
  chain c { ct mark set 1 accept; }
}
"""


def lacking() -> str:
    """What is missing and what brings it, in one line; empty when networks can be made."""
    if os.geteuid() != 0:
        return "networks in the kernel need root (try sudo)"
    missing = [tool for tool in _PACKAGES if shutil.which(tool) is None]
    if missing:
        packages = " ".join(sorted({_PACKAGES[tool] for tool in missing}))
        return f"{', '.join(missing)} not found (apt install {packages})"
    return _probe()


def _probe() -> str:
    """Make a namespace with a filter and two ends of a cable in it, and take it away."""
    name = f"stax-probe-{secrets.token_hex(4)}"
    try:
        namespaces.make(name, forwards=True)
        run(("ip", "-n", name, "link", "add", "probe0", "type", "veth", "peer", "name", "probe1"))
        run(("ip", "-n", name, "rule", "add", "pref", "9", "iif", "probe0", "blackhole"))
        run(("nsenter", f"--net={namespaces.FOLDER / name}", "nft", "-f", "-"), given=_SAMPLE)
    except (KernelError, OSError) as error:
        return f"the kernel refuses to hold a network: {str(error).splitlines()[0]}"
    finally:
        namespaces.drop(name)
    return ""
