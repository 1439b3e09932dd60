"""A row moves between audiences: who loses it is told so and nothing more, who gains it has it whole (laws I17, I18)."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import msgspec
import pytest

from server.app import DOMAINS
from server.domain.base import APPLIED, Domain, Face, Op, Outcome, Record, Tx
from server.gateway.place import Place
from server.store import people
from server.store.contract import Unit
from server.store.people import Account
from sync import messages as m
from sync.ops import RowKind, evidence
from sync.rows import bucket_set_hash, row_hash
from tests.support.cast import SITE, Cast, Device, Link, page
from tests.support.server import RunningServer


class Show(msgspec.Struct):
    """Arguments of the test's own op: who sees `text` from now on."""

    text: str
    buckets: list[str]


class Shown(msgspec.Struct):
    """Row `shown`."""

    text: str


class ShownRecord(Record):
    """What is shown."""

    TABLE: ClassVar[str] = "test_shown"

    text: str


def show(tx: Tx, op: Op[Show]) -> Outcome:
    """Keep it, show it to exactly these."""
    tx.put(ShownRecord(rid=op.rid, text=op.a.text))
    tx.project(Face("shown", op.rid, frozenset(op.a.buckets), Shown(op.a.text)))
    return APPLIED


SHOW = evidence("test.show", 1, Show)
MOVES = Domain("moves", (SHOW,), (RowKind("shown", Shown),), (ShownRecord,), {"test.show": show})


@pytest.fixture(scope="module")
def domains() -> tuple[Domain, ...]:
    return (*DOMAINS, MOVES)


def tell(device: Device, text: str, buckets: list[str], rid: str | None = None) -> str:
    """Show `text` to these buckets."""
    op = device.replica.save(SHOW, Show(text, buckets), rid)
    assert [r.st for r in device.push()] == ["applied"]
    return op.rid


def test_who_loses_a_row_learns_that_and_nothing_of_what_it_became(cast: Cast) -> None:
    wang, lin, office = cast["王"], cast["林"], cast["周"]
    with lin.live() as link, office.live() as other:
        rid = tell(wang, "offen", ["role:INS", "role:OFF"])
        for one in (link, other):
            one.settle()
        assert lin.replica.body("shown", rid) == office.replica.body("shown", rid) == {"text": "offen"}
        tell(wang, "geheim", ["role:OFF"], rid)
        for one in (link, other):
            one.settle()
        assert lin.replica.body("shown", rid) is None
        assert office.replica.body("shown", rid) == {"text": "geheim"}
        hidden = office.replica.rows["shown", rid].hash
        rows = [row for frame in link.frames if isinstance(frame, m.Commit) for row in frame.rows if row.rid == rid]
        assert (rows[-1].d, rows[-1].b, rows[-1].h) == (None, [], row_hash("shown", rid, rows[-1].v, ""))
        for device in (lin, office):
            assert device.replica.state() == device.refetch()
        tell(wang, "noch geheimer", ["role:OFF"], rid)
        link.settle()
        assert not any("geheim" in text or hidden in text for text in link.texts)


def test_by_pull_it_is_the_same(cast: Cast) -> None:
    wang, lin, office = cast["王"], cast["林"], cast["周"]
    rid = tell(wang, "offen", ["role:INS", "role:OFF"])
    lin.pull()
    tell(wang, "geheim", ["role:OFF"], rid)
    hidden = office.pull().replica.rows["shown", rid].hash
    page = lin.pull_text().decode()
    assert rid in page
    assert "geheim" not in page
    assert hidden not in page
    assert lin.pull().replica.body("shown", rid) is None


def test_who_gains_a_row_has_it_whole_and_who_never_had_it_hears_nothing(cast: Cast) -> None:
    wang, lin, office, head = cast["王"], cast["林"], cast["周"].pull(), cast["赵"].pull()
    rid = tell(wang, "erst hier", ["role:INS"])
    before = (office.pull().replica.cursor, head.pull().replica.cursor)
    tell(wang, "erst hier", ["role:INS", "role:OFF"], rid)
    assert office.pull().replica.body("shown", rid) == {"text": "erst hier"}
    assert office.replica.cursor != before[0]
    assert head.pull().replica.cursor == before[1]
    assert lin.pull().replica.body("shown", rid) == {"text": "erst hier"}
    tell(wang, "weg", [], rid)
    assert [d.pull().replica.body("shown", rid) for d in (lin, office)] == [None, None]


