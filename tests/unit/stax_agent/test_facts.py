"""What a machine says of itself."""

import json
import subprocess
import time
from pathlib import Path

from stax_agent import facts


def test_the_answer_is_whole_wherever_it_is_asked():
    said = json.loads(facts.facts())

    assert {"disks", "certificates", "versions", "failed_units", "clock"} == set(said)
    assert 0 <= said["disks"]["/"] <= 100
    assert abs(said["clock"] - time.time()) < 3600


def test_a_certificate_is_told_with_its_end_and_a_key_is_not_looked_at(tmp_path: Path) -> None:
    ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=test"]
    files = ["-keyout", str(tmp_path / "etcd-key.pem"), "-out", str(tmp_path / "etcd.pem")]
    made = ["openssl", "req", "-x509", *ec, *files]
    subprocess.run(made, check=True, capture_output=True)
    (tmp_path / "broken.pem").write_text("no certificate")

    found = dict(facts._certificates(tmp_path))

    assert list(found) == ["etcd"]
    assert 29 < (found["etcd"] - time.time()) / 86400 < 31
