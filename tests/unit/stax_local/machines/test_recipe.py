"""The root file system's name follows from what it is made of."""

import shutil
from pathlib import Path

from stax_local.machines.recipe import IMAGE, recipe


def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(IMAGE, tmp_path / "image"))


def test_the_same_recipe_has_the_same_name_wherever_it_lies(tmp_path: Path) -> None:
    assert recipe(copy(tmp_path)).digest == recipe().digest


def test_another_package_is_another_name(tmp_path: Path) -> None:
    image = copy(tmp_path)
    (image / "packages").write_text((image / "packages").read_text() + "nano\n")

    assert "nano" in recipe(image).packages
    assert recipe(image).digest != recipe().digest


def test_another_comment_is_the_same_recipe(tmp_path: Path) -> None:
    image = copy(tmp_path)
    (image / "packages").write_text((image / "packages").read_text() + "# nothing\n")

    assert recipe(image).digest == recipe().digest


def test_another_file_is_another_name(tmp_path: Path) -> None:
    image = copy(tmp_path)
    (image / "rootfs" / "etc" / "motd").write_text("hello\n")

    assert recipe(image).digest != recipe().digest


def test_another_package_of_an_older_debian_is_another_name(tmp_path: Path) -> None:
    image = copy(tmp_path)
    older = image / "older-packages"
    older.write_text(older.read_text().replace(recipe(image, "x86_64").older[0].sha256, "0" * 64))

    assert recipe(image, "x86_64").digest != recipe(machine="x86_64").digest


def test_every_architecture_that_has_a_region_has_the_same_older_packages() -> None:
    assert [each.path for each in recipe(machine="x86_64").older] == [
        each.path.replace("arm64", "amd64") for each in recipe(machine="aarch64").older
    ]
