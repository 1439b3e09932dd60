"""The server side of a live connection, frame by frame and without a network (PROTOCOL.md section 3)."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import messages as m
from sync.cursor import Cursor, Seal
from sync.keys import key_from
from sync.live import Changed, Contact, Identify, Identity, LiveSession, Read, Send, Shut, commit_frame, encode, frame_end
from sync.replica import Replica
from sync.rows import bucket_set_hash
from tests.support.clock import DeviceClocks, Ids, World

SITE, EPOCH, NONCE, START = "yunting", "e1", "fresh", 1_782_093_600_000
SEAL = Seal(bytes(range(64)), SITE, EPOCH)
BUCKETS = frozenset({"hall", "pub"})
BH = bucket_set_hash(BUCKETS)
BEACON = m.Beacon("b", START, "", "")
_frames: Any = msgspec.json.Decoder(m.ServerFrame)


def phone() -> Replica:
    world = World(START)
    return Replica(SITE, key_from(5), DeviceClocks(world), Ids(5), "L1")


def session() -> LiveSession:
    live = LiveSession(SITE, EPOCH, SEAL, NONCE)
    assert [type(e) for e in live.open(START)] == [Send]
    return live


def hello(replica: Replica, *, cur: str = "", bh: str = BH, nonce: str = NONCE) -> str:
    return msgspec.json.encode(m.Hello(replica.dev, cur, bh, replica.head, replica.prove(nonce))).decode()


def who(replica: Replica, **changes: Any) -> Identity:
    return Identity(replica.key.public, replica.head, BUCKETS, True, False, False)._replace(**changes)


def meet(replica: Replica, cur: str, **changes: Any) -> tuple[LiveSession, list[Any]]:
    live = session()
    assert live.receive(hello(replica, cur=cur)) == [Identify(replica.dev)]
    return live, live.identified(who(replica, **changes), BEACON)


def at(cid: int) -> str:
    return SEAL.cursor(Cursor(cid, cid))


def sent(effects: list[Any]) -> list[m.ServerFrame]:
    return [_frames.decode(e.text) for e in effects if isinstance(e, Send)]


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"revoked": True}, 4403, "device_revoked"),
        ({"own": False}, 4401, "login_required"),
        ({"forked": True}, 4409, "fork"),
        ({"key": key_from(6).public}, 4403, "signature_bad"),
    ],
)
def test_whoever_may_not_listen_is_told_why_and_hears_nothing(changes: dict[str, Any], code: int, reason: str) -> None:
    live, effects = meet(phone(), at(4), **changes)
    assert (effects, live.phase, live.buckets) == ([Shut(code, reason)], "closed", frozenset())


def test_an_unknown_device_is_shut_out() -> None:
    live = session()
    live.receive(hello(phone()))
    assert live.identified(None, BEACON) == [Shut(4403, "device_unknown")]


def test_a_proof_for_another_connection_is_worthless() -> None:
    replica, live = phone(), session()
    live.receive(hello(replica, nonce="an earlier one"))
    assert live.identified(who(replica), BEACON) == [Shut(4403, "signature_bad")]


def test_a_device_that_has_everything_goes_live_at_once() -> None:
    live, effects = meet(phone(), at(4))
    assert effects == [Contact(phone().head), Read(4)]
    assert sent(live.changed(Changed([], 4, 9, True))) == [m.Ok("live", BH, BEACON)]
    assert live.phase == "live"


def test_a_small_rest_comes_as_the_first_frame_and_continues_the_cursor() -> None:
    live, _ = meet(phone(), at(4))
    ok, commit = sent(live.changed(Changed([msgspec.json.encode(m.Row(["pub"], "unit", "a", 1, "00", "{}"))], 7, 9, True)))
    assert isinstance(ok, m.Ok)
    assert isinstance(commit, m.Commit)
    assert (ok.mode, commit.prev, commit.to, commit.bh, commit.rows[0].rid) == ("live", at(4), at(7), BH, "a")


def test_too_much_for_a_frame_means_pull_first() -> None:
    live, _ = meet(phone(), at(4))
    assert sent(live.changed(Changed([], 4, 9, False))) == [m.Ok("pull", BH, BEACON)]
    assert live.phase == "pull"


@pytest.mark.parametrize(("cur", "bh", "mode"), [("", BH, "pull"), (at(4), "other", "pull"), ("A" * 43, BH, "reset")])
def test_a_device_from_nothing_of_other_buckets_or_epoch_must_pull(cur: str, bh: str, mode: str) -> None:
    replica, live = phone(), session()
    live.receive(hello(replica, cur=cur, bh=bh))
    assert [f.mode for f in sent(live.identified(who(replica), BEACON)) if isinstance(f, m.Ok)] == [mode]
    assert live.phase == "pull"


def test_after_the_pull_the_device_says_where_it_is_and_frames_follow_from_there() -> None:
    replica = phone()
    live, _ = meet(replica, "")
    assert live.receive(msgspec.json.encode(m.At(at(6), replica.head))) == [Contact(replica.head), Read(6)]
    assert live.changed(Changed([], 6, 6, True)) == []
    frame = _frames.decode(live.advance(b"", at(8), 8))
    assert (frame.prev, frame.to) == (at(6), at(8))


@pytest.mark.parametrize("greeted", [True, False])
def test_a_device_that_pulled_while_the_server_reads_goes_on_from_where_it_is(greeted: bool) -> None:
    replica = phone()
    live, _ = meet(replica, at(4))
    if greeted:
        live.changed(Changed([], 4, 4, True))
        live.receive(msgspec.json.encode(m.At(at(5), replica.head)))
    assert live.receive(msgspec.json.encode(m.At(at(9), replica.head))) == [Contact(replica.head)]
    effects = live.changed(Changed([b"{}"], 7, 9, True))
    assert sent(effects) == ([] if greeted else [m.Ok("live", BH, BEACON)])
    assert effects[-1] == Read(9)
    assert live.changed(Changed([], 9, 9, True)) == []
    assert (live.phase, _frames.decode(live.advance(b"", at(11), 11)).prev) == ("live", at(9))


def test_a_commit_during_the_read_is_read_too_before_frames_follow() -> None:
    live, _ = meet(phone(), at(4))
    live.hit(8)
    effects = live.changed(Changed([], 4, 6, True))
    assert (effects[-1], live.phase) == (Read(4), "reading")
    live.changed(Changed([], 4, 8, True))
    assert live.phase == "live"


def test_a_socket_that_lost_frames_must_pull_before_any_other_applies() -> None:
    live, _ = meet(phone(), at(4))
    live.changed(Changed([], 4, 4, True))
    live.behind()
    assert live.phase == "pull"
    assert live.changed(Changed([], 5, 5, True)) == []


@pytest.mark.parametrize("greeted", [True, False])
def test_rights_that_change_while_the_server_reads_send_nothing_of_what_it_read(greeted: bool) -> None:
    """Law I19: the device is told to pull, and greeted first if it was not yet."""
    replica = phone()
    live, _ = meet(replica, at(4))
    if greeted:
        live.changed(Changed([], 4, 4, True))
        live.receive(msgspec.json.encode(m.At(at(5), replica.head)))
        live.receive(msgspec.json.encode(m.At(at(5), replica.head)))
    fewer = BUCKETS - {sorted(BUCKETS)[0]}
    told = _frames.decode(live.rescope(fewer))
    assert told == (m.Poke() if greeted else m.Ok("pull", bucket_set_hash(fewer), BEACON))
    assert live.changed(Changed([b"{}"], 7, 9, True)) == []
    assert live.phase == "pull"
    assert live.receive(msgspec.json.encode(m.At(at(9), replica.head)))[-1] == Read(9)
    assert live.changed(Changed([], 9, 9, True)) == []
    assert _frames.decode(live.advance(b"", at(11), 11)).bh == bucket_set_hash(fewer)


HALFWAY = [Cursor(3, 9), Cursor(3, 3, 0, 7), Cursor(3, 3, 2, 7)]


@pytest.mark.parametrize("cursor", HALFWAY)
def test_in_the_middle_of_a_start_or_of_a_fill_only_a_pull_goes_on(cursor: Cursor) -> None:
    live, _ = meet(phone(), "")
    assert sent(live.receive(msgspec.json.encode(m.At(SEAL.cursor(cursor), phone().head)))) == [m.Poke()]


@pytest.mark.parametrize("cursor", HALFWAY)
def test_a_hello_in_the_middle_of_a_start_or_of_a_fill_is_greeted_and_must_pull(cursor: Cursor) -> None:
    """A page left while its device was being filled: ungreeted it would never say where it stands, and hear of no commit."""
    replica, live = phone(), session()
    live.receive(hello(replica, cur=SEAL.cursor(cursor)))
    assert sent(live.identified(who(replica), BEACON)) == [m.Ok("pull", BH, BEACON)]
    assert live.receive(msgspec.json.encode(m.At(at(6), replica.head)))[-1] == Read(6)


def test_ping_is_answered_once_the_device_is_known_and_not_before() -> None:
    live, _ = meet(phone(), at(4))
    assert sent(live.receive('{"t":"ping"}')) == [m.Pong()]
    assert session().receive('{"t":"ping"}') == [Shut(4400, "malformed")]


@pytest.mark.parametrize(
    "frame", ["", "{}", "null", '{"t":"c"}', '{"t":"hi"}', '{"t":"hello"}', '{"t":"at","cur":5}', "[" * 5000, "x" * 70_000, b"\xff\xfe"]
)
def test_a_frame_that_is_none_closes_the_connection(frame: str | bytes) -> None:
    assert [type(e) for e in session().receive(frame)] == [Shut]
    live, _ = meet(phone(), at(4))
    assert [e.code for e in live.receive(frame) if isinstance(e, Shut)] == [4400]
    assert live.phase == "closed"


def test_a_second_hello_closes_the_connection() -> None:
    live, _ = meet(phone(), at(4))
    assert live.receive(hello(phone())) == [Shut(4400, "malformed")]


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_whatever_raise_or_reach_anything(frame: str | bytes) -> None:
    effects = session().receive(frame)
    assert all(isinstance(e, Shut) for e in effects)


@given(st.lists(st.text(max_size=5), max_size=3), st.integers(0, 99), st.text(alphabet="0123456789abcdef", min_size=64, max_size=64))
def test_a_frame_put_together_from_encoded_rows_is_the_frame_encoded_whole(texts: list[str], seq: int, link: str) -> None:
    rows = [m.Row(["pub"], "unit", f"r{n}", n, "00" * 8, text) for n, text in enumerate(texts)]
    whole = m.Commit(at(1), at(2), BH, rows, m.Head(seq, link), 0)
    parts = b",".join(msgspec.json.encode(row) for row in rows)
    assert commit_frame(at(1), at(2), BH, parts, frame_end(m.Head(seq, link), 0)).decode() == encode(whole)
