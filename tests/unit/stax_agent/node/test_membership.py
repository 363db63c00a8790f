"""One step at a time, and never one that costs the quorum."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from stax_agent.node.membership import Add, Member, Promote, Refuse, Remove, Step, next_step, quorum


def member(name: str, *, votes: bool = True, well: bool = True) -> Member:
    return Member(instance_id=name, is_voter=votes, is_healthy=well)


def step(members: list[Member], servers: str, there: str = "", ready: str = "") -> Step | None:
    """Hosts have one letter; without more words all servers are there and ready."""
    return next_step(members, there=there or servers, servers=list(servers), ready=ready or servers)


def test_a_missing_server_becomes_a_learner_first():
    assert step([member("a")], "abc") == Add("b")


def test_a_learner_that_has_caught_up_is_promoted():
    assert step([member("a"), member("b", votes=False)], "abc") == Promote("b")


def test_nobody_else_is_let_in_while_a_learner_catches_up():
    assert step([member("a"), member("b", votes=False, well=False)], "abc") is None


def test_a_host_that_cannot_serve_yet_is_passed_over():
    assert step([member("a")], "abc", ready="ac") == Add("c")


def test_a_member_whose_host_is_gone_is_removed_before_another_is_let_in():
    assert step([member("a"), member("b"), member("x", well=False)], "abc") == Remove("x")


def test_one_that_is_told_to_go_and_does_not_answer_is_removed_before_another_is_let_in():
    assert step([member("a"), member("b"), member("x", well=False)], "abc", there="abcx") == Remove("x")


def test_a_learner_whose_host_died_while_it_joined_is_removed():
    assert step([member("a"), member("x", votes=False, well=False)], "abc") == Remove("x")


def test_one_that_is_told_to_go_is_removed_when_its_replacement_votes():
    leaving, rest = member("x"), [member("a"), member("b")]

    assert step([*rest, leaving], "abc", there="abcx") == Add("c")
    assert step([*rest, leaving, member("c", votes=False)], "abc", there="abcx") == Promote("c")
    assert step([*rest, leaving, member("c")], "abc", there="abcx") == Remove("x")


def test_a_step_that_would_cost_the_quorum_is_refused_with_the_numbers():
    members = [member("a"), member("b", well=False), member("x")]

    refused = step(members, "ab", there="abx")

    assert refused == Refuse("without x only 1 of 2 voters would answer, 2 are needed")


def test_without_a_quorum_nothing_is_tried():
    assert isinstance(step([member("a"), member("b", well=False), member("c", well=False)], "abc"), Refuse)


def test_a_cluster_as_it_should_be_is_left_alone():
    assert step([member("a"), member("b"), member("c")], "abc") is None


members = st.dictionaries(st.sampled_from("abcdefg"), st.tuples(st.booleans(), st.booleans()), min_size=1)


@given(members, st.sets(st.sampled_from("abcdefg")), st.data())
def test_from_wherever_it_starts_it_ends_with_the_servers_and_always_has_a_quorum(drawn, there, data):
    """Hosts that are there answer, those that are gone do not; each step is taken, and the next is asked for."""
    state = {
        name: Member(instance_id=name, is_voter=votes, is_healthy=name in there) for name, (votes, _) in drawn.items()
    }
    servers = data.draw(st.sets(st.sampled_from(sorted(there)), min_size=1, max_size=5)) if there else set()
    had_quorum = has_quorum(state)

    for _ in range(40):
        taken = next_step(list(state.values()), there=there, servers=sorted(servers), ready=there)
        if taken is None or isinstance(taken, Refuse):
            break
        take(state, taken)
        assert has_quorum(state) or not had_quorum, taken

    if had_quorum and servers:
        assert taken is None
        assert set(state) == servers
        assert all(each.is_voter for each in state.values())


def has_quorum(state: dict[str, Member]) -> bool:
    voters = [each for each in state.values() if each.is_voter]
    return bool(voters) and sum(each.is_healthy for each in voters) >= quorum(len(voters))


def take(state: dict[str, Member], taken: Step) -> None:
    match taken:
        case Add(name):
            state[name] = member(name, votes=False)
        case Promote(name):
            state[name] = replace(state[name], is_voter=True)
        case Remove(name):
            del state[name]
