"""How the items of the lobby board are kept (DSP-01)."""

from typing import ClassVar

import msgspec

from server.domain.base import Record
from server.domain.board.ops import BoardTotals, Kind
from server.domain.hall.ops import Names


class BoardItemRecord(Record):
    """One item, from the day `first` to the last (`until`, ISO; `NO_END` without one). `place`: where its rows stand at present."""

    TABLE: ClassVar[str] = "board_item"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("first", "rid"), "place")

    kind: Kind
    first: str
    until: str
    by: str
    at: int
    title: Names = msgspec.field(default_factory=dict)
    words: Names = msgspec.field(default_factory=dict)
    person: str = ""
    phone: str = ""
    link: str = ""
    totals: BoardTotals | None = None
    ended: bool = False
    place: str = ""
