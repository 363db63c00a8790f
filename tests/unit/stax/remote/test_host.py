from stax.remote.host import Host, alias_of, aliases


def test_a_machine_is_found_by_names_short_and_whole_and_by_its_instance_id():
    assert aliases("web", Host(name="docker2", instance_id="i-2", address="10.0.0.2")) == (
        "web-docker2",
        "stax-docker2",
        "i-2",
    )


def test_the_jumpbox_is_also_called_jump():
    assert "stax-jump" in aliases("web", Host(name="jumpbox", instance_id="i-1", address="198.51.100.1"))


def test_the_whole_name_is_nobody_elses():
    assert alias_of("web", "nat1") != alias_of("shop", "nat1")
