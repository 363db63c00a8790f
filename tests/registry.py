"""A real registry, Debian's docker-registry, as a process on a docker host: with TLS, with or without passwords."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cluster import Docker, Stax, eventually
from tests.machines import CACHE

USER, PASSWORD = "ci", "not-a-good-one"
# Of that password, by bcrypt, the only kind that the registry takes.
_HTPASSWD = "ci:$2b$05$abcdefghijklmnopqrstuu/h.8I/mM5mxwO2xMZefTczVolhjQek2"
_HOME = "/var/lib/test-registry"
_UNPACK = f"mkdir -p {_HOME} && cd {_HOME} && cat > registry.deb && dpkg-deb -x registry.deb . && rm registry.deb"
_CERTIFY = """
cd {home}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test-registry \
  -addext subjectAltName=IP:{address} -keyout key.pem -out cert.pem 2>/dev/null
echo '{htpasswd}' > htpasswd
cat cert.pem
"""
_CONFIG = """\
version: 0.1
log: {{level: warn}}
storage: {{filesystem: {{rootdirectory: {home}/images-{port}}}}}
http: {{addr: "0.0.0.0:{port}", tls: {{certificate: {home}/cert.pem, key: {home}/key.pem}}}}
{auth}
"""
_AUTH = f"auth: {{htpasswd: {{realm: test, path: {_HOME}/htpasswd}}}}"


def package() -> Path:
    """Debian's package, fetched once."""
    folder = CACHE / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    argv = ["apt-get", "download", "docker-registry"]
    if not (found := sorted(folder.glob("docker-registry_*.deb"))):
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        if not (found := sorted(folder.glob("docker-registry_*.deb"))):
            pytest.skip(f"Debian's docker-registry cannot be had: {done.stderr}")
    return found[-1]


@dataclass
class Registry:
    """One on a port of a docker host."""

    stax: Stax
    host: Docker
    port: int
    ca: Path
    """The certificate that vouches for it, on this machine."""

    @property
    def name(self) -> str:
        """As images are named after it."""
        return f"{self.host.address}:{self.port}"

    @property
    def _unit(self) -> str:
        return f"test-registry-{self.port}"

    def start(self, *, asks_for_passwords: bool) -> None:
        config = _CONFIG.format(home=_HOME, port=self.port, auth=_AUTH if asks_for_passwords else "")
        program = f"{_HOME}/usr/bin/docker-registry serve {_HOME}/{self.port}.yml"
        self.stax.inside(self.host.instance_id, f"cat > {_HOME}/{self.port}.yml <<'END'\n{config}\nEND\n"
                         f"systemd-run --quiet --unit {self._unit} {program}")  # fmt: skip
        eventually(self.answers)

    def answers(self) -> bool:
        asked = f"curl -sk -o /dev/null https://{self.name}/v2/"
        return self.stax.execute(self.host.instance_id, asked).returncode == 0

    def stop(self) -> None:
        self.stax.inside(self.host.instance_id, f"systemctl stop {self._unit}")

    def falls_asleep_for(self, seconds: int) -> None:
        """Answer nothing for so long, from now on; what asks waits."""
        script = (
            f"systemctl kill -s STOP {self._unit}; systemd-run --quiet --on-active {seconds} systemctl kill -s CONT"
        )
        self.stax.inside(self.host.instance_id, f"{script} {self._unit}")

    def is_given(self, local: str, tag: str) -> str:
        """Have the host push an image of its own, by another name, and forget that name; return it."""
        image = f"{self.name}/{tag}"
        script = f"docker tag {local} {image} && docker push -q {image} && docker rmi {image}"
        self.stax.inside(self.host.instance_id, script)
        return image


def registries(stax: Stax, host: Docker, folder: Path) -> tuple[Registry, Registry]:
    """Two of them, not started yet."""
    argv = [sys.executable, "-m", "stax", "connect", "docker1", "--", "sudo", "sh", "-c", _UNPACK]
    with package().open("rb") as given:
        done = subprocess.run(argv, stdin=given, env=stax.env, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    script = _CERTIFY.format(home=_HOME, address=host.address, htpasswd=_HTPASSWD)
    ca = folder / "ca.pem"
    ca.write_text(stax.inside(host.instance_id, script))
    return Registry(stax, host, 5000, ca), Registry(stax, host, 5001, ca)
