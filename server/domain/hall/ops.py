"""大厅 the hall: who should be where (ORG, CAL, parameters). Row shapes every other institution reads.

Times of day are "HH:MM" in the hall's time zone, days are ISO dates, times are ms since 1970.
"""

from typing import Literal

import msgspec

from sync.ops import OpKind, RowKind, command

Names = dict[str, str]
"""Locale (zh_Hans, zh_Hant_TW, zh_Hant_HK, en) -> text as typed; a missing one falls back to zh_Hans, never to conversion."""

Role = Literal["STF", "HEAD", "LEAD", "TOP", "OFF", "INS", "EFF", "TEAM", "CHECK", "SUP", "DIS", "ADM", "BOARD"]


Value = int | str | bool
"""What a parameter of the hall is set to."""
PostKind = Literal["window", "consult", "office"]
CoverKind = Literal["full", "partial", "limited", "none"]
"""What a B may do at a post: everything; some of its services; receive, inform and register (one-person units); there is no B."""


PlatePolicy = Literal["name", "surname_title", "badge"]


class Zone(msgspec.Struct):
    """One zone in walking order."""

    id: str
    names: Names
    floor: int


class Season(msgspec.Struct, omit_defaults=True):
    """Opening hours from `first` (MM-DD) until the next season begins, every year (CAL-05). `lunch`: the span of lunch duty."""

    first: str
    hours: dict[str, list[tuple[str, str]]]
    lunch: tuple[str, str] | None = None


class Earlier(msgspec.Struct, omit_defaults=True):
    """The hours of the days before `until` (ISO), which keep them when new ones come into force (GEN-03)."""

    until: str
    hours: dict[str, list[tuple[str, str]]]
    seasons: list[Season] = []
    lunch: tuple[str, str] | None = None


class RulesFrom(msgspec.Struct):
    """Parameters that were said to hold from a day (ISO) on; "" for what held before anything was said (GEN-03)."""

    from_day: str
    rules: dict[str, Value]


class Hall(msgspec.Struct, omit_defaults=True):
    """Row `hall`, rid `hall`. `rules`: today's parameters (catalogue §16) by key; `dated`: those that were ever changed, in rising order,
    what they were before first.

    `hours`: sessions by ISO weekday ("1" is Monday); `seasons`, when there are any, take their place. `days`: kinds of the days that
    differ from Monday to Friday (calendar.py; a make-up day works with Monday's hours unless its weekday has its own). `calendars`: version
    of the published calendar by year; a year without one is provisional (CAL-03). `demo.always_open`: staffed whatever the hours say.
    `earlier`: the hours of days gone by, in rising order.
    """

    names: Names
    phone: str
    tz: str
    locale: str
    plate: PlatePolicy
    zones: list[Zone]
    hours: dict[str, list[tuple[str, str]]]
    days: dict[str, str]
    calendars: dict[str, str]
    rules: dict[str, Value]
    rule_set: str
    roster_version: int
    demo: bool
    seasons: list[Season] = []
    lunch: tuple[str, str] | None = None
    earlier: list[Earlier] = []
    dated: list[RulesFrom] = []


UnitKind = Literal["resident", "centre", "utility", "town"]
"""进驻单位, 中心科室, 公用企业, 镇街."""


class Unit(msgspec.Struct, omit_defaults=True):
    """Row `unit`. `contact_post`: the post that must never be empty (ORG-06); `phone`: for the public."""

    names: Names
    kind: UnitKind
    head: str
    category: str
    contact_post: str | None = None
    short: Names = {}
    parent: str = ""
    leader: str = ""
    chief: str = ""
    phone: str = ""


class Post(msgspec.Struct, omit_defaults=True):
    """Row `post`: one window or desk. `order` is the walking order inside the zone; `group`: similar posts may cover each other.

    `sessions`: the opening sessions of a day (0 the first) in which presence is required, empty for all of them.
    """

    number: str
    zone: str
    order: int
    unit: str
    services: list[Names]
    group: str
    kind: PostKind
    required: bool
    service_ids: list[str] = []
    min_staff: int = 1
    sessions: list[int] = []
    promise: Names = {}
    standard: Names = {}


class Person(msgspec.Struct, omit_defaults=True):
    """Row `person`. `name` is shown as typed, never converted; `names`: as typed for other locales. `left`: no longer of this hall."""

    name: str
    badge: str
    unit: str
    title: Names
    roles: list[str]
    names: Names = {}
    left: bool = False


LUNCH = 8
"""The number of lunch duty among the sessions of a day, which are fewer (CAL-05)."""


class SessionDuty(msgspec.Struct, omit_defaults=True):
    """Who is at a post from opening session `n` (0 the first) of a day on, where that differs from the session before (ORG-01); with `n`
    LUNCH, who has lunch duty there.
    """

    n: int
    a: str
    b: str = ""
    c: str = ""
    cover: CoverKind = "full"


class Swap(msgspec.Struct, omit_defaults=True):
    """Others are at a post from `at` (ms) on, said by `by`: A and B have changed places (ORG-09), or the office has changed a day that
    had begun. `c`: the second B; None: as planned. `grade`: what the time of saying it is worth; `op`: which op said it;
    `received_at`: since when the server has it, 0: since it was said (ms). `lunch`: the office has changed lunch duty that had begun.
    """

    at: int
    a: str
    b: str
    by: str
    c: str | None = None
    grade: Literal["A", "B", "C"] = "A"
    op: str = ""
    received_at: int = 0
    lunch: bool = False


