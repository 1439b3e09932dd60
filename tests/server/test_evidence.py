"""The evidence log through its doors (PROTOCOL.md section 8): one entry a minute, proofs for authors, checkpoints for everybody."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from server.domain.incident.ops import Report
from server.gateway.logbook import Logbook
from server.store.sqlite import Connection
from sync import merkle
from sync import messages as m
from sync.keys import unb64
from sync.minute import DEPTH, read_entry
from sync.notes import ED25519, Proof, Vkey, open_checkpoint, read_proof, read_vkey, verify_proof
from sync.replica import OutboxOp
from sync.units import MINUTE_MS
from sync.witnessing import Keeper
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import World
from tests.support.server import RunningServer, serve

START = 1_795_300_020_000
LOG = f"/s/{SITE}/log"


@pytest.fixture(scope="module")
def world() -> World:
    return World(START)


def minute(server: RunningServer, world: World) -> None:
    """A minute passes, and the log notices."""
    world.pass_ms(MINUTE_MS)
    server.call(server.app.tick)


def log_key(device: Device) -> Vkey:
    """The key of the log, as a device makes it of what it learned when it was enrolled."""
    assert device.replica.server_key
    return Vkey(f"zaigang/{SITE}/{device.replica.epoch}", ED25519, unb64(device.replica.server_key))


def view(device: Device, size: int = 0) -> m.LogView:
    """The newest head, and how it continues the tree of `size`."""
    return msgspec.json.decode(device.http.get(f"{LOG}/checkpoint", params={"from": size}).raise_for_status().content, type=m.LogView)


def report(device: Device, text: str) -> OutboxOp:
    """An incident, recorded and delivered."""
    place = sorted(device.replica.bodies("post") or device.pull().replica.bodies("post"))[0]
    op = device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=text))
    device.push()
    return op


def problem(answer: httpx.Response) -> str:
    return str(answer.json()["type"])


def test_every_minute_is_one_entry_whether_anything_was_recorded_or_not(cast: Cast, server: RunningServer, world: World) -> None:
    """I18: neither the size of the log nor the time of an entry says how much was recorded."""
    lin = cast["林"]
    minute(server, world)
    sizes = [open_checkpoint(view(lin).checkpoint, log_key(lin)).size]
    for records in (0, 3, 1, 0):
        for i in range(records):
            report(lin, f"{i}")
        minute(server, world)
        server.call(server.app.tick)
        sizes.append(open_checkpoint(view(lin).checkpoint, log_key(lin)).size)
    assert sizes == list(range(sizes[0], sizes[0] + 5))


def test_the_author_proves_a_record_offline_with_its_body_and_the_key_of_the_site(cast: Cast, server: RunningServer, world: World) -> None:
    lin = cast["林"]
    op = report(lin, "有人晕倒")
    early = lin.http.get(f"{LOG}/proof/{op.id}")
    assert (early.status_code, problem(early)) == (409, "proof_pending")
    minute(server, world)
    text = lin.http.get(f"{LOG}/proof/{op.id}").raise_for_status().text
    proof = read_proof(text)
    assert verify_proof(proof, log_key(lin)).checkpoint.size > proof.entry
    assert proof.opening.body_hash == hashlib.sha256(op.body.encode()).digest()
    assert proof.opening.link.hex() == op.link
    assert op.result is not None
    assert proof.opening.at == op.result.at <= proof.opening.entry_at
    assert len(proof.opening.path) == DEPTH


def test_a_proof_of_somebody_elses_record_is_as_unknown_as_one_of_none(cast: Cast, server: RunningServer, world: World) -> None:
    op = report(cast["林"], "别人的")
    minute(server, world)
    other = cast["王"]
    foreign, unknown = other.http.get(f"{LOG}/proof/{op.id}"), other.http.get(f"{LOG}/proof/{op.id[:-4]}0000")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert httpx.get(f"{server.base_url}{LOG}/proof/{op.id}", trust_env=False).status_code == 401


def test_a_device_that_compares_follows_the_log_from_any_head_it_kept(cast: Cast, server: RunningServer, world: World) -> None:
    lin = cast["林"]
    keeper = Keeper(unb64(lin.replica.server_key))
    verdicts = []
    for minutes in (1, 1, 5, 0):
        for _ in range(minutes):
            minute(server, world)
        verdicts.append(keeper.take(view(lin, keeper.size)))
    assert verdicts == ["first", "grown", "grown", "same"]
    assert read_vkey(view(lin).vkey) == log_key(lin)


def test_anybody_rebuilds_the_log_from_its_tiles(cast: Cast, server: RunningServer, world: World) -> None:
    """c2sp.org/tlog-tiles: note, tiles and bundles are all a stranger needs."""
    for _ in range(3):
        minute(server, world)
    with httpx.Client(base_url=server.base_url + LOG, trust_env=False) as stranger:
        note = stranger.get("/checkpoint")
        head = open_checkpoint(note.text, log_key(cast["林"]))
        hashes = stranger.get("/tile/" + merkle.tile_path(0, 0, head.size))
        entries = stranger.get("/tile/" + merkle.tile_path("entries", 0, head.size)).content
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    assert note.headers["cache-control"] == "no-store"
    assert hashes.headers["cache-control"] == "public, max-age=31536000, immutable"
    packed = [entries[i + 2 : i + 42] for i in range(0, len(entries), 42)]
    assert len(packed) == head.size
    leaves = [merkle.leaf_hash(one) for one in packed]
    assert hashes.content == b"".join(leaves)
    assert merkle.root(merkle.over(leaves), head.size) == head.root
    times = [read_entry(one).at for one in packed]
    assert times == sorted(set(times))
    assert all(at % MINUTE_MS == 0 for at in times)


@pytest.mark.parametrize(
    "path",
    [
        *("/tile/0/001", "/tile/0/000", "/tile/0/000.p/0", "/tile/0/000.p/256", "/tile/1/000.p/1", "/tile/entries/001", "/tile/x/000.p/1"),
        *("/tile/0/000.p/200", "/tile/0/x000/000.p/1", "/tile/64/000.p/1", "/tile/0/999999.p/1", "/tile/", "/proof/", "/nothing"),
    ],
)
def test_what_is_not_there_is_not_found(cast: Cast, server: RunningServer, world: World, path: str) -> None:
    minute(server, world)
    answer = cast["林"].http.get(LOG + path)
    assert (answer.status_code, problem(answer)) == (404, "not_found")


@pytest.mark.parametrize("known", ["-1", "x", "", "01", "1.5", "9" * 30, "１"])
def test_a_size_that_is_no_number_is_malformed(cast: Cast, server: RunningServer, world: World, known: str) -> None:
    minute(server, world)
    answer = cast["林"].http.get(f"{LOG}/checkpoint", params={"from": known})
    assert (answer.status_code, problem(answer)) == (400, "malformed")


def test_a_size_the_log_never_had_gets_the_head_without_a_proof(cast: Cast, server: RunningServer, world: World) -> None:
    minute(server, world)
    assert view(cast["林"], 10**9).proof == []


def spoil(server: RunningServer, statement: str, *values: Any) -> None:
    """Somebody with access to the database changes it."""
    with closing(Connection(server.settings.data / f"{SITE}.sqlite", ())) as sql:
        assert sql.run(statement, values) > 0


@pytest.fixture
def own(world: World) -> Iterator[RunningServer]:
    with serve(clock=world) as up:
        yield up


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_tile SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE level = 0 AND n = 0",
        "DELETE FROM log_tile",
        "DELETE FROM log_checkpoint",
        "DELETE FROM log_entry WHERE i = (SELECT max(i) FROM log_entry)",
        "UPDATE log_checkpoint SET note = replace(note, 'zaigang/', 'zeigang/')",
        "UPDATE log_checkpoint SET size = size + 1",
    ],
)
def test_a_log_that_contradicts_its_last_head_signs_nothing_more_and_tells(own: RunningServer, world: World, statement: str) -> None:
    """Refused, alarmed, visible to administrators; business goes on."""
    people = Cast(own.base_url, world)
    minute(own, world)
    minute(own, world)
    before = view(people["林"]).checkpoint if "log_checkpoint" not in statement else ""
    spoil(own, statement)
    minute(own, world)
    told = msgspec.json.decode(people["管"].http.get(f"{LOG}/state").raise_for_status().content, type=m.LogState)
    assert told.broken
    assert problem(people["林"].http.get(f"{LOG}/state")) == "forbidden"
    if before:
        assert view(people["林"]).checkpoint == before
    assert report(people["林"], "照常").result is not None
    people.close()


def test_records_made_while_the_log_could_not_keep_up_enter_the_next_minute(own: RunningServer, world: World) -> None:
    people = Cast(own.base_url, world)
    first = report(people["林"], "停机前")
    world.pass_ms(7 * MINUTE_MS)
    minute(own, world)
    proof: Proof = read_proof(people["林"].http.get(f"{LOG}/proof/{first.id}").raise_for_status().text)
    assert verify_proof(proof, log_key(people["林"])).checkpoint.size == 1
    people.close()


def test_records_taken_before_a_clock_was_set_back_enter_the_log_when_their_minute_is_over(tmp_path: Path) -> None:
    """In a hall of an older release numbers rise and times may not; what a minute had to leave out is not passed over for ever."""
    world = World(START + 55_000)
    with serve(clock=world, data=tmp_path) as up:
        people = Cast(up.base_url, world)
        ids = [report(people["林"], text).id for text in "一二"]
        people.close()
    with closing(sqlite3.connect(tmp_path / f"{SITE}.sqlite", isolation_level=None)) as sql:
        for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'op'").fetchall():
            sql.execute(f"DROP TRIGGER {name}")
        sql.execute("UPDATE op SET at = at + 10000 WHERE id = ?", ids[:1])
    with serve(clock=world, data=tmp_path) as up:
        people = Cast(up.base_url, world)
        for at in (START + 60_500, START + 120_500):
            world.at = at
            up.call(up.app.tick)
        assert [people["林"].http.get(f"{LOG}/proof/{one}").status_code for one in ids] == [200, 200]
        people.close()


def test_processes_that_keep_the_log_in_turn_go_on_from_each_others_heads(own: RunningServer, world: World) -> None:
    """A process that kept the log before, or that never heard of its own last commit, is no contradiction."""
    place = own.app.gate.places[SITE]
    books = [Logbook(place.store) for _ in range(2)]
    for book in (*books, *books):
        world.pass_ms(MINUTE_MS)
        own.call(book.turn)
        assert book.broken == ""
        assert book.signed is not None
    assert books[1].signed is not None
    assert books[1].signed.size == 4
