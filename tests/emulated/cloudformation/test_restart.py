"""A region that is killed in the middle of an operation goes on with it when it comes up again."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from stax_local import life
from stax_local.folder import Folder


@pytest.fixture
def mortal(tmp_path: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A region of this test's own, which it may kill."""
    conftest = request.config.pluginmanager.get_plugin(str(request.config.rootpath / "tests/emulated/conftest.py"))
    stacks = request.config.pluginmanager.get_plugin(
        str(request.config.rootpath / "tests/emulated/cloudformation/conftest.py")
    )
    folder = Folder(tmp_path / "local" / "local", tmp_path, "local")
    yield Mortal(folder, conftest, stacks)
    life.down(folder, keep=False)


class Mortal:
    def __init__(self, folder: Folder, conftest: Any, stacks: Any) -> None:
        self._folder, self._conftest, self._stacks = folder, conftest, stacks
        self._port = conftest.free_port()

    def up(self) -> Any:
        settings, _ = life.up(self._folder, {"port": self._port})
        return self._stacks.Stacks(self._conftest.LocalRegion(self._folder, settings), "mortal")

    def kill(self) -> None:
        process = self._folder.process()
        time.sleep(0.6)  # what the region gathers before it writes: a kill loses no more than that
        os.kill(process["pid"], signal.SIGKILL)


def test_goes_on_with_a_creation(mortal: Mortal) -> None:
    stacks = mortal.up()
    stack_id = stacks.begin({"Vpc": stacks.vpc(), **stacks.waiting, "Late": stacks.parameter("x", DependsOn="Wait")})
    stacks.until_resource(stack_id, "Wait", "CREATE_IN_PROGRESS")
    stacks.until_resource(stack_id, "Vpc", "CREATE_COMPLETE")
    vpc_id = stacks.physical_id({"StackId": stack_id}, "Vpc")

    mortal.kill()
    stacks = mortal.up()

    assert stacks.describe(stack_id)["StackStatus"] == "CREATE_IN_PROGRESS"
    assert stacks.physical_id({"StackId": stack_id}, "Vpc") == vpc_id
