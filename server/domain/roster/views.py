"""Who sees which face of organisation and roster: the hall its roster (hall/views.py), the office drafts, checks and files (§7, VIS-01)."""

from server.domain.base import Face
from server.domain.hall.audiences import NOBODY, OFFICE_AND_ADMINISTRATORS
from server.domain.hall.tables import PersonRecord
from server.domain.hall.views import listed_roles
from server.domain.roster.ops import Agreed, DutyDraft, ListedService, PersonFile, Qualification, RosterAsk, RosterChange, RosterCheck
from server.domain.roster.tables import ChangeRecord, ConsentRecord, DraftRecord, QualificationRecord, ServiceRecord


def _with_head(unit: str) -> frozenset[str]:
    return OFFICE_AND_ADMINISTRATORS | {f"head:{unit}"} if unit else OFFICE_AND_ADMINISTRATORS


def draft_face(draft: DraftRecord, unit: str) -> Face:
    """A draft, for the office, administrators and the head of the post's unit."""
    body = DutyDraft(draft.day, draft.post, draft.a, draft.b, draft.c, draft.later, draft.by, draft.at)
    return Face("duty.draft", draft.rid, NOBODY if draft.dropped else _with_head(unit), body)


def check_face(check: RosterCheck) -> Face:
    """What publishing a day would say, while there are drafts of it."""
    return Face("roster.check", check.day, OFFICE_AND_ADMINISTRATORS if check.drafts else NOBODY, check)


def ask_face(ask: RosterAsk) -> Face:
    """What the head of a unit is asked to agree to; nothing when nothing waits for him."""
    return Face("roster.ask", f"{ask.day}:{ask.unit}", frozenset({f"head:{ask.unit}"}) if ask.loads else NOBODY, ask)


def change_face(change: ChangeRecord) -> Face:
    """A change at a post, for the office, the head and those who come or go."""
    concerned = {f"u:{uid}" for uid in (*change.before, *change.after) if uid}
    body = RosterChange(
        day=change.day,
        post=change.post,
        kind=change.kind,
        before=change.before,
        after=change.after,
        by=change.by,
        at=change.at,
        from_at=change.from_at,
        lead=change.lead,
        text=change.text,
        uncovered=change.uncovered,
    )
    return Face("roster.change", change.rid, _with_head(change.unit) | concerned if change.shown else NOBODY, body)


def consent_face(consent: ConsentRecord) -> Face:
    """A head's consent, for the office, the head and the person."""
    body = Agreed(consent.person, consent.from_day, consent.to_day, consent.posts_max, consent.by, consent.at, consent.text)
    return Face("roster.consent", consent.rid, _with_head(consent.unit) | {f"u:{consent.person}"} if consent.shown else NOBODY, body)


def service_face(service: ServiceRecord) -> Face:
    """A service, for those who keep the organisation."""
    return Face("service", service.rid, NOBODY if service.retired else _with_head(service.unit), ListedService(service.names, service.unit))


def qualification_face(entry: QualificationRecord, unit: str) -> Face:
    """What a person may do of a service, for the person, the head and those who keep the organisation. Nothing is not shown."""
    body = Qualification(entry.person, entry.service, entry.trained, entry.authorised, entry.seal, entry.since, entry.proof)
    empty = not (entry.trained or entry.authorised or entry.seal)
    return Face("qualification", entry.rid, NOBODY if empty else _with_head(unit) | {f"u:{entry.person}"}, body)


def file_face(person: PersonRecord) -> Face:
    """What is kept of a person beside the list of the hall, for the person, the head, the office and administrators."""
    body = PersonFile(
        units=person.units,
        terms=[term for term in person.terms if listed_roles([term.role])],
        phone=person.phone,
        employment=person.employment,
        entered=person.entered,
        service_base=person.service_base,
        rank=person.rank,
        left_day=person.left_day,
    )
    audience = NOBODY if person.outside else _with_head(person.unit) | {f"u:{person.rid}"}
    return Face("person.file", person.rid, audience, body)
