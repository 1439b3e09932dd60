"""离岗告示 away notice and 顶岗 step-up (AWY-01..10, AB): what staff say, and the faces others see.

`at`-like fields are the device's claims in server-corrected ms; what they are worth is decided by the op's window (sync/clock.py).
"""

from typing import Literal

import msgspec

from sync.ops import RowKind, command, evidence

Reason = Literal["step_away", "trip", "meeting", "training", "site_visit", "errand", "off_today"]
Label = Literal["on_post", "step_away", "official_out", "meeting_training", "off_today", "covered", "suspended", "closed"]
"""The closed set of public labels (AWY-09); `closed` is outside opening hours."""
NoticeState = Literal["active", "overdue", "returned", "cancelled", "closed"]
CoverState = Literal["none", "told", "accepted", "declined", "silent", "in_force"]


class Announce(msgspec.Struct, omit_defaults=True):
    """`away.announce`, rid = the new notice. Person leaves `posts` (or `unit`: the whole unit) from `leaves_at` until about `back_at`."""

    posts: list[str]
    reason: Reason
    leaves_at: int
    back_at: int
    person: str
    unit: str | None = None
    text: str = ""
    destination: str = ""
    contact: str = ""
    stand_in: str | None = None
    handed: list[str] = []


class Extend(msgspec.Struct, omit_defaults=True):
    """`away.extend`, rid = notice."""

    back_at: int
    text: str = ""


class Return(msgspec.Struct):
    """`away.return`, rid = notice: 返岗."""

    back_at: int


class Cancel(msgspec.Struct, omit_defaults=True):
    """`away.cancel`, rid = notice, before leaving."""

    text: str = ""


class Answer(msgspec.Struct, omit_defaults=True):
    """`away.answer`, rid = notice: the stand-in accepts or declines."""

    accept: bool
    text: str = ""


class StepUp(msgspec.Struct, omit_defaults=True):
    """`cover.step_up`, rid = new cover: B takes the post, with or without a notice (AB-02)."""

    post: str
    at: int
    notice: str | None = None


class HandBack(msgspec.Struct, omit_defaults=True):
    """`cover.hand_back`, rid = cover."""

    at: int
    text: str = ""


class Close(msgspec.Struct):
    """`away.close`, rid = notice: HEAD ends an overdue notice."""

    text: str


class JudgeLate(msgspec.Struct):
    """`away.judge_late`, rid = notice: HEAD accepts or refuses a 补告示 (CON-03)."""

    accept: bool
    text: str


class AwayOffice(msgspec.Struct, omit_defaults=True):
    """Row `away.office`: everything. For the subject, the stand-in, HEAD of the unit and OFF.

    `by`: who made the notice; `late_text`: what HEAD wrote when judging a 补告示; `reply_text`: what the stand-in answered.
    """

    person: str
    unit: str
    whole_unit: bool
    posts: list[str]
    reason: Reason
    text: str
    destination: str
    contact: str
    leaves_at: int
    back_at: int
    announced_at: int
    received_at: int
    grade: Literal["A", "B", "C"]
    state: NoticeState
    cover: CoverState
    late: bool
    late_accepted: bool | None = None
    returned_at: int | None = None
    stand_in: str | None = None
    by: str = ""
    handed: list[str] = []
    late_text: str = ""
    reply_text: str = ""


class AwayUnit(msgspec.Struct, omit_defaults=True):
    """Row `away.unit`: colleagues of the unit see reason class, destination and times; no text, no phone."""

    person: str
    whole_unit: bool
    posts: list[str]
    reason: Reason
    destination: str
    leaves_at: int
    back_at: int
    state: NoticeState
    cover: CoverState
    stand_in: str | None = None
    by: str = ""


class AwayInspector(msgspec.Struct, omit_defaults=True):
    """Row `away.ins`: class, times and their grade, for those who patrol."""

    person: str
    posts: list[str]
    reason: Reason
    leaves_at: int
    back_at: int
    announced_at: int
    received_at: int
    grade: Literal["A", "B", "C"]
    state: NoticeState
    cover: CoverState
    late: bool
    stand_in: str | None = None
    by: str = ""


class PostPublic(msgspec.Struct, omit_defaults=True):
    """Row `post.pub`, rid = post, bucket `pub`: the only thing a lobby screen or a stranger ever sees of a post.

    `plate`, `stand_in`: as the hall's plate policy writes them. `back_at` is rounded up to 5 minutes.
    `go_to`: number of a served neighbour window while nobody serves here (suspended, off_today).
    """

    number: str
    zone: str
    order: int
    unit: dict[str, str]
    services: list[dict[str, str]]
    label: Label
    plate: str
    since: int
    stand_in: str = ""
    back_at: int | None = None
    go_to: str = ""


class Cover(msgspec.Struct, omit_defaults=True):
    """Row `cover`: B at A's post. For B, A, HEAD, OFF and INS."""

    post: str
    person: str
    for_person: str
    from_at: int
    notice: str | None = None
    until_at: int | None = None


OPS = (
    evidence("away.announce", 1, Announce),
    evidence("away.extend", 1, Extend),
    evidence("away.return", 1, Return),
    evidence("away.cancel", 1, Cancel),
    evidence("away.answer", 1, Answer),
    evidence("cover.step_up", 1, StepUp),
    evidence("cover.hand_back", 1, HandBack),
    command("away.close", 1, Close),
    command("away.judge_late", 1, JudgeLate),
)
ROWS = (
    RowKind("away.office", AwayOffice),
    RowKind("away.unit", AwayUnit),
    RowKind("away.ins", AwayInspector),
    RowKind("post.pub", PostPublic),
    RowKind("cover", Cover),
)
