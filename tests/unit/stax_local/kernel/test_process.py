"""Programs of the kernel's tools: what they were given and what they said."""

import pytest

from stax_local.kernel.process import KernelError, run


def test_a_program_is_given_its_input_and_answers() -> None:
    assert run(("cat",), given="hello\n") == "hello\n"


def test_a_failure_can_be_pasted_and_says_what_the_program_said() -> None:
    with pytest.raises(KernelError, match=r"(?s)ls '/no such place': .*No such file"):
        run(("ls", "/no such place"))


def test_a_failure_shows_the_input_but_only_a_screenful() -> None:
    with pytest.raises(KernelError) as caught:
        run(("sh", "-c", "cat >/dev/null; exit 3"), given="line\n" * 100)

    assert str(caught.value).splitlines()[0].endswith("exit code 3")
    assert len(str(caught.value).splitlines()) == 42


def test_a_program_that_is_not_installed_is_named() -> None:
    with pytest.raises(KernelError, match="stax-no-such-tool is not installed"):
        run(("stax-no-such-tool",))
