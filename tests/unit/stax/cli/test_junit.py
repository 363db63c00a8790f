"""A check-up for CI systems."""

from datetime import UTC, datetime
from xml.etree import ElementTree

from stax.cli.junit import junit
from stax.model.checkup import CheckItem, Checkup

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_every_promise_is_a_test_case_and_every_broken_one_a_failure():
    items = (
        CheckItem(group="network", subject="nat1", verdict="ok", finding="running"),
        CheckItem(group="clusters", subject="etcd <3>", verdict="fail", finding="no quorum", advice="stax recover"),
        CheckItem(group="backups", subject="etcd", verdict="note", finding="none yet"),
    )
    report = Checkup(name="web", region="local", account_id="1", asked_at=NOW, items=items)

    suite = ElementTree.fromstring(junit(report))  # noqa: S314 - our own

    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("3", "1")
    assert [case.attrib["name"] for case in suite] == ["nat1", "etcd <3>", "etcd"]
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert (failure.attrib["message"], failure.text) == ("no quorum", "stax recover")
