"""大厅 the hall: who should be where (ORG, CAL, parameters). Row shapes every other institution reads.

Times of day are "HH:MM" in the hall's time zone, days are ISO dates, times are ms since 1970.
"""

from typing import Literal

import msgspec

from sync.ops import OpKind, RowKind

Names = dict[str, str]
"""Locale (zh_Hans, zh_Hant_TW, zh_Hant_HK, en) -> text as typed; a missing one falls back to zh_Hans, never to conversion."""

Role = Literal["STF", "HEAD", "LEAD", "TOP", "OFF", "INS", "EFF", "TEAM", "CHECK", "ADM", "BOARD"]


class Zone(msgspec.Struct):
    """One zone in walking order."""

    id: str
    names: Names
    floor: int


class Hall(msgspec.Struct):
    """Row `hall`, rid `hall`. `rules`: today's parameters (catalogue §16) by key.

    `hours`: sessions by ISO weekday ("1" is Monday). `days`: what differs from Monday to Friday: `holiday`, `make_up` (works with
    Monday's hours unless its weekday has its own), `closed`, `open`. `demo.always_open` among the rules: staffed whatever the hours say.
    """

    names: Names
    phone: str
    tz: str
    locale: str
    plate: Literal["name", "surname_title", "badge"]
    zones: list[Zone]
    hours: dict[str, list[tuple[str, str]]]
    days: dict[str, str]
    calendar_version: str
    rules: dict[str, int | str | bool]
    rule_set: str
    roster_version: int
    demo: bool


class Unit(msgspec.Struct):
    """Row `unit`."""

    names: Names
    kind: Literal["resident", "centre"]
    head: str
    category: str
    contact_post: str | None = None


class Post(msgspec.Struct):
    """Row `post`: one window or desk. `order` is the walking order inside the zone; `group`: similar posts may cover each other."""

    number: str
    zone: str
    order: int
    unit: str
    services: list[Names]
    group: str
    kind: Literal["window", "consult", "office"]
    required: bool


class Person(msgspec.Struct):
    """Row `person`. `name` is shown as typed, never converted."""

    name: str
    badge: str
    unit: str
    title: Names
    roles: list[str]


class Duty(msgspec.Struct):
    """Row `duty`, rid `{day}:{post}`: the A and the B of a post that day (AB.3)."""

    day: str
    post: str
    a: str
    b: str | None


class Me(msgspec.Struct):
    """Row `me`, rid uid, only in the person's own bucket: what this person may do."""

    uid: str
    name: str
    unit: str
    roles: list[str]


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


OPS: tuple[OpKind, ...] = ()
ROWS = (
    RowKind("hall", Hall),
    RowKind("unit", Unit),
    RowKind("post", Post),
    RowKind("person", Person),
    RowKind("duty", Duty),
    RowKind("me", Me),
    RowKind("op.result", OpResult),
)
