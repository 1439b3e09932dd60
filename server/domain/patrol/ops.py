"""巡查 hourly patrol (PTL-01..04, PTL-07..09, PTL-11): observations, never verdicts. What reconciliation makes of them is the trail's."""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from sync.ops import RowKind, command, evidence, under_seal

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


class RoundFinish(msgspec.Struct, omit_defaults=True):
    """`patrol.finish`, rid = round. `queue_len`: people waiting in the hall, None where nobody counted; `remark`: weather, queue, other."""

    at: int
    queue_len: int | None = None
    remark: str = ""


class Withdraw(msgspec.Struct):
    """`patrol.withdraw`, rid = observation: its author takes it back with a reason (CON-44)."""

    text: str


class Tie(msgspec.Struct, omit_defaults=True):
    """`patrol.tie`, rid = the inspector's own uid: units and people he or she has a tie to, kin or other; the newest says all (PTL-07)."""

    units: list[str]
    people: list[str]
    text: str = ""


class PutCodes(msgspec.Struct):
    """`patrol.codes`, rid `zones`: the codes of all zones made anew from a `secret` (32 hex digits); old ones count no more (PTL-09)."""

    secret: str


class ScanPoint(msgspec.Struct):
    """`patrol.point`, rid = round: the inspector stood at the code of a zone (PTL-09). `code`: as scanned."""

    code: str
    at: int


class VideoSeen(msgspec.Struct, omit_defaults=True):
    """`patrol.video`, rid = new video record: what a camera shows at a post (PTL-11). `at`: the time stamp in the picture (ms).

    `camera`: its number; `clip`: where the recording is kept; the recording itself is never copied (PRH-07).
    """

    camera: str
    at: int
    post: str
    seen: Seen
    codes: list[QuickCode] = []
    clip: str = ""
    note: str = ""


class ZoneDone(msgspec.Struct):
    """One zone of a round."""

    zone: str
    posts: list[str]
    at: int


class Round(msgspec.Struct, omit_defaults=True):
    """Row `round`: for INS and EFF; an hourly one for the office, too. `repeated`: another round already did this slot (CON-08).

    `slot`: the hour it was walked in; `points`: zones whose code was scanned (PTL-09); `due`, `looked`: posts there were when it began, and
    those looked at (PTL-06); of an irregular one `due` is 0. `left`, once finished: posts its inspector had to look at which neither he did
    nor anybody on another round of the hour (CON-08), `missing` so many: while there are any, it fills no slot.
    """

    slot: str
    type: str
    inspector: str
    started_at: int
    zones: list[ZoneDone]
    exceptions: int
    state: Literal["running", "done"]
    repeated: bool = False
    finished_at: int | None = None
    points: list[str] = []
    due: int = 0
    looked: int = 0
    queue_len: int | None = None
    remark: str = ""
    missing: int = 0
    left: list[str] = []


class Observation(msgspec.Struct, omit_defaults=True):
    """Row `obs`: for its author, INS and EFF. `own_unit`: at a post of the inspector's own unit, to be looked at by another (PTL-07).

    `tied`: the inspector has declared a tie to the unit or to whoever holds the post.
    """

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
    tied: bool = False


class VideoFinding(msgspec.Struct, omit_defaults=True):
    """Row `video`: a record of what a camera showed, a source of its own (PRH-07): for its author and the roles of `ptl.video_roles`.

    `recheck`: the observation of somebody on the floor, `recheck_seen` what it says.
    """

    camera: str
    at: int
    post: str
    seen: Seen
    received_at: int
    grade: Literal["A", "B", "C"]
    by: str
    codes: list[QuickCode] = []
    clip: str = ""
    note: str = ""
    recheck: str = ""
    recheck_seen: Seen | None = None
    withdrawn: str = ""


class VideoAsk(msgspec.Struct):
    """Row `video.ask`, rid = video record: somebody on the floor please look at a post (PTL-11); neither camera nor clip is told. For those
    who patrol, until one has looked or the day is over. `since`: first seen empty so (ms).
    """

    post: str
    since: int
    due_at: int


class Ties(msgspec.Struct, omit_defaults=True):
    """Row `tie`, rid = inspector: for himself, the efficiency group and the office (PTL-07)."""

    units: list[str]
    people: list[str]
    at: int
    text: str = ""


class ZoneCodes(msgspec.Struct):
    """Row `zone.codes`, rid `zones`: zone -> what its code says; for the office and administrators, who print and hang them (PTL-09)."""

    codes: dict[str, str]
    made_at: int


class Slot(msgspec.Struct, omit_defaults=True):
    """Row `slot`, rid = slot: an hour without a round, as far as known, told at `alarm_at`; `late`: a round arrived after all, the alarm is
    withdrawn (CON-09). `partial`: its round looked at `looked` of the `due` posts (PTL-06). `wide`: it has its round, but `gap_min` opening
    minutes after the one before (CAL-10). Provisional until `final_at`. For those who patrol and the office. Times ms.
    """

    slot: str
    state: Literal["missed", "partial", "late", "wide"]
    alarm_at: int
    final_at: int
    round: str | None = None
    gap_min: int = 0
    looked: int = 0
    due: int = 0


OPS = (
    evidence("patrol.start", 1, RoundStart),
    evidence("patrol.zone_clear", 1, ZoneClear),
    evidence("patrol.observe", 1, Observe),
    evidence("patrol.finish", 1, RoundFinish),
    evidence("patrol.withdraw", 1, Withdraw),
    *under_seal(evidence("patrol.tie", 1, Tie)),
    command("patrol.codes", 1, PutCodes),
    evidence("patrol.point", 1, ScanPoint),
    evidence("patrol.video", 1, VideoSeen),
)
OTHER_ROWS = (RowKind("video", VideoFinding), RowKind("video.ask", VideoAsk), RowKind("tie", Ties), RowKind("zone.codes", ZoneCodes))
ROWS = (RowKind("round", Round), RowKind("obs", Observation), RowKind("slot", Slot), *OTHER_ROWS)
