"""场所检查 and 维修 (FAC-01..08): what can be said, and who sees it.

A repair is a chain of facts: reported, assigned, repaired, checked or returned. Who repairs never checks (FAC-05).
"""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.hall.ops import Names
from server.domain.norms.rules import ItemAnswer, Score
from sync.ops import RowKind, command, evidence

Kind = Literal["fault", "missing"]
"""坏了, or not there at all."""
Severity = Literal["minor", "serious", "grave"]
RepairState = Literal["reported", "assigned", "repaired", "checked", "dropped"]


class Fault(msgspec.Struct, omit_defaults=True):
    """What the inspector adds to an item that failed: which kind, how bad, where exactly (post or zone), whether it closes that window."""

    kind: Kind = "fault"
    severity: Severity = "minor"
    place: str = ""
    closes: bool = False


class Inspect(msgspec.Struct, omit_defaults=True):
    """`facility.inspect`, rid = new inspection: a whole round by a checklist (FAC-05, FAC-06). Every item that failed becomes a repair,
    rid `{inspection}.{item}`.

    `place`: a zone, "" for the whole hall; `from_at`, `to_at` ms; `said_tenths`: the score the device showed; `faults` by item.
    """

    checklist: str
    from_at: int
    to_at: int
    answers: list[ItemAnswer]
    said_tenths: int
    place: str = ""
    faults: dict[str, Fault] = {}
    text: str = ""


class ReportFault(msgspec.Struct, omit_defaults=True):
    """`repair.report`, rid = new repair, by anybody of the hall: something at a post or in a zone does not work. `at` ms."""

    place: str
    text: str
    at: int
    kind: Kind = "fault"
    severity: Severity = "minor"
    closes: bool = False


class AssignRepair(msgspec.Struct, omit_defaults=True):
    """`repair.assign`, rid = repair, `if` its version: who repairs it, by the end of which day (ISO; "" as the hall's terms
    say). More time than was given takes the reason in `text`.
    """

    to: str
    due_day: str = ""
    text: str = ""


class Repaired(msgspec.Struct):
    """`repair.done`, rid = repair: it works again; the photos of the op show it. `at` ms."""

    text: str
    at: int


class CheckRepair(msgspec.Struct, omit_defaults=True):
    """`repair.check`, rid = repair, `if` its version: somebody else looked, and it is so or not."""

    accept: bool
    text: str = ""


class DropRepair(msgspec.Struct):
    """`repair.drop`, rid = repair, `if` its version: it was reported already, or is none; with the reason."""

    text: str


class Inspection(msgspec.Struct, omit_defaults=True):
    """Row `facility`, for the inspector, those who patrol and the office. `failed`: items that became repairs.

    `reused`: a picture of it is in another inspection, too; a hint, from which nothing follows by itself.
    """

    checklist: str
    place: str
    by: str
    from_at: int
    to_at: int
    received_at: int
    grade: Literal["A", "B", "C"]
    answers: list[ItemAnswer]
    score: Score
    failed: list[str]
    text: str = ""
    blobs: list[Attached] = []
    reused: bool = False


class RepairStep(msgspec.Struct, omit_defaults=True):
    """One step on the way of a repair, by whom and when (ms, trusted time)."""

    step: Literal["reported", "assigned", "repaired", "checked", "returned", "dropped"]
    by: str
    at: int
    text: str = ""


class RepairTask(msgspec.Struct, omit_defaults=True):
    """Row `repair`, for the head of the place, who reported and who repairs it, those who patrol and the office (§7).

    `names`: of the checklist's item, empty when it was reported without one; `after`: hashes of the photos of its being repaired;
    `closes`: the window is closed until it works; `provisional`: the term reaches a year whose calendar is not published;
    `was_due_day`: its end before it was; `first_due_day`: end of the term given first, where a later order gave more before it was over;
    `extended`: it is over, and it did not work by then.
    """

    place: str
    unit: str
    kind: Kind
    severity: Severity
    text: str
    state: RepairState
    steps: list[RepairStep]
    reported_at: int
    names: Names = {}
    inspection: str = ""
    item: str = ""
    closes: bool = False
    owner: str = ""
    due_day: str = ""
    provisional: bool = False
    was_due_day: str = ""
    overdue: bool = False
    first_due_day: str = ""
    extended: bool = False
    after: list[str] = []
    blobs: list[Attached] = []


OPS = (
    evidence("facility.inspect", 1, Inspect),
    evidence("repair.report", 1, ReportFault),
    command("repair.assign", 1, AssignRepair),
    evidence("repair.done", 1, Repaired),
    command("repair.check", 1, CheckRepair),
    command("repair.drop", 1, DropRepair),
)
ROWS = (RowKind("facility", Inspection), RowKind("repair", RepairTask))
