"""检查方案 inspection plans (CHK-01..05): what a lead lays down before the period, what was drawn, and what is published afterwards."""

from typing import Literal

import msgspec

from server.domain.hall.ops import Names
from server.domain.visit.draw import Drawn, Inputs
from server.domain.visit.ops import Method
from sync.ops import RowKind, command

PlanState = Literal["committed", "drawn", "revealed", "dropped"]


class CommitPlan(msgspec.Struct, omit_defaults=True):
    """`plan.commit`, rid = new plan: the scope is frozen and the lead bound to a `secret` (64 hex digits) before the period begins.

    `units`: the frozen scope; `visitors`: who may be drawn; `recused`: uid -> units with which he or she has a tie, the own unit is
    added by itself; `from_day`, `to_day` ISO, both in the period; `slots`: names of times of day. `coverage_percent`, `team_size`: not
    below the hall's `chk.coverage_min_percent`, `chk.team_min`. `campaign`: whose acceptance it is part of; its summary tells of it, once
    it is revealed (CAMP-07).
    """

    title: str
    method: Method
    checklist: str
    units: list[str]
    visitors: list[str]
    from_day: str
    to_day: str
    slots: list[str]
    secret: str
    recused: dict[str, list[str]] = {}
    coverage_percent: int | None = None
    team_size: int | None = None
    story: str = ""
    campaign: str = ""


class DrawPlan(msgspec.Struct):
    """`plan.draw`, rid = plan: asks for the draw, which happens by itself once the log has the minute after the commitment. Applied as well
    when it was made already.
    """


class RevealPlan(msgspec.Struct, omit_defaults=True):
    """`plan.reveal`, rid = plan: after the period everything the draw rests on is published, so that anybody can repeat it (CHK-04).

    Left alone it is published 14 days later by itself; 90 days later while a result of it is sealed.
    """

    text: str = ""


class DropPlan(msgspec.Struct):
    """`plan.drop`, rid = plan: given up, with the reason. Open missions are withdrawn; after its period the plan is revealed all the same,
    with the reason and with what it draws or would have drawn.
    """

    text: str


class ReplaceVisit(msgspec.Struct):
    """`plan.replace`, rid = plan: the drawn visit to `unit` is void, or cannot be made, and why; the draw gives another in its place.

    The reason is published with the draw, so it names no visitor.
    """

    unit: str
    text: str


class PublishPlan(msgspec.Struct, omit_defaults=True):
    """`plan.publish`, rid = plan, `if` the versions of these `visits`: all that is finished and fact-checked is published together, each as
    `visit.publish` would (CHK-09, PRV-17). `unchecked`: also what the unit was not asked to check. What cannot be is left, and named.
    """

    visits: list[str]
    unchecked: bool = False
    text: str = ""


class HandOverPlan(msgspec.Struct):
    """`plan.hand_over`, rid = plan, `if` its version: another check lead, `to`, leads it from now on, with all that belongs to it, and why.

    By its lead; by any check lead who sees it once its own is gone, or has left a result sealed until it was revealed by itself. Whoever
    led it sees it no more.
    """

    to: str
    text: str


class HandedOver(msgspec.Struct):
    """Who led a plan before (`of`), who does since `at` (ms), "" while nobody does; who said so, "" where the lead was gone, and why."""

    of: str
    to: str
    by: str
    at: int
    text: str


class LeftOut(msgspec.Struct):
    """A result of a plan that was not published with the others, and why (`sync.errors.CODES`)."""

    visit: str
    code: str


class Covered(msgspec.Struct):
    """How far a plan has come: in one stratum, or in all. `drawn`: units to be visited, substitutes among them and not what they replace;
    `reached`: distinct units with a published visit; `windows`: distinct windows.
    """

    units: int
    drawn: int
    reached: int
    windows: int
    windows_reached: int


