"""专项行动 campaigns and 问题清单 problems (CAMP-01..07, RCT-01..05): what can be said, and who sees it.

A problem is a chain of facts: found, ordered, measures, claimed done, verified or returned, closed. What was claimed in time counts however
late it arrives (CON-36); who rectifies never verifies (RCT-02).
"""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.visit.rules import Covered
from sync.ops import RowKind, command, evidence

Source = Literal["self_check", "patrol", "covert", "complaint", "rating", "evaluation", "meeting", "media"]
Level = Literal["minor", "serious", "grave"]
Complexity = Literal["simple", "complex"]
PhaseKind = Literal["mobilise", "self_check", "rules", "acceptance", "other"]
"""宣传发动, 自查自纠, 建章立制, 检查验收; a campaign may have others (CAMP-02)."""
OutputKind = Literal["rule", "training", "facility", "good_practice", "evaluation"]
Proof = Literal["material", "reason", "words"]
"""What a claim is accepted by (RCT-02): material from before and after; that, or the reason why there can be none; words will do."""
StepKind = Literal["ordered", "measures", "claimed", "verified", "returned", "not_done", "answered", "disputed", "withdrawn"]
ProblemState = Literal["found", "ordered", "rectifying", "claimed", "returned", "verified", "not_done", "lifted"]
"""`lifted` 已撤销: it was withdrawn, or what it rested on does not stand any more."""


class CampaignDuty(msgspec.Struct, omit_defaults=True):
    """One task with a responsible person of its own (CAMP-01). `id`: known in the whole campaign; `who` "": whoever answers for the phase;
    `by_day` (ISO) within the phase, "" for its last day.
    """

    id: str
    text: str
    who: str = ""
    by_day: str = ""


class Phase(msgspec.Struct, omit_defaults=True):
    """One phase, its first and last day (ISO), what is to be done in it, and `who` answers for that ("": whoever answers for the campaign).
    `name` as typed for a phase of kind `other`. `tasks`: as typed, for all of it; `duties`: the single ones.

    `all_verified`: it ends only with every problem verified; without a word that of `self_check`, `acceptance` and `other` does, and
    whatever is said the last one of a campaign (CAMP-04).
    """

    kind: PhaseKind
    from_day: str
    to_day: str
    tasks: list[str] = []
    name: str = ""
    who: str = ""
    all_verified: bool | None = None
    duties: list[CampaignDuty] = []


class Batch(msgspec.Struct):
    """Some of the units, dealt with together by a day (ISO) (CAMP-02)."""

    units: list[str]
    by_day: str


class PutCampaign(msgspec.Struct, omit_defaults=True):
    """`camp.put`, rid = new or known campaign. `units`: the scope; `first`, `deputy`: the leaders who answer for it (CAMP-01).

    `targets`: the kinds of problems looked for, as typed. `heads`: unit -> who answers there, its head where nobody is named;
    `documents`: what it rests on, as typed: title, number, date.
    """

    title: str
    units: list[str]
    phases: list[Phase]
    first: str
    deputy: str = ""
    targets: list[str] = []
    batches: list[Batch] = []
    heads: dict[str, str] = {}
    documents: list[str] = []


class FinishPhase(msgspec.Struct, omit_defaults=True):
    """`camp.finish`, rid = campaign: phase number `phase` is done. Refused before its first day, while an earlier one is not done, a unit
    has not reported or a problem is not verified.
    """

    phase: int
    text: str = ""


class FoundProblem(msgspec.Struct, omit_defaults=True):
    """One problem of a self-check; `fixed`: corrected at once (边查边改), with how."""

    rid: str
    code: str
    text: str
    level: Level = "minor"
    fixed: str = ""


class SelfCheck(msgspec.Struct, omit_defaults=True):
    """`camp.self_check`, rid = new: a unit's list. None at all needs a signature: the own name of who says it, typed (CAMP-03)."""

    campaign: str
    unit: str
    problems: list[FoundProblem]
    signed: str = ""


class Output(msgspec.Struct, omit_defaults=True):
    """`camp.output`, rid = new: a rule, a training, a facility, a good practice, a result of 政风行风评议 (CAMP-05, CAMP-06).

    `figure`: of an evaluation, in tenths of a point.
    """

    campaign: str
    unit: str
    kind: OutputKind
    title: str
    day: str
    text: str = ""
    figure: int | None = None


