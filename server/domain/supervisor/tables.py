"""How supervisors and their reports are kept (SUP-01..04)."""

from typing import ClassVar, Literal

import msgspec

from server.domain.base import Record
from server.domain.supervisor.ops import ReportKind, SupervisorKind, SupervisorState
from sync.ops import Blob


class SupervisorRecord(Record):
    """监督员, rid = uid. `from_day`, `to_day` ISO, "" before the appointment; `text`: what was said last about the engagement."""

    TABLE: ClassVar[str] = "supervisor"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("state",)

    name: str
    kind: SupervisorKind
    units: list[str]
    checked: str
    state: SupervisorState = "nominated"
    number: str = ""
    from_day: str = ""
    to_day: str = ""
    text: str = ""


class ReportRecord(Record):
    """监督报告. `due_at`: end of the term for the answer (ms); `answered_at` 0 until then; `was_due_at`: before the calendar changed."""

    TABLE: ClassVar[str] = "supervisor_report"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("by", ("answered_at", "due_at"), ("at", "rid"))

    by: str
    kind: ReportKind
    unit: str
    text: str
    at: int
    grade: Literal["A", "B", "C"]
    received_at: int
    due_day: str
    due_at: int
    answer: str = ""
    answered_by: str = ""
    answered_at: int = 0
    overdue: bool = False
    blobs: list[Blob] = msgspec.field(default_factory=list)
    provisional: bool = False
    was_due_at: int = 0
