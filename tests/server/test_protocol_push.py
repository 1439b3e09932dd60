"""Up: every outcome of a push, through a real server (PROTOCOL.md section 1; laws I2, I3, I5, I7, I9)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import msgspec
import pytest

from server.domain.incident.ops import Report, Tick
from server.domain.patrol.ops import RoundStart
from server.domain.presence.ops import Announce, Close, Extend
from server.domain.visit.ops import Publish
from server.store.sqlite import Connection
from sync import messages as m
from sync.keys import b64
from sync.ops import chain, decode_body, push_bytes
from sync.replica import OutboxOp, Replica
from tests.server.conftest import database
from tests.support.cast import Cast, Device
from tests.support.day import post_of
from tests.support.server import RunningServer


def report(device: Device, text: str = "", rid: str | None = None) -> OutboxOp:
    """An incident recorded on this device."""
    place = sorted(device.replica.bodies("post") or device.pull().replica.bodies("post"))[0]
    return device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=text), rid)


def incidents(device: Device, text: str) -> list[str]:
    """Incidents with this text, as this device sees them after a pull."""
    return [rid for rid, body in device.pull().replica.bodies("incident").items() if body["text"] == text]


def problem(answer: httpx.Response) -> str:
    """The identifier of a problem answer."""
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"])


def altered(op: OutboxOp, change: Callable[[dict[str, Any]], object]) -> str:
    """The body of an op with something changed, as another client might write it."""
    body = msgspec.json.decode(op.body)
    change(body)
    return msgspec.json.encode(body).decode()


def signed(device: Device, bodies: list[str], first: int = 1, after: str = "") -> m.Push:
    """A push of these bodies with a good signature over their chain after op `first` - 1, or after the link given."""
    replica = device.replica
    links = chain(bytes.fromhex(after or replica.link(first - 1)), bodies)
    sig = replica.key.sign(push_bytes(device.site, replica.dev, first + len(bodies) - 1, links[-1]))
    return m.Push(1, replica.dev, bodies, b64(sig), replica.epoch)


def test_a_push_is_applied_and_everybody_concerned_sees_it(cast: Cast) -> None:
    lin, office = cast["林"], cast["周"]
    op = report(lin, "有人晕倒")
    (result,) = lin.push()
    assert (result.st, result.id, result.seq, result.rid, result.grade) == ("applied", op.id, op.seq, op.rid, "A")
    assert incidents(office, "有人晕倒") == [op.rid]


def test_a_lost_answer_is_made_good_by_sending_again_and_nothing_happens_twice(cast: Cast) -> None:
    lin = cast["林"]
    for _ in range(3):
        report(lin, "同一件事")
    push = lin.replica.push()
    first, second = lin.push_once(push), lin.push_once(push)
    assert (first.results, first.last) == (second.results, second.last)
    assert len(incidents(lin, "同一件事")) == 3


def test_a_lost_answer_arrives_as_rows_with_the_next_pull(cast: Cast) -> None:
    lin = cast["林"]
    op = report(lin, "答复丢了")
    answer = lin.push_once(lin.replica.push())
    lin.pull()
    assert (op.state, lin.replica.pending) == ("applied", [])
    assert op.result == msgspec.structs.replace(answer.results[0])


def test_result_rows_go_when_the_device_says_it_has_seen_them(cast: Cast) -> None:
    lin = cast["林"]
    for _ in range(3):
        report(lin)
    lin.push()
    assert len(lin.pull().replica.bodies("op.result")) == 3
    report(lin)
    lin.push()
    lin.pull()
    assert [body["seq"] for body in lin.replica.bodies("op.result").values()] == [4]
    assert lin.replica.state() == lin.refetch()


def test_the_same_push_from_two_tabs_at_once_is_one_effect(cast: Cast) -> None:
    lin = cast["林"]
    for n in range(20):
        report(lin, f"双击{n % 2}")
    push = lin.replica.push()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: lin.push_once(push), range(4)))
    assert all(a.results == answers[0].results and a.stop is None for a in answers)
    assert len(incidents(lin, "双击0")) == len(incidents(lin, "双击1")) == 10


def test_the_ledger_follows_the_order_of_the_device_across_pushes(cast: Cast, server: RunningServer) -> None:
    lin = cast.device("林")
    place = post_of(cast["王"].pull())
    now = lin.replica.time.now()
    rid = lin.save("incident.report", Report("crowd", place, now, 3)).rid
    for n in range(7):
        lin.save("incident.tick", Tick("handling", now + n, f"第{n}步"), rid)
    for end in (1, 3, 8):
        push = signed(lin, lin.replica.push().ops[: end - lin.replica.acked], lin.replica.acked + 1)
        lin.replica.push_answered(lin.push_once(push))
    assert [op.state for op in lin.replica.outbox] == ["applied"] * 8
    with closing(Connection(database(server), ("query_only=ON",))) as sql:
        query = "SELECT o.body FROM result r JOIN op o ON o.n = r.n JOIN device d ON d.n = r.device WHERE d.dev = ? ORDER BY o.n"
        assert sql.all(query, (lin.replica.dev,)) == [(op.body,) for op in lin.replica.outbox]


def test_a_resigned_op_is_a_dup_with_the_first_result_and_consumes_its_number(cast: Cast) -> None:
    old, new = cast.device("林"), cast.device("林")
    op = report(old, "换机重签")
    (first,) = old.push()
    body = decode_body(op.body)
    again = {**msgspec.json.decode(op.body), "dev": new.replica.dev, "seq": 1, "prev": new.replica.link(0)}
    new.replica.append(body.id, body.k, body.rid, msgspec.json.encode(again).decode())
    report(new, "其后一条")
    dup, after = new.push()
    assert (dup.st, dup.first, dup.code, dup.seq) == ("dup", first.st, first.code, 1)
    assert (after.st, after.seq) == ("applied", 2)
    assert len(incidents(new, "换机重签")) == 1


def test_a_gap_consumes_nothing_and_says_what_is_wanted(cast: Cast) -> None:
    lin = cast["林"]
    for n in range(3):
        report(lin, f"缺口{n}")
    later = signed(lin, [op.body for op in lin.replica.outbox[1:]], 2)
    answer = lin.push_once(later)
    assert answer.stop == m.Stop("gap", want=1)
    assert (answer.last, answer.results) == (m.Head(0, lin.replica.link(0)), [])
    lin.replica.push_answered(answer)
    assert [r.st for r in lin.push()] == ["applied"] * 3


def test_another_op_under_a_used_number_is_a_fork_and_changes_nothing(cast: Cast) -> None:
    lin = cast["林"]
    op = report(lin, "真的")
    lin.push()
    other = altered(op, lambda b: b.update(id=lin.replica.new_id(1), a={**b["a"], "text": "另一条"}))
    answer = lin.push_once(signed(lin, [other], 1))
    assert (answer.stop and answer.stop.code, answer.results) == ("fork", [])
    assert answer.last == lin.replica.head
    assert incidents(lin, "另一条") == []


def test_an_op_that_does_not_continue_the_chain_is_a_fork(cast: Cast) -> None:
    lin = cast["林"]
    report(lin)
    lin.push()
    op = report(lin, "断链")
    broken = altered(op, lambda b: b.update(prev="00" * 32))
    answer = lin.push_once(signed(lin, [broken], 2, "00" * 32))
    assert (answer.stop and answer.stop.code, answer.last.seq) == ("fork", 1)
    assert incidents(lin, "断链") == []


def test_a_push_for_another_epoch_executes_nothing(cast: Cast) -> None:
    lin = cast["林"]
    report(lin, "另一个库")
    push = lin.replica.push()
    push.epoch = "0123456789abcdef"
    answer = lin.push_once(push)
    assert (answer.stop and answer.stop.code, answer.results, answer.last.seq) == ("epoch", [], 0)
    assert answer.epoch == lin.replica.epoch
    assert incidents(lin, "另一个库") == []


@pytest.mark.parametrize("sig", ["", "AAAA", "!!!!", b64(bytes(64))])
def test_an_unsigned_push_is_refused_as_a_whole(cast: Cast, sig: str) -> None:
    lin = cast["林"]
    text = f"未签名{sig[:6]}"
    report(lin, text)
    push = lin.replica.push()
    push.sig = sig
    answer = lin.post("push", push)
    assert (answer.status_code, problem(answer)) == (401, "signature_bad")
    assert incidents(lin, text) == []
    assert [r.st for r in lin.push()] == ["applied"]


def test_a_signature_of_another_device_is_refused(cast: Cast) -> None:
    lin, wang = cast["林"], cast["王"]
    report(lin, "冒名")
    push = lin.replica.push()
    last = m.Head(lin.replica.head.seq, lin.replica.head.hash)
    push.sig = b64(wang.replica.key.sign(push_bytes(lin.site, lin.replica.dev, last.seq, bytes.fromhex(last.hash))))
    assert problem(wang.post("push", push)) == "signature_bad"
    assert incidents(lin, "冒名") == []


def test_an_altered_byte_breaks_the_signature(cast: Cast) -> None:
    lin = cast["林"]
    report(lin, "原文")
    push = lin.replica.push()
    push.ops[0] = push.ops[0].replace("原文", "改文")
    assert problem(lin.post("push", push)) == "signature_bad"


def test_an_unknown_device_is_told_so(cast: Cast) -> None:
    lin = cast["林"]
    stranger = Device(cast.url, lin.clocks)
    place = sorted(lin.pull().replica.bodies("post"))[0]
    stranger.save("incident.report", Report("other", place, lin.replica.time.now(), 3))
    answer = stranger.post("push", stranger.replica.push())
    assert (answer.status_code, problem(answer)) == (401, "device_unknown")
    assert len(stranger.replica.pending) == 1


def test_records_leave_without_a_session(cast: Cast) -> None:
    lin = cast["林"]
    report(lin, "会话已过期")
    lin.http.cookies.clear()
    assert [r.st for r in lin.push()] == ["applied"]
    assert problem(lin.pull_response()) == "login_required"


def test_a_copied_push_replayed_by_anybody_changes_nothing(cast: Cast) -> None:
    lin, wang = cast["林"], cast["王"]
    report(lin, "重放")
    push = lin.replica.push()
    lin.push()
    answer = wang.push_once(push)
    assert (answer.stop, [r.st for r in answer.results]) == (None, ["applied"])
    assert len(incidents(lin, "重放")) == 1


def test_ops_of_another_device_or_site_are_kept_but_not_effective(cast: Cast) -> None:
    lin, wang = cast["林"], cast["王"]
    report(lin, "别人的")
    foreign = altered(lin.replica.outbox[-1], lambda b: b.update(dev=wang.replica.dev))
    elsewhere = altered(lin.replica.outbox[-1], lambda b: b.update(site="jinghu"))
    for body in (foreign, elsewhere):
        device = cast.device("林")
        content = msgspec.json.decode(body)
        content.update(prev=device.replica.link(0), seq=1, id=device.replica.new_id(5))
        if content["site"] == "jinghu":
            content["dev"] = device.replica.dev
        device.replica.append(content["id"], content["k"], content["rid"], msgspec.json.encode(content).decode())
        (result,) = device.push()
        assert (result.st, result.code) == ("held", "INVALID")
    assert incidents(lin, "别人的") == []


@pytest.mark.parametrize(
    ("change", "code"), [({"sv": 2}, "UNSUPPORTED"), ({"k": "patrol.hologram"}, "UNSUPPORTED"), ({"a": {"kind": 5}}, "INVALID")]
)
def test_what_the_server_cannot_read_is_held_and_the_next_op_goes_on(cast: Cast, change: dict[str, Any], code: str) -> None:
    lin = cast.device("林")
    op = report(lin.pull())
    lin.replica.outbox.pop()
    body = altered(op, lambda b: b.update(change))
    lin.replica.append(op.id, op.k, op.rid, body)
    report(lin, "照常")
    held, applied = lin.push()
    assert (held.st, held.code) == ("held", code)
    assert applied.st == "applied"
    assert lin.replica.seen == 2


def test_text_that_is_no_op_at_all_consumes_its_number(cast: Cast) -> None:
    lin = cast.device("林")
    report(lin.pull(), "前")
    lin.push()
    for text in ("{}", "not json", "[" * 2000, '{"v":1}', "null", '"' + "岗" * 20000 + '"'):
        answer = lin.push_once(signed(lin, [text], lin.replica.acked + 1))
        assert answer.stop is None
        assert [(r.st, r.code) for r in answer.results] == [("held", "INVALID")]
        lin.replica.append(answer.results[0].id, "", "", text)
        lin.replica.push_answered(answer)
    report(lin, "后")
    assert [r.st for r in lin.push()] == ["applied"]


def test_a_command_on_a_version_that_has_passed_is_refused_with_the_present_one(cast: Cast) -> None:
    wang, zhao = cast["王"], cast["赵"]
    now = wang.pull().replica.time.now()
    notice = wang.do("away.announce", Announce([post_of(wang)], "trip", now, now + 1_800_000, wang.uid)).rid
    decided_on = zhao.pull().replica.rows["away.office", notice].ver
    wang.do("away.extend", Extend(now + 3_600_000), notice)
    refused = zhao.do("away.close", Close("逾期"), notice, {notice: decided_on})
    present = zhao.pull().replica.rows["away.office", notice].ver
    assert (refused.st, refused.code, refused.cur) == ("refused", "STALE", present)
    assert zhao.do("away.close", Close("逾期"), notice, {notice: present}).st == "applied"


def test_a_command_without_the_right_is_refused_and_evidence_is_held(cast: Cast) -> None:
    wang = cast["王"]
    now = wang.pull().replica.time.now()
    command = wang.do("visit.publish", Publish(), "no-such-visit")
    evidence = wang.do("patrol.start", RoundStart("2026-01-05T10", "hourly", now))
    assert (command.st, evidence.st, evidence.code) == ("refused", "held", "NO_RIGHT")


def test_what_arrives_before_its_parent_waits_and_is_applied_when_it_comes(cast: Cast) -> None:
    lin, office = cast["林"], cast["周"]
    op = report(lin, "父记录")
    tick = office.do("incident.tick", Tick("handling", office.replica.time.now(), "先到"), op.rid)
    assert (tick.st, tick.code) == ("held", "REF_WAIT")
    lin.push()
    own = office.pull().replica.outbox[-1]
    assert (own.state, own.result and own.result.code) == ("applied", None)
    assert [d["text"] for d in office.replica.body("incident", op.rid)["done"]] == ["先到"]


def test_an_empty_push_says_where_the_server_stands(cast: Cast) -> None:
    lin = cast["林"]
    report(lin)
    lin.push()
    answer = lin.push_once(lin.replica.push())
    assert (answer.last, answer.results, answer.stop) == (lin.replica.head, [], None)


def test_a_stranger_cannot_make_results_disappear(cast: Cast) -> None:
    lin = cast["林"]
    report(lin)
    lin.push()
    with httpx.Client(base_url=cast.url, trust_env=False) as stranger:
        unsigned = m.Push(1, lin.replica.dev, [], "", lin.replica.epoch, seen=10**6)
        answer = stranger.post(f"/s/{lin.site}/push", content=msgspec.json.encode(unsigned))
    assert (answer.status_code, problem(answer)) == (401, "signature_bad")
    assert len(lin.pull().replica.bodies("op.result")) == 1


def test_other_sites_do_not_know_this_device(cast: Cast) -> None:
    lin = cast["林"]
    report(lin)
    answer = lin.http.post("/s/jinghu/push", content=msgspec.json.encode(lin.replica.push()))
    assert problem(answer) in ("device_unknown", "signature_bad")


def test_a_replica_knows_its_own_state_again_after_it_is_made_anew(cast: Cast) -> None:
    lin = cast["林"]
    report(lin)
    lin.push()
    twin = Replica(lin.site, lin.replica.key, lin.clocks, lin.replica.new_id, "load-2")
    twin.outbox = lin.replica.outbox
    answer = lin.push_once(twin.push())
    twin.push_answered(answer)
    assert (twin.acked, twin.trouble) == (lin.replica.acked, "")
