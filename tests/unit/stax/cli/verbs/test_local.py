import os
import subprocess
import sys


def test_its_words_are_handed_on_with_those_before_the_command_last(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "stax", "--output", "json", "local", "status"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "STAX_HOME": str(tmp_path)},
    )

    assert done.stdout.startswith("{"), done.stderr
