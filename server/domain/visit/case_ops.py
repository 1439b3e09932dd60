"""办件跟踪: a real or a test application followed step by step (CHK-01, CHK-08). Sealed like the mission it belongs to.

A test application burdens nobody: the lead gives its permission number, and it ends withdrawn or marked before anything is published.
"""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from sync.ops import RowKind, command, evidence

CaseKind = Literal["real", "test"]
StepKind = Literal["submitted", "receipt", "notice", "supplement", "asked", "promise", "finished", "withdrawn", "marked"]
"""提交, 拿到受理凭证, 一次性告知, 要求补正, 询问, 承诺, 办结, 已撤回, 已标注为测试件."""
Equal = Literal["yes", "no"]


class PermitCase(msgspec.Struct):
    """`case.permit`, rid = new: the lead permits a test application. `number`: of the permission; `until_day` ISO."""

    mission: str
    number: str
    matter: str
    until_day: str


class OpenCase(msgspec.Struct, omit_defaults=True):
    """`case.open`, rid = new: an application is followed. `matter`: what is applied for; `permit`: number of the permission of a test."""

    mission: str
    kind: CaseKind
    matter: str
    permit: str = ""


class StepCase(msgspec.Struct, omit_defaults=True):
    """`case.step`, rid = case: what happened at `at` (ms). `number`: of the receipt; `due_day`: the promised day (ISO).

    `equal`: whether what was told equals the published guide (IDX-27), none when nothing was told.
    """

    kind: StepKind
    at: int
    text: str = ""
    number: str = ""
    due_day: str = ""
    equal: Equal | None = None


class CaseStep(StepCase, kw_only=True, omit_defaults=True):
    """A step as it is kept: by whom, what its time is worth, its photos."""

    by: str
    grade: Literal["A", "B", "C"]
    blobs: list[Attached] = []


class CasePermit(msgspec.Struct):
    """Row `case.permit`: for the team and the lead."""

    mission: str
    number: str
    matter: str
    until_day: str


class Case(msgspec.Struct, omit_defaults=True):
    """Row `case`: for the team and the lead. `permitted`: the lead gave this number for the mission, and it was still good.

    `open`: it has not ended; a test that is open is still to be withdrawn or marked. `due_day`: the promised day; `late`: missed.
    """

    mission: str
    kind: CaseKind
    matter: str
    by: str
    steps: list[CaseStep]
    open: bool
    permitted: bool
    permit: str = ""
    due_day: str = ""
    late: bool = False
    blobs: list[Attached] = []


OPS = (
    command("case.permit", 1, PermitCase),
    evidence("case.open", 1, OpenCase, window_hours=14 * 24),
    evidence("case.step", 1, StepCase, window_hours=14 * 24),
)
ROWS = (RowKind("case.permit", CasePermit, sealed=True), RowKind("case", Case, sealed=True))
