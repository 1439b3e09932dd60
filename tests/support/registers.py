"""Registers for tests: a day that was played, a register of sensitive things beside it, and how a reader asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import httpx

from server.domain.base import Column, Domain, Reading, Record, Register
from server.domain.patrol.ops import Observe
from server.store.contract import Unit
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import World
from tests.support.day import Day, knew, post_of
from tests.support.server import RunningServer


class FileRecord(Record):
    """A register of sensitive things, to see what a purpose opens."""

    TABLE: ClassVar[str] = "test_file"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("day", "rid"),)

    day: str
    unit: str
    person: str
    days: int
    diagnosis: str
    remark: str


FILES = Register(
    name="file",
    title="file",
    record=FileRecord,
    columns=(
        Column("day", "day", "day"),
        Column("unit", "unit", "unit"),
        Column("person", "person", "person", "P2"),
        Column("days", "days", "number", "P2"),
        Column("diagnosis", "diagnosis", "text", "P3"),
        Column("remark", "remark", "text", "P2"),
    ),
    readings=(
        Reading(frozenset({"OFF"})),
        Reading(frozenset({"HEAD"}), "unit", hidden=frozenset({"diagnosis"})),
        Reading(frozenset({"LEAD"}), sealed=frozenset({"person"}), hidden=frozenset({"diagnosis", "remark"})),
        Reading(frozenset({"STF"}), "own"),
    ),
    at="day",
    unit="unit",
    own="person",
)
FILE_DOMAIN = Domain(name="file", ops=(), rows=(), records=(FileRecord,), handlers={}, registers=(FILES,))
FORMULAS = ("=1+1", "+86 10", "-2", "@SUM(A1)", "\tx", "\rx", "=cmd|'/c calc'!A1")


@contextmanager
def played_day(server: RunningServer, world: World) -> Iterator[Cast]:
    """A day has been played, and there are files of forty days."""
    cast = Cast(server.base_url, world)
    Day(cast).play()
    wang, li = cast["王"], cast["李"]
    unit = wang.pull().replica.body("me", wang.uid)["unit"]

    def fill(work: Unit) -> None:
        with work.step() as tx:
            for n in range(40):
                mine, person = (unit, wang.uid) if n % 4 == 0 else ("elsewhere", li.uid)
                remark = FORMULAS[n] if n < len(FORMULAS) else "plain"
                tx.put(
                    FileRecord(
                        rid=f"f{n:02d}",
                        day=f"2026-10-{n // 2 + 1:02d}",
                        unit=mine,
                        person=person,
                        days=n % 3,
                        diagnosis="cold",
                        remark=remark,
                    )
                )

    server.call(lambda: server.app.gate.place(SITE).store.write(fill))
    glance(cast, unit)
    yield cast
    cast.close()


def glance(cast: Cast, unit: str) -> None:
    """A second window of the unit, seen empty once: it accuses nobody."""
    lin = cast["林"].pull()
    posts = lin.replica.bodies("post")
    post = next(rid for rid, p in sorted(posts.items()) if p["unit"] == unit and rid != post_of(cast["王"]))
    seen = Observe(lin.replica.new_id(0), post, "empty_no_notice", lin.replica.time.now(), knew(lin))
    assert lin.do("patrol.observe", seen).st == "applied"


def ask(device: Device, path: str, **query: Any) -> httpx.Response:
    """What a door answers; `f__state` asks for `f.state`."""
    return device.http.get(f"/s/{device.site}/{path}", params={k.replace("__", "."): v for k, v in query.items()})


def page(device: Device, name: str, **query: Any) -> dict[str, Any]:
    """One page of a register."""
    found: dict[str, Any] = ask(device, f"register/{name}", **query).raise_for_status().json()
    return found


def files(device: Device, **query: Any) -> dict[str, Any]:
    """One page of the sensitive register."""
    return page(device, "file", **{"from": "2026-10-01", "to": "2026-10-31", **query})


def rids(found: dict[str, Any]) -> list[str]:
    """Ids of the rows of a page."""
    return [row["rid"] for row in found["rows"]]


def columns(device: Device, name: str) -> list[str]:
    """Keys of the columns this reader has."""
    listed = ask(device, "registers").raise_for_status().json()["registers"]
    return next([c["key"] for c in r["columns"]] for r in listed if r["name"] == name)


def traces(server: RunningServer, act: str) -> list[tuple[Any, ...]]:
    """(who, about, detail) of the audit entries of an act, oldest first."""
    found = "SELECT uid, about, detail FROM audit WHERE act = ? ORDER BY n"
    return server.call(lambda: server.app.gate.place(SITE).store.read(lambda sql: sql.all(found, (act,))))
