"""The NAT box's decisions, in the words of the cases they are for."""

from typing import Self

from hypothesis import given, settings
from hypothesis import strategies as st

from stax_agent.nat import facts
from stax_agent.nat.facts import (
    Alarm,
    CanaryHeard,
    EgressTried,
    Event,
    Examined,
    HeartbeatHeard,
    Holder,
    Look,
    Looked,
    Move,
)
from stax_agent.nat.heartbeat import INTERVAL_S, Saying
from stax_agent.nat.state import FIRST_HOLD_S, decide, saying

WELL, UNFIT, DRAINING = (
    HeartbeatHeard(Saying.WELL),
    HeartbeatHeard(Saying.UNFIT, "why"),
    HeartbeatHeard(Saying.DRAINING),
)
GETS_OUT, CUT_OFF = EgressTried(works=True), EgressTried(works=False)
OUT, WITHIN = CanaryHeard(by_way_out=True), CanaryHeard(by_way_out=False)
OWN, PEERS = 1, 2


class Playbook:
    """A box 1 whose day is told in events, each at its time."""

    def __init__(self, me: int = OWN) -> None:
        self.now_s = 1000.0
        self.watch = facts.Watch(me=me, started_at_s=self.now_s)
        self.commands: list[facts.Command] = []

    def hears(self, *events: Event) -> Self:
        for event in events:
            self.watch, commands = decide(self.watch, event, self.now_s)
            self.commands += commands
        return self

    def looks(self, *, own: Holder = Holder.ME, peers: Holder = Holder.PEER) -> Self:
        return self.hears(Looked(self.watch.me, own, own), Looked(self.watch.peer, peers, peers))

    def lives(self, seconds: float, *events: Event) -> Self:
        """Time passes, with these events every 50 ms."""
        for _ in range(round(seconds / INTERVAL_S)):
            self.now_s += INTERVAL_S
            self.hears(*events, facts.Tick())
        return self

    def moves(self) -> list[int]:
        """The zones moved since the last time."""
        moved = [each.zone for each in self.commands if isinstance(each, Move)]
        self.commands = []
        return moved

    def alarms(self) -> str:
        return "\n".join(each.text for each in self.commands if isinstance(each, Alarm))


def at_work() -> Playbook:
    """A box that carries its zone beside a peer that carries its own, all well for two seconds."""
    return Playbook().hears(Examined(), GETS_OUT).looks().lives(2, WELL, GETS_OUT, OUT, WITHIN)


def standing_in() -> Playbook:
    """A box that carries both zones, the peer lost."""
    box = at_work().lives(1, GETS_OUT, WITHIN)
    assert box.moves() == [PEERS]
    return box.looks(peers=Holder.ME).hears(facts.MoveEnded(PEERS))


def displaced() -> Playbook:
    """A box that has come back and whose zone and address the peer has."""
    return Playbook().hears(Examined()).looks(own=Holder.PEER).hears(WELL)


def test_all_well_nothing_moves():
    assert at_work().moves() == []


def test_power_cut_of_the_peer_is_acted_on_after_four_heartbeats_and_not_before():
    """Case 1."""
    box = at_work()

    assert box.lives(0.15, GETS_OUT, WITHIN).moves() == []
    assert box.lives(0.15, GETS_OUT, WITHIN).moves() == [PEERS]


def test_neither_the_peer_nor_its_hosts_are_heard_is_acted_on_when_it_lasts():
    """Case 5: on a machine that is busy all packets are late at once.  Case 22: a zone that is cut off stays away."""
    box = at_work()

    assert box.lives(0.5, GETS_OUT).moves() == []
    assert box.lives(0.2, GETS_OUT).moves() == [PEERS]


def test_heartbeats_blocked_while_hosts_get_out_through_the_peer_moves_nothing_and_alarms():
    """Case 2."""
    box = at_work().lives(60, GETS_OUT, OUT, WITHIN)

    assert "hosts get out through it" in box.alarms()
    assert box.moves() == []


def test_the_peer_is_well_but_its_hosts_do_not_get_out_is_taken_over_after_a_second():
    """Case 3."""
    box = at_work()

    assert box.lives(0.9, WELL, GETS_OUT, WITHIN).moves() == []
    assert box.lives(0.3, WELL, GETS_OUT, WITHIN).moves() == [PEERS]


def test_hosts_that_stop_getting_out_have_ec2_asked_at_once_and_then_each_second():
    """Case 3: and nothing is acted on before it has answered."""
    box = at_work().lives(0.45, WELL, GETS_OUT, WITHIN)

    assert [each for each in box.commands if isinstance(each, Look)] == [Look()]
    assert box.lives(0.5, WELL, GETS_OUT, WITHIN).commands.count(Look()) == 1
    assert at_work().lives(60, WELL, GETS_OUT, OUT, WITHIN).commands.count(Look()) == 0


