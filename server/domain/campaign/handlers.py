"""What campaign and problem ops do (CAMP-01..07, RCT-01..05)."""

import hashlib
from collections.abc import Collection
from typing import Any, Literal

import msgspec

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held, refused
from server.domain.campaign import ops
from server.domain.campaign.ops import (
    ClaimDone,
    CloseProblem,
    FindProblem,
    OrderProblem,
    Proof,
    SelfCheck,
    SetMeasures,
    Source,
    VerifyProblem,
)
from server.domain.campaign.plans import add_file, finish_phase, output, put_campaign, report_duty, show_file
from server.domain.campaign.registers import MEASURES, registers
from server.domain.campaign.rules import (
    ENDED,
    ON_THE_SPOT,
    FoundFact,
    came_back,
    claimed_at,
    grades,
    is_overdue,
    is_unproven,
    ordered,
    orders_of,
    proof_missing,
    state_of,
    verified_at,
)
from server.domain.campaign.show import LEADS, campaign_checked, campaign_of, heads, problems_of, show_campaign, tell_lobby
from server.domain.campaign.tables import (
    CampaignRecord,
    DutyRecord,
    Fact,
    FileRecord,
    LobbyRecord,
    OutputRecord,
    ProblemRecord,
    SelfCheckRecord,
)
from server.domain.campaign.views import problem_face
from server.domain.hall.blobs import Attached, attached, bind, show_due
from server.domain.hall.leaving import leave_devices
from server.domain.hall.ops import Hall
from server.domain.hall.recount import calendar_changed, day_or_none, was_due
from server.domain.hall.rules import DAY_MS, FOREVER, day_of, may_any, rule, setting
from server.domain.hall.terms import Due, due_by
from server.domain.norms.rules import examples
from server.domain.visit.rules import Vetoed
from sync.clock import earliest, proven, within

FINDERS = ("INS", *LEADS)


def self_check(tx: Tx, op: Op[SelfCheck]) -> Outcome:
    """A unit's list; an empty one only with the head's signature (CAMP-03). Corrected at once is claimed at once.

    What the unit found against itself stands even under a code it may not use: that one is marked, nothing else waits for it.
    """
    a = op.a
    campaign = tx.get(CampaignRecord, a.campaign)
    if campaign is None:
        return held("REF_WAIT")
    if not heads(op.actor, a.unit):
        return held("NO_RIGHT")
    known = {p.rid for p in a.problems}
    if a.unit not in campaign.units:
        return held("INVALID")
    if (not a.problems and not a.signed.strip()) or len(known) != len(a.problems):
        return held("INVALID")
    if tx.get(SelfCheckRecord, op.rid) or any(tx.get(ProblemRecord, rid) for rid in known):
        return held("INVALID")
    check = SelfCheckRecord(
        rid=op.rid, campaign=a.campaign, unit=a.unit, by=op.actor.uid, at=op.window.at, zero=not a.problems, signed=a.signed
    )
    tx.put(check)
    for one in a.problems:
        problem = _found(op, one.rid, a.unit, "self_check", one.code, one.text, one.level, a.campaign, "")
        problem.code_open = bool(_code_barred(tx, op, a.unit, one.code))
        if one.fixed:
            problem.facts.append(_fact(op, "claimed", one.fixed, "fixed"))
        _save(tx, problem)
    show_campaign(tx, a.campaign)
    return APPLIED


def find_problem(tx: Tx, op: Op[FindProblem]) -> Outcome:
    """A problem enters the list, whoever found it (RCT). What it rests on must be known: a visit nobody was told of is as unknown as one
    there is none of (PRV-15, CHK-05).
    """
    a = op.a
    if not may_any(op.actor, *FINDERS) and not heads(op.actor, a.unit):
        return held("NO_RIGHT")
    if a.campaign and tx.get(CampaignRecord, a.campaign) is None:
        return held("REF_WAIT")
    if tx.ask("unit", unit=a.unit) is None or not a.text.strip() or tx.get(ProblemRecord, op.rid):
        return held("INVALID")
    if barred := _code_barred(tx, op, a.unit, a.code):
        return held(barred)
    stands = _stands(tx, a.fact) if a.fact else True
    if stands is None:
        return held("REF_WAIT")
    problem = _found(op, op.rid, a.unit, a.source, a.code, a.text, a.level, a.campaign, a.fact)
    problem.lifted = not stands
    _save(tx, problem)
    return APPLIED


def _stands(tx: Tx, fact: str) -> bool | None:
    """Whether the sighting or published result a problem rests on was not taken back (CON-44); None: nobody was told of one."""
    told = [tx.ask("sighting_stands", sighting=fact)] if tx.knows("sighting_stands") else []
    told += [tx.ask("result_stands", result=fact)] if tx.knows("result_stands") else []
    return next((one for one in told if one is not None), None)


