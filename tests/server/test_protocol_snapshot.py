"""Snapshots: a large bucket as a file, resumed after any chunk, and exactly what pages would have brought."""

import asyncio
import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import msgspec
import pytest
import zstandard

from server.app import DOMAINS
from server.domain.base import Domain
from server.gateway import snapshot as gateway
from server.gateway.place import Place
from server.store import snapshots
from server.store.snapshots import Snapshots
from sync import messages as m
from sync.replica import Damaged
from sync.snapshot import Wanted
from tests.server.test_protocol_scope import MOVES, tell
from tests.support.cast import SITE, Cast, Device, page, snapshot_lines
from tests.support.server import RunningServer

CHUNK = 100


@pytest.fixture(scope="module")
def domains() -> tuple[Domain, ...]:
    return (*DOMAINS, MOVES)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every bucket of a few hundred rows is a large one."""
    monkeypatch.setattr(snapshots, "SNAPSHOT_FROM", 150)
    monkeypatch.setattr(snapshots, "CHUNK_ROWS", CHUNK)


@pytest.fixture
def place(server: RunningServer) -> Iterator[Place]:
    """The hall with its snapshots made; afterwards there are none again."""
    place = server.app.gate.places[SITE]
    server.call(server.app.make_snapshots)
    yield place
    forget(place)


def forget(place: Place) -> None:
    """No snapshot is there."""
    place.snapshots._by_id.clear()
    place.snapshots._newest.clear()
    place.snapshots.sweep()


def start(device: Device) -> tuple[m.PullHead, m.PullEnd]:
    """The first page of a device that holds nothing, taken."""
    lines = page(device.pull_text())
    device.replica.pulled(device.replica.cursor, lines)
    head, end = lines[0], lines[-1]
    assert isinstance(head, m.PullHead)
    assert isinstance(end, m.PullEnd)
    assert len(lines) == 2
    return head, end


def fetch(device: Device, wanted: Wanted, coding: str = "identity") -> httpx.Response:
    """The bytes of a snapshot."""
    headers = {"Accept-Encoding": coding}
    return device.http.get(f"/s/{SITE}/snapshot/{wanted.id}", params={"after": wanted.after}, headers=headers)


def wanted(device: Device) -> Wanted:
    found = device.replica.snapshot()
    assert found is not None
    return found


def test_a_start_from_nothing_offers_large_buckets_as_files_and_the_rest_comes_by_pages(cast: Cast, place: Place) -> None:
    lin = cast.device("林")
    head, end = start(lin)
    assert head.reset
    assert [snap.bucket for snap in head.snaps] == ["hall"]
    assert (end.more, set(head.fill)) == (True, set(head.buckets) - {"hall"})
    (snap,) = head.snaps
    lines = snapshot_lines(fetch(lin, wanted(lin)).raise_for_status().content)
    assert lines[0] == m.SnapHead("hall", snap.n, snap.sum, 1)
    rows = [line for line in lines if isinstance(line, m.Row)]
    chunks = [line for line in lines if isinstance(line, m.SnapChunk)]
    assert (len(rows), len(chunks), chunks[-1].n, chunks[-1].sum) == (snap.n, snap.chunks, snap.n, snap.sum)
    assert all(row.b == ["hall"] and row.d for row in rows)
    assert lin.pull().replica.state() == cast["林"].pull().replica.state() | {
        key: value for key, value in lin.replica.state().items() if key[0] == "op.result"
    }
    assert lin.replica.whole == lin.replica.buckets


def test_snapshot_and_deltas_equal_a_start_without_it(cast: Cast, place: Place) -> None:
    """Law I24, while rows enter, change and leave between the making of the file and the fetching."""
    wang, by_file, by_page = cast["王"], cast.device("林"), cast.device("林")
    rids = [tell(wang, str(n), ["hall", "role:INS"] if n % 2 else ["role:INS"]) for n in range(6)]
    start(by_file)
    tell(wang, "anders", ["hall"], rids[1])
    tell(wang, "dazu", ["hall", "role:INS"], rids[0])
    by_file.replica.fetched(wanted(by_file), snapshot_lines(fetch(by_file, wanted(by_file)).content))
    tell(wang, "weg", ["role:OFF"], rids[3])
    by_file.pull()
    forget(place)
    head = page(by_page.pull_text())[0]
    assert isinstance(head, m.PullHead)
    assert head.snaps == []
    by_page.pull()
    assert by_file.replica.differences == []
    assert by_file.replica.state() == by_page.replica.state() == by_file.refetch()


def test_a_cut_snapshot_goes_on_after_its_last_whole_chunk(cast: Cast, place: Place) -> None:
    lin = cast.device("林")
    head, _ = start(lin)
    lines = snapshot_lines(fetch(lin, wanted(lin)).content)
    cut = next(i for i, line in enumerate(lines) if isinstance(line, m.SnapChunk) and line.i == 2) + 30
    lin.replica.fetched(wanted(lin), lines[:cut])
    assert (wanted(lin).after, len(lin.replica.rows), lin.replica.whole) == (2, 2 * CHUNK, frozenset())
    rest = snapshot_lines(fetch(lin, wanted(lin)).raise_for_status().content)
    assert rest == [lines[0], *lines[1 + 2 * (CHUNK + 1) :]]
    lin.replica.fetched(wanted(lin), rest)
    assert (lin.replica.snapshot(), lin.replica.whole) == (None, {"hall"})
    assert lin.pull().replica.state() == lin.refetch()
    assert head.snaps[0].chunks > 3


def test_a_snapshot_that_is_gone_half_way_leaves_a_device_that_ends_complete_by_pages(cast: Cast, place: Place) -> None:
    lin = cast.device("林")
    start(lin)
    lines = snapshot_lines(fetch(lin, wanted(lin)).content)
    lin.replica.fetched(wanted(lin), lines[: CHUNK * 2 + 5])
    forget(place)
    assert fetch(lin, wanted(lin)).status_code == 404
    assert lin.pull().replica.state() == lin.refetch()


def test_a_device_that_never_fetches_what_was_offered_ends_complete_too(cast: Cast, place: Place) -> None:
    lin = cast.device("林")
    start(lin)
    more = True
    while more:
        more = lin.replica.pulled(lin.replica.cursor, page(lin.pull_text()))
    assert lin.replica.differences == []
    assert lin.replica.state() == lin.refetch()


def test_each_coding_holds_the_same_and_resumes(cast: Cast, place: Place) -> None:
    lin = cast.device("林")
    start(lin)
    for after in (0, 2):
        want = wanted(lin)._replace(after=after)
        plain = fetch(lin, want).raise_for_status()
        with lin.http.stream("GET", f"/s/{SITE}/snapshot/{want.id}?after={after}", headers={"Accept-Encoding": "gzip"}) as answer:
            assert (answer.headers["content-encoding"], gzip.decompress(b"".join(answer.iter_raw()))) == ("gzip", plain.content)
        with lin.http.stream("GET", f"/s/{SITE}/snapshot/{want.id}?after={after}", headers={"Accept-Encoding": "zstd"}) as answer:
            packed = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "zstd"
        assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == plain.content
        assert "content-encoding" not in plain.headers


def test_an_unchanged_snapshot_is_not_sent_twice(cast: Cast, place: Place) -> None:
    lin = cast.device("林")
    start(lin)
    url = f"/s/{SITE}/snapshot/{wanted(lin).id}"
    etag = lin.http.get(url).raise_for_status().headers["etag"]
    again = lin.http.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert lin.http.get(url, params={"after": 1}, headers={"If-None-Match": etag}).status_code == 200


def test_a_snapshot_is_given_to_nobody_to_whom_its_bucket_is_not_open(cast: Cast, place: Place) -> None:
    lin, screen, shopper = cast.device("林"), cast["屏"], cast["吴"]
    start(lin)
    want, invented = wanted(lin), Wanted("A" * 32, 0)
    for other in (screen, shopper):
        refused, nothing = fetch(other, want), fetch(other, invented)
        assert (refused.status_code, refused.content) == (nothing.status_code, nothing.content)
        assert (refused.status_code, refused.json()["type"]) == (404, "not_found")
    with httpx.Client(base_url=cast.url, trust_env=False) as stranger:
        assert stranger.get(f"/s/{SITE}/snapshot/{want.id}").json()["type"] == "login_required"


def test_a_row_that_left_a_bucket_is_in_no_snapshot_anybody_gets(
    cast: Cast, place: Place, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law I18: who joins later may never have been allowed to see it."""
    wang, lin = cast["王"], cast.device("林")
    rid = tell(wang, "später geheim", ["hall"])
    forget(place)
    server.call(server.app.make_snapshots)
    start(lin)
    assert rid in fetch(lin, wanted(lin)).text
    tell(wang, "geheim", ["role:OFF"], rid)
    assert fetch(lin, wanted(lin)).status_code == 404
    head, *_ = page(cast.device("林").pull_text())
    assert isinstance(head, m.PullHead)
    assert head.snaps == []
    server.call(server.app.make_snapshots)
    assert fetch(lin, wanted(lin)).status_code == 404
    monkeypatch.setattr(snapshots, "LEFT_MS", 0)
    server.call(server.app.make_snapshots)
    other = cast.device("林")
    start(other)
    assert rid not in fetch(other, wanted(other)).text
    assert other.pull().replica.state() == other.refetch()


