"""Who sees an item of the lobby board: the office with who wrote it, lobby screens what it says (DSP-01, DSP-03)."""

from server.domain.base import Face
from server.domain.board.ops import BoardItem, BoardProgress, BoardPublic
from server.domain.board.rules import PROGRESS_DAYS, share
from server.domain.board.tables import BoardItemRecord
from server.domain.hall.audiences import NOBODY, OFFICE_AND_ADMINISTRATORS
from server.domain.hall.rules import add_days

SCREENS = frozenset({"pub"})
PROGRESS = "progress"


def office_face(item: BoardItemRecord) -> Face:
    """An item with who put it on the board, and when."""
    body = BoardItem(
        kind=item.kind,
        first=item.first,
        until=item.until,
        by=item.by,
        at=item.at,
        title=item.title,
        words=item.words,
        person=item.person,
        phone=item.phone,
        link=item.link,
        totals=item.totals,
        ended=item.ended,
    )
    return Face("board.item", item.rid, NOBODY if item.place == "gone" else OFFICE_AND_ADMINISTRATORS, body)


def public_face(item: BoardItemRecord, plate: str, least: int) -> Face:
    """What the board says. A duty leader without a plate has left the hall and is not shown; `least`: cases a share rests on."""
    totals = item.totals
    body = BoardPublic(
        kind=item.kind,
        first=item.first,
        until=item.until,
        at=item.at,
        title=item.title,
        words=item.words,
        plate=plate,
        phone=item.phone,
        link=item.link,
        month=totals.month if totals else "",
        in_time=share(totals.in_time, totals.cases, least) if totals else None,
        satisfied=share(totals.satisfied, totals.rated, least) if totals else None,
        answered=share(totals.rated, totals.cases, least) if totals else None,
    )
    told = item.place == "board" and (item.kind != "leader" or plate != "")
    return Face("board.pub", item.rid, SCREENS if told else NOBODY, body)


def progress_face(day: str, at: int, progress: BoardProgress) -> Face:
    """How far rectification has come, for lobby screens, from a day on (RCT-05): numbers alone, no campaign, no unit, nobody."""
    return Face("board.pub", PROGRESS, SCREENS, BoardPublic("progress", day, add_days(day, PROGRESS_DAYS), at, progress=progress))
