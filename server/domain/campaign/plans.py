"""What is laid down of a campaign and left by it: phases, tasks with who answers for them, papers, outputs (CAMP-01..06)."""

from typing import Any

from server.domain.base import APPLIED, Op, Outcome, Tx, held, refused, unseen
from server.domain.campaign.keep import save
from server.domain.campaign.ops import AddFile, FinishPhase, Output, PutCampaign, ReportDuty
from server.domain.campaign.rules import (
    answers_for_duty,
    batches_wrong,
    duties_wrong,
    duty_of,
    ended_changed,
    may_finish,
    phases_wrong,
    progress_of,
)
from server.domain.campaign.show import LEADS, checks_of, heads, named, problems_of, show_campaign
from server.domain.campaign.tables import CampaignRecord, DutyRecord, FileRecord, HeadBefore, OutputRecord, ProblemRecord
from server.domain.campaign.views import file_face, output_face
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.here import today_of
from server.domain.hall.rules import may_any

_LAID_DOWN = ("title", "units", "phases", "first", "deputy", "targets", "batches", "heads", "documents")


def put_campaign(tx: Tx, op: Op[PutCampaign]) -> Outcome:
    """Lay a campaign down, or change it (CAMP-01, CAMP-02)."""
    a, known = op.a, tx.get(CampaignRecord, op.rid)
    if not may_any(op.actor, *LEADS):
        return refused("NO_RIGHT")
    if known and (old := unseen(tx, op, "campaign")):
        return old
    duties = [duty.who for phase in a.phases for duty in phase.duties]
    people = [uid for uid in (a.first, a.deputy, *(phase.who for phase in a.phases), *duties, *a.heads.values()) if uid]
    exists = all(tx.ask("unit", unit=u) for u in a.units) and all(tx.ask("person", uid=p) for p in people)
    if not a.title.strip() or not a.units or len(set(a.units)) != len(a.units) or not a.first or not exists:
        return refused("INVALID")
    if not a.heads.keys() <= set(a.units) or not all(text.strip() for text in a.documents):
        return refused("INVALID")
    if duties_wrong(a.phases) or (known and ended_changed(known, a.phases)):
        return refused("INVALID")
    if known and any(_keeps(tx, one) for one in problems_of(tx, campaign=op.rid) if one.unit in set(known.units) - set(a.units)):
        return refused("SCOPE_PROBLEMS")
    if phases_wrong(a.phases) or batches_wrong(a.units, [batch.units for batch in a.batches]):
        return refused("PHASES_OVERLAP")
    fields: dict[str, Any] = {name: getattr(a, name) for name in _LAID_DOWN}
    finished = [phase for phase in known.finished if phase < len(a.phases)] if known else []
    moved = {unit: uid for unit, uid in known.heads.items() if a.heads.get(unit) != uid} if known else {}
    before = [*(known.heads_before if known else []), *(HeadBefore(unit, uid, tx.now) for unit, uid in moved.items())]
    by = known.by if known else op.actor.uid
    tx.put(CampaignRecord(rid=op.rid, by=by, finished=finished, heads_before=before, **fields))
    show_campaign(tx, op.rid)
    for problem in problems_of(tx, campaign=op.rid):
        if (known.heads if known else {}).get(problem.unit) != a.heads.get(problem.unit):
            save(tx, problem)
    return APPLIED


def _keeps(tx: Tx, problem: ProblemRecord) -> bool:
    """Whether a problem keeps its unit in the scope: of one that is there no more, only what is still open."""
    return not problem.lifted and not (problem.state == "verified" and tx.ask("unit", unit=problem.unit).retired)