def facts_moved(tx: Tx, *, facts: Collection[str]) -> None:
    """Sightings or results were taken back, or published again: a problem made from one stands and falls with it (CON-44). Those a result
    opened by itself follow from its items (`vetoed`).
    """
    for fact in sorted(facts):
        stands = _stands(tx, fact)
        for problem in tx.find(ProblemRecord, "fact = ? AND item = ''", [fact]):
            if problem.lifted is stands:
                problem.lifted = not stands
                _save(tx, problem)


def _code_barred(tx: Tx, op: Op[Any], unit: str, code: str) -> str:
    """Why this person could not record this code about a unit (PRH-01, PRH-04), "", by the rules of the day it was said (GEN-03);
    a site without norms knows the shipped ones.
    """
    if not tx.knows("code_barred"):
        return "" if code in examples().codes else "INVALID"
    hall: Hall = tx.ask("hall")
    day = day_of(within(op.window, op.window.at), hall.tz)
    barred: str = tx.ask("code_barred", code=code, roles=op.actor.roles, unit=unit, day=day)
    return barred


def _found(
    op: Op[Any], rid: str, unit: str, source: Source, code: str, text: str, level: ops.Level, campaign: str, fact: str
) -> ProblemRecord:
    return ProblemRecord(
        rid=rid,
        unit=unit,
        source=source,
        code=code,
        text=text,
        level=level,
        campaign=campaign,
        fact=fact,
        by=op.actor.uid,
        found_at=op.window.at,
    )


def _fact(op: Op[Any], kind: Any, text: str, part: str = "", **more: Any) -> Fact:
    at = op.window.at
    return Fact(
        op=op.id + part,
        kind=kind,
        by=op.actor.uid,
        at=at,
        grade=op.window.grade,
        early_at=earliest(op.window, at),
        proven_at=proven(op.window, at),
        text=text,
        **more,
    )


def order_problem(tx: Tx, op: Op[OrderProblem]) -> Outcome:
    """整改通知: what must be done, by whom, by when (RCT-01)."""
    problem = _decided(tx, op)
    if isinstance(problem, Outcome):
        return problem
    if tx.ask("person", uid=op.a.owner) is None or not op.a.demand.strip():
        return refused("INVALID")
    problem.facts.append(_fact(op, "ordered", op.a.demand, owner=op.a.owner, complexity=op.a.complexity))
    _save(tx, problem)
    return APPLIED


def set_measures(tx: Tx, op: Op[SetMeasures]) -> Outcome:
    """整改措施."""
    problem = tx.get(ProblemRecord, op.rid)
    if problem is None:
        return held("REF_WAIT")
    if not _answers_for(op.actor, problem):
        return held("NO_RIGHT")
    problem.facts.append(_fact(op, "measures", op.a.text))
    _save(tx, problem)
    return APPLIED


def claim_done(tx: Tx, op: Op[ClaimDone]) -> Outcome:
    """It is rectified, with material from before and after; taken whenever it arrives, with it or without (RCT-02, CON-36)."""
    problem = tx.get(ProblemRecord, op.rid)
    if problem is None:
        return held("REF_WAIT")
    if not _answers_for(op.actor, problem):
        return held("NO_RIGHT")
    if not op.a.text.strip() or not {*op.a.before, *op.a.after} <= {blob.sha256 for blob in op.blobs}:
        return held("INVALID")
    problem.facts.append(_fact(op, "claimed", op.a.text, before=op.a.before, after=op.a.after, blobs=bind(tx, op)))
    _save(tx, problem)
    return APPLIED


def verify_problem(tx: Tx, op: Op[VerifyProblem]) -> Outcome:
    """Somebody else than the unit, the owner and whoever claimed it looks, at the material from before and after or at the thing itself
    (RCT-02).
    """
    problem = _decided(tx, op)
    if isinstance(problem, Outcome):
        return problem
    involved = {problem.owner, *(f.by for f in problem.facts if f.kind == "claimed")}
    if op.actor.unit == problem.unit or op.actor.uid in involved:
        return refused("OWN_WORK")
    if problem.state != "claimed" or (not op.a.accept and not op.a.text.strip()):
        return refused("INVALID")
    if op.a.accept and proof_missing(problem.facts, _proof(tx.ask("hall"), problem), op.a.text, op.a.unshown):
        return refused("NO_PROOF")
    problem.facts.append(_fact(op, "verified" if op.a.accept else "returned", op.a.text, unshown=op.a.unshown))
    _save(tx, problem)
    return APPLIED


