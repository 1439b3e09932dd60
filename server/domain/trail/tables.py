"""How the trail is kept: findings as they were shown last, what was said and decided, both ledgers by day, tallies and adjustments.

Findings and numbers follow from the facts and could be made anew at any time (check.py); answers, rulings, publication and the closing
of months are facts of their own.
"""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.rules import FOREVER
from server.domain.hall.sentence import Explain
from server.domain.trail.ops import Scope

Grade = Literal["A", "B", "C"]
NOTHING_SAID = Explain("", {})


class FindingRecord(Record):
    """A finding as it was shown last, rid = its first sighting; `state` is empty when the facts make it no more.

    `told_at`: when it was first published as it stands against or for the person; `doubt_at`, `decide_at`: when a doubt arose and when it
    lapses (ms); `until`: the last day to answer, `was_until`: what it was before a calendar changed (CAL-03);
    `asked`: inspectors whose records contradict each other (CON-07).
    """

    TABLE: ClassVar[str] = "finding"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("post", "day"),
        ("person", "day"),
        ("cover", "day"),
        "decide_at",
        ("from_at", "rid"),
        ("unit", "from_at", "rid"),
    )

    post: str
    day: str
    unit: str
    person: str
    observations: list[str]
    state: str
    from_at: int = 0
    to_at: int = 0
    post_count: int = 0
    person_count: int = 0
    grade: Grade = "A"
    explain: Explain = msgspec.field(default_factory=lambda: NOTHING_SAID)
    notice: str = ""
    cover: str = ""
    cover_count: int = 0
    told_at: int = 0
    doubt: bool = False
    decide_at: int = FOREVER
    doubt_at: int = 0
    until: str = ""
    was_until: str = ""
    asked: list[str] = msgspec.field(default_factory=list)


class FindingAnswerRecord(Record):
    """What the person or the unit says to a finding (EVD-12), rid = op id. It belongs to the sighting, however episodes are cut.

    `review`: asks for a review; `patrol`: said by one of those whose records contradict each other, for those who patrol (CON-07).
    """

    TABLE: ClassVar[str] = "finding_answer"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("finding", ("post", "day"))

    finding: str
    post: str
    day: str
    by: str
    at: int
    text: str
    review: bool = False
    patrol: bool = False


class CodedRecord(Record):
    """A coded sighting as it was told last, rid = observation (PTL-08); `live`: nobody has taken it back; `told_at`: when anybody was first
    told of it; `turned_at`: when it turned out to concern another (0: it has not), who has his own time to answer (EVD-12); `home`: the
    unit that one belonged to that day.
    """

    TABLE: ClassVar[str] = "coded_matter"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("person", "day"), ("post", "day"), ("at", "rid"))

    post: str
    unit: str
    day: str
    at: int
    person: str
    codes: list[str]
    grade: Grade
    told_at: int
    note: str = ""
    reminded: bool = False
    live: bool = True
    turned_at: int = 0
    tied: bool = False
    home: str = ""


class RulingRecord(Record):
    """A doubt decided by the office, rid = op id, or lapsed, rid `lapsed:{sighting}` and `by` empty (CON-02). Belongs to the sighting."""

    TABLE: ClassVar[str] = "finding_ruling"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("post", "day"),)

    finding: str
    post: str
    day: str
    by: str
    at: int
    counts: bool
    text: str = ""


class PublishedRecord(Record):
    """When a sighting first was part of a finding that the person and the unit could see (ms), rid = observation (CON-44)."""

    TABLE: ClassVar[str] = "finding_published"

    at: int


class DayRecord(Record):
    """One day of a ledger, rid `{scope}:{of}:{day}`. `numbers`: what the facts say now (ledger.py names them).

    `settled`: what they said when the month was closed, once they say something else; `adjusted`: that with what the office has accepted
    since, which is what counts (EVD-10); `closed`: whether that is so.
    """

    TABLE: ClassVar[str] = "ledger_day"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("scope", "of", "day"), "day")

    scope: Scope
    of: str
    day: str
    unit: str
    numbers: dict[str, int]
    settled: dict[str, int] = msgspec.field(default_factory=dict)
    adjusted: dict[str, int] = msgspec.field(default_factory=dict)
    closed: bool = False

    @property
    def counted(self) -> dict[str, int]:
        """What counts of the day: in a closed month only what was settled, and accepted since."""
        return self.adjusted if self.closed else self.numbers


class TallyRecord(Record):
    """Numbers of a month, rid `{scope}:{of}:{month}`: the sum of its days, after its close with accepted adjustments only (EVD-10)."""

    TABLE: ClassVar[str] = "ledger_tally"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("scope", "month"),)

    scope: Scope
    of: str
    month: str
    unit: str
    numbers: dict[str, int]


class MonthRecord(Record):
    """A closed month, rid "YYYY-MM" (EVD-10)."""

    TABLE: ClassVar[str] = "ledger_month"

    closed_at: int


class BegunRecord(Record):
    """The last day whose beginning the ledgers have noted, rid `day`: absences that go on over night are counted from then."""

    TABLE: ClassVar[str] = "ledger_begun"

    day: str


class AdjustmentRecord(Record):
    """A change of a closed month, rid `{ledger day}:{number}`. Only an accepted one moves the tally; who decided and why stays with it."""

    TABLE: ClassVar[str] = "ledger_adjustment"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("ledger_day", "state")

    ledger_day: str
    scope: Scope
    of: str
    day: str
    unit: str
    change: dict[str, int]
    state: Literal["proposed", "accepted", "refused", "void"]
    found_at: int
    by: str = ""
    text: str = ""
    at: int = 0