# --- somebody's rights change (PROTOCOL §2, laws I17, I19) --------------------------------------------------------------------


def account_of(server: RunningServer, uid: str) -> Account:
    """A person's account as it is kept."""
    found = server.call(lambda: place_of(server).store.read(lambda sql: people.by_uid(sql, uid)))
    assert found is not None
    return found


def place_of(server: RunningServer) -> Place:
    return server.app.gate.places[SITE]


@pytest.fixture
def change(server: RunningServer) -> Iterator[Callable[..., None]]:
    """Change somebody's account, as an administrator would; everybody is who he was after the test."""
    before: dict[str, Account] = {}

    def write(account: Account) -> None:
        def unit(unit: Unit) -> None:
            with unit.step() as tx:
                people.put_account(tx, account)

        server.call(lambda: place_of(server).store.write(unit))

    def change(device: Device, **fields: Any) -> None:
        was = before.setdefault(device.uid, account_of(server, device.uid))
        write(was._replace(**fields))

    yield change
    for account in before.values():
        write(account)


INSPECTOR, OFFICE_TOO = ("STF", "INS"), ("STF", "INS", "OFF")
Change = Callable[..., None]


def heads(device: Device) -> tuple[list[m.PullHead], list[m.Row]]:
    """Catch up one page at a time: the head of every page and all the rows that came."""
    heads, rows, more = list[m.PullHead](), list[m.Row](), True
    while more:
        lines = page(device.pull_text())
        assert isinstance(lines[0], m.PullHead)
        heads.append(lines[0])
        rows += [line for line in lines if isinstance(line, m.Row)]
        more = device.replica.pulled(device.replica.cursor, lines)
    assert device.replica.differences == []
    return heads, rows


def test_a_role_gained_brings_its_rows_and_nothing_that_was_there(cast: Cast, change: Change) -> None:
    wang, lin = cast["王"], cast["林"].pull()
    theirs, both = (tell(wang, "x", buckets) for buckets in (["role:OFF"], ["role:INS", "role:OFF"]))
    assert lin.pull().replica.body("shown", theirs) is None
    kept, before = dict(lin.replica.rows), lin.replica.buckets
    change(lin, roles=OFFICE_TOO)
    pages, rows = heads(lin)
    assert [(head.ask, head.reset, head.fill) for head in pages[:2]] == [(True, False, []), (False, False, [])]
    assert lin.replica.buckets == before | {"role:OFF"}
    assert lin.replica.body("shown", theirs) == {"text": "x"}
    assert lin.replica.rows["shown", both].buckets == {"role:INS", "role:OFF"}
    assert all("role:OFF" in row.b for row in rows)
    for key, had in kept.items():
        now = lin.replica.rows[key]
        assert (now.ver, now.hash, now.body) == (had.ver, had.hash, had.body), key
        assert had.buckets <= now.buckets <= had.buckets | {"role:OFF"}, key
    assert lin.replica.state() == lin.refetch()


def test_a_role_lost_takes_its_rows_at_the_next_contact_and_brings_none(cast: Cast, change: Change) -> None:
    wang, lin = cast["王"], cast["林"]
    change(lin, roles=OFFICE_TOO)
    ours, theirs, both = (tell(wang, "x", buckets) for buckets in (["role:INS"], ["role:OFF"], ["role:INS", "role:OFF"]))
    assert lin.pull().replica.body("shown", theirs)
    change(lin, roles=INSPECTOR)
    lines = page(lin.pull_text())
    lin.replica.pulled(lin.replica.cursor, lines)
    assert [type(line) for line in lines] == [m.PullHead, m.PullEnd]
    assert lin.replica.body("shown", theirs) is None
    pages, rows = heads(lin)
    assert (rows, [head.ask for head in pages]) == ([], [False])
    assert lin.replica.rows["shown", both].buckets == {"role:INS"}
    assert lin.replica.body("shown", ours)
    assert lin.replica.state() == lin.refetch()


def test_a_change_of_unit_exchanges_one_bucket_for_another(cast: Cast, change: Change) -> None:
    wang, lin = cast["王"].pull(), cast["林"].pull()
    old, new = f"unit:{account_unit(lin)}", f"unit:{account_unit(wang)}"
    rids = {bucket: tell(wang, bucket, [bucket]) for bucket in (old, new)}
    assert lin.pull().replica.body("shown", rids[old])
    change(lin, unit=account_unit(wang))
    _, rows = heads(lin)
    assert (lin.replica.body("shown", rids[old]), lin.replica.body("shown", rids[new])) == (None, {"text": new})
    assert all(new in row.b for row in rows)
    assert lin.replica.state() == lin.refetch()


