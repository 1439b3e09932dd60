"""社会监督员 (SUP-01..04): who watches from outside, for how long, what they report, and the answer they are owed.

A supervisor's account reads the own visits and lists and published results; nothing of the personnel.
"""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.hall.ops import Names
from sync.ops import RowKind, command, evidence

SupervisorKind = Literal["deputy", "cppcc", "enterprise", "citizen", "media", "retired", "experience"]
"""人大代表, 政协委员, 企业代表, 群众代表, 媒体, 退休干部, 体验官 (CHK-12)."""
SupervisorState = Literal["nominated", "appointed", "active", "expired", "resigned", "dismissed"]
ReportKind = Literal["seen", "suggestion", "request"]
"""所见, 建议, 申请了解情况: to supervise, to suggest, to know (SUP-04)."""


class Nominate(msgspec.Struct, omit_defaults=True):
    """`sup.nominate`, rid = the new supervisor, or a known one whose data change. `checked`: who vetted the person, and how.

    `units`: the areas to look at, empty for all.
    """

    name: str
    kind: SupervisorKind
    checked: str
    units: list[str] = []
    text: str = ""


class Appoint(msgspec.Struct):
    """`sup.appoint`, rid = supervisor: engaged from a day to a day, both ISO and included; the certificate number is the login (SUP-02)."""

    number: str
    from_day: str
    to_day: str


class EndTerm(msgspec.Struct):
    """`sup.end`, rid = supervisor: the engagement ends today, with the reason."""

    why: Literal["resigned", "dismissed"]
    text: str


class FileReport(msgspec.Struct, omit_defaults=True):
    """`sup.report`, rid = new: what a supervisor saw, suggests or asks to know. `at`: when it was seen (ms); `unit` "" for the hall."""

    kind: ReportKind
    text: str
    at: int
    unit: str = ""


class AnswerReport(msgspec.Struct):
    """`sup.answer`, rid = report: the answer it is owed (SUP-03)."""

    text: str


class Supervisor(msgspec.Struct, omit_defaults=True):
    """Row `supervisor`, rid = uid: for the office, EFF, check leads and leaders; `sup.own` for the supervisor. `unit_names`: the areas."""

    name: str
    kind: SupervisorKind
    state: SupervisorState
    units: list[str]
    unit_names: dict[str, Names]
    number: str = ""
    from_day: str = ""
    to_day: str = ""
    checked: str = ""
    text: str = ""


class SupervisorReport(msgspec.Struct, omit_defaults=True):
    """Row `sup.report`: for its author, the office and EFF. `due_day`: the answer is owed by then; `overdue`: it was not given.

    `provisional`: the term reaches a year whose calendar is not published; `was_due_day`: before it was (CAL-03).
    """

    by: str
    by_name: str
    kind: ReportKind
    text: str
    at: int
    grade: Literal["A", "B", "C"]
    received_at: int
    due_day: str
    unit: str = ""
    unit_names: Names = {}
    overdue: bool = False
    answer: str = ""
    answered_by: str = ""
    answered_at: int | None = None
    blobs: list[Attached] = []
    provisional: bool = False
    was_due_day: str = ""


OPS = (
    command("sup.nominate", 1, Nominate),
    command("sup.appoint", 1, Appoint),
    command("sup.end", 1, EndTerm),
    evidence("sup.report", 1, FileReport, window_hours=14 * 24),
    command("sup.answer", 1, AnswerReport),
)
ROWS = (RowKind("supervisor", Supervisor), RowKind("sup.own", Supervisor), RowKind("sup.report", SupervisorReport))
