"""fleetctl's columns."""

from stax_agent.fleet.tabs import tabbed


def test_columns_end_at_tab_stops_as_in_fleetctl():
    rows = [("MACHINE", "IP", "METADATA"), ("5203d410...", "10.183.2.219", "-")]

    assert tabbed(rows) == "MACHINE\t\tIP\t\tMETADATA\n5203d410...\t10.183.2.219\t-\n"


def test_a_cell_that_fills_a_tab_stop_is_followed_by_another():
    assert tabbed([("12345678", "x"), ("1", "y")]) == "12345678\tx\n1\t\ty\n"


def test_nothing_is_nothing():
    assert tabbed([]) == ""
