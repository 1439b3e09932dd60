"""What happens at the same moment as something else: a restore, other rights, newer snapshots, a second hand, an end.

Laws I1, I2, I10, I13, I17, I20, I24, I35.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import httpx
import msgspec
import pytest

from server.app import DOMAINS
from server.domain.base import Domain
from server.domain.hall.ops import HeldAccept
from server.domain.incident.ops import Report
from server.serve import GRACEFUL_SECONDS
from server.store import people, snapshots
from server.store.contract import Unit
from server.store.sqlite import Connection
from sync import messages as m
from sync.keys import key_from
from sync.replica import Asked
from tests.server.conftest import database
from tests.server.test_protocol_push import problem
from tests.server.test_protocol_scope import INSPECTOR, MOVES, OFFICE_TOO, account_of, place_of, tell
from tests.server.test_protocol_sums import lose
from tests.server.test_quarantine import by_signature, report, revoke
from tests.server.test_recovery import Site, turn
from tests.server.test_rescue import export, hand_in
from tests.support.cast import SITE, Cast, Device, Link, fresh_secret, page, snapshot_lines
from tests.support.clock import World
from tests.support.day import post_of
from tests.support.photos import CHUNK, Tus, blob_of, fetch, jpeg
from tests.support.server import RunningServer, serve

REQUESTS_MAX = 20
"""So many a phone needs at most until nothing is left to ask for, whatever changes meanwhile."""


@pytest.fixture(scope="module")
def domains() -> tuple[Domain, ...]:
    return (*DOMAINS, MOVES)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def found(server: RunningServer, query: str, *given: Any) -> list[tuple[Any, ...]]:
    """Rows of the hall's database."""
    with closing(Connection(database(server), ("query_only=ON",))) as sql:
        return [tuple(row) for row in sql.all(query, given)]


def change(server: RunningServer, device: Device, **fields: Any) -> None:
    """Somebody's account becomes another."""
    account = account_of(server, device.uid)._replace(**fields)

    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            people.put_account(tx, account)

    server.call(lambda: place_of(server).store.write(unit))


# --- a server restored while phones hang -----------------------------------------------------------------------------


def hang(pool: ThreadPoolExecutor, server: RunningServer, device: Device) -> tuple[Asked, "Future[httpx.Response]"]:
    """A long poll of this device that the server holds."""
    asked, held = device.pull().replica.asking, len(server.app.gate.places[SITE].hub._waiting)
    answer = pool.submit(device.pull_response, 25)
    until = time.monotonic() + 10
    while len(server.app.gate.places[SITE].hub._waiting) == held:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.01)
    return asked, answer


def told(device: Device) -> list[str]:
    """Texts of the incidents a phone shows."""
    return sorted(body["text"] for body in device.replica.bodies("incident").values())


def test_phones_that_hang_in_a_poll_or_a_socket_while_their_server_is_restored_go_on_and_nothing_is_lost(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    """I1, I2, I10: what was acknowledged after the backup comes back, once; an answer of the server before counts no more."""
    site = Site(tmp_path)
    with site.served() as server:
        cast = Cast(server.base_url, site.world)
        lin, wang, zhou = (cast[name].pull() for name in "林王周")
        place = sorted(lin.replica.bodies("post"))[0]
        for device in (lin, wang):
            device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=f"{device.uid} before"))
            device.push()
        turn(server)
        for device in (lin, wang):
            device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=f"{device.uid} after"))
            device.push()
            device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=f"{device.uid} pending"))
            device.pull()
        everything = [f"{device.uid} {when}" for device in (lin, wang) for when in ("after", "before", "pending")]
        asked, answer = hang(pool, server, lin)
        with zhou.pull().socket() as socket:
            link = Link(zhou, socket)
            link.meet()
            since = time.monotonic()
            server.close()
            assert isinstance(link.next(), m.Bye), "the socket hears when to come back"
            late = page(answer.result(1).raise_for_status().content)
        assert time.monotonic() - since < GRACEFUL_SECONDS, "the poll is answered, not cut, and holds nobody up"
    assert site.restore() == 0
    with site.served(lin, wang, zhou):
        for device, persona in ((lin, "inspector"), (wang, "staff"), (zhou, "office")):
            assert problem(device.pull_response()) == "login_required"
            device.sign_in(persona)
            device.push()
            device.pull()
            device.push()
        before = lin.pull().replica.state()
        lin.replica.pulled(asked, late)
        assert (lin.replica.state(), lin.replica.trouble) == (before, "")
        for device in (lin, wang, zhou):
            # Staff see their own reports.
            assert told(device.pull()) == sorted(text for text in everything if device is not wang or text.startswith(wang.uid))
            assert device.replica.state() == device.refetch()
            assert device.replica.pending == []
    cast.close()


