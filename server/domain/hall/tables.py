"""How the hall is kept (ORG, catalogue §3). Ids are short in the demo, UUIDv7 elsewhere; "" stands for "nobody"."""

from typing import ClassVar

import msgspec

from server.domain.base import Record
from server.domain.hall.ops import CoverKind, Hall, Layout, Names, PostKind, SessionDuty, Swap, UnitKind


class HallRecord(Record):
    """The one hall of this site, rid `hall`. `roster_until`: last day (ISO) that has duties; `demo` halls extend it by themselves."""

    TABLE: ClassVar[str] = "hall"
    SHARED: ClassVar[bool] = True

    hall: Hall
    roster_until: str = ""


class UnitRecord(Record):
    """单位/科室. `batch`: in which wave it moved in, 0 for the centre's own sections."""

    TABLE: ClassVar[str] = "unit"
    SHARED: ClassVar[bool] = True

    names: Names
    kind: UnitKind
    head: str
    category: str
    phone: str = ""
    batch: int = 0
    contact_post: str = ""
    short: Names = msgspec.field(default_factory=dict)
    parent: str = ""
    leader: str = ""
    chief: str = ""
    retired: bool = False


class Presence(msgspec.Struct):
    """Until a day (ISO, not included): whether somebody had to be at a post, and in which sessions, empty for all."""

    until: str
    required: bool
    sessions: list[int]


class PostRecord(Record):
    """岗位/窗口 (ORG-01). `services`: names as the public reads them; `service_ids`: those of them that are in the list of services;
    `earlier`: what `required` and `sessions` were before, by day. In use since `since_at`, 0 from the beginning, and when `retired` until
    `until_at` (ms).
    """

    TABLE: ClassVar[str] = "post"
    SHARED: ClassVar[bool] = True
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("unit", "zone", "number")

    number: str
    zone: str
    order: int
    unit: str
    services: list[Names]
    group: str
    kind: PostKind
    required: bool
    service_ids: list[str] = msgspec.field(default_factory=list)
    min_staff: int = 1
    sessions: list[int] = msgspec.field(default_factory=list)
    promise: Names = msgspec.field(default_factory=dict)
    standard: Names = msgspec.field(default_factory=dict)
    retired: bool = False
    earlier: list[Presence] = msgspec.field(default_factory=list)
    since_at: int = 0
    until_at: int = 0


class UnitTerm(msgspec.Struct, omit_defaults=True):
    """A person belongs to a unit from a day to a day, both included; "" for no end (CON-43)."""

    unit: str
    from_day: str
    to_day: str = ""


class RoleTerm(msgspec.Struct, omit_defaults=True):
    """A person holds a role from a day to a day, both included; "" for no end."""

    role: str
    from_day: str
    to_day: str = ""


class PersonRecord(Record):
    """人员. `outside`: a visitor of the check team, who is no member of the hall and in none of its lists (CHK-05).

    `unit` and `roles` are those of the day; `units` and `terms` say them by days for whoever has been put by the office: from then on they
    follow from these. `left_day`: the first day (ISO) on which the person is no longer of the hall. `employment`, `entered`,
    `service_base` (both ISO) and `phone` are personnel matters (P2). `known_at`: when the office put the person in (ms), 0: with the hall.
    """

    TABLE: ClassVar[str] = "person"
    SHARED: ClassVar[bool] = True
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("unit", "badge")

    name: str
    badge: str
    unit: str
    title: Names
    roles: list[str]
    phone: str = ""
    outside: bool = False
    names: Names = msgspec.field(default_factory=dict)
    units: list[UnitTerm] = msgspec.field(default_factory=list)
    terms: list[RoleTerm] = msgspec.field(default_factory=list)
    left_day: str = ""
    left: bool = False
    employment: str = ""
    entered: str = ""
    service_base: str = ""
    rank: int = 0
    known_at: int = 0


class ScreenRecord(Record):
    """A paired wall screen, rid = its person: what it shows, at whose door, at which window of it, in which zone ("" not said)."""

    TABLE: ClassVar[str] = "screen"

    layout: Layout
    unit: str = ""
    zone: str = ""
    post: str = ""


class DutyRecord(Record):
    """当日岗位, rid `{day}:{post}`: the A and the B of a post that day (AB.3). `shown`: its row is still with the people.

    `a`, `b` and `c` (second B) begin the day; `later`: from which session on others are planned; `swaps`: who changed places since, by
    time. `version`: of the roster that published it; `reason`: why the post is published uncovered (ORG-02). `people`: everybody who is or
    was there by any of it, each between commas, to be found by.
    """

    TABLE: ClassVar[str] = "duty"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("day", ("post", "day"))

    day: str
    post: str
    a: str
    b: str = ""
    shown: bool = True
    c: str = ""
    later: list[SessionDuty] = msgspec.field(default_factory=list)
    swaps: list[Swap] = msgspec.field(default_factory=list)
    cover: CoverKind = "full"
    version: int = 0
    reason: str = ""
    people: str = ""
