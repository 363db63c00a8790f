"""The docker hosts' certificates, by the real openssl: one authority, whoever made it, and who believes whom."""

import shutil
import socket
import ssl
import threading
from pathlib import Path

import pytest

from stax_agent.node.etcd_api import trust
from stax_agent.node.pki import Identity, Pki
from stax_agent.node.store import Store
from stax_agent.setback import Setback

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


class Parameters:
    """One stax's parameters in SSM."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.types: dict[str, str] = {}

    def ssm(self, operation: str, **asked: object) -> dict[str, object]:
        name = str(asked["Name"])
        if operation == "GetParameter":
            if name not in self.values:
                raise Setback("refused", code="ParameterNotFound")
            return {"Parameter": {"Value": self.values[name]}}
        if name in self.values and not asked["Overwrite"]:
            raise Setback("refused", code="ParameterAlreadyExists")
        self.values[name], self.types[name] = str(asked["Value"]), str(asked["Type"])
        return {}


@pytest.fixture
def parameters():
    return Parameters()


def pki(parameters: Parameters, folder: Path) -> Pki:
    return Pki(Store(parameters, "web"), "web", folder)  # type: ignore[arg-type]  # the words of Aws that a store says


HERE = Identity(name="etcd", addresses=("127.0.0.1",), names=("localhost",))


def test_hosts_that_never_met_believe_each_other(parameters, tmp_path: Path):
    one, other = pki(parameters, tmp_path / "one"), pki(parameters, tmp_path / "other")
    assert one.ensure(HERE)
    assert other.ensure(HERE)

    assert greet(server=one, client=other) == b"hello"


def test_a_host_of_another_stax_is_refused(parameters, tmp_path: Path):
    one, stranger = pki(parameters, tmp_path / "one"), pki(Parameters(), tmp_path / "stranger")
    one.ensure(HERE)
    stranger.ensure(HERE)

    with pytest.raises(ssl.SSLError):
        greet(server=one, client=stranger)


def test_the_authority_is_one_secret_parameter(parameters, tmp_path: Path):
    pki(parameters, tmp_path / "one").ensure(HERE)
    pki(parameters, tmp_path / "other").ensure(HERE)

    assert parameters.types == {"/stax/web/docker/ca": "SecureString"}
    assert len(parameters.values["/stax/web/docker/ca"]) < 4096
    assert "PRIVATE KEY" not in (tmp_path / "one" / "ca.pem").read_text()


def test_a_key_is_for_its_owner_alone_and_never_the_same_twice(parameters, tmp_path: Path):
    for name in ("one", "other"):
        pki(parameters, tmp_path / name).ensure(HERE)

    keys = [tmp_path / name / "etcd-key.pem" for name in ("one", "other")]
    assert [key.stat().st_mode & 0o777 for key in keys] == [0o600] * 2
    assert keys[0].read_text() != keys[1].read_text()


def test_what_is_good_is_left_alone_and_what_is_damaged_is_made_anew(parameters, tmp_path: Path):
    at = pki(parameters, tmp_path)
    at.ensure(HERE)
    before = at.certificate("etcd").read_text()

    assert not at.ensure(HERE)
    assert at.certificate("etcd").read_text() == before
    at.certificate("etcd").write_text("")
    assert at.ensure(HERE)


def test_a_parameter_that_holds_no_authority_is_said(parameters, tmp_path: Path):
    parameters.values["/stax/web/docker/ca"] = "nonsense"

    with pytest.raises(Setback, match="docker/ca holds no certificate authority"):
        pki(parameters, tmp_path).ensure(HERE)


def test_without_its_files_an_agent_says_which(tmp_path: Path):
    with pytest.raises(Setback, match=r"agent\.pem"):
        trust(tmp_path / "ca.pem", tmp_path / "agent.pem", tmp_path / "agent-key.pem")


def greet(*, server: Pki, client: Pki) -> bytes:
    """Have a client with a certificate be greeted by a server that wants one; raises SSLError when either refuses."""
    listening = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    listening.load_cert_chain(str(server.certificate("etcd")), str(server.key("etcd")))
    listening.load_verify_locations(str(server.authority))
    listening.verify_mode = ssl.CERT_REQUIRED
    believing = trust(client.authority, client.certificate("etcd"), client.key("etcd"))
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_answer, args=(door, listening), daemon=True).start()
        with (
            socket.create_connection(door.getsockname(), timeout=30) as connection,
            believing.wrap_socket(connection, server_hostname="127.0.0.1") as secured,
        ):
            return secured.recv(100)


def _answer(door: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = door.accept()
    try:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.sendall(b"hello")
    except ssl.SSLError:
        connection.close()
