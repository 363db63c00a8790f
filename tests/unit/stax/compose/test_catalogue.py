"""Services are found by name, in the catalogue and in a folder of one's own."""

from pathlib import Path

import pytest

from stax.compose.catalogue import catalogue, checked_name, named, read_service
from stax.compose.problems import ComposeError
from stax.errors import NotFound, UsageError


def a_service(folder: Path, name: str, toml: str = "") -> Path:
    at = folder / name
    at.mkdir(parents=True)
    (at / "compose.yaml").write_text("services: {web: {image: b}}")
    if toml:
        (at / "service.toml").write_text(toml)
    return at


def test_ones_own_service_takes_the_place_of_the_catalogues(tmp_path: Path):
    a_service(tmp_path, "nginx", 'title = "mine"')
    a_service(tmp_path, "shop")

    found = catalogue(tmp_path)

    assert (found["nginx"].title, found["nginx"].is_own) == ("mine", True)
    assert (found["shop"].title, found["gitlab"].is_own) == ("shop", False)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("./compose.yaml", "is a path"),
        ("../etc/passwd", "is a path"),
        ("a;rm -rf", "is no service's name"),
        ("$(id)", "is no service's name"),
        ("", "is no service's name"),
        ("a" * 41, "is no service's name"),
    ],
)
def test_what_is_no_name_is_refused(name, said):
    with pytest.raises(UsageError, match=said):
        checked_name(name)


def test_the_nearest_names_are_told():
    with pytest.raises(NotFound, match="there is no service gitlba: did you mean gitlab") as caught:
        named("gitlba", catalogue())
    assert "nginx" in caught.value.hint


@pytest.mark.parametrize(
    ("toml", "said"),
    [("title =", "cannot be read"), ('titel = "a"', "did you mean title"), ("ports = [{number = 80}]", "what")],
)
def test_a_service_toml_that_is_wrong_is_refused_with_its_path(tmp_path: Path, toml, said):
    with pytest.raises(ComposeError, match=rf"service\.toml.*{said}"):
        read_service(a_service(tmp_path, "shop", toml))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="is no folder of services"):
        catalogue(tmp_path / "nowhere")