class ReportDuty(msgspec.Struct, omit_defaults=True):
    """`camp.duty`, rid = campaign: a task is done, or not yet after all; by who answers for it, or who leads (CAMP-01)."""

    duty: str
    done: bool = True
    text: str = ""


class AddFile(msgspec.Struct, omit_defaults=True):
    """`camp.file`, rid = new: a paper of the campaign (plan, notice), as the op's photos of it. `gone`, rid = known: taken off again."""

    campaign: str
    title: str
    gone: bool = False


class FindProblem(msgspec.Struct, omit_defaults=True):
    """`problem.find`, rid = new problem, by who found it (RCT). `fact`: the finding or visit it comes from."""

    unit: str
    source: Source
    code: str
    text: str
    level: Level = "minor"
    campaign: str = ""
    fact: str = ""


class OrderProblem(msgspec.Struct, omit_defaults=True):
    """`problem.order`, rid = problem: 整改通知, a demand with a term from the calendar (RCT-01). `owner` answers for it."""

    demand: str
    owner: str
    complexity: Complexity = "simple"


class AnswerProblem(msgspec.Struct, omit_defaults=True):
    """`problem.answer`, rid = problem: the unit or the owner says its part. `dispute`: it is not so; nobody is told of the problem before
    somebody else than who found it has ordered it all the same, or it is withdrawn (PTL-10).
    """

    text: str
    dispute: bool = False


class WithdrawProblem(msgspec.Struct):
    """`problem.withdraw`, rid = problem: it was entered by mistake (wrong unit, twice); by who entered it or who leads, never by who
    answers for it, with the reason. It stays in the record and counts nowhere (CON-44).
    """

    text: str


class SetMeasures(msgspec.Struct):
    """`problem.measures`, rid = problem: what the unit will do."""

    text: str


class ClaimDone(msgspec.Struct, omit_defaults=True):
    """`problem.claim`, rid = problem: it is rectified. `before`, `after`: hashes of the op's photos that show it (RCT-02)."""

    text: str
    before: list[str] = []
    after: list[str] = []


class VerifyProblem(msgspec.Struct, omit_defaults=True):
    """`problem.verify`, rid = problem: somebody else looked, and it is so or not (RCT-02). `text`: how; `unshown`: why there can be no
    material from before and after, of what was seen on the spot (`rct.proof`).
    """

    accept: bool
    text: str = ""
    unshown: str = ""


class CloseProblem(msgspec.Struct):
    """`problem.close`, rid = problem: closed as not done. Proof made before the term reopens it by itself (CON-36)."""

    text: str


class Progress(msgspec.Struct):
    """How far a unit is: found, claimed or beyond, verified; whether its self-check is in, and whether that was an empty one."""

    found: int
    rectified: int
    verified: int
    reported: bool
    zero: bool


class DutyDone(msgspec.Struct, omit_defaults=True):
    """A task that was reported as done: by whom, when (ms, trusted time), and what was said to it."""

    by: str
    at: int
    text: str = ""


class Campaign(msgspec.Struct, omit_defaults=True):
    """Row `campaign`, for the hall: plan and numbers by unit, no text of a problem (§7). `finished`: numbers of the phases done; `done`:
    task -> who reported it as done; `found_since`: number of a phase that had all verified -> problems of it that came in since.
    """

    title: str
    units: list[str]
    phases: list[Phase]
    first: str
    deputy: str
    targets: list[str]
    batches: list[Batch]
    finished: list[int]
    progress: dict[str, Progress]
    by: str
    heads: dict[str, str] = {}
    documents: list[str] = []
    done: dict[str, DutyDone] = {}
    found_since: dict[str, int] = {}


class FileRow(msgspec.Struct):
    """Row `camp.file`, for the hall: photos of a paper of the campaign."""

    campaign: str
    title: str
    by: str
    at: int
    blobs: list[Attached]


class OutputRow(msgspec.Struct, omit_defaults=True):
    """Row `camp.output`, for the hall: what a campaign has left behind."""

    campaign: str
    unit: str
    kind: OutputKind
    title: str
    day: str
    by: str
    text: str = ""
    figure: int | None = None