def account_unit(device: Device) -> str:
    """The unit of a device's person."""
    return next(b.removeprefix("unit:") for b in device.replica.buckets if b.startswith("unit:"))


def test_a_fill_of_several_pages_goes_on_while_others_write_and_ends_complete(
    cast: Cast, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang, lin = cast["王"], cast["林"].pull()
    rids = [tell(wang, f"Zeile {n}", ["role:OFF"]) for n in range(30)]
    tell(wang, "so weit ist er", ["role:INS"])
    lin.pull()
    change(lin, roles=OFFICE_TOO)
    monkeypatch.setattr("server.gateway.pull.PAGE_ROWS", 3)
    fills, more = [], True
    while more:
        lines = page(lin.pull_text())
        assert isinstance(lines[0], m.PullHead)
        fills.append((lines[0].fill, lines[0].bh))
        more = lin.replica.pulled(lin.replica.cursor, lines)
        if len(fills) < 5:
            # One already filled changes, one not yet filled leaves, one new comes.
            tell(wang, "anders", ["role:OFF"], rids[0])
            tell(wang, "weg", ["role:CHECK"], rids[-len(fills)])
            rids.insert(1, tell(wang, "neu", ["role:OFF"]))
    filling = [bh for fill, bh in fills if fill == ["role:OFF"]]
    assert len(filling) > 3
    assert len(set(filling)) == 1
    assert lin.replica.bh == fills[-1][1] != filling[0]
    assert lin.replica.body("shown", rids[0]) == {"text": "anders"}
    assert lin.replica.differences == []
    assert lin.replica.state() == lin.refetch()


def test_rights_that_change_again_in_the_middle_of_a_fill_end_right(cast: Cast, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    wang, lin = cast["王"], cast["林"].pull()
    office, check = ([tell(wang, str(n), [role]) for n in range(6)] for role in ("role:OFF", "role:CHECK"))
    tell(wang, "so weit ist er", ["role:INS"])
    lin.pull()
    monkeypatch.setattr("server.gateway.pull.PAGE_ROWS", 2)
    for roles in (OFFICE_TOO, ("STF", "INS", "CHECK", "OFF"), ("STF", "INS", "CHECK"), INSPECTOR, OFFICE_TOO):
        change(lin, roles=roles)
        for _ in range(3):
            lin.replica.pulled(lin.replica.cursor, page(lin.pull_text()))
    monkeypatch.undo()
    lin.pull()
    assert [lin.replica.body("shown", rid) is not None for rid in (*office, *check)] == [True] * 6 + [False] * 6
    assert lin.replica.state() == lin.refetch()


def test_a_device_that_claims_buckets_it_may_not_read_gets_nothing_of_them(cast: Cast) -> None:
    wang, lin = cast["王"], cast["林"].pull()
    rid = tell(wang, "geheim", ["role:OFF"])
    claimed = lin.replica.buckets | {"role:OFF"}
    text = lin.pull_text(bh=bucket_set_hash(claimed), have=",".join(sorted(claimed))).decode()
    assert rid not in text
    assert "role:OFF" not in text


@pytest.mark.parametrize("have", ["", ",,,", "hall", "岗位", "x" * 3000, ",".join(f"u:{n}" for n in range(400))])
def test_whatever_a_device_claims_to_hold_it_is_answered_a_page(cast: Cast, have: str) -> None:
    lin = cast["林"].pull()
    head, *_ = page(lin.pull_text(have=have, bh=bucket_set_hash(frozenset(filter(None, have.split(","))))))
    assert isinstance(head, m.PullHead)
    assert set(head.buckets) == lin.replica.buckets
    head, *_ = page(lin.pull_text(have=have, bh="0" * 16))
    assert isinstance(head, m.PullHead)
    assert head.reset


# --- and the socket hears of it at once ------------------------------------------------------------------------------


def test_after_a_revoke_no_frame_brings_a_row_of_the_bucket_and_the_device_is_told_to_pull(cast: Cast, change: Change) -> None:
    wang, lin = cast["王"], cast["林"]
    change(lin, roles=OFFICE_TOO)
    with lin.live() as link:
        seen = tell(wang, "sichtbar", ["role:OFF"])
        link.settle()
        assert lin.replica.body("shown", seen)
        change(lin, roles=INSPECTOR)
        hidden = tell(wang, "unsichtbar", ["role:OFF"])
        assert isinstance(link.next(), m.Poke)
        link.catch_up()
        link.settle()
        assert not any(hidden in text or "unsichtbar" in text for text in link.texts)
        assert (lin.replica.body("shown", seen), lin.replica.live) == (None, "live")
        ours = tell(wang, "weiter", ["role:INS"])
        link.settle()
        assert lin.replica.body("shown", ours) == {"text": "weiter"}
        assert isinstance(link.frames[-2], m.Commit)
    assert lin.replica.state() == lin.refetch()


def test_a_frame_that_passes_a_change_of_rights_on_the_way_is_not_applied(cast: Cast, change: Change) -> None:
    """A device that has not pulled yet says `at` with its old set: frames name the new one and do not apply (`bh`)."""
    wang, lin = cast["王"], cast["林"]
    with lin.live() as link:
        change(lin, roles=OFFICE_TOO)
        assert isinstance(link.next(), m.Poke)
        link.send(lin.replica.at())
        rid = tell(wang, "neu", ["role:OFF", "role:INS"])
        cursor = lin.replica.cursor
        assert isinstance(link.next(), m.Commit)
        assert (lin.replica.cursor, lin.replica.body("shown", rid)) == (cursor, None)
        link.catch_up()
        link.settle()
        assert lin.replica.body("shown", rid) == {"text": "neu"}
    assert lin.replica.state() == lin.refetch()


def test_what_is_read_for_a_socket_is_read_with_the_rights_of_that_moment(
    cast: Cast, change: Change, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read may see a change of rights before the sockets have heard of it: nothing is sent of it then (law I19)."""
    wang, lin = cast["王"], cast["林"]
    change(lin, roles=OFFICE_TOO)
    lin.pull()
    with lin.socket() as socket:
        link = Link(lin, socket)
        hi = msgspec.json.decode(socket.recv(timeout=5), type=m.Hi)
        link.send(msgspec.structs.replace(lin.replica.hello(hi), cur="", bh=""))
        assert isinstance(link.next(), m.Ok)
        monkeypatch.setattr(place_of(server).hub, "_regrant", lambda people: None)
        change(lin, roles=INSPECTOR)
        hidden = tell(wang, "unsichtbar", ["role:OFF"])
        link.send(lin.replica.at())
        assert isinstance(link.next(), m.Poke)
        assert not any(hidden in text for text in link.texts)
    lin.pull()


def test_a_role_gained_reaches_a_live_device_without_a_new_connection(cast: Cast, change: Change) -> None:
    wang, lin = cast["王"], cast["林"]
    rid = tell(wang, "fürs Büro", ["role:OFF"])
    with lin.live() as link:
        change(lin, roles=OFFICE_TOO)
        link.until(lambda replica: replica.body("shown", rid) is not None)
        later = tell(wang, "danach", ["role:OFF"])
        link.until(lambda replica: replica.body("shown", later) is not None)
        assert isinstance(link.frames[-1], m.Commit)


def test_a_long_poll_wakes_for_a_change_of_rights(cast: Cast, change: Change) -> None:
    lin = cast["林"].pull()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lin.pull_text, 20)
        time.sleep(0.3)
        change(lin, roles=OFFICE_TOO)
        head = page(waiting.result(timeout=10))[0]
    assert isinstance(head, m.PullHead)
    assert head.ask


def test_an_account_that_ends_is_shut_out_of_socket_long_poll_and_pull(cast: Cast, change: Change) -> None:
    lin, wang = cast["林"], cast["王"]
    with lin.live() as link, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lin.pull_response, 20)
        time.sleep(0.3)
        change(lin, active=False)
        rid = tell(wang, "zu spät", ["role:INS"])
        assert link.closed_with() == 4401
        answer = waiting.result(timeout=10)
    assert (answer.status_code, answer.json()["type"]) == (401, "login_required")
    assert not any(rid in text for text in link.texts)
    assert lin.pull_response().status_code == 401


def test_a_long_poll_ends_with_its_session_and_with_its_device(cast: Cast) -> None:
    for own in (False, True):
        lin = cast.device("林").pull()
        path = f"devices/{lin.replica.dev}" if own else "session"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(lin.pull_response, 20)
            time.sleep(0.3)
            lin.http.delete(f"/s/{SITE}/{path}").raise_for_status()
            assert waiting.result(timeout=10).status_code in (401, 403)
