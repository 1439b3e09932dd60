"""A9 and A6 on the device: what a restored server, a broken chain, an end and two tabs make of an outbox (I1, I8–I10, I34)."""

from typing import Any

import msgspec
import pytest

from server.domain.incident.ops import OPS, Report
from sync import messages as m
from sync import outbox as rules
from sync.keys import key_from
from sync.ops import chain, decode_body, device_id, first_link
from sync.outbox import OutboxOp
from sync.replica import Replica
from sync.rows import bucket_set_hash, row_hash
from tests.support.clock import DeviceClocks, Ids, World

SITE = "yunting"
START = 1_782_093_600_000
BEACON = m.Beacon("b", START, "", "")
MINE = ["hall"]


def device(ops: int = 0, secret: int = 1, world: World | None = None) -> Replica:
    replica = Replica(SITE, key_from(secret), DeviceClocks(world or World(START)), Ids(secret), "L1")
    replica.epoch = "e1"
    for n in range(ops):
        record(replica, str(n))
    return replica


def record(replica: Replica, text: str = "") -> OutboxOp:
    return replica.save(OPS[0], Report("other", "p1", START, 3, text=text))


def head(replica: Replica, seq: int) -> m.Head:
    return m.Head(seq, replica.link(seq))


def answer(
    last: m.Head, results: list[m.Result] | None = None, stop: m.Stop | None = None, epoch: str = "e1", dur: int = 0
) -> m.PushAnswer:
    return m.PushAnswer(epoch, last, dur, results or [], BEACON, START, stop)


def settled(replica: Replica, upto: int, dur: int = 0, st: Any = "applied", at: int = START) -> None:
    """The server has applied everything up to a number."""
    results = [m.Result(op.seq, op.id, op.k, op.rid, st, at, "A") for op in replica.pending if op.seq <= upto]
    replica.push_answered(answer(head(replica, upto), results, dur=dur))


def seqs(bodies: list[str]) -> list[int]:
    return [decode_body(body).seq for body in bodies]


def page(replica: Replica, ack: m.Head, epoch: str = "e1", reset: bool = True) -> list[m.PullLine]:
    row = m.Row(MINE, "unit", "a", 1, row_hash("unit", "a", 1, "{}"), "{}")
    return [m.PullHead(epoch, MINE, bucket_set_hash(frozenset(MINE)), reset), row, m.PullEnd(f"t-{epoch}", False, ack, 0, BEACON, START)]


# --- durable ---------------------------------------------------------------------------------------------------------


def test_acknowledged_ops_are_kept_until_they_are_durable() -> None:
    replica = device(4)
    settled(replica, 3)
    assert [op.seq for op in replica.retained] == [1, 2, 3]
    replica.push_answered(answer(head(replica, 3), dur=2))
    assert ([op.seq for op in replica.outbox], replica.seen, replica.head.seq) == ([3, 4], 3, 4)
    assert seqs(replica.push().ops) == [4]


def test_what_nobody_applied_stays_however_durable_it_is() -> None:
    replica = device(3)
    settled(replica, 2, st="refused")
    settled(replica, 3, dur=3)
    assert [(op.seq, op.state) for op in replica.outbox] == [(1, "refused"), (2, "refused")]
    assert record(replica).seq == 4


def test_a_word_on_durability_reaches_no_further_than_what_was_acknowledged_by_hash() -> None:
    replica = device(4)
    settled(replica, 2, dur=9)
    assert [op.seq for op in replica.outbox] == [3, 4]


def test_nothing_is_forgotten_past_an_op_whose_result_has_not_come() -> None:
    """I7: `seen` would say that it has. Found by simulation."""
    replica = device(4)
    results = [m.Result(op.seq, op.id, op.k, op.rid, "applied", START, "A") for op in replica.pending if op.seq != 2]
    replica.push_answered(answer(head(replica, 4), results, dur=4))
    assert ([op.seq for op in replica.outbox], replica.seen) == ([2, 3, 4], 1)


def test_retention_ends_after_thirty_days_of_the_server_and_at_five_thousand_ops(monkeypatch: pytest.MonkeyPatch) -> None:
    replica = device(3)
    settled(replica, 2, at=START - rules.RETAINED_MS_MAX - 1)
    assert [op.seq for op in replica.outbox] == [3]
    many = device(9)
    monkeypatch.setattr(rules, "RETAINED_OPS_MAX", 5)
    settled(many, 8)
    assert [op.seq for op in many.outbox] == [4, 5, 6, 7, 8, 9]


