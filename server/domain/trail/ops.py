"""发现 findings, what is said to them and decided on them, and adjustments of closed months (EVD-05..12, CON-01..24, CON-44)."""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.hall.sentence import Explain
from sync.ops import RowKind, command, evidence

FindingState = Literal["glance", "unattended", "explained", "pending", "late_notice", "covered", "contradictory", "withdrawn"]
Scope = Literal["post", "person", "unit"]
"""Whose numbers: of a post (availability), of a person (responsibility), of a unit (both)."""


class FindingAnswer(msgspec.Struct, omit_defaults=True):
    """`finding.answer`, rid = finding: the person, the stand-in or the unit says its part (EVD-12), those who saw different things theirs
    (CON-07). `review`: and asks for a review.
    """

    text: str
    review: bool = False


class FindingDecide(msgspec.Struct):
    """`finding.decide`, rid = finding: the office decides a doubt (CON-02): whether the person is counted, and why."""

    count: bool
    text: str


class FindingVoid(msgspec.Struct):
    """`finding.void`, rid = observation: after publication the office or the efficiency group takes an observation back (CON-44)."""

    text: str


class LedgerAdjust(msgspec.Struct):
    """`ledger.adjust`, rid = adjustment: a change of a closed month is accepted or refused by the office, with a reason (EVD-10)."""

    accept: bool
    text: str


class SaidAt(msgspec.Struct, omit_defaults=True):
    """A record behind a finding and its two clocks: when it says it was made, when the server had it (ms); what that is worth (CON-02).

    `present`: it says that somebody was there. `offset_ms`: by how much the device's clock was corrected, None: nobody knows (CON-07).
    """

    what: Literal["notice", "seen", "present"]
    at: int
    received_at: int
    grade: Literal["A", "B", "C"]
    offset_ms: int | None = None


class Finding(msgspec.Struct, omit_defaults=True):
    """Row `finding`: one episode at one post as reconciled now; rid is that of its first sighting. For INS, EFF, OFF.

    `cover`: the stand-in it also concerns, `cover_count` 1 when people decide on his part. `doubt`: the office may decide until
    `decide_until` (day), then nobody is counted. `also`: more to the same fact; `note`: for those who patrol. `answer_until`: the last
    day to answer (ISO), "" for a glance, which asks nobody (EVD-12); `was_answer_until`: before a calendar changed it (CAL-03). `times`:
    of the records behind it; `asked`: whose records contradict each other and who has not said anything to it yet (CON-07).
    """

    post: str
    from_at: int
    to_at: int
    state: FindingState
    observations: list[str]
    explain: Explain
    post_count: int
    person_count: int
    grade: Literal["A", "B", "C"]
    person: str | None = None
    notice: str | None = None
    answers: list[str] = []
    blobs: list[Attached] = []
    cover: str | None = None
    cover_count: int = 0
    doubt: bool = False
    decide_until: str = ""
    also: Explain | None = None
    note: Explain | None = None
    answer_until: str = ""
    was_answer_until: str = ""
    times: list[SaidAt] = []
    asked: list[str] = []


class FindingOwn(msgspec.Struct, omit_defaults=True):
    """Row `finding.own`: the same episode for the person concerned, the stand-in it concerns and the head of the unit; no inspector's name.
    `told_at`: since when it stands there (ms); `answer_until`, `review_until`: the last days to answer and to ask for a review;
    `was_answer_until`: before a calendar changed it (CAL-03).
    """

    post: str
    from_at: int
    to_at: int
    state: FindingState
    explain: Explain
    post_count: int
    person_count: int
    grade: Literal["A", "B", "C"]
    answer_until: str
    person: str | None = None
    notice: str | None = None
    answers: list[str] = []
    cover: str | None = None
    cover_count: int = 0
    also: Explain | None = None
    told_at: int = 0
    times: list[SaidAt] = []
    review_until: str = ""
    was_answer_until: str = ""


class Coded(msgspec.Struct, omit_defaults=True):
    """Row `coded`, rid = observation: what was coded beside the state of a post (P7 to P13), and praise (P0) of whom it names,
    by no inspector's name. For the person, the head, those who patrol and the office. `ended`: praise, or the first of the person's month,
    dealt with on the spot: it ends there (PTL-08); `answer_until`: "" of praise; `tied`: whoever saw it has a tie to the place (PTL-07).
    """

    post: str
    at: int
    codes: list[str]
    grade: Literal["A", "B", "C"]
    answer_until: str
    person: str | None = None
    note: str = ""
    reminded: bool = False
    ended: bool = False
    answers: list[str] = []
    tied: bool = False


class Adjustment(msgspec.Struct, omit_defaults=True):
    """Row `ledger.adjust`: a fact arrived after the month was closed. `change`: by which numbers of `of` on `day` it would differ.

    For the office; that of a person also for the person and the head of the unit.
    """

    scope: Scope
    of: str
    day: str
    unit: str
    change: dict[str, int]
    state: Literal["proposed", "accepted", "refused"]
    found_at: int
    by: str = ""
    text: str = ""


OPS = (
    evidence("finding.answer", 1, FindingAnswer),
    command("finding.decide", 1, FindingDecide),
    command("finding.void", 1, FindingVoid),
    command("ledger.adjust", 1, LedgerAdjust),
)
ROWS = (RowKind("finding", Finding), RowKind("finding.own", FindingOwn), RowKind("coded", Coded), RowKind("ledger.adjust", Adjustment))