class Plan(msgspec.Struct, omit_defaults=True):
    """Row `plan`, for its lead alone until it is revealed (CHK-05); without one (`lead` "") or left alone by it, for the check leads who
    may take it over. `handed`: who led it before.

    `categories`: coverage by stratum (CHK-03); `needed` distinct units. `published_at`: when results were last published together (ms),
    `left`: which were not, and why. `ready`: the log has the minute of the draw. `lapsed`: dropped by itself, for its period was over
    before it could be drawn. `replaced`: units whose visit was replaced by another, and why.
    """

    title: str
    method: Method
    checklist: str
    lead: str
    state: PlanState
    from_day: str
    to_day: str
    commitment: str
    committed_at: int
    coverage_percent: int
    team_size: int
    needed: int
    covered: Covered
    categories: dict[str, Covered]
    ready: bool
    names: dict[str, str]
    missions: list[str] = []
    text: str = ""
    campaign: str = ""
    published_at: int = 0
    left: list[LeftOut] = []
    lapsed: bool = False
    replaced: dict[str, str] = {}
    handed: list[HandedOver] = []


class Replacement(msgspec.Struct):
    """The drawn visit to `unit` was replaced, on which day (ISO) and when (ms), and why; the `visit` the draw gave instead."""

    unit: str
    day: str
    text: str
    at: int
    visit: Drawn


class LogReplaced(msgspec.Struct):
    """What the evidence log says of one replacement: with `nonce` (hex) the `record`, a `.tlog-proof`, opens to it."""

    nonce: str
    record: str


class LogProof(msgspec.Struct, omit_defaults=True):
    """What the evidence log says of a draw, for anybody: with `nonce` (hex) it opens to the commitment. `record`, `minute`, `before`:
    `.tlog-proof` texts of the op that held it, of the minute `entry` is the root of, and of the minute before that ("" for none);
    `replaced`: one for each replacement.
    """

    nonce: str
    record: str
    before: str
    minute: str
    replaced: list[LogReplaced] = []


class DrawPublic(msgspec.Struct, omit_defaults=True):
    """Row `plan.public`, for the hall once revealed: the file `zaigang_draw.py` reads, and what it is about. Visitors stand under aliases.

    `secret`: a hash of the one the lead gave, from which the aliases are made and which stays sealed. `recused` names units of the scope
    only, and not why. What remains to be inferred: where few people have a tie to a unit of the scope, who knows that may guess an alias.

    `op`: id of the op that held scope and secret; `log`: that it stood in the log before the period, and that `entry` is the minute after
    it, for anybody to check; nothing else of the op can be read from it. `tz`: of the days. `entry` "" and nothing `drawn`: the log had no
    such minute yet. `dropped`: given up, with the reason in `text`; `drawn` is what it drew or would have drawn; `lapsed` as in `Plan`.
    `replaced`: drawn visits that came to nothing, in their order, and the substitutes. `unit_names`: the units, for readers.
    `struck`: unit -> how many sheets of its visits were declared void or taken back; not why, since that may name a visitor.
    """

    title: str
    method: Method
    from_day: str
    to_day: str
    committed_at: int
    revealed_at: int
    op: str
    inputs: Inputs
    secret: str
    entry: str
    commitment: str
    drawn: list[Drawn]
    covered: Covered
    categories: dict[str, Covered]
    unit_names: dict[str, Names]
    dropped: bool = False
    text: str = ""
    lapsed: bool = False
    tz: str = ""
    log: LogProof | None = None
    replaced: list[Replacement] = []
    struck: dict[str, int] = {}


OPS = (
    command("plan.commit", 1, CommitPlan),
    command("plan.draw", 1, DrawPlan, guarded=False),
    command("plan.replace", 1, ReplaceVisit),
    command("plan.publish", 1, PublishPlan),
    command("plan.reveal", 1, RevealPlan),
    command("plan.drop", 1, DropPlan),
    command("plan.hand_over", 1, HandOverPlan),
)
ROWS = (RowKind("plan", Plan, sealed=True), RowKind("plan.public", DrawPublic))
