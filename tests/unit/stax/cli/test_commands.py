from importlib import import_module

import pytest

from stax.cli.commands import COMMANDS, SHARED_OPTIONS


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_every_command_has_a_module_that_runs_it(command):
    assert callable(import_module(command.module).run)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_no_flag_means_two_things(command):
    flags = [flag for option in (*SHARED_OPTIONS, *command.options) for flag in option.flags]

    assert len(flags) == len(set(flags))
