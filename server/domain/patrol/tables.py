"""How patrol facts are kept. Observations are facts; findings are recomputed from them and kept only to know what was shown (EVD-01)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.patrol.ops import Knew, QuickCode, Seen
from sync.ops import Blob

Grade = Literal["A", "B", "C"]


class RoundRecord(Record):
    """巡查轮次 (PTL-01). `finished_at`: 0 while running."""

    TABLE: ClassVar[str] = "patrol_round"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("slot",)

    slot: str
    type: Literal["hourly", "irregular", "opening", "closing"]
    inspector: str
    started_at: int
    finished_at: int = 0


class RoundTallyRecord(Record):
    """How many exceptions have arrived for a round, rid = round; they may be there before it."""

    TABLE: ClassVar[str] = "patrol_round_tally"

    exceptions: int = 0


class EmptyDayRecord(Record):
    """A day on which somebody saw a post empty, rid `{post}:{day}`: where findings can be."""

    TABLE: ClassVar[str] = "patrol_empty_day"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("post", "day"),)

    post: str
    day: str


class ZoneSeenRecord(Record):
    """ "All others present" in a zone, rid = op id; every post it covers was seen present (PTL-02)."""

    TABLE: ClassVar[str] = "patrol_zone_seen"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("round", ("day", "zone"))

    round: str
    zone: str
    day: str
    posts: list[str]
    at: int
    received_at: int
    grade: Grade
    inspector: str
    knew: Knew


class ObservationRecord(Record):
    """巡查记录: what an inspector saw at a post, and what the phone knew (EVD-09). `withdrawn`: the author's reason (CON-44)."""

    TABLE: ClassVar[str] = "observation"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("post", "day"), "recheck_of")

    round: str
    post: str
    day: str
    seen: Seen
    at: int
    received_at: int
    grade: Grade
    inspector: str
    own_unit: bool
    knew: Knew
    codes: list[QuickCode] = msgspec.field(default_factory=list)
    person: str = ""
    note: str = ""
    reminded: bool = False
    waited: bool = False
    recheck_of: str = ""
    withdrawn: str = ""
    blobs: list[Blob] = msgspec.field(default_factory=list)


class FindingRecord(Record):
    """A finding as it was shown last, rid = its first sighting: who may answer, and what to take back when it goes."""

    TABLE: ClassVar[str] = "finding"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("post", "day"),)

    post: str
    day: str
    unit: str
    person: str
    observations: list[str]
    state: str


class FindingAnswerRecord(Record):
    """What the person or the unit says to a finding (EVD-12), rid = op id. It belongs to the sighting, however episodes are cut."""

    TABLE: ClassVar[str] = "finding_answer"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("finding", ("post", "day"))

    finding: str
    post: str
    day: str
    by: str
    at: int
    text: str
