"""A row moves between audiences: who loses it is told so and nothing more, who gains it has it whole (laws I17, I18)."""

from typing import ClassVar

import msgspec
import pytest

from server.app import DOMAINS
from server.domain.base import APPLIED, Domain, Face, Op, Outcome, Record, Tx
from sync import messages as m
from sync.ops import RowKind, evidence
from sync.rows import row_hash
from tests.support.cast import Cast, Device


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
