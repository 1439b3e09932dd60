"""What is said of a problem and decided on it, from the order to the end (RCT-01, RCT-02, CON-36, CON-44)."""

from collections.abc import Set
from typing import Any

from server.domain.base import APPLIED, Op, Outcome, Tx, held, refused, stale
from server.domain.campaign.keep import come, proof_asked, save
from server.domain.campaign.ops import (
    AnswerProblem,
    ClaimDone,
    CloseProblem,
    OrderProblem,
    SetMeasures,
    StepKind,
    VerifyProblem,
    WithdrawProblem,
)
from server.domain.campaign.rules import involved, proof_missing, seen_at
from server.domain.campaign.show import LEADS, heads, named
from server.domain.campaign.tables import CampaignRecord, Fact, ProblemRecord
from server.domain.hall.blobs import bind
from server.domain.hall.here import hall_of
from server.domain.hall.rules import may_any
from server.domain.hall.tables import PersonRecord
from sync.clock import earliest, proven

FINDERS = ("INS", *LEADS)


def fact_of(op: Op[Any], kind: StepKind, text: str, part: str = "", **more: Any) -> Fact:
    """What an op says of a problem; `part` tells the facts of one op apart."""
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
        unit=op.actor.unit,
        **more,
    )


def order_problem(tx: Tx, op: Op[OrderProblem]) -> Outcome:
    """整改通知: what must be done, by whom, by when (RCT-01). It opens what was closed as not done again, and nothing that is verified."""
    problem = _decided(tx, op)
    if isinstance(problem, Outcome):
        return problem
    if problem.state == "verified":
        return refused("GONE", tx.version("problem", op.rid))
    if tx.ask("person", uid=op.a.owner) is None or not op.a.demand.strip():
        return refused("INVALID")
    problem.facts.append(fact_of(op, "ordered", op.a.demand, owner=op.a.owner, complexity=op.a.complexity))
    save(tx, problem)
    return APPLIED


def answer_problem(tx: Tx, op: Op[AnswerProblem]) -> Outcome:
    """陈述: the unit or the owner says its part, or that it is not so; kept whenever it comes."""
    problem = tx.get(ProblemRecord, op.rid)
    if problem is None:
        return held("REF_WAIT")
    if not _answers_for(tx, op, problem):
        return held("NO_RIGHT")
    if not op.a.text.strip():
        return held("INVALID")
    problem.facts.append(fact_of(op, "disputed" if op.a.dispute else "answered", op.a.text))
    save(tx, problem)
    return APPLIED


def withdraw_problem(tx: Tx, op: Op[WithdrawProblem]) -> Outcome:
    """撤销: entered by mistake, says who entered it or who leads, never who answers for it; one a result has opened falls with that result
    alone (CON-44).
    """
    problem = _decided(tx, op)
    if isinstance(problem, Outcome):
        return problem
    if op.actor.uid != problem.by and not may_any(op.actor, *LEADS):
        return refused("NO_RIGHT")
    if op.actor.uid == problem.owner or _own_work(tx, op, problem, {problem.owner}):
        return refused("OWN_WORK")
    if problem.item or not op.a.text.strip():
        return refused("INVALID")
    problem.facts.append(fact_of(op, "withdrawn", op.a.text))
    problem.lifted = True
    save(tx, problem)
    return APPLIED


def set_measures(tx: Tx, op: Op[SetMeasures]) -> Outcome:
    """整改措施."""
    problem = tx.get(ProblemRecord, op.rid)
    if problem is None:
        return held("REF_WAIT")
    if not _answers_for(tx, op, problem):
        return held("NO_RIGHT")
    problem.facts.append(fact_of(op, "measures", op.a.text))
    save(tx, problem)
    return APPLIED


