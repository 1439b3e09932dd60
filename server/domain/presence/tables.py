"""How absence is kept: every fact with its own time, so that the state follows from the facts in whatever order they arrive (EVD-01)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.rules import FOREVER
from server.domain.presence.ops import Barred, Consent, CoverState, Label, NoticeState, Reason, Trouble

Grade = Literal["A", "B", "C"]


class Extension(msgspec.Struct):
    """One `away.extend`. `at`: when it was made (trusted time, ms); `by`: who said it."""

    op: str
    at: int
    back_at: int
    grade: Grade
    by: str = ""


class Mark(msgspec.Struct):
    """An end of an absence: when (ms, as claimed), said by whom, worth what. `made_at`: when it was said (trusted time)."""

    op: str
    at: int
    made_at: int
    by: str
    grade: Grade
    text: str = ""


class Reply(msgspec.Struct):
    """What a stand-in answered. `by` "": the only one there was."""

    op: str
    at: int
    accept: bool
    text: str
    by: str = ""


class Asked(msgspec.Struct):
    """Somebody was named as stand-in: when it was said (trusted time, ms), and by whom."""

    op: str
    at: int
    person: str
    by: str


class Got(msgspec.Struct):
    """A notice came to the phone of `person` at `at` (trusted time, ms); `office`: who belongs to the office."""

    op: str
    at: int
    person: str
    office: bool


class Judgement(msgspec.Struct):
    """What HEAD made of a 补告示 (CON-03)."""

    at: int
    by: str
    accept: bool
    text: str


class NoticeRecord(Record):
    """离岗告示 AwayNotice. `by`: who made it; `leave`: the leave request it goes with.

    Derived by rules.py and cached: `state`, `cover`, `consent`, `barred`, `trouble`, `due_at` (when time alone changes something next),
    `until_at` (when it ended, FOREVER while open), `alone_until` (until when the office has nobody else, 0: it has),
    `stepped_up_at` and `handed_back_at` (when the stand-in first took the post and last gave it back, 0: not), `stand_in` and `reply`
    (who was named last, and that person's last answer), `own_return` (the earliest return the person said himself),
    `backs` (who has come back alone while the whole unit is away, the earliest mark of each).
    """

    TABLE: ClassVar[str] = "away_notice"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("person", "leaves_at"),
        ("person", "until_at", "leaves_at"),
        ("unit", "until_at"),
        ("stand_in", "until_at"),
        "due_at",
        ("leaves_at", "rid"),
        ("unit", "leaves_at", "rid"),
    )

    person: str
    unit: str
    whole_unit: bool
    posts: list[str]
    reason: Reason
    text: str
    destination: str
    contact: str
    leaves_at: int
    first_back_at: int
    announced_at: int
    received_at: int
    grade: Grade
    late: bool
    by: str = ""
    stand_in: str = ""
    handed: list[str] = msgspec.field(default_factory=list)
    paper: str = ""
    extensions: list[Extension] = msgspec.field(default_factory=list)
    returned: Mark | None = None
    cancelled: Mark | None = None
    closed: Mark | None = None
    reply: Reply | None = None
    judged: Judgement | None = None
    stepped_up_at: int = 0
    handed_back_at: int = 0
    state: NoticeState = "active"
    cover: CoverState = "none"
    due_at: int = FOREVER
    until_at: int = FOREVER
    leave: str = ""
    asked: list[Asked] = msgspec.field(default_factory=list)
    replies: list[Reply] = msgspec.field(default_factory=list)
    got: list[Got] = msgspec.field(default_factory=list)
    consented: Judgement | None = None
    consent: Consent = "none"
    barred: Barred = ""
    alone_until: int = 0
    trouble: Trouble = ""
    own_return: Mark | None = None
    backs: list[Mark] = msgspec.field(default_factory=list)


class AwayPostRecord(Record):
    """One post of a notice, rid `{notice}:{post}`: finds notices by post and time. `until_at`: when it ended, FOREVER while open."""

    TABLE: ClassVar[str] = "away_post"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("post", "until_at"),)

    notice: str
    post: str
    from_at: int
    until_at: int


class BackRecord(Record):
    """A return, rid = op id: it may end several absences of the person. `at`: as claimed (ms); `alone`: it ends its own notice only.
    `unit`: whose absence as a whole it may end for this person alone, "" where it speaks of none.
    """

    TABLE: ClassVar[str] = "away_back"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("person", "at"), ("unit", "at"))

    notice: str
    person: str
    whole_unit: bool
    at: int
    mark: Mark
    alone: bool = False
    unit: str = ""


class CoverRecord(Record):
    """B at A's post (AB-02, AB-03). `made_at`: trusted time of the step-up; `handed_back`: who ended it by word, the earliest."""

    TABLE: ClassVar[str] = "cover"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("post", "until_at"), ("person", "until_at"), "notice", ("from_at", "rid"))

    post: str
    person: str
    for_person: str
    from_at: int
    made_at: int
    grade: Grade
    notice: str = ""
    until_at: int = FOREVER
    handed_back: Mark | None = None
    shown: bool = True


class PostStateRecord(Record):
    """What the lobby was last told about a post, rid = post. `family`: its group of similar posts; `due_at`: when time alone changes what
    is told (DSP-08), FOREVER: never.
    """

    TABLE: ClassVar[str] = "post_state"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("family", "label"), "due_at")

    family: str
    label: Label
    due_at: int = FOREVER


class PhaseRecord(Record):
    """The day, whether the hall is open and since when (ms), rid `phase`: when it changes, every label is looked at again."""

    TABLE: ClassVar[str] = "presence_phase"

    day: str
    open: bool
    since_at: int = 0
