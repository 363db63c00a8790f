from argparse import Namespace

from stax.cli.place import command_line


def test_what_to_type_next_names_the_same_place():
    assert command_line(Namespace(region="local", profile=None), "watch", "web") == "stax watch web --region local"
    assert command_line(Namespace(region=None, profile=None), "watch", "web") == "stax watch web"
    assert command_line(Namespace(region=None, profile="me"), "watch", "web") == "stax watch web --profile me"
