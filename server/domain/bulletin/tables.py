"""How bulletins are kept: numbers as they were when the draft was made, wording as it was last written (PTL-10, CHK-10)."""

from typing import ClassVar

import msgspec

from server.domain.base import Record
from server.domain.bulletin.ops import BulletinDetail, BulletinLine, BulletinNumbers, BulletinWording, Kind, State


class BulletinRecord(Record):
    """通报. `day`: its last day; `number` "" until issued, then "2026-3" of its kind; times ms. `fallen`: units of which it tells what does
    not stand any more, as of the day `checked_on` (ISO).
    """

    TABLE: ClassVar[str] = "bulletin"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("day", "rid"), ("kind", "number"), ("state", "checked_on"))

    kind: Kind
    from_day: str
    day: str
    by: str
    numbers: BulletinNumbers
    lines: list[BulletinLine] = msgspec.field(default_factory=list)
    details: list[BulletinDetail] = msgspec.field(default_factory=list)
    wording: BulletinWording = msgspec.field(default_factory=BulletinWording)
    state: State = "draft"
    title: str = ""
    number: str = ""
    issued_at: int = 0
    issued_by: str = ""
    text: str = ""
    fallen: list[str] = msgspec.field(default_factory=list)
    checked_on: str = ""