class CheckCoverage(msgspec.Struct):
    """A revealed inspection plan of the campaign, or all of them over its units (`title` ""): `needed` distinct units, how far it has come
    in all and by category (CHK-02, CHK-03).
    """

    title: str
    needed: int
    covered: Covered
    categories: dict[str, Covered]


class Summary(msgspec.Struct, omit_defaults=True):
    """Row `camp.summary`, rid = campaign, for OFF, EFF, CHECK and leaders: the final summary, made of the facts (CAMP-07).

    `codes`: (code, count), most frequent first; `good`: titles; `on_time`
    of those verified `with_term`; `recurred`: problems that came back; `found_since`: problems that came in after a phase they belong to
    had ended with all verified. `coverage`: of the campaign's units by all its plans, by visits made in its phase of acceptance.
    `extended`: problems that were given more time, and did not keep the first term; not `on_time`.
    """

    units: int
    reported: int
    found: int
    rectified: int
    verified: int
    on_time: int
    with_term: int
    returned: int
    recurred: int
    open: int
    codes: list[tuple[str, int]]
    sources: list[tuple[str, int]]
    rules: int
    trainings: int
    facilities: int
    good: list[str]
    evaluations: list[tuple[str, int]]
    checks: list[CheckCoverage]
    found_since: int = 0
    coverage: CheckCoverage | None = None
    extended: int = 0


class ProblemStep(msgspec.Struct, omit_defaults=True):
    """One step of a problem's way, by whom and when (ms, trusted time). `unshown`: why it was accepted without material; `owner`: whom an
    order was for.
    """

    step: Literal["found"] | StepKind
    by: str
    at: int
    text: str = ""
    unshown: str = ""
    owner: str = ""


class Problem(msgspec.Struct, omit_defaults=True):
    """Row `problem`: for the head of the unit, the owner, who found it, EFF, OFF, CHECK and leaders (§7).

    `due_at`, `due_day`: end of the term; `provisional`: it reaches a year whose calendar is not published, `was_due_day`: its end before
    it was; `recurs`: the problem that came back; `overdue`: not claimed by the end of the term; `unproven`: nobody can tell; `code_open`:
    of a self-check, the unit could not use this code; `many`: so many of this code in the unit that the section must act (RCT-04);
    `first_due_day`: end of the term given first, where a later order gave more before it was over; `extended`: it is over, and nothing was
    claimed in it (RCT-01); `proof`: what a claim is accepted by; `disputed`: the unit has said that it is not so, and nobody has decided
    since; `named`: who answers for the unit in its campaign beside its head; `item`: of a published result, that opened it by itself and
    takes it back by itself.
    """

    unit: str
    source: Source
    code: str
    text: str
    level: Level
    state: ProblemState
    steps: list[ProblemStep]
    found_at: int
    campaign: str = ""
    fact: str = ""
    demand: str = ""
    owner: str = ""
    due_at: int = 0
    due_day: str = ""
    provisional: bool = False
    was_due_day: str = ""
    recurs: str = ""
    overdue: bool = False
    unproven: bool = False
    first_due_day: str = ""
    extended: bool = False
    code_open: bool = False
    many: int = 0
    disputed: bool = False
    named: str = ""
    item: str = ""
    proof: Proof = "words"
    before: list[str] = []
    after: list[str] = []
    blobs: list[Attached] = []


OPS = (
    command("camp.put", 1, PutCampaign),
    command("camp.finish", 1, FinishPhase),
    evidence("camp.self_check", 1, SelfCheck),
    evidence("camp.output", 1, Output),
    evidence("camp.duty", 1, ReportDuty),
    evidence("camp.file", 1, AddFile),
    evidence("problem.find", 1, FindProblem),
    evidence("problem.answer", 1, AnswerProblem),
    command("problem.withdraw", 1, WithdrawProblem),
    command("problem.order", 1, OrderProblem),
    evidence("problem.measures", 1, SetMeasures),
    evidence("problem.claim", 1, ClaimDone),
    command("problem.verify", 1, VerifyProblem),
    command("problem.close", 1, CloseProblem),
)
ROWS = (
    RowKind("campaign", Campaign),
    RowKind("camp.output", OutputRow),
    RowKind("camp.file", FileRow),
    RowKind("camp.summary", Summary),
    RowKind("problem", Problem),
)
