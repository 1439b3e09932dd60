"""What somebody learns who only knows, or guesses, the id of another's device: nothing (law I18)."""

import httpx
import msgspec
import pytest

from server.domain.presence.ops import Announce, Close, JudgeLate
from server.domain.visit.ops import Publish, Void
from sync import messages as m
from tests.server.test_protocol_push import problem, report
from tests.support.cast import PLAIN, Cast
from tests.support.day import MINUTE, post_of, visit_args


@pytest.mark.parametrize("epoch", ["own", "other", None])
@pytest.mark.parametrize("ops", [[], ["{}"], ["no op"]], ids=["none", "empty", "unreadable"])
def test_a_push_without_the_devices_signature_tells_nothing_of_it(cast: Cast, epoch: str | None, ops: list[str]) -> None:
    lin = cast["林"]
    report(lin)
    lin.push()
    known = {"own": lin.replica.epoch, "other": "0123456789abcdef", None: None}[epoch]
    with httpx.Client(base_url=cast.url, trust_env=False, verify=PLAIN) as stranger:
        unsigned = m.Push(1, lin.replica.dev, ops, "", known, seen=5)
        answer = stranger.post(f"/s/{lin.site}/push", content=msgspec.json.encode(unsigned))
    # Signed over a head that another epoch may not know, an empty push is sent to the pull, which asks who is there.
    told = (409, "epoch_changed") if epoch == "other" and not ops else (401, "signature_bad")
    assert (answer.status_code, problem(answer), answer.json()["params"]) == (*told, {})
    assert lin.replica.head.hash not in answer.text


def test_whether_a_device_was_revoked_is_told_to_its_owner_only(cast: Cast) -> None:
    lin = cast.device("林")
    report(lin)
    lin.http.delete(f"/s/{lin.site}/devices/{lin.replica.dev}").raise_for_status()
    with httpx.Client(base_url=cast.url, trust_env=False, verify=PLAIN) as stranger:
        for ops in ([], ["{}"]):
            unsigned = m.Push(1, lin.replica.dev, ops, "", lin.replica.epoch)
            answer = stranger.post(f"/s/{lin.site}/push", content=msgspec.json.encode(unsigned))
            assert (answer.status_code, problem(answer)) == (401, "signature_bad")
    answer = lin.push_once(lin.replica.push())
    assert answer.stop is not None
    assert answer.stop.code == "wipe"
    cast["管"].http.delete(f"/s/{lin.site}/devices/{lin.replica.dev}?stolen=1").raise_for_status()
    assert problem(lin.post("push", lin.replica.push())) == "device_revoked"


@pytest.mark.parametrize("seq", [-(10**30), -1, 2**63, 10**30])
def test_a_head_no_chain_has_breaks_no_connection(cast: Cast, caplog: pytest.LogCaptureFixture, seq: int) -> None:
    lin = cast.device("林")
    with lin.socket() as socket:
        hi = msgspec.json.decode(socket.recv(timeout=5), type=m.Hi)
        head = m.Head(seq, "00" * 32)
        socket.send(msgspec.json.encode(m.Hello(lin.replica.dev, "", "", head, lin.replica.prove(hi.nonce))), text=True)
        assert msgspec.json.decode(socket.recv(timeout=5), type=m.Ok).mode == "pull"
        socket.send(msgspec.json.encode(m.Ping()), text=True)
        assert msgspec.json.decode(socket.recv(timeout=5), type=m.Pong) == m.Pong()
    report(lin)
    assert [(r.st, r.grade) for r in lin.push()] == [("applied", "A")]
    assert not [record for record in caplog.records if record.name == "zaigang.alarm"]


def test_a_guessed_record_and_one_of_others_get_the_same_answer(cast: Cast) -> None:
    """Whether a notice or a sealed visit exists is told to nobody who does not see it (I18)."""
    wang, stranger = cast["王"].pull(), cast["林"].pull()
    now = wang.replica.time.now()
    notice = wang.do("away.announce", Announce([post_of(wang)], "errand", now - 10 * MINUTE, now + MINUTE, wang.uid)).rid
    shopper = cast["吴"].pull()
    visit = shopper.do("visit.record", visit_args(shopper)).rid
    never = stranger.replica.new_id(5)
    for kind, args, known in (
        ("away.close", Close("x"), notice),
        ("away.judge_late", JudgeLate(True, "x"), notice),
        ("visit.publish", Publish("x"), visit),
        ("visit.void", Void("x"), visit),
    ):
        for who in (cast["管"], shopper) if kind.startswith("away") else (stranger, cast["周"], cast["管"]):
            assert not [key for key in who.pull().replica.rows if key[1] == known]
            for guard in (None, 1, 7):
                answers = [who.do(kind, args, rid, {rid: guard} if guard else None) for rid in (known, never)]
                assert len({(a.st, a.code, a.cur) for a in answers}) == 1, (kind, answers)
