"""An app of an older release reads the shapes it knows: on pages, in frames, after repairs; after its update only those come anew."""

from typing import Any

import pytest

from server.app import DOMAINS
from server.domain.base import Domain
from server.store.shapes import Shapes
from sync import messages as m
from sync.ops import Older, RowKind
from sync.rows import row_hash
from tests.support.cast import KINDS, Cast, Device, page
from tests.support.tiny import CLOSE, WRITE, Count, Note, NotePublic, Write, domain


def without_state(body: dict[str, Any]) -> dict[str, Any]:
    """Release 2 had only the text."""
    return {"text": body["text"]}


def under_its_old_name(body: dict[str, Any]) -> dict[str, Any]:
    """Release 1 called it `words`."""
    return {"words": body["text"]}


GROWN = RowKind("note", Note, (Older(2, without_state), Older(1, under_its_old_name)))
ROWS = (GROWN, RowKind("note.pub", NotePublic), RowKind("note.count", Count))


@pytest.fixture(scope="module")
def domains() -> tuple[Domain, ...]:
    return (*DOMAINS, domain(rows=ROWS))


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (WRITE, CLOSE):
        monkeypatch.setitem(KINDS, kind.kind, kind)


def of_release(device: Device, sv: int) -> Device:
    """The app of this device is of that release."""
    device.replica.sv = sv
    return device


BODIES = {
    1: {"words": "Guten Tag"},
    2: {"text": "Guten Tag"},
    3: {"text": "Guten Tag", "state": "open"},
    9: {"text": "Guten Tag", "state": "open"},
}


def test_each_release_reads_its_own_shape_and_the_hash_is_that_of_the_present_one(cast: Cast) -> None:
    rid = cast["王"].do("note.write", Write("Guten Tag")).rid
    for sv, body in BODIES.items():
        device = of_release(cast.device("林"), sv).pull()
        row = device.replica.rows["note", rid]
        assert device.replica.body("note", rid) == body
        assert row.projected == (sv < 3)
        assert row.hash == row_hash("note", rid, row.ver, '{"text":"Guten Tag","state":"open"}')
        assert device.replica.body("note.pub", rid) == {"state": "open"}
        assert not device.replica.rows["note.pub", rid].projected


def test_frames_speak_to_each_app_in_its_shape(cast: Cast) -> None:
    wang = cast["王"]
    for sv, body in BODIES.items():
        lin = of_release(cast.device("林"), sv)
        with lin.live() as link:
            rid = wang.do("note.write", Write("Guten Tag")).rid
            link.settle()
            assert [row.p for frame in link.frames if isinstance(frame, m.Commit) for row in frame.rows if row.k == "note"] == [sv < 3]
            assert lin.replica.body("note", rid) == body
        assert not lin.replica.differences


def test_what_was_missed_comes_over_the_socket_in_the_apps_shape(cast: Cast) -> None:
    lin = of_release(cast.device("林"), 2).pull()
    rid = cast["王"].do("note.write", Write("Guten Tag")).rid
    with lin.live() as link:
        link.settle()
    assert lin.replica.body("note", rid) == BODIES[2]


def test_after_an_update_of_the_app_the_old_shapes_and_nothing_else_come_again(cast: Cast) -> None:
    wang, lin = cast["王"], of_release(cast.device("林"), 1)
    rids = {wang.do("note.write", Write("Guten Tag")).rid for _ in range(3)}
    lin.pull()
    old = {key for key, row in lin.replica.rows.items() if row.projected}
    assert rids <= {rid for _, rid in old}
    lin.may_differ = True
    lin.replica.reshape(3)
    lin.replica.pulled(lin.replica.cursor, page(lin.pull_text()))
    repair = lin.replica.repair()
    assert repair is not None
    lines = page(lin.post("repair", repair).raise_for_status().content)
    lin.replica.repaired(repair, lines)
    come = [line for line in lines if isinstance(line, m.Row)]
    assert old <= {(row.k, row.rid) for row in come}
    assert len(come) < len(lin.replica.rows) / 5
    assert not any(row.p for row in come)
    lin.pull()
    assert all(lin.replica.body("note", rid) == BODIES[3] for rid in rids)
    assert not any(row.projected for row in lin.replica.rows.values())


def test_an_app_that_was_put_back_fetches_everything_in_its_own_shapes(cast: Cast) -> None:
    rid = cast["王"].do("note.write", Write("Guten Tag")).rid
    lin = of_release(cast.device("林"), 3).pull()
    lin.replica.reshape(1)
    assert lin.pull().replica.body("note", rid) == BODIES[1]


def test_a_repair_for_an_older_app_comes_in_its_shape(cast: Cast) -> None:
    rid = cast["王"].do("note.write", Write("Guten Tag")).rid
    lin = of_release(cast.device("林"), 1).pull()
    lin.may_differ = True
    del lin.replica.rows["note", rid]
    lin.replica.audit(0)
    assert lin.pull().replica.body("note", rid) == BODIES[1]
    assert lin.replica.rows["note", rid].projected


def test_a_removal_has_no_shape() -> None:
    gone = m.Row([], "note", "r", 4, "0" * 16, None)
    shape = Shapes((GROWN,)).shape(1)
    assert shape is not None
    assert shape(gone) == gone


@pytest.mark.parametrize(("sv", "level"), [(0, 1), (1, 1), (2, 2), (3, 0), (10**9, 0)])
def test_an_app_of_the_present_release_needs_no_older_shapes(sv: int, level: int) -> None:
    assert Shapes((GROWN,)).level(sv) == level
    assert Shapes((RowKind("note", Note),)).level(sv) == 0


@pytest.mark.parametrize("sv", ["x", "-1", "1" * 20])
def test_a_release_that_is_no_number_is_malformed(cast: Cast, sv: str) -> None:
    assert cast["林"].pull_response(sv=sv).json()["type"] == "malformed"
