"""A medical proof end to end through push and pull: sealed on arrival, read by the office for a purpose, by nobody else (LV-09, VIS-03)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from server.domain.hall.rules import at_time
from server.domain.hall.tables import HallRecord
from server.domain.leave.ops import LeaveDecide, LeaveOpen, LeaveProof, LeaveRequest
from server.gateway.place import Place
from server.store.contract import Sql, Unit
from server.store.horizon import purge
from tests.support.cast import SITE, Cast
from tests.support.clock import World
from tests.support.photos import Tus, blob_of, fetch, jpeg
from tests.support.server import RunningServer

Open = Callable[[World], AbstractContextManager[RunningServer]]
TZ = "Asia/Shanghai"
DAY = 24 * 3_600_000
ILLNESS = "急性肠胃炎"
PURPOSE = "核对证明与天数"


def test_the_picture_of_a_certificate_opens_to_the_office_alone_and_only_for_a_purpose(cast: Cast) -> None:
    wang, zhao, zhou, lin = (cast[name].pull() for name in "王赵周林")
    rid, photo = wang.replica.new_id(wang.replica.time.now()), jpeg(seed=77)
    begin = wang.replica.time.now() + 3 * DAY
    asked = LeaveRequest(wang.uid, "sick", begin, begin + 2 * DAY, ILLNESS)
    assert wang.do("leave.request", asked, rid).st == "applied"
    assert wang.do("leave.proof", LeaveProof(3, ILLNESS), rid, blobs=[blob_of(photo)]).st == "applied"
    assert Tus(wang).upload(photo).is_success
    assert zhao.do("leave.decide", LeaveDecide(True), rid).st == "applied"
    row = zhao.pull().replica.body("leave", rid)
    assert (row["proofs"], row["proof_days"], row["sealed"]) == (1, 3, True)
    assert fetch(wang, rid, photo).status_code == 200
    for other in (zhao, zhou, lin):
        assert fetch(other, rid, photo).status_code == 404
        assert not [shown.body for shown in other.pull().replica.rows.values() if ILLNESS in shown.body]
    assert zhao.do("leave.open", LeaveOpen("看看"), rid).code == "NO_RIGHT"
    assert zhou.do("leave.open", LeaveOpen("核对证明与天数"), rid).st == "applied"
    assert zhou.pull().replica.body("leave.sealed", rid)["text"] == ILLNESS
    assert fetch(zhou, rid, photo).status_code == 200
    assert fetch(zhao, rid, photo).status_code == 404
    (read,) = wang.pull().replica.body("leave.reads", rid)["reads"]
    assert (read["by"], read["purpose"]) == (zhou.uid, "核对证明与天数")


def test_reason_and_certificate_are_deleted_when_their_term_is_over(opened: Open) -> None:
    """PRV-04, PRV-20: after the year of the leave and the term of the hall (here none) neither words nor picture are at the server."""
    world = World(at_time("2026-12-29", "09:40", TZ))
    with opened(world) as server:
        server.call(lambda: place_of(server).store.write(at_years_end))
        cast, photo = Cast(server.base_url, world), jpeg(seed=78)
        wang = cast["王"].pull()
        rid, begin = wang.replica.new_id(world.at), world.at + DAY
        asked = LeaveRequest(wang.uid, "sick", begin, begin + DAY, ILLNESS)
        assert wang.do("leave.request", asked, rid).st == "applied"
        assert wang.do("leave.proof", LeaveProof(3, ILLNESS), rid, blobs=[blob_of(photo)]).st == "applied"
        assert Tus(wang).upload(photo).is_success
        assert cast["周"].do("leave.open", LeaveOpen(PURPOSE), rid).st == "applied"
        cast.close()
        assert ILLNESS in everything(server)
        assert files(server)
        for clock in ("2026-12-31", "2027-01-01"):
            world.at = at_time(clock, "00:01", TZ)
            for _ in range(2):
                server.tick()
                server.call(server.app.keeper.turn)
                server.call(server.app.sweep_blobs)
            there = clock < "2027"
            assert (ILLNESS in everything(server), bool(files(server))) == (there, there), clock
        kept = server.call(lambda: place_of(server).store.read(lambda sql: sql.all("SELECT rid, type, state FROM leave")))
        assert [(r, t) for r, t, _ in kept if r == rid] == [(rid, "sick")]
        server.call(lambda: purge(place_of(server).store, world.at + 3 * 366 * DAY, 0))
        assert PURPOSE in everything(server), "who opened it and what for is known three years later"


def at_years_end(unit: Unit) -> None:
    """This hall keeps what is sealed no longer than the year."""
    with unit.step() as tx:
        known = tx.get(HallRecord, "hall")
        assert known is not None
        known.hall.rules["lv.sealed_years"] = 0
        tx.put(known)


def place_of(server: RunningServer) -> Place:
    return server.app.gate.places[SITE]


def everything(server: RunningServer) -> str:
    """All rows of all tables of the hall, as text."""

    def rows(sql: Sql) -> str:
        names = ["op", "result", "audit", "view_row", *(table.name for table in place_of(server).institutions.tables.values())]
        cells = (cell for name in names for row in sql.all(f'SELECT * FROM "{name}"') for cell in row)
        return "\n".join(cell.decode("utf-8", "ignore") if isinstance(cell, bytes) else str(cell) for cell in cells)

    found: str = server.call(lambda: place_of(server).store.read(rows))
    return found


def files(server: RunningServer) -> list[Path]:
    """What the blob store of the hall holds."""
    return [path for path in (server.settings.data / "blobs").rglob("*") if path.is_file()]