# --- other rights while a bucket is repaired -------------------------------------------------------------------------


def one_request(device: Device) -> bool:
    """The next thing a phone asks for; True while there is more."""
    replica = device.replica
    if repair := replica.repair():
        answer = device.post("repair", repair)
        replica.repaired(repair, page(answer.content) if answer.is_success else None)
        return True
    asked = replica.asking
    return replica.pulled(asked, page(device.pull_text()))


@pytest.mark.parametrize("by_page", [False, True], ids=["", "a page came before its answer"])
@pytest.mark.parametrize("when", range(5))
@pytest.mark.parametrize("roles", [INSPECTOR, ("STF", "OFF"), ("STF", "INS", "OFF", "CHECK")], ids=["taken", "exchanged", "given"])
def test_a_repair_over_which_rights_change_and_rows_come_and_go_ends_right(
    cast: Cast, server: RunningServer, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...], when: int, by_page: bool
) -> None:
    """I17, I20, I35: the change comes before any of the requests of the repair, or while one is on its way."""
    monkeypatch.setattr("server.gateway.repair.REPAIR_PAGE_BYTES", 600)
    wang, lin = cast["王"], cast["林"]
    was = account_of(server, lin.uid)
    change(server, lin, roles=OFFICE_TOO)
    rids = [tell(wang, str(n), buckets) for n in range(8) for buckets in (["role:OFF"], ["role:INS", "role:OFF"], ["role:CHECK"])]
    lin.pull()
    lose(lin, [("shown", rid) for rid in rids if ("shown", rid) in lin.replica.rows][:12])

    def happens() -> None:
        change(server, lin, roles=roles)
        tell(wang, "comes", ["role:OFF", "role:INS"], rids[2])
        tell(wang, "goes", ["role:CHECK"], rids[0])
        tell(wang, "stays", ["role:OFF", "role:INS"], rids[4])

    try:
        for n in range(REQUESTS_MAX):
            if n == when:
                overtaken = lin.replica.repair()
                late = lin.post("repair", overtaken) if overtaken else None
                happens()
                if by_page:
                    lin.replica.pulled(lin.replica.asking, page(lin.pull_text()))
                if overtaken and late:
                    lin.replica.repaired(overtaken, page(late.content))
                    assert all(row.buckets <= lin.replica.buckets for row in lin.replica.rows.values()), "nothing of what was taken"
            if not one_request(lin) and n > when:
                break
        else:
            raise AssertionError("it asks for ever")
        assert not lin.replica.distrusted
        assert lin.replica.state() == lin.refetch()
        assert lin.replica.whole == lin.replica.buckets
        assert len({found.bucket for found in lin.replica.differences}) == len(lin.replica.differences), "each told once"
    finally:
        change(server, lin, roles=was.roles)


# --- a snapshot under way --------------------------------------------------------------------------------------------