def claim_done(tx: Tx, op: Op[ClaimDone]) -> Outcome:
    """It is rectified, with material from before and after; taken whenever it arrives, with it or without (RCT-02, CON-36)."""
    problem = tx.get(ProblemRecord, op.rid)
    if problem is None:
        return held("REF_WAIT")
    if not _answers_for(tx, op, problem):
        return held("NO_RIGHT")
    if not op.a.text.strip() or not {*op.a.before, *op.a.after} <= {blob.sha256 for blob in op.blobs}:
        return held("INVALID")
    problem.facts.append(fact_of(op, "claimed", op.a.text, before=op.a.before, after=op.a.after, blobs=bind(tx, op)))
    save(tx, problem)
    return APPLIED


def verify_problem(tx: Tx, op: Op[VerifyProblem]) -> Outcome:
    """Somebody without a part in it looks, at the material from before and after or at the thing itself (RCT-02)."""
    problem = _decided(tx, op)
    if isinstance(problem, Outcome):
        return problem
    if op.actor.uid in (doers := involved(problem)) or _own_work(tx, op, problem, doers):
        return refused("OWN_WORK")
    if problem.state != "claimed" or (not op.a.accept and not op.a.text.strip()):
        return refused("INVALID")
    if op.a.accept and proof_missing(problem.facts, come(tx, problem), proof_asked(hall_of(tx), problem), op.a.text, op.a.unshown):
        return refused("NO_PROOF")
    problem.facts.append(fact_of(op, "verified" if op.a.accept else "returned", op.a.text, unshown=op.a.unshown))
    save(tx, problem)
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
    problem.facts.append(fact_of(op, "not_done", op.a.text))
    save(tx, problem)
    return APPLIED


def _decided(tx: Tx, op: Op[Any]) -> ProblemRecord | Outcome:
    """The problem, when this actor may decide on the version named in `if`."""
    problem = tx.get(ProblemRecord, op.rid)
    if problem is None or not may_any(op.actor, *FINDERS):
        return refused("NO_RIGHT")
    if old := stale(tx, op, "problem"):
        return old
    return refused("GONE", tx.version("problem", op.rid)) if problem.lifted else problem


def _answers_for(tx: Tx, op: Op[Any], problem: ProblemRecord) -> bool:
    """Whoever was ever told to rectify it, may have done so before another was; the head of the unit, and who is named beside him."""
    owners = {f.owner for f in problem.facts if f.kind == "ordered"}
    return op.actor.uid in owners or heads(op.actor, problem.unit) or named(tx.get(CampaignRecord, problem.campaign), op, problem.unit)


def _own_work(tx: Tx, op: Op[Any], problem: ProblemRecord, but: Set[str]) -> bool:
    """Whether this person answers for it: of its unit, or named for the unit in the campaign, now; or once, though another can judge who
    never did and is not one of `but` (RCT-02). Whether somebody leads checks bears on nothing here: nobody is to learn of it (CHK-05).
    """
    campaign = tx.get(CampaignRecord, problem.campaign)
    if op.actor.unit == problem.unit or (campaign and campaign.heads.get(problem.unit) == op.actor.uid):
        return True
    if not _had_part(tx, problem, campaign, op.actor.uid, openly=False):
        return False
    others: list[PersonRecord] = tx.ask("people")
    able = (one for one in others if not one.left and not {*FINDERS}.isdisjoint({*one.roles} - {"CHECK"}))
    free = (one for one in able if one.unit != problem.unit and one.rid not in {op.actor.uid, *but})
    return any(not _had_part(tx, problem, campaign, one.rid, openly=True) for one in free)


def _had_part(tx: Tx, problem: ProblemRecord, campaign: CampaignRecord | None, uid: str, *, openly: bool) -> bool:
    """Of its unit on any day from when it was seen until it was claimed done, with a tie to it, or named for the unit since it was seen."""
    seen, done_at = seen_at(problem), max((f.at for f in problem.facts if f.kind == "claimed"), default=problem.found_at)
    if tx.knows("belonged") and tx.ask("belonged", uid=uid, unit=problem.unit, from_at=seen, to_at=done_at, openly=openly):
        return True
    named_then = [(b.unit, b.uid) for b in campaign.heads_before if b.until_at > seen] if campaign else []
    return (problem.unit, uid) in [*named_then, *(campaign.heads.items() if campaign else ())]
