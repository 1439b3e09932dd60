"""How incidents are kept (EMG-03)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.hall.ops import Names
from server.domain.incident.ops import Call, Duty, Entry, Kind, Message, Mistake
from sync.ops import Blob


class Ticked(msgspec.Struct):
    """One `incident.tick` as a fact: which duty, by whom, when it was done as said and as can be proven (ms)."""

    op: str
    duty: Duty
    by: str
    at: int
    text: str
    proven_at: int


class Entered(msgspec.Struct):
    """One `incident.note` or `incident.mistake` as a fact."""

    op: str
    step: Entry
    by: str
    at: int
    text: str
    to: str
    permitted: bool | None = None


class Linked(msgspec.Struct):
    """Somebody's word that this is the same thing as another, or (`to` "") that it is not."""

    to: str
    by: str
    at: int


class Showing(msgspec.Struct):
    """What lobby screens say of an incident; kept with its main report."""

    message: Message
    since: int
    by: str
    go_to: str
    paper_posts: list[str]


class IncidentPlanRecord(Record):
    """预案 for one kind of incident; rid = the kind. `by` "" for a shipped example."""

    TABLE: ClassVar[str] = "incident_plan"

    steps: list[Names]
    by: str = ""


class Whole(msgspec.Struct):
    """Of all reports of one incident: how many, when the first was said, when the first arrived (ms), whether two people made them."""

    reports: int
    first_at: int
    received_at: int
    by_two: bool = False


class IncidentRecord(Record):
    """突发服务事件, one report of it. `unit`: whose head answers for the place. `due_at`: when the next person is called; `ended_at`: when
    it was closed, FOREVER until then (ms). `found_at` is what was said, `since_at` what can be proven of it: what follows goes by that;
    `free_until`: until when nobody at the place is counted (EMG-11), 0: everybody is (ms). `said_at`: when it was reported (trusted
    time); `main`: the report it belongs to, its own rid when it is the first; `said_link`: a person's word on that. `acted`: something
    was ticked or written down about this report; `whole`: kept with the main report alone, so that one more costs the same however many
    there are. Of the main report alone, too (ms, 0 not yet): `handled_at`, `reported_at`, `told_at`, the three duties; `waited_min`,
    `report_min`: minutes until the first two; `in_time`: all three within the hall's terms (IDX-37); `calls`: whom the timers have
    called. `mistake`: there was no such thing, somebody else than its reporter has said. `found_on`: day (UTC) of `found_at`.
    """

    TABLE: ClassVar[str] = "incident"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        "due_at",
        "ended_at",
        ("found_at", "rid"),
        ("unit", "found_at", "rid"),
        ("main", "acted"),
        ("place", "found_at"),
        ("place", "free_until"),
    )

    TOGETHER: ClassVar[str] = "found_on"

    kind: Kind
    place: str
    unit: str
    found_at: int
    received_at: int
    level: int
    reporter: str
    responder: str
    people: int
    text: str
    ticks: list[Ticked]
    due_at: int
    blobs: list[Blob] = msgspec.field(default_factory=list)
    ended_at: int = 0
    since_at: int = 0
    free_until: int = 0
    said_at: int = 0
    main: str = ""
    log: list[Entered] = msgspec.field(default_factory=list)
    said_link: Linked | None = None
    showing: Showing | None = None
    drill: bool = False
    paper: str = ""
    acted: bool = False
    whole: Whole | None = None
    handled_at: int = 0
    reported_at: int = 0
    told_at: int = 0
    waited_min: int = 0
    report_min: int = 0
    in_time: bool = False
    found_on: str = ""
    state: Literal["reported", "handling", "resolved", "closed", "mistaken"] = "reported"
    calls: list[Call] = msgspec.field(default_factory=list)
    mistake: Mistake | None = None
