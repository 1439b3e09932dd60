"""The device's half of the laws, in Python: ack by hash, whole pages, frames that continue, honest `seen` (I7, I8, I12, I14)."""

import msgspec
import pytest

from server.domain.incident.ops import OPS, Report
from sync import messages as m
from sync.keys import key_from, unb64
from sync.ops import PUSH_BYTES_MAX, PUSH_OPS_MAX, OpBody, chain, decode_body, first_link, push_bytes, verify
from sync.replica import Damaged, OutboxOp, Replica
from sync.rows import bucket_set_hash, row_hash
from tests.support.clock import DeviceClocks, Ids, World

SITE = "yunting"
START = 1_782_093_600_000
BEACON = m.Beacon("b", START, "", "")
MINE = ["hall", "pub"]
BH = bucket_set_hash(frozenset(MINE))


def device(secret: int = 1) -> Replica:
    world = World(START)
    replica = Replica(SITE, key_from(secret), DeviceClocks(world), Ids(secret), "L1")
    replica.epoch = "e1"
    return replica


def record(replica: Replica, text: str = "") -> OutboxOp:
    return replica.save(OPS[0], Report("other", "p1", START, 3, text=text))


def row(rid: str, ver: int, body: str | None, kind: str = "unit", buckets: list[str] = MINE) -> m.Row:
    return m.Row(buckets if body is not None else [], kind, rid, ver, row_hash(kind, rid, ver, body or ""), body)


def page(
    replica: Replica, rows: list[m.Row], to: str, *, reset: bool = False, more: bool = False, ack: m.Head | None = None
) -> list[m.PullLine]:
    head = m.PullHead("e1", MINE, BH, reset)
    return [head, *rows, m.PullEnd(to, more, ack or m.Head(0, replica.link(0)), 0, BEACON, START)]


def answer(last: m.Head, results: list[m.Result] | None = None, stop: m.Stop | None = None, epoch: str = "e1") -> m.PushAnswer:
    return m.PushAnswer(epoch, last, 0, results or [], BEACON, START, stop)


def applied(op: OutboxOp) -> m.Result:
    return m.Result(op.seq, op.id, op.k, op.rid, "applied", START, "A")


def test_saved_ops_are_numbered_linked_and_signed_as_the_protocol_says() -> None:
    replica = device()
    ops = [record(replica, text) for text in ("甲", "乙", "丙")]
    bodies = [decode_body(op.body) for op in ops]
    links = chain(first_link(SITE, replica.dev), [op.body for op in ops])
    assert [b.seq for b in bodies] == [1, 2, 3]
    assert [b.prev for b in bodies] == [replica.link(0), links[0].hex(), links[1].hex()]
    push = replica.push()
    assert push.ops == [op.body for op in ops]
    assert verify(replica.key.public, push_bytes(SITE, replica.dev, 3, links[-1]), unb64(push.sig))


def test_a_push_keeps_the_limits_and_the_rest_follows() -> None:
    replica = device()
    for n in range(PUSH_OPS_MAX + 7):
        record(replica, str(n))
    assert len(replica.push().ops) == PUSH_OPS_MAX
    replica.push_answered(answer(m.Head(PUSH_OPS_MAX, replica.link(PUSH_OPS_MAX))))
    assert len(replica.push().ops) == 7
    large = device(2)
    for _ in range(40):
        record(large, "岗" * 9000)
    assert 1 < len(large.push().ops) < 40
    assert len(msgspec.json.encode(large.push())) <= PUSH_BYTES_MAX


def test_nothing_waiting_is_an_empty_push_signed_over_the_head() -> None:
    replica = device()
    push = replica.push()
    assert (push.ops, push.seen) == ([], 0)
    assert verify(replica.key.public, push_bytes(SITE, replica.dev, 0, bytes.fromhex(replica.link(0))), unb64(push.sig))


def test_a_result_settles_its_op_and_seen_counts_without_gaps() -> None:
    replica = device()
    first, second, third = (record(replica) for _ in range(3))
    replica.push_answered(answer(m.Head(3, third.link), [applied(first), applied(third)]))
    assert [op.state for op in replica.outbox] == ["applied", "delivered", "applied"]
    assert replica.seen == 1
    replica.push_answered(answer(m.Head(3, third.link), [applied(second)]))
    assert replica.seen == 3