def test_a_public_address_that_leads_to_neither_box_is_brought_here_with_its_zone():
    """Case 3: somebody took it away; as soon as EC2 says so, if no host gets out."""
    box = at_work().lives(0.45, WELL, GETS_OUT, WITHIN)
    assert box.moves() == []

    box.hears(Looked(PEERS, route=Holder.PEER, address=Holder.NOBODY))

    assert box.moves() == [PEERS]


def test_a_public_address_that_leads_to_neither_box_is_the_peers_affair_where_no_host_is_cut_off():
    box = at_work().looks(own=Holder.ME).hears(Looked(PEERS, route=Holder.PEER, address=Holder.NOBODY))

    assert box.lives(5, WELL, GETS_OUT, OUT, WITHIN).moves() == []


def test_a_box_that_lost_its_own_public_address_does_not_take_it_for_the_peers_fault():
    """Case 3: the canaries are addressed to it; its own way out, tried since, has to have worked."""
    box = at_work()

    assert box.lives(2.5, WELL, WITHIN).moves() == []


def test_box_1_is_the_first_to_act_when_both_boxes_miss_each_others_hosts():
    """Case 3: and box 2, which hears that its own zone is being moved, does not act."""
    second = Playbook(me=2).hears(Examined(), GETS_OUT).looks()
    second.lives(2, WELL, GETS_OUT, OUT, WITHIN)
    acting = HeartbeatHeard(Saying.WELL, claims=frozenset({1, 2}))

    assert second.lives(1.15, WELL, GETS_OUT, WITHIN).moves() == []
    assert second.lives(10, acting, GETS_OUT, WITHIN).moves() == []


def test_the_peer_says_it_is_unfit_is_taken_over_at_once():
    """Case 3."""
    assert at_work().hears(UNFIT).moves() == [PEERS]


def test_every_fifth_packet_lost_moves_nothing():
    """Case 4."""
    box = at_work()
    for _ in range(200):
        box.lives(0.2, WELL, GETS_OUT, OUT, WITHIN).lives(0.05, GETS_OUT, WITHIN)

    assert box.moves() == []


def test_no_host_is_there_to_ask_and_the_peer_is_heard_moves_nothing():
    assert at_work().lives(60, WELL, GETS_OUT).moves() == []


def test_a_move_that_is_refused_is_tried_again_after_its_pause_for_ever():
    """Case 6."""
    box = at_work().lives(0.3, GETS_OUT, WITHIN)
    assert box.moves() == [PEERS]

    for _ in range(20):
        box.hears(facts.MoveEnded(PEERS, "throttled", 2.0)).looks()
        assert box.lives(1.5, GETS_OUT, WITHIN).moves() == []
        assert box.lives(1, GETS_OUT, WITHIN).moves() == [PEERS]


def test_no_answer_from_ec2_is_no_repair():
    """Case 7: while the move is under way nothing else is begun, and nothing is believed done."""
    box = at_work().lives(0.3, GETS_OUT, WITHIN)
    assert box.moves() == [PEERS]

    assert box.lives(10, GETS_OUT, WITHIN).moves() == []
    assert not box.watch.zones[PEERS].is_mine


def test_of_two_writes_the_one_that_failed_is_repeated():
    """Case 8."""
    box = at_work().lives(0.3, GETS_OUT, WITHIN)
    box.commands = []

    box.hears(Looked(PEERS, Holder.PEER, Holder.ME), facts.MoveEnded(PEERS, "refused", 0.0), facts.Tick())

    moves = [each for each in box.commands if isinstance(each, Move)]
    assert moves == [Move(PEERS, route=True, address=False, fresh_copies=False)]


def test_a_missing_default_route_alarms_and_writes_nothing():
    """Case 9."""
    box = at_work().hears(Looked(PEERS, Holder.NOBODY, Holder.PEER)).lives(5, GETS_OUT, WITHIN)

    assert "no default route" in box.alarms()
    assert box.moves() == []


def test_what_is_here_already_is_not_written():
    """Case 9."""
    assert standing_in().lives(60, GETS_OUT, WITHIN).looks(peers=Holder.ME).moves() == []


def test_who_has_not_looked_does_nothing():
    """Case 10."""
    box = Playbook().hears(Examined(), GETS_OUT).lives(60, GETS_OUT, WITHIN)

    assert box.moves() == []


