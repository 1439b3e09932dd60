"""巡查 hourly patrol (PTL-01..04, PTL-08): observations, never verdicts. What reconciliation makes of them is the trail's."""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from sync.ops import RowKind, evidence

Seen = Literal["serving", "idle", "empty_notice", "empty_no_notice", "covered", "suspended", "other"]
"""What the inspector saw at the post: 在岗服务 在岗待机 空岗-有告示 空岗-无告示 B顶岗 暂停 其他."""
QuickCode = Literal["P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14"]


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


class Slot(msgspec.Struct, omit_defaults=True):
    """Row `slot`, rid = slot: an hour without a round, as far as known, told at `alarm_at`; `late`: a round arrived after all, the alarm is
    withdrawn (CON-09). Provisional until `final_at`. For those who patrol and the office. Times ms.
    """

    slot: str
    state: Literal["missed", "late"]
    alarm_at: int
    final_at: int
    round: str | None = None


OPS = (
    evidence("patrol.start", 1, RoundStart),
    evidence("patrol.zone_clear", 1, ZoneClear),
    evidence("patrol.observe", 1, Observe),
    evidence("patrol.finish", 1, RoundFinish),
    evidence("patrol.withdraw", 1, Withdraw),
)
ROWS = (RowKind("round", Round), RowKind("obs", Observation), RowKind("slot", Slot))