def close_problem(tx: Tx, op: Op[CloseProblem]) -> Outcome:
    """Closed as not done (CON-36)."""
    problem = _decided(tx, op)
    if isinstance(problem, Outcome):
        return problem
    if problem.state == "verified":
        return refused("GONE", tx.version("problem", op.rid))
    if not op.a.text.strip():
        return refused("INVALID")
    problem.facts.append(_fact(op, "not_done", op.a.text))
    _save(tx, problem)
    return APPLIED


def _decided(tx: Tx, op: Op[Any]) -> ProblemRecord | Outcome:
    """The problem, when this actor may decide on the version named in `if`."""
    problem = tx.get(ProblemRecord, op.rid)
    if problem is None or not may_any(op.actor, *FINDERS):
        return refused("NO_RIGHT")
    present = tx.version("problem", op.rid)
    if op.guard.get(op.rid, present) != present:
        return refused("STALE", present)
    return refused("GONE", present) if problem.lifted else problem


def _answers_for(actor: Actor, problem: ProblemRecord) -> bool:
    return actor.uid == problem.owner or heads(actor, problem.unit)


def _save(tx: Tx, problem: ProblemRecord) -> None:
    """Keep a problem; what recurs and how many there are follows from all of its code in the unit."""
    tx.put(problem)
    same = _same(tx, problem)
    weighed = _weighed(tx, same)
    for one in same:
        _show(tx, one, same, weighed)
    if problem.campaign:
        show_campaign(tx, problem.campaign)


def _weighed(tx: Tx, same: list[ProblemRecord]) -> dict[str, tuple[str, ops.Level]]:
    hall: Hall = tx.ask("hall")
    return grades(same, lambda at: _window_ms(hall, at))


def _window_ms(hall: Hall, at: int) -> int:
    """How long after `at` (ms) another of its kind is the same come back (RCT-03)."""
    return rule(hall, "rct.recurrence_days", at) * DAY_MS


def _same(tx: Tx, problem: ProblemRecord) -> list[ProblemRecord]:
    """Every problem of its code in its unit, itself among them."""
    return tx.find(ProblemRecord, "unit = ? AND code = ?", [problem.unit, problem.code])


def _show(tx: Tx, problem: ProblemRecord, same: list[ProblemRecord], weighed: dict[str, tuple[str, ops.Level]]) -> None:
    """Derive what follows for a problem among those of its kind, and show it. `weighed`: what `grades` says of them."""
    hall: Hall = tx.ask("hall")
    orders = orders_of(problem.facts, lambda order: _term(hall, order).at)
    order = next((f for f in reversed(ordered(problem.facts)) if f.kind == "ordered"), None)
    term = _term(hall, order) if order else None
    problem.owner = order.owner if order else ""
    due_at = term.at if term else 0
    same_term = order is not None and order.op == problem.due_for
    problem.was_due_at = was_due(problem.due_at, problem.was_due_at, due_at) if same_term else 0
    problem.due_at, problem.due_for = due_at, order.op if order else ""
    problem.state = "lifted" if problem.lifted else state_of(problem.facts, problem.due_at or FOREVER)
    problem.overdue = not problem.lifted and is_overdue(problem.facts, orders, tx.now)
    problem.unproven = not problem.lifted and is_unproven(problem.facts, orders, tx.now)
    problem.recurs, problem.grade = weighed[problem.rid]
    problem.demand = order.text if order else ""
    problem.claimed_at = claimed_at(problem.facts)
    problem.closed_at = verified_at(problem.facts) if problem.state == "verified" else 0
    others = (o.found_at for o in same if o.rid != problem.rid and not o.lifted)
    problem.came_back = came_back(problem.closed_at, others, _window_ms(hall, problem.closed_at))
    tx.put(problem)
    near = [o for o in same if not o.lifted and abs(o.found_at - problem.found_at) <= _window_ms(hall, problem.found_at)]
    many = len(near) if len(near) >= rule(hall, "rct.collective_count", problem.found_at) else 0
    shown = _photos(tx, problem)
    tx.project(problem_face(problem, term, many, _proof(hall, problem), shown, day_or_none(problem.was_due_at, hall.tz)))


def _proof(hall: Hall, problem: ProblemRecord) -> Proof:
    """What the hall asked for as proof on the day the problem was found (GEN-03)."""
    asked: Proof = "words"
    if problem.source in ON_THE_SPOT:
        asked = msgspec.convert(setting(hall, "rct.proof", problem.found_at), Proof)
    return asked


def _term(hall: Hall, order: Fact) -> Due:
    days: Literal["rct.simple_days", "rct.complex_days"] = "rct.complex_days" if order.complexity == "complex" else "rct.simple_days"
    return due_by(hall, days, order.at)