def test_an_ack_with_another_hash_settles_nothing_and_is_a_fork() -> None:
    replica = device()
    op = record(replica)
    replica.push_answered(answer(m.Head(1, "00" * 32), [applied(op)]))
    assert (op.state, replica.trouble, len(replica.pending)) == ("saved", "fork", 1)


def test_an_ack_for_numbers_this_device_never_used_is_a_fork() -> None:
    replica = device()
    replica.push_answered(answer(m.Head(4, "ab" * 32)))
    assert replica.trouble == "fork"


def test_a_result_for_another_op_of_the_same_number_is_not_taken() -> None:
    replica = device()
    op = record(replica)
    replica.push_answered(answer(m.Head(1, op.link), [m.Result(1, "someone-else", op.k, op.rid, "applied", START)]))
    assert (op.state, op.result) == ("delivered", None)


@pytest.mark.parametrize(("first", "state"), [("applied", "applied"), ("held", "held"), ("refused", "refused"), (None, "delivered")])
def test_a_dup_takes_the_state_of_the_first_result(first: m.OutcomeState | None, state: str) -> None:
    replica = device()
    op = record(replica)
    replica.push_answered(answer(m.Head(1, op.link), [m.Result(1, op.id, op.k, op.rid, "dup", START, first=first)]))
    assert op.state == state


def test_a_gap_sends_again_from_where_the_server_stands() -> None:
    replica = device()
    for _ in range(3):
        record(replica)
    replica.push_answered(answer(m.Head(2, replica.link(2))))
    assert len(replica.push().ops) == 1
    replica.push_answered(answer(m.Head(1, replica.link(1)), stop=m.Stop("gap", want=2)))
    assert [decode_body(b).seq for b in replica.push().ops] == [2, 3]


def test_a_fork_keeps_everything_and_says_so() -> None:
    replica = device()
    op = record(replica)
    replica.push_answered(answer(m.Head(0, replica.link(0)), stop=m.Stop("fork")))
    assert (replica.trouble, op.state, replica.pending) == ("fork", "saved", [op])


def test_busy_says_when_to_come_back_and_keeps_the_rest_pending() -> None:
    replica = device()
    first, second = record(replica), record(replica)
    replica.push_answered(answer(m.Head(1, first.link), [applied(first)], m.Stop("busy", retry_ms=1500)))
    assert (replica.retry_ms, replica.pending) == (1500, [second])


def test_a_page_moves_rows_cursor_and_ack_together() -> None:
    replica = device()
    op = record(replica)
    replica.pulled("", page(replica, [row("a", 1, '{"n":1}'), row("b", 1, "{}")], "t1", reset=True, ack=m.Head(1, op.link)))
    assert (replica.cursor, set(replica.bodies("unit")), op.state) == ("t1", {"a", "b"}, "delivered")
    replica.pulled("t1", page(replica, [row("a", 2, '{"n":2}'), row("b", 2, None)], "t2"))
    assert (replica.cursor, replica.bodies("unit")) == ("t2", {"a": {"n": 2}})


def test_a_page_asked_for_at_another_cursor_is_dropped() -> None:
    replica = device()
    replica.pulled("", page(replica, [row("a", 2, '{"n":2}')], "t2", reset=True))
    assert replica.pulled("", page(replica, [row("a", 1, '{"n":1}')], "t1", reset=True))
    assert (replica.cursor, replica.body("unit", "a")) == ("t2", {"n": 2})


def test_a_page_cut_short_or_damaged_applies_nothing() -> None:
    replica = device()
    replica.pulled("", page(replica, [row("a", 1, "{}")], "t1", reset=True))
    before = replica.state()
    bad = row("b", 1, "{}")
    bad.d = '{"x":1}'
    whole = page(replica, [row("c", 1, "{}"), bad], "t2")
    for lines in (whole, whole[:-1], whole[1:], [whole[0], *whole]):
        with pytest.raises(Damaged):
            replica.pulled("t1", lines)
    assert (replica.state(), replica.cursor) == (before, "t1")


def test_own_ops_count_as_shown_only_with_a_last_page_and_not_after_a_fresh_start() -> None:
    """I15: laid over the rows until the rows have them. Found by simulation."""
    replica = device()
    first, second = record(replica), record(replica)
    ack = m.Head(2, second.link)
    replica.pulled("", page(replica, [], "t1", reset=True, more=True, ack=ack))
    assert (replica.unshown, replica.pending, first.state) == ([first, second], [], "delivered")
    replica.pulled("t1", page(replica, [], "t2", ack=ack))
    assert replica.unshown == []
    replica.pulled("t2", page(replica, [], "t3", reset=True, more=True, ack=ack))
    assert replica.unshown == [first, second]


