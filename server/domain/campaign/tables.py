"""How campaigns and problems are kept: every step a fact with its own time; states are derived (CAMP, RCT)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.campaign.ops import Batch, Complexity, Level, OutputKind, Phase, ProblemState, Source, StepKind
from sync.ops import Blob


class HeadBefore(msgspec.Struct):
    """Who answered for a unit in a campaign until a moment (ms), when another was named."""

    unit: str
    uid: str
    until_at: int


class CampaignRecord(Record):
    """专项行动. `finished`: numbers of the phases that are done; `by`: who keeps it; `heads_before`: who was in `heads` before."""

    TABLE: ClassVar[str] = "campaign"

    title: str
    units: list[str]
    phases: list[Phase]
    first: str
    deputy: str
    targets: list[str]
    batches: list[Batch]
    by: str
    finished: list[int] = msgspec.field(default_factory=list)
    heads: dict[str, str] = msgspec.field(default_factory=dict)
    documents: list[str] = msgspec.field(default_factory=list)
    heads_before: list[HeadBefore] = msgspec.field(default_factory=list)


class SelfCheckRecord(Record):
    """A unit's self-check list; `zero`: signed as empty."""

    TABLE: ClassVar[str] = "camp_self_check"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("campaign", "unit"),)

    campaign: str
    unit: str
    by: str
    at: int
    zero: bool
    signed: str


class OutputRecord(Record):
    """What a campaign has left behind in a unit."""

    TABLE: ClassVar[str] = "camp_output"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("campaign",)

    campaign: str
    unit: str
    kind: OutputKind
    title: str
    day: str
    by: str
    text: str
    figure: int = -1


class DutyRecord(Record):
    """What was said of a task, rid = op: `done`, or not yet after all. `at`: trusted time (ms)."""

    TABLE: ClassVar[str] = "camp_duty"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("campaign",)

    campaign: str
    duty: str
    by: str
    at: int
    done: bool
    text: str


class FileRecord(Record):
    """A paper of a campaign; `gone`: taken off again."""

    TABLE: ClassVar[str] = "camp_file"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("campaign",)

    campaign: str
    title: str
    by: str
    at: int
    blobs: list[Blob]
    gone: bool = False


class LobbyRecord(Record):
    """The day (ISO) of the rectification numbers on the lobby board (RCT-05), "" when none are shown. One record, rid `rct`."""

    TABLE: ClassVar[str] = "camp_lobby"

    day: str


class Fact(msgspec.Struct):
    """One thing said about a problem by somebody of `unit`. `at`: trusted time (ms); `grade`: what that is worth; said between `early_at`
    and `proven_at`. `unshown`: why there is no material (RCT-02).
    """

    op: str
    kind: StepKind
    by: str
    at: int
    grade: Literal["A", "B", "C"]
    early_at: int
    proven_at: int
    text: str
    owner: str = ""
    complexity: Complexity = "simple"
    before: list[str] = msgspec.field(default_factory=list)
    after: list[str] = msgspec.field(default_factory=list)
    blobs: list[Blob] = msgspec.field(default_factory=list)
    unshown: str = ""
    unit: str = ""


class ProblemRecord(Record):
    """问题: as found, and what was said about it since, as it arrived. `seen_at`: when what it rests on was seen (ms, 0 not known);
    `told_at`: when it came in; `after`: the phases of its campaign that were done by then; `stood_again_at`: when it stood again after it
    had fallen (ms, 0: never).

    What follows from that is derived and cached: `state`, `due_at`, `recurs`, `grade` (the level it has come to), `claimed_at` and
    `closed_at` (ms, 0 not yet), `unproven`: nobody can tell whether it was claimed in time; `came_back`: closed, and there again in the
    window. `code_open`: the unit could not use this code; whoever orders decides. `was_due_at`: the end of the term of the order `due_for`
    (an op) before the calendar changed (ms, 0: it has not). `first_due_at`: the end of the term given first, where a later order gave
    more before it was over (ms, 0: none did), `extended`: and nothing was claimed in it. `item`: the veto item of a published result
    (`fact`) it was opened for by itself; `lifted`: the `fact`, or that item of it, does not stand any more, or it was withdrawn (CON-44).
    """

    TABLE: ClassVar[str] = "problem"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        "campaign",
        ("unit", "code", "found_at"),
        "fact",
        ("found_at", "rid"),
        ("unit", "found_at", "rid"),
        ("overdue", "due_at"),
        ("extended", "first_due_at"),
        ("due_at", "rid"),
        ("unit", "due_at", "rid"),
        ("closed_at", "rid"),
        ("unit", "closed_at", "rid"),
    )

    unit: str
    source: Source
    code: str
    text: str
    level: Level
    campaign: str
    fact: str
    by: str
    found_at: int
    facts: list[Fact] = msgspec.field(default_factory=list)
    state: ProblemState = "found"
    owner: str = ""
    due_at: int = 0
    stood_again_at: int = 0
    was_due_at: int = 0
    due_for: str = ""
    first_due_at: int = 0
    extended: bool = False
    recurs: str = ""
    overdue: bool = False
    unproven: bool = False
    grade: Level = "minor"
    demand: str = ""
    claimed_at: int = 0
    closed_at: int = 0
    came_back: bool = False
    code_open: bool = False
    item: str = ""
    lifted: bool = False
    seen_at: int = 0
    told_at: int = 0
    after: list[int] = msgspec.field(default_factory=list)