def _photos(tx: Tx, problem: ProblemRecord) -> list[Attached]:
    """The material of every claim; what is missing is a work item of whoever sent it and of the office."""
    shown: list[Attached] = []
    for fact in problem.facts:
        if fact.blobs:
            mine = attached(tx, fact.by, fact.blobs)
            show_due(tx, "problem", problem.rid, fact.by, mine, {"role:OFF", f"u:{fact.by}"}, fact.at)
            shown += mine
    return shown


def show_again(tx: Tx, rid: str) -> None:
    """A photo of a problem, or of a paper, has arrived."""
    if file := tx.get(FileRecord, rid):
        show_file(tx, file)
    if problem := tx.get(ProblemRecord, rid):
        same = _same(tx, problem)
        _show(tx, problem, same, _weighed(tx, same))


def problems_found(tx: Tx, *, from_at: int, to_at: int) -> list[FoundFact]:
    """Problems found between two moments (ms), by time."""
    found = tx.find(ProblemRecord, "found_at >= ? AND found_at < ?", [from_at, to_at], "found_at, rid")
    return [
        FoundFact(p.unit, p.code, p.found_at, p.source, any(f.kind == "ordered" for f in p.facts), p.fact) for p in found if not p.lifted
    ]


def vetoed(tx: Tx, *, result: str, unit: str, by: str, at: int, campaign: str, items: list[Vetoed]) -> None:
    """★ items that failed in a published result are problems at once; those that are not named any more are lifted (§6)."""
    named = {one.item: one for one in items}
    known = {p.item: p for p in tx.find(ProblemRecord, "fact = ?", [result]) if p.item}
    for item, problem in known.items():
        if problem.lifted is (item in named):
            problem.lifted = item not in named
            _save(tx, problem)
    for item, one in named.items():
        if item not in known:
            # The same result opens the same problem, whenever it is asked: short enough to stand in the address of a photo.
            rid = hashlib.sha256(f"{result}.{item}".encode()).hexdigest()[:32]
            problem = ProblemRecord(
                rid=rid,
                unit=unit,
                source="covert",
                code=one.code,
                text=one.text,
                level="grave",
                campaign=campaign,
                fact=result,
                by=by,
                found_at=at,
                item=item,
            )
            _save(tx, problem)


def tick(tx: Tx) -> None:
    """Terms that have ended; what was closed long ago leaves the devices."""
    tell_lobby(tx)
    leave_devices(tx, ProblemRecord, "found_at", "problem", is_open=lambda one: one.state not in ENDED)
    hall: Hall = tx.ask("hall")
    for problem in tx.find(ProblemRecord, "due_at > 0") if calendar_changed(tx, "campaign") else []:
        if problem.state not in ENDED:
            _save(tx, problem)
    open_terms = "overdue = ? AND unproven = ? AND lifted = ? AND due_at > 0 AND due_at < ?"
    for problem in tx.find(ProblemRecord, open_terms, [False, False, False, tx.now]):
        orders = orders_of(problem.facts, lambda order: _term(hall, order).at)
        if is_overdue(problem.facts, orders, tx.now) or is_unproven(problem.facts, orders, tx.now):
            _save(tx, problem)


def sealed(tx: Tx, _rid: str, args: bytes, uid: str) -> frozenset[str] | None:
    """Who hears of a held problem that rests on a check, or on a visit nobody was told of: the check leads alone (CHK-05); None for any
    other. Whether there is such a visit cannot be told from it by who is not of its team.
    """
    try:
        said = msgspec.json.decode(args, type=Named)
    except (msgspec.MsgspecError, RecursionError):
        return None
    of_check = bool(said.fact) and (said.source == "covert" or (tx.knows("visit_team") and uid in tx.ask("visit_team", visit=said.fact)))
    return frozenset({"role:CHECK"}) if of_check else None


class Named(msgspec.Struct):
    """What a problem says it rests on."""

    source: str = ""
    fact: str = ""


DOMAIN = Domain(
    name="campaign",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(CampaignRecord, SelfCheckRecord, OutputRecord, ProblemRecord, DutyRecord, FileRecord, LobbyRecord),
    handlers={
        "camp.put": put_campaign,
        "camp.finish": finish_phase,
        "camp.self_check": self_check,
        "camp.output": output,
        "camp.duty": report_duty,
        "camp.file": add_file,
        "problem.find": find_problem,
        "problem.order": order_problem,
        "problem.measures": set_measures,
        "problem.claim": claim_done,
        "problem.verify": verify_problem,
        "problem.close": close_problem,
    },
    tick=tick,
    answers={
        "problems_of": problems_of,
        "campaign": campaign_of,
        "problems_found": problems_found,
        "vetoed": vetoed,
        "facts_moved": facts_moved,
        "campaign_checked": campaign_checked,
    },
    attached=show_again,
    sealed=sealed,
    registers=registers({code: rule.names for code, rule in examples().codes.items()}),
    measures=MEASURES,
)
