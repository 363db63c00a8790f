"""What is news of the pair."""

from datetime import UTC, datetime

from stax.api.nat_status import nat_status
from stax.api.nat_watch import Known
from stax.aws.nat_reports import nat_reports
from stax.engine.site import Site
from stax.model.nat import NatChange


def test_what_is_seen_first_is_no_news_and_what_changes_is(pair, tmp_path):
    site, known = Site(pair, tmp_path), Known()
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert list(known.of_aws(nat_status(site, "demo", now=lambda: now))) == []

    pair.route[1] = "nat2"
    pair.state["nat1"] = "missing"

    changes = [(one.what, one.before, one.now) for one in known.of_aws(nat_status(site, "demo", now=lambda: now))]
    assert changes == [("nat1's machine", "running", "missing"), ("private1's route", "nat1", "nat2")]


def test_a_signal_that_changes_is_told_once(pair):
    known = Known()
    list(known.of_report(nat_reports(pair, "demo")["nat2"]))
    pair.says(2, signals={"peer": "lost", "egress": "well"})

    news = [list(known.of_report(nat_reports(pair, "demo")["nat2"])) for _ in range(2)]

    changes = [one for one in news[0] if isinstance(one, NatChange)]
    assert [(one.who, one.what, one.before, one.now) for one in changes] == [("nat2", "peer", "well", "lost")]
    assert news[1] == []