def test_the_first_one_up_serves_both_zones():
    """Case 12: the peer was never heard."""
    box = Playbook().hears(Examined(), GETS_OUT).looks()

    assert box.lives(4, GETS_OUT, WITHIN).moves() == []
    assert box.lives(2, GETS_OUT, WITHIN).moves() == [PEERS]


def test_both_boot_at_once_and_each_keeps_its_own():
    """Case 13."""
    assert Playbook().looks().hears(Examined(), GETS_OUT).lives(60, WELL, GETS_OUT, OUT, WITHIN).moves() == []


def test_a_second_failure_right_after_the_first_is_seen_as_fast():
    """Case 14."""
    box = standing_in().hears(WELL).looks(peers=Holder.PEER).lives(0.1, WELL, GETS_OUT)
    box.moves()

    assert box.lives(0.15, GETS_OUT, WITHIN).moves() == []
    assert box.lives(0.15, GETS_OUT, WITHIN).moves() == [PEERS]


def test_an_agent_that_hangs_on_a_box_that_forwards_is_left_alone():
    """Case 15: no heartbeats, but the hosts get out."""
    assert at_work().lives(300, GETS_OUT, OUT, WITHIN).looks().moves() == []


def test_a_peer_that_is_drained_is_taken_over_with_its_newest_connections():
    """Case 16."""
    box = at_work()
    box.commands = []

    box.hears(DRAINING)

    assert [each for each in box.commands if isinstance(each, Move)] == [Move(PEERS, True, True, fresh_copies=True)]


def test_a_drained_box_says_so_and_takes_nothing():
    """Case 16."""
    box = at_work().hears(facts.DrainWanted(on=True))

    assert saying(box.watch, box.now_s)[0] is Saying.DRAINING
    assert box.looks(own=Holder.PEER).lives(60, WELL).moves() == []
    box.looks(own=Holder.PEER).hears(facts.DrainWanted(on=False))
    assert box.lives(FIRST_HOLD_S + 0.1, WELL, GETS_OUT).moves() == [OWN]


def test_a_box_without_a_way_out_takes_nothing_over():
    """Case 22: its zone is cut off; what it does not hear is not dead."""
    assert at_work().lives(4, WELL, OUT).lives(60).moves() == []


def test_a_box_that_came_back_proves_itself_first():
    """Case 11."""
    box = displaced()

    assert box.lives(FIRST_HOLD_S - 0.1, WELL).moves() == []
    assert box.lives(0.2, WELL).moves() == [OWN]


def test_a_box_that_came_back_and_finds_no_way_out_says_so():
    box = displaced().lives(FIRST_HOLD_S + 0.1, WELL).looks(own=Holder.ME).hears(facts.MoveEnded(OWN))

    assert saying(box.watch, box.now_s)[0] is Saying.WELL
    box.lives(4, WELL)

    assert saying(box.watch, box.now_s) == (Saying.UNFIT, "no way out")


def test_a_box_that_flaps_waits_twice_as_long_each_time():
    box = displaced().lives(FIRST_HOLD_S + 0.1, WELL)
    assert box.moves() == [OWN]
    for hold_s in (2 * FIRST_HOLD_S, 4 * FIRST_HOLD_S, 8 * FIRST_HOLD_S):
        box.looks(own=Holder.ME).hears(facts.MoveEnded(OWN), Examined("no rules")).lives(1, WELL, GETS_OUT)
        box.looks(own=Holder.PEER).hears(Examined())

        assert box.lives(min(hold_s - 0.2, 25), WELL).looks(own=Holder.PEER).moves() == []
        assert box.lives(0.4, WELL).moves() == [OWN] or hold_s > 25


def test_a_box_whose_address_the_peer_has_judges_nobody():
    """What its hosts send to its public address arrives at the peer, and says nothing of the peer."""
    box = at_work()
    claims = HeartbeatHeard(Saying.WELL, claims=frozenset({1, 2}))

    assert box.lives(2.5, claims, WITHIN).moves() == []
    assert saying(box.watch, box.now_s)[0] is Saying.WELL


def test_a_box_whose_rules_are_gone_says_so_by_name():
    box = at_work().hears(Examined("the rules were changed"))

    assert saying(box.watch, box.now_s) == (Saying.UNFIT, "the rules were changed")


# What holds whatever happens ------------------------------------------------------------------------

