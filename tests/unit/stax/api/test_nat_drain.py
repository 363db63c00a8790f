"""What is refused before a box is asked anything."""

import pytest

from stax.api.nat_drain import NatRequest, drain, give_back
from stax.engine.site import Site
from stax.errors import StaxError, UsageError


def refused(pair, tmp_path, box="nat1", verb=drain) -> StaxError:
    with pytest.raises(StaxError) as error:
        list(verb(Site(pair, tmp_path), NatRequest(box=box, name="demo"), person_home=tmp_path))
    return error.value


@pytest.mark.parametrize("box", ["nat3", "jumpbox", "", "i-1"])
@pytest.mark.parametrize("verb", [drain, give_back])
def test_what_is_no_nat_box_is_refused(pair, tmp_path, box, verb):
    assert isinstance(refused(pair, tmp_path, box, verb), UsageError)


@pytest.mark.parametrize(
    ("said", "reason", "words"),
    [
        ("unfit", "ip_forward is 0", "nat2 is running and says unfit: ip_forward is 0"),
        ("draining", "drained by the operator", "says draining: drained by the operator"),
        ("starting", "", "says starting"),
    ],
)
def test_a_box_whose_peer_is_not_well_is_not_drained(pair, tmp_path, said, reason, words):
    pair.says(2, said, ago_s=-(10**9), reason=reason)

    assert words in refused(pair, tmp_path).message


def test_a_box_whose_peer_is_silent_is_not_drained(pair, tmp_path):
    pair.says(1, ago_s=-(10**9))

    error = refused(pair, tmp_path)

    assert "nat2 is running and says silent" in error.message
    assert error.hint == "see stax nat status demo --region test"


@pytest.mark.parametrize("verb", [drain, give_back])
def test_a_box_that_does_not_run_is_put_back_first(pair, tmp_path, verb):
    pair.state["nat1"] = "missing"

    error = refused(pair, tmp_path, verb=verb)

    assert (error.message, error.hint) == ("nat1 is missing", "stax repair demo --region test")