def test_a_reset_page_drops_what_was_there() -> None:
    replica = device()
    replica.pulled("", page(replica, [row("a", 1, "{}")], "t1", reset=True))
    replica.pulled("t1", page(replica, [row("b", 1, "{}")], "t2", reset=True))
    assert set(replica.bodies("unit")) == {"b"}


def live(replica: Replica) -> None:
    replica.pulled("", page(replica, [row("a", 1, "{}")], "t1", reset=True))
    assert replica.frame(m.Hi((1, 1), "e1", START, "n", 25)) == replica.hello(m.Hi((1, 1), "e1", START, "n", 25))
    assert replica.frame(m.Ok("live", BH, BEACON)) is None


def cut(replica: Replica, prev: str, to: str, rows: list[m.Row], bh: str = BH) -> m.Commit:
    return m.Commit(prev, to, bh, rows, m.Head(0, replica.link(0)), 0)


def test_frames_that_continue_are_applied_one_after_another() -> None:
    replica = device()
    live(replica)
    replica.frame(cut(replica, "t1", "t2", [row("a", 2, '{"n":2}')]))
    replica.frame(cut(replica, "t2", "t3", [row("a", 3, None)]))
    assert (replica.cursor, replica.rows, replica.wants_pull) == ("t3", {}, False)


@pytest.mark.parametrize(("prev", "bh"), [("t0", BH), ("t2", BH), ("t1", "other")])
def test_a_frame_that_does_not_continue_is_not_applied_but_asks_for_a_pull(prev: str, bh: str) -> None:
    replica = device()
    live(replica)
    replica.frame(cut(replica, prev, "t9", [row("z", 1, "{}")], bh))
    assert (replica.cursor, set(replica.bodies("unit")), replica.wants_pull) == ("t1", {"a"}, True)


def test_a_frame_before_the_device_has_caught_up_is_not_applied() -> None:
    replica = device()
    live(replica)
    replica.frame(m.Ok("pull", BH, BEACON))
    replica.frame(cut(replica, "t1", "t2", [row("z", 1, "{}")]))
    assert (replica.cursor, replica.wants_pull) == ("t1", True)
    assert replica.at() == m.At("t1", replica.head)
    replica.frame(cut(replica, "t1", "t2", [row("z", 1, "{}")]))
    assert replica.cursor == "t2"


def test_a_poke_asks_for_a_pull_and_a_reset_starts_from_nothing() -> None:
    replica = device()
    live(replica)
    replica.frame(m.Poke())
    assert replica.wants_pull
    replica.frame(m.Ok("reset", BH, BEACON))
    assert replica.pull_query()["cur"] == ""


def test_results_arrive_as_rows_when_the_answer_was_lost() -> None:
    replica = device()
    op = record(replica)
    body = f'{{"seq":1,"k":"{op.k}","rid":"{op.rid}","st":"held","at":{START},"grade":"C","code":"REF_WAIT"}}'
    result = row(op.id, 1, body, "op.result", [f"dev:{replica.dev}"])
    replica.pulled("", page(replica, [result], "t1", reset=True, ack=m.Head(1, op.link)))
    assert (op.state, op.result and op.result.code, replica.seen) == ("held", "REF_WAIT", 1)


def test_a_late_answer_does_not_undo_what_a_row_said_since() -> None:
    """I7: held and then applied stays applied. Found by simulation."""
    replica = device()
    op = record(replica)
    late = answer(m.Head(1, op.link), [m.Result(1, op.id, op.k, op.rid, "held", START, "A", "REF_WAIT")])
    replica.push_answered(late)
    body = f'{{"seq":1,"k":"{op.k}","rid":"{op.rid}","st":"applied","at":{START},"grade":"A"}}'
    amended = row(op.id, 2, body, "op.result", [f"dev:{replica.dev}"])
    replica.pulled("", page(replica, [amended], "t1", reset=True, ack=m.Head(1, op.link)))
    replica.push_answered(late)
    assert op.state == "applied"


def test_an_op_with_everything_set_decodes_to_what_was_meant() -> None:
    replica = device()
    op = replica.save(OPS[0], Report("fire", "p1", START, 1), rid="r1", guard={"r1": 4})
    body = decode_body(op.body)
    assert isinstance(body, OpBody)
    assert (body.rid, body.guard, body.clk.w, body.id) == ("r1", {"r1": 4}, START, op.id)
