"""How patrol facts are kept: as they were seen, with what the phone knew (EVD-01, EVD-09)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.patrol.ops import Knew, QuickCode, Seen, Ties
from sync.ops import Blob

Grade = Literal["A", "B", "C"]


class LaterHour(msgspec.Struct):
    """What of a round that was left open counts for a later hour, as a round begun at `started_at` (ms) would (PTL-06)."""

    slot: str
    started_at: int
    reached: list[str]
    left: list[str]


class RoundRecord(Record):
    """巡查轮次 (PTL-01). `slot`: the hour it was walked in (PTL-06). `finished_at`: 0 while running; `received_at`: when its beginning
    had arrived (ms); `grade`: what its time is worth. `posts_due`, `posts_seen`: posts there were, and those looked at.
    `posts`: those there were; `reached`: looked at within its hour; `left`: those of `posts` its inspector, of `unit`, had to look at
    (PTL-07), and has not.
    `queue_len`: people who waited, -1 where nobody counted. `later`: of other hours walked on it, to that of `last_slot`, "" for none.
    """

    TABLE: ClassVar[str] = "patrol_round"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("slot", ("started_at", "rid"), "last_slot")

    slot: str
    type: Literal["hourly", "irregular", "opening", "closing"]
    inspector: str
    started_at: int
    finished_at: int = 0
    received_at: int = 0
    grade: Grade = "A"
    posts_due: int = 0
    posts_seen: int = 0
    queue_len: int = -1
    remark: str = ""
    posts: list[str] = msgspec.field(default_factory=list)
    unit: str = ""
    left: list[str] = msgspec.field(default_factory=list)
    reached: list[str] = msgspec.field(default_factory=list)
    later: list[LaterHour] = msgspec.field(default_factory=list)
    last_slot: str = ""


class SlotRecord(Record):
    """One hour of opening time and its round, rid = slot. `over_at`: when it was due; `alarm_at`: when its absence was told, 0: it was not
    (ms). `unit`: "", a slot is the hall's; `gap_min`: opening minutes without a round until the one of this slot was walked, or the slot
    was over (IDX-24); `made`: its rounds looked at every post; with `state` partial at `looked` of `due`. `wide`: too long
    after the one before, first told at `wide_at` (ms).
    """

    TABLE: ClassVar[str] = "patrol_slot"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("day", "rid"),)

    day: str
    over_at: int
    state: Literal["due", "missed", "partial", "late", "done", "exempt"]
    alarm_at: int = 0
    round: str = ""
    shown: bool = False
    unit: str = ""
    gap_min: int = 0
    made: bool = False
    wide: bool = False
    wide_at: int = 0
    looked: int = 0
    due: int = 0


class RoundTallyRecord(Record):
    """How many exceptions have arrived for a round, rid = round, in which zones codes were scanned, and how often each post was looked at;
    they may be there before it. `times`: post -> when (ms), but for what came too late to change its hour.
    """

    TABLE: ClassVar[str] = "patrol_round_tally"

    exceptions: int = 0
    points: list[str] = msgspec.field(default_factory=list)
    looked: dict[str, int] = msgspec.field(default_factory=dict)
    times: dict[str, list[int]] = msgspec.field(default_factory=dict)


class EmptyDayRecord(Record):
    """A day on which somebody saw a post empty, rid `{post}:{day}`: where findings can be."""

    TABLE: ClassVar[str] = "patrol_empty_day"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("post", "day"),)

    post: str
    day: str


class ZoneSeenRecord(Record):
    """ "All others present" in a zone, rid = op id; every post it covers was seen present (PTL-02). `offset_ms`: as of an observation;
    `unit`: the inspector's own of that day (PTL-07).
    """

    TABLE: ClassVar[str] = "patrol_zone_seen"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("round", ("day", "zone"), ("inspector", "at"))

    round: str
    zone: str
    day: str
    posts: list[str]
    at: int
    received_at: int
    grade: Grade
    inspector: str
    knew: Knew
    offset_ms: int | None = None
    unit: str = ""


class ObservationRecord(Record):
    """巡查记录: what an inspector saw at a post, and what the phone knew (EVD-09).

    `withdrawn`: the author's reason to take it back, said at `withdrawn_at` (ms); `void`: who did after publication, and why (CON-44).
    `tied`: a tie was declared when it was seen (PTL-07); `source` "video": seen by `camera` on the recording `clip` (PTL-11).
    `offset_ms`: by how much the phone's clock was corrected, None: nobody knows (CON-07).
    """

    TABLE: ClassVar[str] = "observation"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("post", "day"),
        "recheck_of",
        ("at", "rid"),
        ("person", "at"),
        ("inspector", "at"),
    )

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
    withdrawn_at: int = 0
    void: str = ""
    void_text: str = ""
    blobs: list[Blob] = msgspec.field(default_factory=list)
    tied: bool = False
    source: Literal["", "video"] = ""
    camera: str = ""
    clip: str = ""
    offset_ms: int | None = None


class TieRecord(Record):
    """What an inspector has declared of his ties (PTL-07), rid = uid: every declaration, the oldest first. `openly`: when (ms) he declared
    any as somebody everybody knows to inspect; of others nothing may tell that there are any (PRV-15).
    """

    TABLE: ClassVar[str] = "patrol_tie"
    SHARED: ClassVar[bool] = True

    declared: list[Ties]
    openly: list[int] = msgspec.field(default_factory=list)


class ReadersRecord(Record):
    """The roles that see the video records now, rid `video`: when the hall's rule says others, all are shown anew (PRH-07)."""

    TABLE: ClassVar[str] = "patrol_video_readers"

    roles: list[str]


class CodesBefore(msgspec.Struct):
    """Codes that hung in the zones until a moment (ms)."""

    codes: dict[str, str]
    until: int


class ZoneCodesRecord(Record):
    """The codes that hang in the zones (PTL-09), rid `zones`; `earlier`: those that hung there before."""

    TABLE: ClassVar[str] = "patrol_zone_codes"

    codes: dict[str, str]
    made_at: int
    earlier: list[CodesBefore] = msgspec.field(default_factory=list)


class PointRecord(Record):
    """A code scanned on a round, rid = op id; `at`: when, as far as can be proven at the earliest (ms)."""

    TABLE: ClassVar[str] = "patrol_point"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("round",)

    round: str
    zone: str
    by: str
    at: int


class AskRecord(Record):
    """The floor is asked to look again at what a camera showed (PTL-11), rid = video record; `open` until somebody has."""

    TABLE: ClassVar[str] = "patrol_video_ask"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("open",)

    day: str
    open: bool = True
