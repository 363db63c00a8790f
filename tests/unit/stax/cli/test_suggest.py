from stax.cli.suggest import nearest


def test_a_slip_of_the_finger_finds_its_word():
    assert nearest("destory", ["create", "destroy", "describe"]) == "destroy"


def test_nonsense_finds_nothing():
    assert nearest("xyzzy", ["create", "destroy"]) is None
