"""What is said of a problem and decided on it, from the order to the end (RCT-01, RCT-02, CON-36, CON-44)."""

from typing import Any

from server.domain.base import APPLIED, Actor, Op, Outcome, Tx, held, refused
from server.domain.campaign.keep import proof_asked, save
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
from server.domain.campaign.rules import involved, proof_missing
from server.domain.campaign.show import LEADS, heads
from server.domain.campaign.tables import Fact, ProblemRecord
from server.domain.hall.blobs import bind
from server.domain.hall.rules import may_any
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
    if not _answers_for(op.actor, problem):
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
    if op.actor.unit == problem.unit or op.actor.uid == problem.owner:
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
    if not _answers_for(op.actor, problem):
        return held("NO_RIGHT")
    problem.facts.append(fact_of(op, "measures", op.a.text))
    save(tx, problem)
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
    problem.facts.append(fact_of(op, "claimed", op.a.text, before=op.a.before, after=op.a.after, blobs=bind(tx, op)))
    save(tx, problem)
    return APPLIED


def verify_problem(tx: Tx, op: Op[VerifyProblem]) -> Outcome:
    """Somebody without a part in it looks, at the material from before and after or at the thing itself (RCT-02)."""
    problem = _decided(tx, op)
    if isinstance(problem, Outcome):
        return problem
    if op.actor.unit == problem.unit or op.actor.uid in involved(problem):
        return refused("OWN_WORK")
    if problem.state != "claimed" or (not op.a.accept and not op.a.text.strip()):
        return refused("INVALID")
    if op.a.accept and proof_missing(problem.facts, proof_asked(tx.ask("hall"), problem), op.a.text, op.a.unshown):
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
    present = tx.version("problem", op.rid)
    if op.guard.get(op.rid, present) != present:
        return refused("STALE", present)
    return refused("GONE", present) if problem.lifted else problem


def _answers_for(actor: Actor, problem: ProblemRecord) -> bool:
    """Whoever was ever told to rectify it, may have done so before another was; and the head of the unit."""
    return actor.uid in {f.owner for f in problem.facts if f.kind == "ordered"} or heads(actor, problem.unit)