def finish_phase(tx: Tx, op: Op[FinishPhase]) -> Outcome:
    """A phase that has begun is done after those before it, when everything found is rectified and verified (CAMP-04)."""
    campaign = tx.get(CampaignRecord, op.rid)
    if campaign is None or not may_any(op.actor, *LEADS):
        return refused("NO_RIGHT")
    if not 0 <= op.a.phase < len(campaign.phases) or op.a.phase in campaign.finished:
        return refused("GONE", tx.version("campaign", op.rid))
    progress = progress_of(campaign.units, problems_of(tx, campaign=op.rid), checks_of(tx, op.rid))
    if not may_finish(campaign, op.a.phase, progress, [unit for unit in campaign.units if tx.ask("unit", unit=unit).retired]):
        return refused("NOT_ALL_VERIFIED")
    if today_of(tx) < campaign.phases[op.a.phase].from_day:
        return refused("TOO_EARLY")
    campaign.finished = sorted({*campaign.finished, op.a.phase})
    tx.put(campaign)
    show_campaign(tx, op.rid)
    return APPLIED


def output(tx: Tx, op: Op[Output]) -> Outcome:
    """A rule, a training, a facility, a good practice, an evaluation (CAMP-05, CAMP-06)."""
    a = op.a
    campaign = tx.get(CampaignRecord, a.campaign)
    if campaign is None:
        return held("REF_WAIT")
    if not heads(op.actor, a.unit) and not named(campaign, op, a.unit) and not may_any(op.actor, *LEADS):
        return held("NO_RIGHT")
    if not a.title.strip() or tx.ask("unit", unit=a.unit) is None or (a.kind == "evaluation") != (a.figure is not None):
        return held("INVALID")
    if tx.get(OutputRecord, op.rid):
        return held("INVALID")
    record = OutputRecord(
        rid=op.rid,
        campaign=a.campaign,
        unit=a.unit,
        kind=a.kind,
        title=a.title,
        day=a.day,
        by=op.actor.uid,
        text=a.text,
        figure=-1 if a.figure is None else a.figure,
    )
    tx.put(record)
    tx.project(output_face(record))
    show_campaign(tx, a.campaign)
    return APPLIED


def report_duty(tx: Tx, op: Op[ReportDuty]) -> Outcome:
    """A task is done, or not yet after all: said by who answers for it, or who leads (CAMP-01)."""
    campaign = tx.get(CampaignRecord, op.rid)
    if campaign is None:
        return held("REF_WAIT")
    if op.actor.uid not in answers_for_duty(campaign, op.a.duty) and not may_any(op.actor, *LEADS):
        return held("NO_RIGHT")
    if duty_of(campaign.phases, op.a.duty) is None:
        return held("INVALID")
    at = op.window.at
    tx.put(DutyRecord(rid=op.id, campaign=op.rid, duty=op.a.duty, by=op.actor.uid, at=at, done=op.a.done, text=op.a.text))
    show_campaign(tx, op.rid)
    return APPLIED


def add_file(tx: Tx, op: Op[AddFile]) -> Outcome:
    """Photos of a paper of the campaign; who added it, or who leads, takes it off again (CAMP-01)."""
    campaign, known = tx.get(CampaignRecord, op.a.campaign), tx.get(FileRecord, op.rid)
    if campaign is None:
        return held("REF_WAIT")
    if not may_any(op.actor, *LEADS) and op.actor.uid not in (campaign.first, campaign.deputy):
        return held("NO_RIGHT")
    if op.a.gone:
        if known is None or known.campaign != op.a.campaign:
            return held("REF_WAIT")
        known.gone = True
        show_file(tx, known)
        return APPLIED
    if known or not op.a.title.strip() or not op.blobs:
        return held("INVALID")
    at = op.window.at
    show_file(tx, FileRecord(rid=op.rid, campaign=op.a.campaign, title=op.a.title, by=op.actor.uid, at=at, blobs=bind(tx, op)))
    return APPLIED


def show_file(tx: Tx, file: FileRecord) -> None:
    """Keep a paper and show it with its photos as far as they have come."""
    tx.put(file)
    shown = attached(tx, file.by, file.blobs)
    show_due(tx, "camp.file", file.rid, file.by, [] if file.gone else shown, {"role:OFF", f"u:{file.by}"}, file.at)
    tx.project(file_face(file, shown))
