"""What a deployment would change, against the last one and against what runs."""

from datetime import UTC, datetime

from tests.unit.stax.engine.services.seen import seen, service

from stax.compose.document import parsed
from stax.compose.normal import normal
from stax.compose.render import completed, fingerprint
from stax.engine.services.planning import RESTART, Wish, last_deployed, last_good, planned, secrets_of
from stax.model.services import Revision

ONE = "services: {web: {image: 'box:1', ports: ['80:80']}}"


def definition(text: str = ONE):
    return normal(parsed(text, {}), {})[0]


def revision(number: int, text: str = ONE, outcome: str = "done") -> Revision:
    made = completed("web", definition(text))
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Revision(stack="web", number=number, at=at, by="jo", verb="start", outcome=outcome, definition=made)


def running(text: str = ONE, **more):
    made = completed("web", definition(text))
    return service("web", fingerprint=fingerprint(made["services"]["web"], made, {}), **more)


def plan(text: str, there, revisions=()):
    return planned(Wish(stack="web", definition=definition(text), verb="start"), there, revisions, {})


def test_what_does_not_run_is_added_whatever_was_deployed_once():
    made = plan(ONE, seen(), [revision(3)])

    assert (made.revision, made.services[0].action, made.services[0].how) == (4, "add", "1 task")


def test_what_is_as_it_should_be_is_kept():
    assert not plan(ONE, seen([running()]), [revision(1)]).has_changes


def test_a_change_is_told_old_and_new_and_how_tasks_are_replaced():
    made = plan(ONE.replace("box:1", "box:2"), seen([running()]), [revision(1)])

    (change,) = made.services[0].changes
    assert (change.path, change.before, change.after) == ("image", "box:1", "box:2")
    assert made.services[0].how == "1 task replaced one at a time, the old one ends before the new one starts"
    assert made.notes == ("web has one task: it is away while that is replaced",)


def test_another_number_of_tasks_ends_none():
    two = "services: {web: {image: 'box:1', deploy: {replicas: 2}}}"

    made = plan(two.replace("2", "3"), seen([running(two, wanted=2)]), [revision(1, two)])

    assert made.services[0].how == "no task ends for it"


def test_what_somebody_scaled_or_changed_by_hand_is_seen():
    scaled = plan(ONE, seen([running(wanted=5)]), [revision(1)])
    (change,) = scaled.services[0].changes
    assert (change.path, change.before, change.after) == ("deploy.replicas", "5", "1")

    foreign = plan(ONE, seen([service("web", fingerprint="")]), [revision(1)])
    assert foreign.services[0].changes[0].before == "not made by stax"


def test_a_service_that_is_no_longer_defined_is_removed():
    made = plan(ONE, seen([running(), service("old", "web", running=2)]), [])

    assert [(one.service, one.action, one.how) for one in made.services] == [
        ("web", "keep", ""),
        ("old", "remove", "2 tasks ended"),
    ]


def test_an_interrupted_deployment_is_mentioned():
    made = plan(ONE, seen([running()]), [revision(2, outcome="deploying"), revision(1)])

    assert "revision 2 by jo was interrupted" in made.notes[0]


def test_what_was_restarted_stays_as_it_is():
    before = revision(1)
    anew = {name: {**body, RESTART: 1} for name, body in before.definition["services"].items()}
    restarted = {**before.definition, "services": anew}
    there = service("web", fingerprint=fingerprint(anew["web"], restarted, {}))
    last = Revision(
        stack="web", number=2, at=before.at, by="jo", verb="restart", outcome="done", definition=restarted
    )  # fmt: skip

    assert not plan(ONE, seen([there]), [last, before]).has_changes
    wish = Wish(stack="web", definition=restarted, verb="restart", is_complete=True)
    assert planned(wish, seen([running()]), [before], {}).services[0].action == "restart"


def test_what_failed_was_taken_back():
    found = [revision(3, outcome="failed"), revision(2, outcome="deploying"), revision(1)]

    assert [one.number for one in (last_deployed(found), last_good(found)) if one] == [2, 1]


def test_the_newest_version_of_a_secret_is_taken():
    body = definition(
        "services: {web: {image: b, secrets: [a, b, c]}}\nsecrets: {a: {}, b: {external: true, name: own}, c: {}}"
    )

    found, missing = secrets_of(body, "web", ["web_a.v1", "web_a.v10", "web_a.v2", "own"])

    assert (found, missing) == ({"a": "web_a.v10", "b": "own"}, ["web_c"])
