"""A container image for docker hosts that reach no registry: made on each from its own busybox, in a second."""

from collections.abc import Iterable

from tests.machines import Machine

IMAGE = "tiny"

# Debian's static busybox has them all; its wget cannot resolve names.
_PROGRAMS = ("cat", "echo", "hostname", "httpd", "ip", "nc", "nslookup", "ping", "sh", "sleep", "wget")

_MAKE = f"""
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mkdir -p "$folder/bin" "$folder/tmp" "$folder/etc"
cp /bin/busybox "$folder/bin/"
for program in {" ".join(_PROGRAMS)}; do ln -s busybox "$folder/bin/$program"; done
tar --create --directory "$folder" . | docker import - {IMAGE}
"""


def give_image(docker_hosts: Iterable[Machine]) -> str:
    """Have the image on each of these; return what to call it in `docker run` and `docker service create`.

    A service of it needs `--no-resolve-image`, and `--endpoint-mode dnsrr` where the kernel has no IPVS.
    """
    for host in docker_hosts:
        made = host.execute("sh", "-c", _MAKE)
        assert made.returncode == 0, made.stderr
    return IMAGE
