"""The tags by which AWS remembers what is whose."""

import re

from stax.engine.tags import tags_for


def test_everything_carries_its_stax_and_who_made_it() -> None:
    tags = tags_for("demo", {"CostCenter": "77"})

    assert tags["stax:name"] == "demo"
    assert tags["CostCenter"] == "77"
    assert re.fullmatch(r"[\w.:/=+@ -]{1,256}", tags["stax:created-by"])


def test_who_made_it_first_stays() -> None:
    assert tags_for("demo", {}, previous={"stax:created-by": "jo@there"})["stax:created-by"] == "jo@there"
