"""What all machines of a region share."""

from pathlib import Path

from stax_local.machines.layer import make_layer


def test_machines_trust_the_regions_authority_besides_all_others_and_ask_its_resolver(tmp_path: Path) -> None:
    bundle = tmp_path / "root/etc/ssl/certs/ca-certificates.crt"
    bundle.parent.mkdir(parents=True)
    bundle.write_text("the world's\n")
    authority = tmp_path / "ca.pem"
    authority.write_text("the region's\n")
    layer = tmp_path / "layer"

    make_layer(layer, tmp_path / "root", authority, "ec2.internal")

    assert (layer / "etc/ssl/certs/ca-certificates.crt").read_text() == "the world's\nthe region's\n"
    assert (layer / "etc/resolv.conf").read_text() == "nameserver 169.254.169.253\nsearch ec2.internal\n"
    assert (layer / "etc").stat().st_mode & 0o777 == 0o755
    assert (layer / "etc/resolv.conf").stat().st_mode & 0o777 == 0o644


def test_made_again_it_does_not_touch_what_machines_have_mounted(tmp_path: Path) -> None:
    for path in ("root/etc/ssl/certs/ca-certificates.crt", "ca.pem"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    made = tmp_path / "layer/etc/resolv.conf"
    make_layer(tmp_path / "layer", tmp_path / "root", tmp_path / "ca.pem", "ec2.internal")
    before = made.stat().st_ino

    make_layer(tmp_path / "layer", tmp_path / "root", tmp_path / "ca.pem", "ec2.internal")

    assert made.stat().st_ino == before