def test_a_clock_that_jumps_forgets_nothing() -> None:
    world = World(START)
    replica = device(3, world=world)
    settled(replica, 2)
    world.pass_ms(10 * 365 * 86_400_000)
    replica.push_answered(answer(head(replica, 2)))
    assert [op.seq for op in replica.outbox] == [1, 2, 3]


# --- a restored server -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["stop", "page", "enrolment"])
def test_a_restored_server_gets_everything_after_what_it_has(by: str) -> None:
    """I10: retained and pending, as unsent again, whichever message brings the news."""
    replica = device(5)
    settled(replica, 4)
    replica.cursor = "t1"
    last = head(replica, 2)
    if by == "stop":
        replica.push_answered(answer(last, stop=m.Stop("epoch"), epoch="e2"), replica.push())
    elif by == "page":
        replica.pulled(replica.asking, page(replica, last, "e2"))
    else:
        replica.enrolled(m.Enrolled(replica.dev, "e2", last, BEACON, START, ""))
    assert (replica.epoch, replica.trouble, seqs(replica.push().ops)) == ("e2", "", [3, 4, 5])
    assert [op.state for op in replica.outbox] == ["applied", "applied", "saved", "saved", "saved"]
    assert (replica.push().epoch, replica.seen, replica.cursor) == ("e2", 2, "t-e2" if by == "page" else "")


def test_a_restore_is_noticed_though_the_answer_to_the_enrolment_was_lost() -> None:
    """I10: what was acknowledged was acknowledged by an incarnation. Found by simulation."""
    replica = device(2)
    replica.epoch = ""
    push = replica.push()
    assert push.epoch is None
    replica.push_answered(answer(head(replica, 2)), push)
    assert (replica.epoch, replica.acked) == ("e1", 2)
    replica.pulled(replica.asking, page(replica, head(replica, 0), "e2"))
    assert (replica.epoch, seqs(replica.push().ops)) == ("e2", [1, 2])


def test_what_a_restored_server_has_stays_retained_for_the_next_restore() -> None:
    replica = device(3)
    settled(replica, 3)
    replica.push_answered(answer(head(replica, 2), stop=m.Stop("epoch"), epoch="e2"))
    replica.push_answered(answer(head(replica, 0), stop=m.Stop("epoch"), epoch="e3"))
    assert seqs(replica.push().ops) == [1, 2, 3]


def test_a_restored_server_that_lacks_what_was_forgotten_breaks_the_chain() -> None:
    replica = device(4)
    settled(replica, 3, dur=2)
    replica.push_answered(answer(m.Head(1, "ab" * 32), stop=m.Stop("epoch"), epoch="e2"))
    assert (replica.trouble, [op.seq for op in replica.outbox]) == ("fork", [3, 4])


def test_a_restored_server_with_other_bytes_breaks_the_chain() -> None:
    replica = device(3)
    settled(replica, 3)
    replica.push_answered(answer(m.Head(2, "ab" * 32), stop=m.Stop("epoch"), epoch="e2"))
    assert (replica.trouble, len(replica.outbox)) == ("fork", 3)


@pytest.mark.parametrize("by", ["push", "page"])
def test_of_a_restored_server_with_another_chain_only_what_it_calls_durable_too_counts_as_sent(by: str) -> None:
    """I8, I10: everything above is unsent again at once, for the counts and the rescue file."""
    replica = device(5)
    settled(replica, 4, st="held", dur=3)
    other = m.Head(2, "ab" * 32)
    if by == "push":
        replica.push_answered(answer(other, stop=m.Stop("epoch"), epoch="e2", dur=2), replica.push())
    else:
        lines = page(replica, other, "e2")
        replica.pulled(replica.asking, [*lines[:-1], m.PullEnd("t-e2", False, other, 2, BEACON, START)])
    assert (replica.trouble, replica.dur, replica.acked) == ("fork", 2, 2)
    assert [(op.seq, op.state, op.result) for op in replica.pending] == [(3, "saved", None), (4, "saved", None), (5, "saved", None)]
    assert replica.vital("app").unsent == 3
    assert [seqs(push.ops) for push in replica.rescue()] == [[3, 4, 5]]


