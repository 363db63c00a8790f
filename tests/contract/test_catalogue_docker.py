"""Docker's own reading of Compose files takes what stax renders of the catalogue: it gets as far as to its engine."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.machines import CACHE

from stax.compose.catalogue import COMPOSE_FILE, catalogue
from stax.compose.document import read_document
from stax.compose.normal import normal
from stax.compose.render import as_text, completed
from stax.engine.services.planning import document_of
from stax.model.services import CatalogueService
from stax_local.machines.cache import path_of
from stax_local.machines.recipe import recipe

OF_THE_MACHINES = path_of(CACHE, recipe()) / "usr/bin/docker"
"""20.10, the oldest that stax works with, where the machines' root file system has been built."""
NO_ENGINE = "unix:///nonexistent.sock"


def program() -> str:
    found = str(OF_THE_MACHINES) if OF_THE_MACHINES.is_file() else shutil.which("docker")
    return found or pytest.skip("neither the machines' docker is there, nor one of this machine")


def refusal(document: str, folder: Path) -> str:
    argv = [program(), "--host", NO_ENGINE, "--config", str(folder), "stack", "deploy", "--compose-file", "-", "web"]
    done = subprocess.run(argv, input=document, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    return done.stderr


@pytest.mark.parametrize("service", catalogue().values(), ids=catalogue())
def test_a_service_is_read_to_its_end(service: CatalogueService, tmp_path):
    definition = completed(service.name, normal(read_document(service.folder / COMPOSE_FILE, {}), {})[0])
    secrets = {key: f"{body['name']}.v1" for key, body in definition["secrets"].items()}
    assert "Cannot connect to the Docker daemon" in refusal(
        as_text(document_of(service.name, definition, secrets)), tmp_path
    )


def test_what_docker_does_not_know_it_does_not_read(tmp_path):
    said = refusal('{"version": "3.9", "services": {"web": {"image": "web:1", "nonsense": 1}}}', tmp_path)
    assert "nonsense" in said
