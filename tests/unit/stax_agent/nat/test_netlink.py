"""Messages to and from the kernel's table of connections."""

from hypothesis import given
from hypothesis import strategies as st

from stax_agent.nat.connections import Connection
from stax_agent.nat.netlink import create_request, mark_request, read

KEY = (6, bytes([10, 183, 0, 20]), 4321, bytes([203, 0, 113, 10]), 80)
CONNECTION = Connection(KEY, bytes([10, 183, 1, 10]), 5555, 3, 14, 300)


def test_a_connection_is_made_with_its_reply_untranslated():
    """Given translated, the kernel would match the entry and translate nothing."""
    made = read(memoryview(create_request(CONNECTION))[20:])

    assert made is not None
    assert made.key == KEY
    assert (made.nat_address, made.nat_port) == (KEY[1], KEY[2])
    assert (made.tcp_state, made.timeout_s) == (3, 300)


def test_a_mark_changes_one_bit():
    message = mark_request(KEY, 8)

    assert message.count(bytes([0, 0, 0, 8])) == 2  # the value, and the mask that spares the others


@given(st.binary(max_size=300))
def test_what_the_kernel_never_says_is_no_connection(body: bytes):
    try:
        read(memoryview(body))
    except (KeyError, IndexError):
        return
