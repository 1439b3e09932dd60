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
Consent = Literal["none", "waiting", "given", "refused"]
"""HEAD's word, where the absence needs it: a long step-away (AWY-05), or a barred one."""
Barred = Literal["", "duty", "office"]
"""Why leaving needs HEAD's word before it counts: an emergency is in force (AWY-12), or the office would be empty (AWY-03)."""
Trouble = Literal["", "declined", "away", "leave", "busy", "silent", "unreached", "nobody"]
"""Why nobody is sure to stand in; HEAD is asked at once (AB-05). `unreached`: it has not come to the stand-in's phone (CON-11); `busy`: he
has taken another post (CON-12).
"""
Told = Literal["", "person", "head", "office"]
"""How far an overdue return has been told (AWY-07): the person at the time, HEAD and stand-in after the grace, then the office."""


class Announce(msgspec.Struct, omit_defaults=True):
    """`away.announce`, rid = the new notice. Person leaves `posts` (or `unit`: the whole unit) from `leaves_at` until about `back_at`.

    `leave`: the leave request it goes with (AWY-05). `paper`: number of the paper form it was first written on (补录, EMG-10).
    """

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
    leave: str | None = None
    paper: str = ""


class Received(msgspec.Struct):
    """`away.received`, rid = notice: the phone of the stand-in, or of the office, has it and says so itself (AWY-02, AWY-08); the person's
    own has the end that somebody else gave it.
    """


class Assign(msgspec.Struct, omit_defaults=True):
    """`away.assign`, rid = notice: the person, HEAD or OFF names (another) stand-in (AB-05, CON-13)."""

    stand_in: str
    text: str = ""


class Extend(msgspec.Struct, omit_defaults=True):
    """`away.extend`, rid = notice."""

    back_at: int
    text: str = ""


class Return(msgspec.Struct):
    """`away.return`, rid = notice: 返岗. By one of a unit that is away: he alone is back."""

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


class GiveConsent(msgspec.Struct, omit_defaults=True):
    """`away.consent`, rid = notice: HEAD agrees or not, with a reason when not (AWY-05, AWY-12)."""

    accept: bool
    text: str = ""


class AwayOffice(msgspec.Struct, omit_defaults=True):
    """Row `away.office`: everything. For the subject, the stand-in, HEAD of the unit and OFF.

    `by`: who made the notice; `late_text`: what HEAD wrote when judging a 补告示; `reply_text`: what the stand-in answered.
    `consent`, `consent_text`: HEAD's word, where one is needed; `barred`: why leaving does not count before it;
    `missing`: what should have been said: where to, when it is official; how to reach whoever is away. `paper`: as announced.
    `back_alone`: who has come back while the whole unit is away; so in the other faces.
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
    consent: Consent = "none"
    consent_text: str = ""
    barred: Barred = ""
    leave: str = ""
    missing: list[Literal["destination", "contact"]] = []
    paper: str = ""
    back_alone: list[str] = []


class AwayTold(msgspec.Struct, omit_defaults=True):
    """Row `away.told`, rid = notice: whom it has reached, and what HEAD is asked about it; for those who have `away.office`.

    A row of its own, so that a receipt makes nobody's decision stale.

    `told_at`: since when the stand-in's phone has it; `office_told_at`: since when the office has (AWY-02); both ms, trusted time.
    `ended_by`: who has ended it for the person, "" for nobody else; `ended_told_at`: since when the person's own phone has that.
    """

    told_at: int | None = None
    office_told_at: int | None = None
    trouble: Trouble = ""
    overdue: Told = ""
    ended_by: str = ""
    ended_told_at: int | None = None


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
    barred: Barred = ""
    back_alone: list[str] = []


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
    barred: Barred = ""
    back_alone: list[str] = []


class PostPublic(msgspec.Struct, omit_defaults=True):
    """Row `post.pub`, rid = post, bucket `pub`: the only thing a lobby screen or a stranger ever sees of a post.

    `plate`, `b`, `stand_in`: of A, of B, of the one who stands in, as the hall's plate policy writes them (AB-09). `back_at` is rounded
    up to 5 minutes.
    `go_to`: number of a served neighbour window while nobody serves here (suspended, off_today).
    `unit_id`: for the plate at a unit's door; `all_away`: the class of reason while the whole unit is away (AWY-02, PRV-03).
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
    unit_id: str = ""
    all_away: Label | Literal[""] = ""
    b: str = ""


class PostInside(msgspec.Struct, omit_defaults=True):
    """Row `post.in`, rid = post, bucket `inside`: for a screen paired as the office's overview (P1, DSP-09). No reason text, no phone."""

    number: str
    zone: str
    order: int
    unit: dict[str, str]
    label: Label
    a: str
    b: str
    required: bool
    since: int
    by: str = ""
    reason: Reason | Literal[""] = ""
    destination: str = ""
    left_at: int | None = None
    back_at: int | None = None
    cover: CoverState = "none"
    overdue: bool = False


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
    evidence("away.received", 1, Received),
    evidence("away.assign", 1, Assign),
    evidence("cover.step_up", 1, StepUp),
    evidence("cover.hand_back", 1, HandBack),
    command("away.close", 1, Close),
    command("away.judge_late", 1, JudgeLate),
    command("away.consent", 1, GiveConsent),
)
ROWS = (
    RowKind("away.office", AwayOffice),
    RowKind("away.told", AwayTold),
    RowKind("away.unit", AwayUnit),
    RowKind("away.ins", AwayInspector),
    RowKind("post.pub", PostPublic),
    RowKind("post.in", PostInside),
    RowKind("cover", Cover),
)
