"""How organisation and roster are kept beside the hall's own records: services, qualifications, drafts, consents, changes."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.ops import Names, SessionDuty


class ServiceRecord(Record):
    """受理事项, rid = its code."""

    TABLE: ClassVar[str] = "service"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("unit",)

    names: Names
    unit: str = ""
    retired: bool = False


class QualificationRecord(Record):
    """What a person may do of a service, rid `{person}.{service}` (ORG-03)."""

    TABLE: ClassVar[str] = "qualification"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("person", "service")

    person: str
    service: str
    trained: bool = False
    authorised: bool = False
    seal: bool = False
    since: str = ""
    proof: str = ""


class DraftRecord(Record):
    """A cell that is not published, rid `{day}:{post}`. `dropped`: published or thrown away since."""

    TABLE: ClassVar[str] = "duty_draft"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("day",)

    day: str
    post: str
    a: str
    b: str
    c: str
    later: list[SessionDuty]
    by: str
    at: int
    dropped: bool = False


class ConsentRecord(Record):
    """HEAD agrees to more than one post as B (ORG-05)."""

    TABLE: ClassVar[str] = "roster_consent"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("person",)

    person: str
    unit: str
    from_day: str
    to_day: str
    posts_max: int
    by: str
    at: int
    text: str = ""
    shown: bool = True


class ChangeRecord(Record):
    """A change of people at a post (ORG-07). `from_at`: since when it counts (ms)."""

    TABLE: ClassVar[str] = "roster_change"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("day", ("post", "day"), ("at", "rid"))

    day: str
    post: str
    unit: str
    kind: Literal["publish", "swap", "import"]
    before: list[str]
    after: list[str]
    by: str
    at: int
    from_at: int
    lead: int = 0
    text: str = ""
    uncovered: str = ""
    shown: bool = True


class RosterPhaseRecord(Record):
    """The day and session the rosters were last shown for, rid `phase`."""

    TABLE: ClassVar[str] = "roster_phase"

    day: str
    session: int = msgspec.field(default=0)
