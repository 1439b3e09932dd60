"""本厅规范 as the desk edits them (§6, PRH-01..06, LNG-04, LNG-06): checklists, finding codes, phrase book, conduct tags, handbook.

What has been used stays readable: a checklist is published as a new version, a code as what it is from a day on.
"""

from typing import Literal

import msgspec

from server.domain.hall.ops import Names
from sync.ops import RowKind, command, evidence

Use = Literal["visit", "facility", "quick"]
"""What a checklist is for: 暗访 (§6.1), 场所检查 (§6.2), 巡查快捷单 (§6.3), which is a list of codes and gives no points."""
Mark = Literal["full", "half", "fail", "na"]
Group = Literal["bending", "leaking", "deserting", "slackness", "other"]
"""四杜绝 as top groups: 徇私越权, 泄露隐私, 脱岗空窗, 慵懒散漫 (PRH-02); what is none of them is other."""
Step = Literal["none", "remind", "criticise", "internal", "admonish", "collective", "refer"]
"""From where on the ladder a confirmed finding is looked at (§5.9). A person decides; no step follows by itself."""
Proof = Literal["note", "photo", "recheck", "record", "witness"]
Scene = Literal[
    "greet",
    "ask",
    "wait",
    "not_mine",
    "away",
    "missing",
    "refuse",
    "unclear",
    "interrupted",
    "system",
    "closing",
    "anger",
    "complaint",
    "phone",
    "farewell",
]


class ItemAnswer(msgspec.Struct, omit_defaults=True):
    """One checklist item's answer. `photos`: the hashes of the op's blobs that show it; `at`: when it was marked (ms), 0 unknown."""

    item: str
    mark: Mark
    note: str = ""
    photos: list[str] = []
    at: int = 0


class Score(msgspec.Struct):
    """100 x got / possible, one decimal kept as tenths; `capped` by a veto; `grade` by the hall's bands."""

    tenths: int
    got_halves: int
    possible: int
    capped: bool
    vetoes: list[str]
    grade: Literal["good", "acceptable", "to_correct", "failed"]


class ChecklistItem(msgspec.Struct, omit_defaults=True):
    """One item: points (0: looked at, not scored), and whether failing it caps the check at 59.

    `na`: it may be marked 不适用; `proof`: a failure needs a note or a photo; `guide`: it compares what was told with the guide (IDX-27);
    `code`: under which finding code a failed veto item becomes a problem (§6).
    """

    id: str
    names: Names
    points: int
    veto: bool = False
    na: bool = True
    proof: bool = False
    guide: bool = False
    code: str = ""


class ChecklistGroup(msgspec.Struct):
    """A group of items in order."""

    id: str
    names: Names
    items: list[ChecklistItem]


class Checklist(msgspec.Struct, omit_defaults=True):
    """Row `checklist`, rid `{list}-{version}`, e.g. `ms-1`: for those who record by it. `valid_from` ISO; `by`: who published
    it, "" for a shipped one; `text`: what has changed."""

    names: Names
    version: int
    groups: list[ChecklistGroup]
    use: Use = "visit"
    valid_from: str = "2000-01-01"
    by: str = ""
    text: str = ""


class PutChecklist(msgspec.Struct, omit_defaults=True):
    """`norm.checklist`, rid `{list}-{version}`, the version after the newest: published, in force from a day on."""

    names: Names
    use: Use
    groups: list[ChecklistGroup]
    valid_from: str
    text: str = ""


class CodeRule(msgspec.Struct, omit_defaults=True):
    """What a code is from `valid_from` (ISO) on (PRH-01).

    `basis`: the rule of the hall it rests on; `points` lost; `proof`: what must be there; `who` may record it, empty for everybody who
    records; `public`: its name may stand in a public bulletin; `unit`: the unit whose own item it is, "" for the common list (PRH-04);
    `example`: shipped, to be replaced (PRH-05); `retired`: nobody records it any more.
    """

    names: Names
    group: Group
    valid_from: str
    basis: Names = {}
    points: int = 0
    step: Step = "none"
    proof: list[Proof] = []
    who: list[str] = []
    public: bool = False
    unit: str = ""
    example: bool = False
    retired: bool = False


class PutCode(msgspec.Struct):
    """`norm.code`, rid `{code}@{day}`, `if` the version seen when that day has one already: what the code is from that day on."""

    rule: CodeRule


class CodeRow(msgspec.Struct):
    """Row `code`, rid `{code}@{day}`, for the hall; of a unit's own item for the unit and those who supervise."""

    code: str
    rule: CodeRule


class Phrase(msgspec.Struct, omit_defaults=True):
    """Row `phrase`, for the hall: what to say in a scene, and what never (LNG-01, LNG-06). `bad` empty: only silence is
    forbidden there."""

    scene: Scene
    good: Names
    bad: Names = {}
    order: int = 0
    example: bool = False


class PutPhrase(msgspec.Struct, omit_defaults=True):
    """`norm.phrase`, rid = new or known phrase."""

    scene: Scene
    good: Names
    bad: Names = {}
    order: int = 0


class EndPhrase(msgspec.Struct):
    """`norm.phrase_end`, rid = phrase: it is not in the book any more."""


class ConductTag(msgspec.Struct, omit_defaults=True):
    """One tag: 热心, or 生人熟人一个样."""

    id: str
    names: Names


class TagSet(msgspec.Struct, omit_defaults=True):
    """Row `tagset`, for the hall: a catalogue of conduct (三心, 四个一样, 十点精神 …; LNG-04)."""

    names: Names
    tags: list[ConductTag]
    order: int = 0
    example: bool = False


class PutTagSet(msgspec.Struct, omit_defaults=True):
    """`norm.tags`, rid = new or known set; no tags at all take it off the list."""

    names: Names
    tags: list[ConductTag]
    order: int = 0


class Handbook(msgspec.Struct, omit_defaults=True):
    """Row `handbook`, rid `{n}`, for the hall: an edition of the discipline handbook. The codes in force belong to it, too (PRH-06)."""

    title: Names
    text: Names
    from_day: str
    by: str = ""
    example: bool = False


class PutHandbook(msgspec.Struct):
    """`norm.handbook`, rid = the number after the newest edition: published; everybody reads it anew."""

    title: Names
    text: Names
    from_day: str


class ReadHandbook(msgspec.Struct):
    """`norm.read`, rid = edition: I have read it (PRH-06). `at` ms."""

    at: int


class HandbookRead(msgspec.Struct):
    """Row `handbook.read`, rid `{edition}:{uid}`: for the person, the head of the unit and the office."""

    edition: str
    person: str
    unit: str
    at: int


OPS = (
    command("norm.checklist", 1, PutChecklist),
    command("norm.code", 1, PutCode),
    command("norm.phrase", 1, PutPhrase),
    command("norm.phrase_end", 1, EndPhrase),
    command("norm.tags", 1, PutTagSet),
    command("norm.handbook", 1, PutHandbook),
    evidence("norm.read", 1, ReadHandbook),
)
ROWS = (
    RowKind("checklist", Checklist),
    RowKind("code", CodeRow),
    RowKind("phrase", Phrase),
    RowKind("tagset", TagSet),
    RowKind("handbook", Handbook),
    RowKind("handbook.read", HandbookRead),
)