class Duty(msgspec.Struct, omit_defaults=True):
    """Row `duty`, rid `{day}:{post}`: the A and the B of a post that day (AB.3), as it stands now: swaps and sessions are in it.

    `c`: the second B. `plan`: the published day where `a` and `b` are not it: its first entry, and what differs later. `cover`: what B may
    do here (ORG-03, ORG-04); `version`: of the roster that published it.
    """

    day: str
    post: str
    a: str
    b: str | None
    c: str = ""
    plan: list[SessionDuty] = []
    swaps: list[Swap] = []
    cover: CoverKind = "full"
    version: int = 0


class Me(msgspec.Struct):
    """Row `me`, rid uid, only in the person's own bucket: what this person may do."""

    uid: str
    name: str
    unit: str
    roles: list[str]


class Visitor(msgspec.Struct):
    """Row `visitor`, rid uid, for check leads alone: who may be drawn for a visit (CHK-04)."""

    name: str
    unit: str


class CheckLead(msgspec.Struct, omit_defaults=True):
    """Row `check.lead`, rid uid, for check leads and the director of the hall: who leads checks. `from_day`, `to_day` (ISO, both included):
    as the director has said, "" for not said; one whose first day is still to come is shown to the director alone (CHK-05).
    """

    name: str
    unit: str
    from_day: str = ""
    to_day: str = ""


class CheckVisitor(msgspec.Struct, omit_defaults=True):
    """Row `check.visitor`, rid uid, for check leads alone: a visitor of the check team, and until when (ISO, both days included, "" for not
    said). `number`: the login of one from outside; `ended`: no more, the records stay (CHK-05, CHK-06).
    """

    name: str
    unit: str
    number: str = ""
    from_day: str = ""
    to_day: str = ""
    ended: bool = False


Layout = Literal["hall", "whereabouts", "door", "overview"]


class Screen(msgspec.Struct, omit_defaults=True):
    """Row `screen`, rid = its person, for a wall screen alone: what it shows; `unit` at whose door it hangs (DSP-09), `post` at which of
    its windows: who serves there now, or where to go (AWY-08).

    `mark`: the code of the zone it hangs in, for its time code: whoever scans it has stood there (PTL-09); "" where there is none.
    """

    layout: Layout
    unit: str = ""
    mark: str = ""
    post: str = ""


class OpResult(msgspec.Struct, omit_defaults=True):
    """Row `op.result`, rid op id, only in bucket `dev:<device>`: the answer to an op, until the device has seen it."""

    seq: int
    k: str
    rid: str
    st: Literal["applied", "held", "refused", "dup"]
    at: int
    grade: Literal["A", "B", "C"] = "C"
    code: str | None = None
    cur: int | None = None
    first: Literal["applied", "held", "refused", "dup"] | None = None


class HeldAccept(msgspec.Struct, omit_defaults=True):
    """`held.accept`, rid = that of the row `op.held`: the op takes effect as its author said it, or the decision is refused.

    `times`: of one that is held because its times cannot be meant, the times it is entered with, by the name of the argument: ms, or an
    ISO day. What was said stays as it was; `text` says then why these times are right.
    """

    text: str = ""
    times: dict[str, int | str] = {}


class HeldReject(msgspec.Struct):
    """`held.reject`, rid = that of the row `op.held`: it is kept without effect for good; its author is told why."""

    text: str


class OpHeld(msgspec.Struct, omit_defaults=True):
    """Row `op.held`, rid = id of the op: a held op that somebody must decide by `due_at`. `owner`: the role that should.

    `k`, `rid`, `uid`, `dev`: what was said, of which record, by whom, from where; `at`: when, as far as that can be trusted (`grade`);
    `args`: what it says, JSON, cut when long. Whoever has the row may decide, but never the author.
    """

    k: str
    rid: str
    uid: str
    dev: str
    code: str
    owner: Role
    at: int
    grade: Literal["A", "B", "C"]
    received_at: int
    due_at: int
    args: str
    unit: str = ""


class OpDecided(msgspec.Struct, omit_defaults=True):
    """Row `op.decided`, rid = id of the op, for its author: somebody let the held op take effect, or set it aside, and why.

    `times`: those it was entered with in the place of what was said.
    """

    accepted: bool
    by: str
    at: int
    text: str = ""
    times: dict[str, int | str] = {}


class DeviceState(msgspec.Struct, omit_defaults=True):
    """Row `device.state`, rid = device, for the office and administrators: is it safe to disable? And row `device.sealed`, for the lead of
    the check team: the same of the team's devices. `device.state` of no device counts what is sealed, nor contacts for it alone (I18).

    `unsent`: ops and `blobs`: photos only there, `oldest_at` the oldest (ms); `free`: bytes of storage left, -1 unknown; `kept`: the
    browser promised to keep it; `contact_at`: last contact, by the hour (ms), 0 never.
    """

    dev: str
    label: str
    uid: str
    name: str
    unit: str
    unsent: int = 0
    blobs: int = 0
    oldest_at: int | None = None
    app: str = ""
    free: int = -1
    kept: bool = False
    contact_at: int = 0
    revoked: bool = False
    stolen: bool = False
    closed: bool = False


OPS: tuple[OpKind, ...] = (command("held.accept", 1, HeldAccept), command("held.reject", 1, HeldReject))
ROWS = (
    RowKind("hall", Hall),
    RowKind("unit", Unit),
    RowKind("post", Post),
    RowKind("person", Person),
    RowKind("duty", Duty),
    RowKind("me", Me),
    RowKind("visitor", Visitor),
    RowKind("check.lead", CheckLead, sealed=True),
    RowKind("check.visitor", CheckVisitor, sealed=True),
    RowKind("screen", Screen),
    RowKind("op.result", OpResult),
    RowKind("op.held", OpHeld),
    RowKind("op.decided", OpDecided),
    RowKind("device.state", DeviceState),
    RowKind("device.sealed", DeviceState, sealed=True),
)
