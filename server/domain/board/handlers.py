"""What the office says on the lobby board (DSP-01): dated items that come and go by themselves."""

from server.domain.base import APPLIED, Domain, Op, Outcome, Tx, refused, stale
from server.domain.board import ops
from server.domain.board.ops import EndBoardItem, PutBoardItem
from server.domain.board.registers import REGISTERS
from server.domain.board.rules import AHEAD_DAYS, BoardProgress, days_of, is_private, item_wrong, place_of
from server.domain.board.tables import BoardItemRecord
from server.domain.board.views import PROGRESS, office_face, progress_face, public_face
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import add_days, may_any, plate, rule
from server.domain.hall.tables import PersonRecord

EDITORS = ("OFF", "ADM")


def put(tx: Tx, op: Op[PutBoardItem]) -> Outcome:
    """An item is put on the board, or changed; a text that leads to a person never gets there."""
    a = op.a
    if not may_any(op.actor, *EDITORS):
        return refused("NO_RIGHT")
    known = tx.get(BoardItemRecord, op.rid)
    if old := stale(tx, op, "board.item"):
        return old
    leader: PersonRecord | None = tx.ask("person", uid=a.person) if a.person else None
    if item_wrong(a) or (known and known.kind != a.kind) or (a.person and (leader is None or leader.outside or leader.left)):
        return refused("INVALID")
    people: list[PersonRecord] = tx.ask("people")
    if is_private([*a.title.values(), *a.words.values(), a.phone, a.link], (person.phone for person in people)):
        return refused("PRIVATE")
    first, until = days_of(a)
    item = BoardItemRecord(
        rid=op.rid,
        kind=a.kind,
        first=first,
        until=until,
        by=op.actor.uid,
        at=tx.now,
        title=a.title,
        words=a.words,
        person=a.person,
        phone=a.phone,
        link=a.link,
        totals=a.totals,
    )
    _show(tx, item)
    return APPLIED


def end(tx: Tx, op: Op[EndBoardItem]) -> Outcome:
    """An item leaves the board before its time."""
    item = tx.get(BoardItemRecord, op.rid)
    if item is None or not may_any(op.actor, *EDITORS):
        return refused("NO_RIGHT")
    if old := stale(tx, op, "board.item"):
        return old
    if item.ended or item.place not in ("waiting", "board"):
        return refused("GONE", tx.version("board.item", op.rid))
    item.ended = True
    _show(tx, item)
    return APPLIED


def _show(tx: Tx, item: BoardItemRecord) -> None:
    hall = hall_of(tx)
    item.place = place_of(item, today_of(tx), rule(hall, "dsp.kept_days", tx.now))
    tx.put(item)
    tx.project(office_face(item))
    tx.project(public_face(item, _plate(tx, hall, item.person), rule(hall, "idx.min_n", tx.now)))


def _plate(tx: Tx, hall: Hall, uid: str) -> str:
    """The duty leader's plate; "" for nobody, or for somebody who has left."""
    person: PersonRecord | None = tx.ask("person", uid=uid) if uid else None
    return plate(hall, person.name, person.badge, person.title) if person and not person.left else ""


def board_progress(tx: Tx, *, day: str, progress: BoardProgress | None) -> None:
    """What the board says of rectification from this day on (RCT-05)."""
    if progress is None:
        tx.retract("board.pub", PROGRESS)
    else:
        tx.project(progress_face(day, tx.now, progress))


def tick(tx: Tx) -> None:
    """A new day: items come to the board and leave it; a duty leader who has another plate by now, or has left, is shown so."""
    hall = hall_of(tx)
    today = today_of(tx)
    due = "(place = 'waiting' AND first <= ?) OR (place = 'board' AND until < ?) OR (place = 'office' AND until < ?)"
    kept_day = add_days(today, -rule(hall, "dsp.kept_days", tx.now))
    for item in tx.find(BoardItemRecord, due, [add_days(today, AHEAD_DAYS), today, kept_day]):
        _show(tx, item)
    for item in tx.find(BoardItemRecord, "place = 'board' AND kind = 'leader'"):
        tx.project(public_face(item, _plate(tx, hall, item.person), rule(hall, "idx.min_n", tx.now)))


DOMAIN = Domain(
    name="board",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(BoardItemRecord,),
    handlers={"board.put": put, "board.end": end},
    tick=tick,
    answers={"board_progress": board_progress},
    registers=REGISTERS,
)