def fetch_chunks(device: Device, count: int) -> None:
    """The next chunks of the snapshot under way; the line breaks behind them."""
    wanted = device.replica.snapshot()
    assert wanted is not None
    answer = device.http.get(f"/s/{SITE}/snapshot/{wanted.id}", params={"after": wanted.after}).raise_for_status()
    lines = snapshot_lines(answer.content)
    ends = [n for n, line in enumerate(lines) if isinstance(line, m.SnapChunk)]
    device.replica.fetched(wanted, lines[: ends[count - 1] + 1])


def test_a_snapshot_under_way_survives_another_process_newer_snapshots_and_an_update_of_the_app(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I13, I24: three phones stop at the same chunk; what each gets in the end is what a start from nothing gives."""
    monkeypatch.setattr(snapshots, "SNAPSHOT_FROM", 20)
    monkeypatch.setattr(snapshots, "CHUNK_ROWS", 10)
    monkeypatch.setattr(snapshots, "STALE_SHARE", 10**6)
    domains = (*DOMAINS, MOVES)
    data = tmp_path / "data"
    with serve(domains, clock=world, data=data) as server:
        cast = Cast(server.base_url, world)
        wang = cast["王"].pull()
        rids = [tell(wang, str(n), ["hall"]) for n in range(5)]
        server.call(server.app.make_snapshots)
        phones = [cast.device("林") for _ in range(3)]
        for device in phones:
            one_request(device)
            fetch_chunks(device, 2)
        first = phones[0].replica.snapshot()
    assert first is not None
    assert first.after == 2
    with serve(domains, clock=world, data=data) as server:
        for device in (wang, *phones):
            device.url = server.base_url
            device.http = httpx.Client(base_url=device.url, headers={"Origin": device.url}, cookies=device.http.cookies, trust_env=False)
        through, swept, updated = phones
        updated.replica.reshape(updated.replica.sv + 1)
        for device in (through, updated):
            fetch_chunks(device, 1)
            assert device.pull().replica.whole == device.replica.buckets
        made = list[str]()
        for n in range(2):
            tell(wang, f"anew {n}", ["hall"], rids[n])
            server.call(server.app.make_snapshots)
            made += [one.id for one in place_of(server).snapshots._newest.values()]
        assert first.id not in place_of(server).snapshots._by_id, made
        assert problem(swept.http.get(f"/s/{SITE}/snapshot/{first.id}", params={"after": 2})) == "not_found"
        for device in phones:
            assert device.pull().replica.state() == device.refetch()
            assert device.replica.differences == []
            assert device.replica.whole == device.replica.buckets
    cast.close()


# --- one file, two hands, and the phone itself -----------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 60, 450])
def test_a_rescue_file_carried_in_twice_at_once_while_its_phone_comes_back_is_taken_once(
    cast: Cast, server: RunningServer, pool: ThreadPoolExecutor, count: int
) -> None:
    """I1, I2: each record once, in order, and all three hear the same of each."""
    wang, other = cast["王"].pull(), cast.device("管")
    place = post_of(wang)
    saved = [wang.save("incident.report", Report("other", place, wang.replica.time.now(), 4, text=f"twice {n}")).id for n in range(count)]
    file, ready = export(wang), Barrier(3)

    def together(work: Callable[[], Any]) -> Any:
        ready.wait(10)
        return work()

    def carried(admin: Device) -> m.RescueAnswer:
        return msgspec.json.decode(admin.post("rescue", file).raise_for_status().content, type=m.RescueAnswer)

    hands = [pool.submit(together, lambda admin=admin: carried(admin)) for admin in (cast["管"], other)]
    pushed = pool.submit(together, wang.push)
    first, second, results = *(hand.result(60) for hand in hands), pushed.result(60)
    for answer in (first, second):
        assert (answer.ops, answer.held, answer.branch) == (count, 0, 0)
    assert (first.ops - first.known) + (second.ops - second.known) <= count
    assert {(result.st, result.code) for result in results} == {("applied", None)}
    of_device = "FROM op JOIN result ON result.n = op.n JOIN device ON device.n = result.device WHERE dev = ?"
    kept = f"SELECT op.id, result.st {of_device} ORDER BY result.seq"
    assert found(server, kept, wang.replica.dev) == [(one, "applied") for one in saved]
    assert wang.pull().replica.pending == []
    assert hand_in(cast, file).known == count


def test_a_rescue_file_carried_in_while_its_phone_goes_on_under_a_new_key_is_taken_once(
    cast: Cast, server: RunningServer, pool: ThreadPoolExecutor
) -> None:
    """I2: the chain closes somewhere in the file; what then stands behind it waits for a person, and both know it by its id."""
    wang = cast["王"].pull()
    place = post_of(wang)
    saved = [wang.save("incident.report", Report("other", place, wang.replica.time.now(), 4, text=f"moved {n}")).id for n in range(450)]
    file, ready = export(wang), Barrier(2)

    def hand() -> m.RescueAnswer:
        ready.wait(10)
        return hand_in(cast, file)

    carried = pool.submit(hand)
    ready.wait(10)
    session = wang.sign_in("staff")
    message = wang.replica.enrol_anew(key_from(fresh_secret()), session.nonce)
    wang.replica.enrolled(msgspec.json.decode(wang.post("devices", message).raise_for_status().content, type=m.Enrolled))
    wang.push()
    answer = carried.result(60)
    assert answer.ops == 450
    states = dict(found(server, "SELECT op.id, result.st FROM op JOIN result ON result.n = op.n WHERE op.id IS NOT NULL"))
    assert all(states[one] in ("applied", "held") for one in saved)
    assert sum(states[one] == "held" for one in saved) == answer.branch
    assert wang.pull().replica.pending == []
    assert {op.state for op in wang.replica.outbox} <= {"applied", "held"}


# --- an end in the middle of a photo ---------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [True, False], ids=["its record was sent", "its record was not"])
def test_a_phone_ended_in_the_middle_of_a_photo_sends_the_rest_by_its_signature_and_forgets(
    cast: Cast, server: RunningServer, pool: ThreadPoolExecutor, named: bool
) -> None:
    """EVD-14: the bytes on their way at that moment count; nothing is sent twice, nothing stays behind."""
    photo = jpeg(1200, 900, seed=90 + named, quality=95)
    assert len(photo) > CHUNK
    lost = cast.device("李", spare=True)
    op = report(lost, post_of(cast["王"].pull()), "x", blob_of(photo))
    if named:
        lost.push()
    tus = Tus(lost)
    url = tus.create(photo, first=photo[:50_000]).headers["location"]
    under_way, ended = Event(), Event()

    def slowly() -> Iterator[bytes]:
        yield photo[50_000:60_000]
        under_way.set()
        assert ended.wait(20)
        yield photo[60_000:70_000]

    patched = pool.submit(tus.patch, url, 50_000, slowly())
    assert under_way.wait(20)
    revoke(cast, lost)
    ended.set()
    assert patched.result(30).status_code == 204, "it was let in before"
    assert problem(tus.patch(url, 70_000, photo[70_000:])) == "device_revoked"
    with by_signature(lost, photo) as signed:
        if not named:
            assert problem(signed.patch(url, 70_000, photo[70_000:])) == "device_revoked", "no record names it yet"
        results = lost.push()
        assert [(result.st, result.code) for result in results] == ([] if named else [("held", "REVOKED")])
        assert lost.replica.wiped
        assert signed.offset(url) == 70_000, "what came stays"
        assert signed.patch(url, 70_000, photo[70_000:]).status_code == 204
        assert problem(signed.create(photo, first=photo[:CHUNK])) == "device_revoked", "it is here"
    if not named:
        assert cast["管"].pull().do("held.accept", HeldAccept(), op.id).st == "applied"
    assert fetch(cast["林"].pull(), op.rid, photo).status_code == 200
    assert not server.app.gate.rooms[SITE].busy
