"""What a hall begins with is laid down when it is founded and at every start of the server, never by time (PRH-05, LV-03, EMG-09)."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from server.app import DOMAINS
from server.domain.norms import library
from server.domain.norms.rules import shipped_checklists
from server.domain.norms.tables import ChecklistRecord
from server.store.contract import UnsafeStore
from server.store.sqlite import Connection
from tests.server.scenes.small_hall import DAY, small_hall
from tests.support.memory_tx import MemoryHall
from tests.support.server import RunningServer, serve

BEGUN = {"leave.type", "leave.chain", "checklist", "code", "phrase", "tagset", "handbook", "incident.plan"}
SETUP = {"login": "root", "name": "于演甲", "password": "a long password", "hall": "新大厅", "locale": "zh_Hans"}


def shown(server: RunningServer, hall: str = "hall") -> dict[str, int]:
    """How many rows of each kind stand in a hall's database."""
    sql = Connection(server.settings.data / f"{hall}.sqlite", ("query_only=ON",))
    try:
        return dict(sql.all("SELECT kind, count(*) FROM view_row WHERE body IS NOT NULL GROUP BY kind"))
    finally:
        sql.close()


@pytest.fixture(scope="module")
def still() -> Iterator[pytest.MonkeyPatch]:
    """No chore of the server runs: whatever is there was not laid down by time."""
    patch = pytest.MonkeyPatch()
    patch.setattr("server.app.TICK_SECONDS", 3600)
    yield patch
    patch.undo()


@pytest.mark.usefixtures("still")
def test_a_hall_has_what_it_begins_with_as_soon_as_its_setup_is_answered() -> None:
    with serve(mode="empty") as server:
        assert not shown(server), "nothing is laid down for a hall that is not founded"
        code = server.app.gate.setup_code
        answer = httpx.post(f"{server.base_url}/setup", json={"code": code, **SETUP}, headers={"Origin": server.base_url}, trust_env=False)
        assert answer.status_code == 204
        assert shown(server).keys() >= BEGUN


@pytest.mark.usefixtures("still")
def test_an_older_hall_gets_at_the_start_of_the_server_what_is_new_and_only_that(tmp_path: Path) -> None:
    older = tuple(d._replace(found=None) if d.name in ("incident", "norms") else d for d in DOMAINS)
    with serve(older, data=tmp_path / "data") as server:
        before = shown(server, "yunting")
        assert not before.keys() & {"incident.plan", "checklist"}
    with serve(data=tmp_path / "data") as server:
        now = shown(server, "yunting")
        assert now.keys() >= BEGUN
        assert {kind: now[kind] for kind in before} == before
    with serve(data=tmp_path / "data") as server:
        assert shown(server, "yunting") == now, "a further start lays down nothing"


def test_what_a_hall_made_its_own_stays_at_a_start() -> None:
    hall = small_hall()
    known = hall.tx.find(ChecklistRecord)[0]
    hall.tx.put(msgspec.structs.replace(known, body=msgspec.structs.replace(known.body, text="own")))
    rows = dict(hall.tx.rows)
    hall.found()
    kept = hall.tx.get(ChecklistRecord, known.rid)
    assert kept is not None
    assert kept.body.text == "own"
    assert hall.tx.rows == rows


def older_list(**changed: object) -> tuple[MemoryHall, ChecklistRecord]:
    """A hall founded when the facility list asked for something else: FF02 was a veto item."""
    hall = small_hall()
    known = hall.tx.get(ChecklistRecord, "fa-1")
    assert known is not None
    groups = [
        msgspec.structs.replace(g, items=[msgspec.structs.replace(i, veto=i.id == "FF02") for i in g.items]) for g in known.body.groups
    ]
    older = msgspec.structs.replace(known, body=msgspec.structs.replace(known.body, **{"groups": groups, **changed}))
    library.put_checklist(hall.tx, older)
    return hall, older


def test_a_shipped_list_that_has_changed_comes_as_the_next_version_from_today() -> None:
    """FAC-06, §6: what was recorded with the older version keeps it; a further start lays down nothing more."""
    hall, older = older_list()
    hall.found()
    second = hall.tx.get(ChecklistRecord, "fa-2")
    assert second is not None
    assert (second.version, second.body.version, second.body.valid_from, second.body.by) == (2, 2, DAY, "")
    assert second.body.groups == shipped_checklists()["fa-1"].groups
    assert hall.tx.get(ChecklistRecord, "fa-1") == older
    assert library.checklist_now(hall.tx, use="facility", day=DAY) == ("fa-2", second.body)
    day_before = library.checklist_now(hall.tx, use="facility", day="2026-11-22")
    assert day_before is not None
    assert day_before[1].groups == older.body.groups
    rows = dict(hall.tx.rows)
    hall.found()
    assert hall.tx.rows == rows


def test_a_list_the_hall_has_made_its_own_is_not_replaced_by_a_shipped_one() -> None:
    hall, _ = older_list(by="zhou")
    hall.found()
    assert hall.tx.get(ChecklistRecord, "fa-2") is None


def test_a_hall_whose_newest_version_is_its_own_keeps_it() -> None:
    hall, older = older_list()
    own = msgspec.structs.replace(older.body, version=2, by="zhou")
    library.put_checklist(hall.tx, ChecklistRecord(rid="fa-2", list="fa", version=2, use="facility", body=own))
    hall.found()
    assert [one.rid for one in hall.tx.find(ChecklistRecord, "list = 'fa'")] == ["fa-1", "fa-2"]


def test_no_tick_lays_anything_down() -> None:
    hall = small_hall()
    asked: list[int] = []
    hall.domains = tuple(d._replace(found=lambda tx: asked.append(tx.now)) for d in hall.domains)
    hall.tick(hall.tx.now + 60_000)
    assert asked == []
    hall.found()
    assert len(asked) == len(hall.domains)


@pytest.mark.usefixtures("still")
def test_a_process_serves_the_halls_it_is_told_to_and_no_others(tmp_path: Path) -> None:
    """Halls of one database are spread over processes (docs/scale.md)."""
    with serve(data=tmp_path / "data"):
        pass
    with serve(data=tmp_path / "data", sites=("jinghu",)) as server:
        assert [site["id"] for site in httpx.get(f"{server.base_url}/config", trust_env=False).json()["sites"]] == ["jinghu"]
    with (
        pytest.raises(UnsafeStore, match="sites names no hall that is there: nowhere; there are yunting, jinghu"),
        serve(data=tmp_path / "data", sites=("nowhere",)),
    ):
        pass


@pytest.mark.usefixtures("still")
def test_site_names_the_hall_an_empty_start_makes_and_chooses_none(tmp_path: Path) -> None:
    """Whoever names another hall than those that are there is told what `site` and `sites` are for."""
    data = tmp_path / "data"
    for again in range(2):
        with serve(data=data, mode="empty", site="laoshan") as server:
            assert [site["id"] for site in httpx.get(f"{server.base_url}/config", trust_env=False).json()["sites"]] == ["laoshan"], again
    with pytest.raises(UnsafeStore, match="already holds laoshan: leave out site=shinan"):
        serve(data=data, mode="empty", site="shinan").__enter__()
