"""Who sees campaigns and problems (§7): the plan and its numbers everybody of the hall, a problem only those who have to do with it."""

from server.domain.base import Face
from server.domain.campaign.ops import Campaign, DutyDone, FileRow, OutputRow, Problem, Progress, Proof, Summary
from server.domain.campaign.rules import is_disputed, material, steps_of
from server.domain.campaign.tables import CampaignRecord, FileRecord, OutputRecord, ProblemRecord
from server.domain.hall.audiences import HALL, NOBODY
from server.domain.hall.blobs import Attached
from server.domain.hall.terms import Due

OVERSIGHT = frozenset({"role:EFF", "role:OFF", "role:CHECK", "role:LEAD"})


def campaign_face(record: CampaignRecord, progress: dict[str, Progress], done: dict[str, DutyDone], since: dict[str, int]) -> Face:
    """A campaign for the hall. `since`: how many problems came in after a phase was done."""
    body = Campaign(
        title=record.title,
        units=record.units,
        phases=record.phases,
        first=record.first,
        deputy=record.deputy,
        targets=record.targets,
        batches=record.batches,
        finished=record.finished,
        progress=progress,
        by=record.by,
        heads=record.heads,
        documents=record.documents,
        done=done,
        found_since=since,
    )
    return Face("campaign", record.rid, HALL, body)


def summary_face(rid: str, summary: Summary) -> Face:
    """The final summary, for those who lead."""
    return Face("camp.summary", rid, OVERSIGHT, summary)


def file_face(record: FileRecord, blobs: list[Attached]) -> Face:
    """A paper of a campaign, for the hall; one that was taken off for nobody."""
    body = FileRow(record.campaign, record.title, record.by, record.at, blobs)
    return Face("camp.file", record.rid, NOBODY if record.gone else HALL, body)


def output_face(record: OutputRecord) -> Face:
    """What a campaign has left behind, for the hall."""
    body = OutputRow(
        campaign=record.campaign,
        unit=record.unit,
        kind=record.kind,
        title=record.title,
        day=record.day,
        by=record.by,
        text=record.text,
        figure=None if record.figure < 0 else record.figure,
    )
    return Face("camp.output", record.rid, HALL, body)


def problem_face(
    record: ProblemRecord, term: Due | None, many: int, proof: Proof, blobs: list[Attached], was_day: str, first_day: str, named: str
) -> Face:
    """A problem, for the unit's head and who is `named` beside him, its owner, who found it and those who supervise (§7)."""
    before, after = material(record.facts)
    body = Problem(
        unit=record.unit,
        source=record.source,
        code=record.code,
        text=record.text,
        level=record.grade,
        state=record.state,
        steps=steps_of(record),
        found_at=record.found_at,
        campaign=record.campaign,
        fact=record.fact,
        demand=record.demand,
        owner=record.owner,
        due_at=term.at if term else 0,
        due_day=term.day if term else "",
        provisional=term.provisional if term else False,
        was_due_day=was_day,
        recurs=record.recurs,
        overdue=record.overdue,
        unproven=record.unproven,
        first_due_day=first_day,
        extended=record.extended,
        code_open=record.code_open,
        many=many,
        disputed=not record.lifted and is_disputed(record),
        named=named,
        item=record.item,
        proof=proof,
        before=before,
        after=after,
        blobs=blobs,
    )
    people = {f"u:{uid}" for uid in (record.owner, record.by, named) if uid}
    return Face("problem", record.rid, OVERSIGHT | people | {f"head:{record.unit}", "role:DIS"}, body)
