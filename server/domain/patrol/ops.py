"""巡查 hourly patrol (PTL-01..04, PTL-08): observations, never verdicts. `finding` is what reconciliation makes of them (CON-01..07)."""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from sync.ops import RowKind, evidence

Seen = Literal["serving", "idle", "empty_notice", "empty_no_notice", "covered", "suspended", "other"]
"""What the inspector saw at the post: 在岗服务 在岗待机 空岗-有告示 空岗-无告示 B顶岗 暂停 其他."""
QuickCode = Literal["P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14"]
FindingState = Literal["glance", "unattended", "explained", "pending", "late_notice", "covered", "contradictory", "withdrawn"]


class Knew(msgspec.Struct):
    """What the phone knew when the observation was saved (EVD-09). `synced_at` ms."""

    roster_version: int
    notices: list[str]
    synced_at: int


class RoundStart(msgspec.Struct, omit_defaults=True):
    """`patrol.start`, rid = new round. `slot`: "YYYY-MM-DDTHH" of the hour it is for."""

    slot: str
    type: Literal["hourly", "irregular", "opening", "closing"]
    at: int


class ZoneClear(msgspec.Struct, omit_defaults=True):
    """`patrol.zone_clear`, rid = round: "all others present" in a zone; the posts it covers are stored (PTL-02)."""

    zone: str
    posts: list[str]
    at: int
    knew: Knew


class Observe(msgspec.Struct, omit_defaults=True):
    """`patrol.observe`, rid = new observation. `recheck_of`: the first sighting this one looks at again (EVD-08).

    `waited`: the inspector states to have waited the minimum time. `reminded`: an on-the-spot reminder was given (PTL-08).
    """

    round: str
    post: str
    seen: Seen
    at: int
    knew: Knew
    codes: list[QuickCode] = []
    person: str | None = None
    note: str = ""
    reminded: bool = False
    waited: bool = False
    recheck_of: str | None = None


class RoundFinish(msgspec.Struct):
    """`patrol.finish`, rid = round."""

    at: int


class Withdraw(msgspec.Struct):
    """`patrol.withdraw`, rid = observation: its author takes it back with a reason (CON-44)."""

    text: str


class FindingAnswer(msgspec.Struct):
    """`finding.answer`, rid = finding: the person or the unit says its part (EVD-12)."""

    text: str


class Explain(msgspec.Struct):
    """One sentence: `key` names the message (explain.EXPLANATIONS), `params` fill it. Times are ms; people are uids; posts are ids."""

    key: str
    params: dict[str, str | int]


class ZoneDone(msgspec.Struct):
    """One zone of a round."""

    zone: str
    posts: list[str]
    at: int


class Round(msgspec.Struct, omit_defaults=True):
    """Row `round`: for INS and EFF. `repeated`: another round already did this slot (CON-08)."""

    slot: str
    type: str
    inspector: str
    started_at: int
    zones: list[ZoneDone]
    exceptions: int
    state: Literal["running", "done"]
    repeated: bool = False
    finished_at: int | None = None


class Observation(msgspec.Struct, omit_defaults=True):
    """Row `obs`: for its author, INS and EFF. `own_unit`: at a post of the inspector's own unit, to be looked at by another (PTL-07)."""

    round: str
    post: str
    seen: Seen
    at: int
    received_at: int
    grade: Literal["A", "B", "C"]
    inspector: str
    codes: list[QuickCode] = []
    person: str | None = None
    note: str = ""
    reminded: bool = False
    recheck_of: str | None = None
    recheck_due_at: int | None = None
    withdrawn: str = ""
    own_unit: bool = False
    blobs: list[Attached] = []


class Finding(msgspec.Struct, omit_defaults=True):
    """Row `finding`: one episode at one post as reconciled now; rid is that of its first sighting. For INS, EFF, OFF."""

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


class FindingOwn(msgspec.Struct, omit_defaults=True):
    """Row `finding.own`: the same episode for the person concerned and the head of the unit; no inspector's name."""

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


OPS = (
    evidence("patrol.start", 1, RoundStart),
    evidence("patrol.zone_clear", 1, ZoneClear),
    evidence("patrol.observe", 1, Observe),
    evidence("patrol.finish", 1, RoundFinish),
    evidence("patrol.withdraw", 1, Withdraw),
    evidence("finding.answer", 1, FindingAnswer),
)
ROWS = (RowKind("round", Round), RowKind("obs", Observation), RowKind("finding", Finding), RowKind("finding.own", FindingOwn))
