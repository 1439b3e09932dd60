"""What campaign and problem ops do (CAMP-01..07, RCT-01..05)."""

import hashlib
import unicodedata
from collections.abc import Collection
from typing import Any

import msgspec

from server.domain.base import APPLIED, Domain, Op, Outcome, Tx, held
from server.domain.campaign import ops, steps
from server.domain.campaign.keep import enter, given_orders, save, stand_again
from server.domain.campaign.ops import FindProblem, SelfCheck, Source
from server.domain.campaign.plans import add_file, finish_phase, output, put_campaign, report_duty, show_file
from server.domain.campaign.registers import MEASURES, registers
from server.domain.campaign.rules import ENDED, FoundFact, is_confirmed, is_extended, is_overdue, is_unproven
from server.domain.campaign.show import campaign_checked, campaign_of, heads, named, show_campaign, tell_lobby
from server.domain.campaign.steps import FINDERS, fact_of
from server.domain.campaign.tables import (
    CampaignRecord,
    DutyRecord,
    FileRecord,
    LobbyRecord,
    OutputRecord,
    ProblemRecord,
    SelfCheckRecord,
)
from server.domain.hall.audiences import CHECK_LEADS
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.leaving import leave_devices
from server.domain.hall.recount import calendar_changed
from server.domain.hall.rules import day_of, may_any
from server.domain.hall.terms import due_by
from server.domain.norms.rules import examples
from server.domain.visit.rules import Vetoed
from sync.clock import within


def self_check(tx: Tx, op: Op[SelfCheck]) -> Outcome:
    """A unit's list; an empty one only with the signature of who says so (CAMP-03). Corrected at once is claimed at once.

    What the unit found against itself stands even under a code it may not use: that one is marked, nothing else waits for it.
    """
    a = op.a
    campaign = tx.get(CampaignRecord, a.campaign)
    if campaign is None:
        return held("REF_WAIT")
    if not heads(op.actor, a.unit) and not named(campaign, op, a.unit):
        return held("NO_RIGHT")
    known = {p.rid for p in a.problems}
    if a.unit not in campaign.units:
        return held("INVALID")
    if not a.problems and _plain(a.signed) != _plain(tx.ask("person", uid=op.actor.uid).name):
        return held("SIGNATURE")
    if len(known) != len(a.problems):
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
            problem.facts.append(fact_of(op, "claimed", one.fixed, "fixed"))
        enter(tx, problem)
    show_campaign(tx, a.campaign)
    return APPLIED


def _plain(name: str) -> str:
    """A name as it is compared: without spaces, in characters of one width."""
    return "".join(unicodedata.normalize("NFKC", name).split())


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
    enter(tx, problem)
    return APPLIED


def _stands(tx: Tx, fact: str) -> bool | None:
    """Whether the sighting or published result a problem rests on was not taken back (CON-44); None: nobody was told of one."""
    told = [tx.ask("sighting_stands", sighting=fact)] if tx.knows("sighting_stands") else []
    told += [tx.ask("result_stands", result=fact)] if tx.knows("result_stands") else []
    return next((one for one in told if one is not None), None)


def facts_moved(tx: Tx, *, facts: Collection[str]) -> None:
    """Sightings or results were taken back, or published again: a problem made from one stands and falls with it (CON-44). One that was
    withdrawn stays so; those a result opened by itself follow from its items (`vetoed`).
    """
    for fact in sorted(facts):
        stands = _stands(tx, fact)
        for problem in tx.find(ProblemRecord, "fact = ? AND item = ''", [fact]):
            if problem.lifted is stands and not any(f.kind == "withdrawn" for f in problem.facts):
                stand_again(tx, problem, stands=stands is True)


def _code_barred(tx: Tx, op: Op[Any], unit: str, code: str) -> str:
    """Why this person could not record this code about a unit (PRH-01, PRH-04), "", by the rules of the day it was said (GEN-03);
    a site without norms knows the shipped ones.
    """
    if not tx.knows("code_barred"):
        return "" if code in examples().codes else "INVALID"
    hall = hall_of(tx)
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


def show_again(tx: Tx, rid: str) -> None:
    """A photo of a problem, or of a paper, has arrived."""
    if file := tx.get(FileRecord, rid):
        show_file(tx, file)
    if problem := tx.get(ProblemRecord, rid):
        save(tx, problem)


def problems_found(tx: Tx, *, from_at: int, to_at: int) -> list[FoundFact]:
    """Problems found between two moments (ms), by time."""
    hall = hall_of(tx)
    found = tx.find(ProblemRecord, "found_at >= ? AND found_at < ? AND NOT lifted", [from_at, to_at], "found_at, rid")

    def confirmed(one: ProblemRecord) -> bool:
        """By somebody else, or once the unit has had its time to answer (EVD-12)."""
        last = due_by(hall, "evd.answer_days", one.told_at or one.found_at).day
        return is_confirmed(one, answered=today_of(tx) > last)

    return [FoundFact(p.unit, p.code, p.found_at, p.source, confirmed(p), p.fact) for p in found]


def vetoed(tx: Tx, *, result: str, unit: str, by: str, at: int, campaign: str, items: list[Vetoed]) -> None:
    """★ items that failed in a published result are problems at once; those that are not named any more are lifted (§6)."""
    named = {one.item: one for one in items}
    known = {p.item: p for p in tx.find(ProblemRecord, "fact = ?", [result]) if p.item}
    for item, problem in known.items():
        if problem.lifted is (item in named):
            stand_again(tx, problem, stands=item in named)
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
            enter(tx, problem)


def tick(tx: Tx) -> None:
    """Terms that have ended; what was closed long ago leaves the devices."""
    tell_lobby(tx)
    leave_devices(tx, ProblemRecord, "found_at", "problem", is_open=lambda one: one.state not in ENDED)
    hall = hall_of(tx)
    for problem in tx.find(ProblemRecord, "due_at > 0") if calendar_changed(tx, "campaign") else []:
        if problem.state not in ENDED:
            save(tx, problem)
    open_terms = "overdue = ? AND unproven = ? AND lifted = ? AND due_at > 0 AND due_at < ?"
    for problem in tx.find(ProblemRecord, open_terms, [False, False, False, tx.now]):
        orders = given_orders(hall, problem)
        if is_overdue(problem.facts, orders, tx.now) or is_unproven(problem.facts, orders, tx.now):
            save(tx, problem)
    first_terms = "extended = ? AND lifted = ? AND first_due_at > 0 AND first_due_at < ?"
    for problem in tx.find(ProblemRecord, first_terms, [False, False, tx.now]):
        if is_extended(problem.facts, given_orders(hall, problem), tx.now):
            save(tx, problem)


def sealed(tx: Tx, _rid: str, args: bytes, uid: str) -> frozenset[str] | None:
    """Who hears of a held problem that rests on a check, or on a visit nobody was told of: the check leads alone (CHK-05); None for any
    other. Whether there is such a visit cannot be told from it by who is not of its team.
    """
    try:
        said = msgspec.json.decode(args, type=Named)
    except (msgspec.MsgspecError, RecursionError):
        return None
    of_check = bool(said.fact) and (said.source == "covert" or (tx.knows("visit_team") and uid in tx.ask("visit_team", visit=said.fact)))
    return CHECK_LEADS if of_check else None


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
        "problem.answer": steps.answer_problem,
        "problem.withdraw": steps.withdraw_problem,
        "problem.order": steps.order_problem,
        "problem.measures": steps.set_measures,
        "problem.claim": steps.claim_done,
        "problem.verify": steps.verify_problem,
        "problem.close": steps.close_problem,
    },
    tick=tick,
    answers={
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