holders = st.sampled_from(list(Holder))
events = st.one_of(
    st.just(facts.Tick()),
    st.builds(HeartbeatHeard, st.sampled_from(list(Saying))),
    st.builds(CanaryHeard, st.booleans()),
    st.builds(EgressTried, st.booleans()),
    st.builds(Examined, st.sampled_from(["", "broken"]), st.sampled_from(["", "put back"])),
    st.builds(Looked, st.sampled_from([1, 2]), holders, holders),
    st.builds(facts.LookFailed, st.just("no answer")),
    st.builds(facts.MoveEnded, st.sampled_from([1, 2]), st.sampled_from(["", "refused"]), st.floats(0, 10)),
    st.builds(facts.DrainWanted, st.booleans()),
)
days = st.lists(st.tuples(st.floats(0, 2), events), max_size=60)


@settings(max_examples=300, deadline=None)
@given(days)
def test_whatever_happens_a_move_follows_only_from_what_is_known(day: list[tuple[float, Event]]):
    """No move of the peer's zone without one's own way out proven, none unlooked, none while one is under way."""
    box, last_out_s, moving = Playbook(), float("-inf"), set[int]()
    for pause_s, event in day:
        box.now_s += pause_s
        if isinstance(event, EgressTried) and event.works:
            last_out_s = box.now_s
        if isinstance(event, facts.MoveEnded):
            moving.discard(event.zone)
        box.commands = []
        box.hears(event)
        for move in (each for each in box.commands if isinstance(each, Move)):
            view = box.watch.zones[move.zone]
            assert move.zone not in moving
            moving.add(move.zone)
            assert Holder.UNKNOWN not in {view.route, view.address}
            assert view.route is not Holder.NOBODY
            assert not box.watch.drain
            assert not box.watch.fault
            assert move.zone == OWN or box.now_s - last_out_s <= 3.0
            assert (move.route, move.address) == (view.route is not Holder.ME, view.address is not Holder.ME)


def test_a_peer_that_is_lost_just_after_it_took_ones_address_is_not_taken_over_on_an_old_look():
    """Both boxes start at once and miss each other for a moment: swapped, neither would have a way out."""
    box = at_work().lives(0.1, HeartbeatHeard(Saying.WELL, claims=frozenset({1, 2})), GETS_OUT, WITHIN)

    assert box.lives(1, GETS_OUT, WITHIN).moves() == []
    # EC2's word, once it is newer than the peer's, counts.
    assert box.looks().lives(0.1, GETS_OUT, WITHIN).moves() == [PEERS]


def test_a_peer_that_stalls_while_both_start_is_not_a_lost_one():
    """Case 13: both boot at once, on processors that have much to do."""
    box = Playbook().hears(Examined(), GETS_OUT).looks().hears(WELL)

    assert box.lives(1.5, GETS_OUT, WITHIN).moves() == []
    assert box.lives(1, WELL, GETS_OUT, WITHIN).moves() == []
    assert box.looks().lives(1, GETS_OUT, WITHIN).moves() == [PEERS]  # started by now: the same silence is a loss


def test_a_peer_that_went_silent_as_it_started_is_lost_in_the_end():
    box = at_work().lives(10, WELL, GETS_OUT, OUT).looks().hears(HeartbeatHeard(Saying.STARTING))

    assert box.lives(4, GETS_OUT).moves() == []
    assert box.lives(2, GETS_OUT).moves() == [PEERS]


def test_a_peer_whose_heartbeats_come_late_is_given_the_time_they_take():
    """Case 5: both cores busy, heartbeats stall and go on."""
    box = at_work()
    for _ in range(20):
        box.lives(0.4, GETS_OUT, WITHIN).hears(WELL)
        box.looks()

    assert len(box.moves()) <= 1  # the first stall can be told from a loss by nobody; the next ones are


def test_hosts_whose_canaries_come_late_are_given_the_time_they_take():
    """Case 5: heartbeats lost on a machine so busy that canaries come four times a second."""
    box = at_work()
    for _ in range(8):
        box.lives(0.2, WELL, GETS_OUT, WITHIN).hears(OUT)
    for _ in range(20):
        box.lives(0.25, GETS_OUT, WITHIN).hears(OUT)

    assert box.moves() == []


def test_what_a_host_missed_while_its_zone_moved_makes_nothing_late():
    """Case 14."""
    box = standing_in().hears(OUT, WELL).looks(peers=Holder.PEER).lives(2, WELL, GETS_OUT, OUT, WITHIN)
    box.moves()

    assert box.lives(0.3, GETS_OUT, WITHIN).moves() == [PEERS]


def test_once_they_come_in_time_again_a_loss_is_seen_as_fast_as_before():
    box = at_work().lives(0.15, GETS_OUT, WITHIN).lives(60, WELL, GETS_OUT).looks()

    assert box.lives(0.3, GETS_OUT, WITHIN).moves() == [PEERS]