def test_what_is_behind_a_hole_is_another_push_of_a_rescue() -> None:
    """I10: what was forgotten as durable is a hole once a restored server lacks it; a push is without."""
    replica = device(5)
    results = [m.Result(op.seq, op.id, op.k, op.rid, "held" if op.seq == 2 else "applied", START, "A") for op in replica.pending[:4]]
    replica.push_answered(answer(head(replica, 4), results, dur=4))
    replica.push_answered(answer(m.Head(1, "ab" * 32), stop=m.Stop("epoch"), epoch="e2", dur=1))
    assert [seqs(push.ops) for push in replica.rescue()] == [[2], [5]]


def test_an_answer_of_an_epoch_that_is_over_says_nothing() -> None:
    replica = device(3)
    old_push, old_pull = replica.push(), replica.asking
    replica.push_answered(answer(head(replica, 0), stop=m.Stop("epoch"), epoch="e2"), old_push)
    replica.push_answered(answer(head(replica, 3)), old_push)
    assert (replica.epoch, replica.acked) == ("e2", 0)
    assert replica.pulled(old_pull, page(replica, head(replica, 3)))
    assert (replica.epoch, replica.acked, replica.cursor) == ("e2", 0, "")


def test_a_page_asked_for_before_a_fresh_start_is_not_taken_after_it() -> None:
    """I14: both were asked with no cursor."""
    replica = device()
    replica.server_key = ""
    asked = replica.asking
    replica.pulled(asked, page(replica, m.Head(0, replica.link(0))))
    replica.frame(m.Ok("reset", "", BEACON))
    assert replica.cursor == asked.cursor == ""
    assert replica.pulled(asked, page(replica, m.Head(0, replica.link(0))))
    assert replica.cursor == ""


# --- a broken chain --------------------------------------------------------------------------------------------------


def enrolled_anew(replica: Replica, secret: int = 99, epoch: str = "e1") -> m.Enrol:
    key = key_from(secret)
    enrol = replica.enrol_anew(key, "nonce")
    dev = device_id(key.public)
    replica.enrolled(m.Enrolled(dev, epoch, m.Head(0, first_link(SITE, dev).hex()), BEACON, START, ""))
    return enrol


def test_a_broken_chain_is_signed_anew_with_the_same_ids_arguments_and_clocks() -> None:
    replica = device(4)
    settled(replica, 3, dur=1)
    before, old = list(replica.outbox), replica.dev
    replica.push_answered(answer(m.Head(3, "ab" * 32)))
    assert replica.trouble == "fork"
    assert enrolled_anew(replica).after == old
    after = replica.outbox
    assert (replica.trouble, replica.acked, [op.seq for op in after]) == ("", 0, [1, 2, 3])
    for was, now in zip(before, after, strict=True):
        a, b = decode_body(was.body), decode_body(now.body)
        assert (b.id, bytes(b.a), b.clk, b.rid, b.k, b.sv, b.t) == (a.id, bytes(a.a), a.clk, a.rid, a.k, a.sv, a.t)
        assert b.orig is not None
        assert (b.dev, b.orig.dev, b.orig.seq, b.orig.link) == (replica.dev, old, was.seq, was.link)
        assert (now.id, now.saved_at) == (was.id, was.saved_at)
    assert [op.link for op in after] == [link.hex() for link in chain(first_link(SITE, replica.dev), [op.body for op in after])]


def test_a_chain_broken_twice_still_names_where_an_op_stood_first() -> None:
    replica = device(2)
    first, link = replica.dev, replica.link(2)
    enrolled_anew(replica, 98)
    enrolled_anew(replica, 99)
    orig = decode_body(replica.outbox[1].body).orig
    assert orig is not None
    assert (orig.dev, orig.seq, orig.link) == (first, 2, link)


def test_guards_and_unreadable_ops_survive_a_new_chain() -> None:
    replica = device()
    replica.save(OPS[0], Report("fire", "p1", START, 1), rid="r1", guard={"r1": 4})
    replica.append("junk", "", "", "no op at all")
    enrolled_anew(replica)
    body = decode_body(replica.outbox[0].body)
    assert (body.guard, replica.outbox[1].body) == ({"r1": 4}, "no op at all")


