"""What left is forgotten after a while: who was away for longer starts from nothing, and whoever starts ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from server.app import DOMAINS
from server.gateway.place import Place
from server.store import snapshots
from server.store.horizon import horizon
from sync import messages as m
from sync.units import DAY_MS
from tests.server.test_protocol_scope import MOVES, tell
from tests.support.cast import SITE, Cast, Device, Link, page
from tests.support.clock import World
from tests.support.server import RunningServer, serve

START = 1_773_799_800_000
DAYS = 10


class Stage(NamedTuple):
    """A hall of its own whose time the test turns."""

    server: RunningServer
    cast: Cast
    world: World

    @property
    def place(self) -> Place:
        return self.server.app.gate.places[SITE]

    def days(self, count: int) -> None:
        """Days pass, each with something said in it; people sign in again."""
        for _ in range(count):
            self.world.pass_ms(DAY_MS)
            wang = self.cast["王"]
            wang.sign_in("staff")
            tell(wang, "Tag", ["role:CHECK"])

    def purge(self) -> tuple[int, int]:
        """Forget what is old; where the horizon is now, and how many removals are still known."""
        self.server.call(self.server.app.purge)
        count = "SELECT count(*) FROM bucket_row WHERE live = 0"
        return self.server.call(lambda: self.place.store.read(lambda sql: (horizon(sql), (sql.one(count) or (0,))[0])))

    def back(self, name: str, persona: str) -> Device:
        """Somebody who was away signs in again, on the same device."""
        device = self.cast[name]
        device.sign_in(persona)
        return device


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    world = World(START)
    keeping = [domain for domain in DOMAINS if domain.name != "attendance"]  # its days leave the phone by themselves
    with serve((*keeping, MOVES), clock=world, data=tmp_path / "data", tombstone_days=DAYS) as server:
        cast = Cast(server.base_url, world)
        yield Stage(server, cast, world)
        cast.close()


def head_of(device: Device) -> m.PullHead:
    """The head of the next page; nothing is taken."""
    head = page(device.pull_text())[0]
    assert isinstance(head, m.PullHead)
    return head


def test_a_device_away_beyond_the_horizon_starts_from_nothing_and_ends_right(stage: Stage) -> None:
    wang, lin = stage.cast["王"], stage.cast["林"]
    rid = tell(wang, "da", ["role:INS"])
    assert lin.pull().replica.body("shown", rid)
    tell(wang, "weg", ["role:OFF"], rid)
    stage.days(DAYS + 2)
    cid, left = stage.purge()
    assert cid > 0
    assert left == 0
    stage.back("林", "inspector")
    assert head_of(lin).reset
    assert lin.pull().replica.body("shown", rid) is None
    assert lin.replica.state() == lin.refetch()
    assert not head_of(lin).reset


def test_a_device_away_within_the_horizon_goes_on_from_where_it_stood(stage: Stage) -> None:
    wang, lin = stage.cast["王"], stage.cast["林"].pull()
    stage.days(3)
    rid = tell(wang, "da", ["role:INS"])
    stage.back("林", "inspector").pull()
    tell(wang, "weg", ["role:OFF"], rid)
    stage.days(DAYS - 1)
    assert stage.purge()[1] == 1
    stage.back("林", "inspector")
    assert not head_of(lin).reset
    assert lin.pull().replica.body("shown", rid) is None
    assert lin.replica.state() == lin.refetch()


def test_where_nothing_left_nobody_starts_anew_however_long_he_was_away(stage: Stage) -> None:
    lin = stage.cast["林"].pull()
    stage.days(DAYS * 2)
    assert stage.purge() == (0, 0)
    stage.back("林", "inspector")
    assert not head_of(lin).reset


def test_marks_are_made_once_a_day_and_forgotten_with_what_they_mark(stage: Stage) -> None:
    wang = stage.cast["王"]
    for _ in range(5):
        tell(wang, "x", ["role:CHECK"])
    stage.days(DAYS + 5)
    rid = tell(wang, "da", ["role:INS"])
    tell(wang, "weg", ["role:OFF"], rid)

    def marks() -> list[tuple[int, int]]:
        query = "SELECT at, purged FROM commit_mark ORDER BY cid"
        return stage.server.call(lambda: stage.place.store.read(lambda sql: sql.all(query)))  # type: ignore[arg-type]

    assert [at for at, _ in marks()] == sorted({START + day * DAY_MS for day in range(DAYS + 6)})
    stage.days(DAYS + 1)
    stage.purge()
    assert len(marks()) <= DAYS + 3


def test_a_row_that_left_and_is_forgotten_can_come_back_with_a_higher_version(stage: Stage) -> None:
    """Equal (kind, rid, ver) stays equal bytes: the face is kept when its places are forgotten."""
    wang, lin = stage.cast["王"], stage.cast["林"]
    rid = tell(wang, "eins", ["role:INS"])
    before = lin.pull().replica.rows["shown", rid].ver
    tell(wang, "", [], rid)
    stage.days(DAYS + 2)
    stage.purge()
    tell(wang, "zwei", ["role:INS"], rid)
    stage.back("林", "inspector").pull()
    assert lin.replica.body("shown", rid) == {"text": "zwei"}
    assert lin.replica.rows["shown", rid].ver > before


def test_a_start_from_nothing_ends_while_others_write_and_the_old_is_forgotten(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law I23: the horizon passes the pages of a slow start, never its beginning."""
    wang = stage.cast["王"]
    rids = []
    for n in range(20):
        rids.append(tell(wang, str(n), ["role:INS"]))
        stage.days(1)
    for rid in rids[:10]:
        tell(wang, "weg", ["role:OFF"], rid)
        stage.days(1)
    monkeypatch.setattr("server.gateway.pull.PAGE_ROWS", 1)
    lin, resets, pages, more = stage.cast.device("林"), 0, 0, True
    horizons = set()
    while more:
        lines = page(lin.pull_text())
        assert isinstance(lines[0], m.PullHead)
        resets += lines[0].reset
        more = lin.replica.pulled(lin.replica.cursor, lines)
        pages += 1
        if pages <= 6:
            tell(wang, "immer weiter", ["role:INS"], rids[10 + pages])
            tell(wang, "weg", ["role:OFF"], rids[-pages])
            stage.days(1)
            horizons.add(stage.purge()[0])
            lin.sign_in("inspector")
        assert pages < 60
    assert len(horizons) > 3
    assert resets == 1
    assert lin.replica.differences == []
    assert lin.replica.state() == lin.refetch()


