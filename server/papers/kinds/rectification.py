"""DOC-16 整改通知书 and 整改回执 (RCT-01, RCT-02): what must be put right, by whom, by when; and what was done. rid: the problem."""

from server.domain.campaign.ops import Campaign, Problem, ProblemStep
from server.domain.norms.ops import CodeRow
from server.papers.faces import Kind, Reader
from server.papers.values import Value, Values, at, day, names, word

CLAIMED = frozenset({"claimed", "verified", "returned", "not_done"})
RESULTS = {"verified": "verified", "returned": "returned", "not_done": "not_done"}


def code_name(reader: Reader, code: str) -> Value:
    """What a code is called today; the code itself when this reader knows of none."""
    today = reader.day(reader.now)
    known = [one.rule for one in reader.faces.all("code", CodeRow).values() if one.code == code and one.rule.valid_from <= today]
    return names(max(known, key=lambda rule: rule.valid_from).names) if known else code


def _last(problem: Problem, *steps: str) -> ProblemStep | None:
    return next((one for one in reversed(problem.steps) if one.step in steps), None)


def order(reader: Reader, rid: str) -> Values | None:
    """整改通知书, of a problem that was ordered to be put right."""
    problem = reader.faces.get("problem", rid, Problem)
    if problem is None or not problem.demand:
        return None
    campaign = reader.faces.get("campaign", problem.campaign, Campaign) if problem.campaign else None
    return {
        "unit": reader.unit(problem.unit),
        "source": word(f"source.{problem.source}"),
        "campaign": campaign.title if campaign else None,
        "problem": code_name(reader, problem.code),
        "level": word(f"level.{problem.level}"),
        "facts": problem.text,
        "recurs": word("recurs.yes") if problem.recurs else None,
        "basis": word("basis.campaign" if campaign else "basis.rules"),
        "demand": problem.demand,
        "owner": reader.name(problem.owner),
        "due": day(problem.due_day),
        "first_due": _first_due(problem),
        "contact": reader.hall.phone or None,
        "sign_head": None,
        "sign_office": None,
    }


def _first_due(problem: Problem) -> Value:
    """Until when it was to be rectified at first, where more time was given since (RCT-01)."""
    return day(problem.first_due_day) if problem.first_due_day else None


def reply(reader: Reader, rid: str) -> Values | None:
    """整改回执: measures, proof, who answers for it, and what whoever verified it says."""
    problem = reader.faces.get("problem", rid, Problem)
    claim = _last(problem, "claimed") if problem else None
    if problem is None or claim is None or problem.state not in CLAIMED:
        return None
    measures, verdict = _last(problem, "measures"), _last(problem, "verified", "returned", "not_done")
    judged = verdict if problem.state in RESULTS else None
    return {
        "unit": reader.unit(problem.unit),
        "problem": code_name(reader, problem.code),
        "demand": problem.demand or None,
        "due": day(problem.due_day) if problem.due_day else None,
        "first_due": _first_due(problem),
        "owner": reader.name(problem.owner),
        "measures": measures.text if measures else "",
        "done": claim.text,
        "proof": word("proof_of", before=str(len(problem.before)), after=str(len(problem.after))),
        "claimed": at(claim.at),
        "responsible": reader.name(claim.by),
        "result": word(f"result.{RESULTS.get(problem.state, 'waits')}"),
        "opinion": " · ".join(filter(None, (judged.text, judged.unshown))) if judged else "",
        "verified_by": reader.name(judged.by) if judged else "",
        "verified": at(judged.at) if judged else "",
        "sign_owner": reader.name(problem.owner),
        "sign_head": None,
        "sign_verifier": reader.name(judged.by) if judged else None,
    }


ORDER = Kind("rectify_order", order)
REPLY = Kind("rectify_reply", reply)
