import subprocess
import sys
from pathlib import Path

from stax import __version__


def test_without_a_word_the_help_is_shown(stax):
    outcome = stax()

    assert outcome.exit_code == 0
    assert outcome.out.startswith("Usage: stax")
    assert outcome.err == ""


def test_version(stax):
    assert stax("--version").out == f"stax {__version__}\n"
    assert stax("list", "-v").out == f"stax {__version__}\n"


def test_a_wrong_word_is_said_on_stderr_with_exit_code_2(stax):
    outcome = stax("crate")

    assert outcome.exit_code == 2
    assert outcome.out == ""
    assert outcome.err == "[ ERRR ]  stax has no command 'crate'\n          did you mean create?\n"


def test_options_alone_are_not_a_command(stax):
    assert stax("--yes").exit_code == 2


def test_asking_for_help_imports_nothing_heavy():
    """The help is what people wait for most often."""
    script = (
        "import sys; sys.argv = ['stax', '--help']\n"
        "from stax.cli.main import main\n"
        "main()\n"
        "print(sorted({'argparse', 'botocore', 'rich', 'yaml', 'dataclasses', 'json'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_has_had_enough_is_no_failure():
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m stax --help | true"], capture_output=True, text=True, check=True
    )

    assert done.stderr == ""


def test_a_full_disk_under_stdout_is_said_in_words():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "stax", "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert done.returncode == 1
    assert done.stderr == "[ ERRR ]  the answer could not be written: No space left on device\n"