def test_a_socket_does_not_carry_a_device_over_the_horizon(stage: Stage) -> None:
    wang, lin = stage.cast["王"], stage.cast["林"]
    rid = tell(wang, "da", ["role:INS"])
    lin.pull()
    tell(wang, "weg", ["role:OFF"], rid)
    stage.days(DAYS + 2)
    stage.purge()
    stage.back("林", "inspector")
    with lin.socket() as socket:
        link = Link(lin, socket)
        link.next()
        ok = link.next()
        assert isinstance(ok, m.Ok)
        assert ok.mode == "pull"
        link.catch_up()
        link.settle()
    assert lin.replica.body("shown", rid) is None
    assert lin.replica.state() == lin.refetch()


def test_a_snapshot_stays_closed_when_it_is_forgotten_what_left_its_bucket(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Laws I18, I22: behind the horizon nobody can tell any more that a row has left; whoever kept the name of the file gets nothing."""
    monkeypatch.setattr(snapshots, "SNAPSHOT_FROM", 50)
    wang, lin = stage.cast["王"], stage.cast.device("林")
    rid = tell(wang, "später geheim", ["hall"])
    stage.server.call(stage.server.app.make_snapshots)
    head = page(lin.pull_text())[0]
    assert isinstance(head, m.PullHead)
    snap = next(snap for snap in head.snaps if snap.bucket == "hall")
    path = f"/s/{SITE}/snapshot/{snap.id}"
    assert rid in lin.http.get(path).text
    tell(wang, "geheim", ["role:OFF"], rid)
    assert lin.http.get(path).status_code == 404
    monkeypatch.setattr(snapshots, "SNAPSHOT_FROM", 10**6)
    stage.days(DAYS + 2)
    limit, _ = stage.purge()
    assert limit > 0
    lin.sign_in("inspector")
    assert lin.http.get(path).status_code == 404