@pytest.mark.parametrize("path", ["A", "A" * 201, "..%2F..%2Fyunting.sqlite", "%00", "a/b", "岗", ""])
def test_a_name_that_is_none_is_not_found(cast: Cast, path: str) -> None:
    answer = cast["林"].http.get(f"/s/{SITE}/snapshot/{path}")
    assert (answer.status_code, answer.json()["type"]) == (404, "not_found")


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=1&after=2", "after=9999999", "after=99999", "other=1", "after="])
def test_a_query_that_cannot_be_read_is_malformed(cast: Cast, place: Place, query: str) -> None:
    lin = cast.device("林")
    start(lin)
    answer = lin.http.get(f"/s/{SITE}/snapshot/{wanted(lin).id}?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "malformed")
    assert lin.post(f"snapshot/{wanted(lin).id}", b"").status_code == 405


def test_more_than_four_at_once_of_one_person_are_asked_to_come_again_and_nobody_else_is(
    cast: Cast, place: Place, server: RunningServer
) -> None:
    lin, zhou = cast.device("林"), cast.device("周")
    start(lin)
    start(zhou)
    with ExitStack() as inside:
        for _ in range(4):
            inside.enter_context(server.app.gate.own_snapshots.enter(lin.uid))
        answer = fetch(lin, wanted(lin))
        assert (answer.status_code, answer.json()["type"]) == (503, "busy")
        assert fetch(zhou, wanted(zhou)).status_code == 200
    assert fetch(lin, wanted(lin)).status_code == 200


def test_more_than_twenty_at_once_are_asked_to_come_again(cast: Cast, place: Place, server: RunningServer) -> None:
    lin = cast.device("林")
    start(lin)
    gate = server.app.gate.snapshots
    for _ in range(20):
        gate.__enter__()
    answer = fetch(lin, wanted(lin))
    assert (answer.status_code, answer.json()["type"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) > 0
    gate.__exit__()
    assert fetch(lin, wanted(lin)).status_code == 200
    assert fetch(lin, wanted(lin)).status_code == 200
    for _ in range(19):
        gate.__exit__()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: [msgspec.structs.replace(lines[0], sum="0" * 16), *lines[1:]],
        lambda lines: [lines[0], msgspec.structs.replace(lines[1], d='{"x":1}'), *lines[2:]],
        lambda lines: [lines[0], msgspec.structs.replace(lines[1], b=["hall", "role:OFF"]), *lines[2:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[0], *lines[2 + CHUNK :]],
    ],
    ids=["offer", "body", "bucket", "row lost", "chunk lost"],
)
def test_a_damaged_snapshot_puts_nothing_of_a_broken_chunk_on_the_shelf(
    cast: Cast, place: Place, spoil: Callable[[list[m.SnapLine]], list[m.SnapLine]]
) -> None:
    lin = cast.device("林")
    start(lin)
    with pytest.raises(Damaged):
        lin.replica.fetched(wanted(lin), spoil(snapshot_lines(fetch(lin, wanted(lin)).content)))
    assert (lin.replica.rows, wanted(lin).after) == ({}, 0)
    assert lin.pull().replica.state() == lin.refetch()


def test_snapshots_outlive_a_restart_and_files_of_nobody_do_not(cast: Cast, place: Place) -> None:
    held = place.snapshots
    (held.folder / "leftover.ndjson").write_bytes(b"x")
    (held.folder / "broken.json").write_bytes(b"{")
    names = {path.name for path in held.folder.iterdir()} - {"leftover.ndjson", "broken.json"}
    again = Snapshots(held.folder, place.seal)
    assert again._newest == held._newest
    assert {path.name for path in held.folder.iterdir()} == names
    lin = cast.device("林")
    start(lin)
    assert fetch(lin, wanted(lin)).status_code == 200


def test_a_snapshot_is_on_the_disk_before_it_counts(server: RunningServer, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a power cut may leave is no snapshot: an index is there only when its files are whole."""
    forget(place)
    flushed: set[str] = set()
    fsync = os.fsync

    def flush(handle: int) -> None:
        flushed.add(os.readlink(f"/proc/self/fd/{handle}"))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", flush)
    server.call(server.app.make_snapshots)
    (made,) = {one.id: one for one in place.snapshots._newest.values() if one.bucket == "hall"}.values()
    assert {str(place.snapshots.path(made, coding)) for coding in snapshots.SUFFIXES} <= flushed


def test_a_bucket_gets_a_new_snapshot_when_much_changed_or_a_day_passed(server: RunningServer, cast: Cast, place: Place) -> None:
    def due(later_ms: int) -> list[str]:
        buckets = server.call(lambda: place.store.read(lambda sql: place.snapshots.due(sql, place.clock() + later_ms)))
        return [bucket for bucket in buckets if bucket == "hall"]

    assert due(0) == []
    assert due(2 * snapshots.STALE_MS) == []
    tell(cast["王"], "x", ["hall"])
    assert (due(0), due(2 * snapshots.STALE_MS)) == ([], ["hall"])
    place.snapshots._newest["hall"].cid = 0
    assert due(0) == ["hall"]


def test_a_sum_that_does_not_hold_is_told_and_no_snapshot_made_of_it(
    server: RunningServer, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    forget(place)
    server.call(lambda: place.store.write(lambda unit: unit.sql.run("UPDATE bucket_sum SET n = n + 1 WHERE bucket = 'hall'")))
    server.call(server.app.make_snapshots)
    made = set(place.snapshots._newest)
    assert "hall" not in made
    assert not any(one.bucket == "hall" for one in Snapshots(place.snapshots.folder, place.seal)._newest.values())
    assert any("the sum of bucket hall does not hold" in record.getMessage() for record in caplog.records)
    server.call(lambda: place.store.write(lambda unit: unit.sql.run("UPDATE bucket_sum SET n = n - 1 WHERE bucket = 'hall'")))


def test_a_full_disk_leaves_no_half_snapshot_and_the_old_one_in_use(
    server: RunningServer, cast: Cast, place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = {path.name for path in place.snapshots.folder.iterdir()}

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "zstd_to", full)
    tell(cast["王"], "x", ["hall"])
    place.snapshots._newest["hall"].at = 0
    server.call(server.app.make_snapshots)
    assert {path.name for path in place.snapshots.folder.iterdir()} == before
    assert any("no snapshot of bucket hall" in record.getMessage() for record in caplog.records)
    lin = cast.device("林")
    start(lin)
    assert fetch(lin, wanted(lin)).status_code == 200


def test_a_file_that_is_lost_is_not_found_and_pages_do_its_work(cast: Cast, place: Place) -> None:
    lin = cast.device("林")
    start(lin)
    for path in place.snapshots.folder.glob("*.ndjson*"):
        path.unlink()
    assert fetch(lin, wanted(lin)).json()["type"] == "not_found"
    assert fetch(lin, wanted(lin)._replace(after=1)).json()["type"] == "not_found"
    assert lin.pull().replica.state() == lin.refetch()


def test_a_reader_that_stops_reading_is_dropped_and_its_file_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "STALLED_SECONDS", 0.05)
    let_go = []

    class Endless:
        def read(self) -> bytes:
            return b"x"

        def close(self) -> None:
            let_go.append(True)

    async def send(event: Any) -> None:
        if event["type"] == "http.response.body":
            await asyncio.Event().wait()

    asyncio.run(gateway._stream(send, [], Endless()))
    assert let_go == [True]


def test_two_rounds_at_once_make_every_snapshot_once(server: RunningServer, place: Place, caplog: pytest.LogCaptureFixture) -> None:
    made = set(place.snapshots._newest)
    assert made
    forget(place)

    async def twice() -> None:
        await asyncio.gather(server.app.make_snapshots(), server.app.make_snapshots())

    server.call(twice)
    assert set(place.snapshots._newest) == made
    assert len(place.snapshots._by_id) == len(made)
    assert "no snapshot of" not in caplog.text