def test_a_gap_that_cannot_be_filled_breaks_the_chain() -> None:
    replica = device(4)
    settled(replica, 3, dur=3)
    replica.push_answered(answer(m.Head(1, "ab" * 32), stop=m.Stop("gap", want=2)))
    assert replica.trouble == "fork"


def test_answers_to_the_old_chain_settle_nothing_of_the_new() -> None:
    replica = device(2)
    push = replica.push()
    old = answer(head(replica, 2), [m.Result(1, replica.outbox[0].id, "", "", "applied", START)])
    enrolled_anew(replica)
    replica.push_answered(old, push)
    assert (replica.trouble, replica.acked, replica.outbox[0].state) == ("", 0, "saved")


def test_an_enrolment_that_was_given_up_changes_nothing() -> None:
    replica = device(2)
    given_up = key_from(50)
    replica.enrol_anew(given_up, "nonce")
    replica.enrol_anew(key_from(51), "nonce")
    before = replica.dev
    dev = device_id(given_up.public)
    replica.enrolled(m.Enrolled(dev, "e1", m.Head(0, first_link(SITE, dev).hex()), BEACON, START, ""))
    assert (replica.dev, len(replica.outbox)) == (before, 2)


def test_what_was_refused_long_ago_goes_along_to_the_new_chain() -> None:
    replica = device(2)
    settled(replica, 1, st="refused")
    settled(replica, 2, dur=2)
    enrolled_anew(replica)
    assert [decode_body(op.body).seq for op in replica.outbox] == [1]


def test_an_op_acknowledged_without_its_result_is_sent_again_after_a_last_page() -> None:
    """I7, when the storage went back to before the result came. Found by simulation."""
    replica = device(3)
    replica.pulled("", page(replica, head(replica, 2)))
    assert [op.state for op in replica.outbox] == ["delivered", "delivered", "saved"]
    assert seqs(replica.push().ops) == [1, 2, 3]
    assert replica.vital("").unsent == 1
    settled(replica, 3)
    replica.pulled(replica.asking, page(replica, head(replica, 3), reset=False))
    assert replica.push().ops == []


# --- an ended device, rescue, vitals, tabs ---------------------------------------------------------------------------


def test_a_device_told_to_wipe_first_sends_what_it_has() -> None:
    replica = device(3)
    replica.pulled("", page(replica, m.Head(0, replica.link(0))))
    replica.push_answered(answer(head(replica, 2), stop=m.Stop("wipe")))
    assert (replica.wiped, seqs(replica.push().ops)) == (False, [3])
    replica.push_answered(answer(head(replica, 3), stop=m.Stop("wipe")))
    assert (replica.wiped, replica.outbox, replica.rows, replica.cursor) == (True, [], {}, "")


def test_a_rescue_is_pushes_as_the_device_would_send_them() -> None:
    replica = device(450)
    settled(replica, 30)
    rescue = replica.rescue()
    assert [len(push.ops) for push in rescue] == [200, 200, 20]
    assert rescue[0] == replica.push()
    replica.push_answered(answer(head(replica, 230)))
    assert msgspec.structs.replace(rescue[1], seen=0) == msgspec.structs.replace(replica.push(), seen=0)


def test_vitals_tell_how_much_waits_and_since_when() -> None:
    world = World(START)
    replica = device(1, world=world)
    world.pass_ms(60_000)
    record(replica)
    assert replica.vital("0.1", 5, True) == m.Vital(2, 0, START, "0.1", 5, True)
    settled(replica, 2)
    assert replica.vital("0.1") == m.Vital(0, 0, None, "0.1", -1, False)


def test_of_two_tabs_that_save_at_once_one_must_try_again() -> None:
    """I29, I34: one sequence for all tabs, no number twice."""
    replica = device(1)
    one, other = (replica.draft(OPS[0], Report("other", "p1", START, n)) for n in (1, 2))
    assert (one.seq, other.seq) == (2, 2)
    assert [replica.keep(one), replica.keep(other)] == [True, False]
    assert [op.id for op in replica.pending] == [replica.outbox[0].id, one.id]


def test_a_push_behind_another_continues_it() -> None:
    replica = device(3)
    assert seqs(replica.push(after=2).ops) == [3]
    settled(replica, 3)
    assert replica.push(after=2).ops == []
