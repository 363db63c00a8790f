"""When a deployment is done, and when there is no hope for it."""

from tests.unit.stax.engine.services.seen import seen, service, task

from stax.engine.services.progress import STEADY_S, STUCK_S, Wanted, Watch, progress


def wish(replicas: int | None = 1, *, checked: bool = True) -> dict[str, Wanted]:
    return {"web": Wanted(fingerprint="f", replicas=replicas, has_health_check=checked)}


def test_a_task_with_a_health_check_counts_as_soon_as_it_runs():
    assert progress(wish(), seen([service("web")], [task("web")]), Watch(), 0).is_done


def test_one_without_must_run_for_a_while():
    watch, there = Watch(), seen([service("web")], [task("web")])

    assert not progress(wish(checked=False), there, watch, 1).is_done
    assert progress(wish(checked=False), there, watch, 1 + STEADY_S).is_done


def test_it_is_not_done_while_an_old_task_runs_or_the_update_goes_on():
    old = task("web", "2", fingerprint="older")
    busy = service("web", update="updating")

    assert not progress(wish(), seen([service("web")], [task("web"), old]), Watch(), 0).is_done
    assert not progress(wish(), seen([busy], [task("web")]), Watch(), 0).is_done
    assert not progress(wish(2), seen([service("web")], [task("web")]), Watch(), 0).is_done
    assert not progress(wish(), seen(), Watch(), 0).is_done


def test_it_is_not_done_while_a_service_is_there_that_is_to_go():
    assert not progress(wish(), seen([service("web"), service("old", "web")], [task("web")]), Watch(), 0).is_done


def test_it_is_not_done_while_a_task_too_many_still_runs():
    leaving = task("web", "2", wanted="shutdown")

    assert not progress(wish(), seen([service("web")], [task("web"), leaving]), Watch(), 0).is_done
    assert not progress(wish(0), seen([service("web")], [leaving]), Watch(), 0).is_done


def test_what_is_not_healthy_yet_is_told_when_the_time_is_over():
    reached = progress(wish(), seen([service("web")], [task("web", state="starting")]), Watch(), 0)

    assert (reached.failed, [one.state for one in reached.culprits]) == ("", ["starting"])


def test_of_a_global_service_there_is_one_on_each_machine():
    everywhere = service("web", wanted=2)

    one, two = task("web", "docker1"), task("web", "docker2")
    assert not progress(wish(None), seen([everywhere], [one]), Watch(), 0).is_done
    assert progress(wish(None), seen([everywhere], [one, two]), Watch(), 0).is_done


def failed(number: int):
    return task("web", "1", state="failed", id=f"t{number}", trouble="exit 3")


def test_an_update_that_swarm_has_stopped_is_given_up():
    reached = progress(wish(), seen([service("web", update="paused")], [failed(1)]), Watch(), 0)

    assert "update was stopped: exit 3" in reached.failed
    assert [one.id for one in reached.culprits] == ["t1"]


def test_a_stop_of_an_earlier_update_is_not_this_ones():
    before = Watch(before=frozenset({"t1"}))

    assert not progress(wish(), seen([service("web", update="paused")], [failed(1)]), before, 0).failed


def test_a_task_may_have_to_wait_for_another_service_but_not_for_ever():
    assert not progress(wish(), seen([service("web")], [failed(1), failed(2)]), Watch(), 0).failed
    assert "3 times" in progress(wish(), seen([service("web")], [failed(1), failed(2), failed(3)]), Watch(), 0).failed


def test_a_machine_without_the_image_is_named():
    missing = task("web", state="rejected", trouble="No such image: box:9", image="box:9", machine="docker2")

    said = progress(wish(), seen([service("web")], [missing]), Watch(), 0).failed

    assert "docker2 has no such image and cannot pull it: box:9" in said


def test_a_task_that_no_machine_takes_is_given_up_after_a_while():
    stuck = task("web", state="pending", trouble="no suitable node", machine="")
    watch, there = Watch(), seen([service("web")], [stuck])

    assert not progress(wish(), there, watch, 0).failed
    assert "no docker host can take it: no suitable node" in progress(wish(), there, watch, STUCK_S).failed
