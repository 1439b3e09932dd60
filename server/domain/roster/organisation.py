"""Units, posts, people, services, zones and qualifications: put and ended by the office and administrators (ORG-01, ORG-03..08)."""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from server.domain.base import APPLIED, Actor, Handler, Op, Outcome, Tx, refused, stale
from server.domain.hall.handlers import put_hall, put_person, put_post, put_unit
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Names, Zone
from server.domain.hall.rules import add_days, day_start, is_day, is_unlisted, is_visitor_number, leads, may_any
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, PostRecord, Presence, RoleTerm, UnitRecord
from server.domain.hall.views import SECRET_ROLES, listed_roles
from server.domain.roster.ops import EndPerson, EndUse, PutPerson, PutPost, PutService, PutUnit, PutZone, Qualify
from server.domain.roster.plans import leave_open
from server.domain.roster.rules import roles_on, unit_on
from server.domain.roster.tables import QualificationRecord, ServiceRecord
from server.domain.roster.views import file_face, qualification_face, service_face

LOCALES = frozenset({"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"})
NAME_MAX = 120
LIST_MAX = 60
OPEN_ROLES = frozenset({"STF", "HEAD", "LEAD", "INS"})
"""Roles the office gives; those of ADMINISTERED only an administrator does. The check team's are not given here (CHK-05)."""
ADMINISTERED = frozenset({"OFF", "EFF", "DIS", "TOP", "ADM"})


def keeps(actor: Actor) -> bool:
    """The office and administrators keep the organisation."""
    return may_any(actor, "OFF", "ADM")


# --- what is sane ----------------------------------------------------------------------------------------------------


def sane_names(names: Names, *, needed: bool = True) -> bool:
    """Names per locale as typed; the Simplified one is the one to fall back to (ORG-08)."""
    if set(names) - LOCALES or any(not text.strip() or len(text) > NAME_MAX for text in names.values()):
        return False
    return bool(names.get("zh_Hans")) or not needed


def sane_day(day: str) -> bool:
    """An ISO day, or none."""
    return not day or is_day(day)


def sane_rid(rid: str) -> bool:
    """An id that can stand in a key and in a sheet."""
    return 0 < len(rid) <= 64 and all(c.isalnum() or c in "-_." for c in rid)


# --- units -----------------------------------------------------------------------------------------------------------


def unit(tx: Tx, op: Op[PutUnit]) -> Outcome:
    """A unit as it shall be."""
    a = op.a
    if stop := _stop(tx, op.actor, op, "unit"):
        return stop
    known = tx.get(UnitRecord, op.rid)
    people = [uid for uid in (a.head, a.leader, a.chief) if uid]
    if not sane_names(a.names) or not sane_names(a.short, needed=False) or any(_person(tx, uid) is None for uid in people):
        return refused("INVALID")
    if (a.parent and (a.parent == op.rid or not _unit_is(tx, a.parent))) or (a.contact_post and not _post_is(tx, a.contact_post)):
        return refused("INVALID")
    # The hall always has a contact post once it has one (ORG-06).
    if known and known.contact_post and not a.contact_post and not _other_contact(tx, op.rid):
        return refused("ROSTER_CONTACT")
    if a.contact_post and (contact := tx.get(PostRecord, a.contact_post)) and not _is_kept_all_day(contact):
        return refused("ROSTER_CONTACT")
    put_unit(
        tx,
        UnitRecord(
            rid=op.rid,
            names=a.names,
            kind=a.kind,
            head=a.head,
            category=a.category,
            phone=a.phone[:NAME_MAX],
            batch=known.batch if known else 0,
            contact_post=a.contact_post,
            short=a.short,
            parent=a.parent,
            leader=a.leader,
            chief=a.chief,
        ),
    )
    for post in tx.find(PostRecord, "unit = ?", [op.rid]):
        tx.touch(post.rid)
    return APPLIED


def unit_end(tx: Tx, op: Op[EndUse]) -> Outcome:
    """A unit is no more; not while it has posts or people."""
    if stop := _stop(tx, op.actor, op, "unit"):
        return stop
    known = tx.get(UnitRecord, op.rid)
    if known is None or known.retired:
        return refused("GONE")
    posts = tx.find(PostRecord, "unit = ? AND retired = ?", [op.rid, False])
    if posts or tx.ask("unit_people", unit=op.rid):
        return refused("IN_USE")
    known.retired = True
    put_unit(tx, known)
    return APPLIED


# --- posts -----------------------------------------------------------------------------------------------------------


def post(tx: Tx, op: Op[PutPost]) -> Outcome:
    """A post as it shall be; its number is nobody else's."""
    a = op.a
    if stop := _stop(tx, op.actor, op, "post"):
        return stop
    known = tx.get(PostRecord, op.rid)
    hall = hall_of(tx)
    sane = (
        a.number.strip() and len(a.number) <= 16 and 1 <= a.min_staff <= 20 and all(0 <= n < 8 for n in a.sessions) and len(a.group) <= 64
    )
    if not sane or a.zone not in {zone.id for zone in hall.zones} or not _unit_is(tx, a.unit) or len(a.services) > LIST_MAX:
        return refused("INVALID")
    if not sane_names(a.promise, needed=False) or not sane_names(a.standard, needed=False):
        return refused("INVALID")
    services = [tx.get(ServiceRecord, service) for service in a.services]
    if any(service is None or service.retired for service in services):
        return refused("INVALID")
    if any(other.rid != op.rid for other in tx.find(PostRecord, "number = ? AND retired = ?", [a.number, False])):
        return refused("TAKEN")
    if not _is_kept_all_day(a) and _is_contact(tx, op.rid):
        return refused("ROSTER_CONTACT")
    # Services that were only names so far stay until the list of services takes their place.
    names = [service.names for service in services if service] or (known.services if known and not known.service_ids else [])
    record = PostRecord(
        rid=op.rid,
        number=a.number.strip(),
        zone=a.zone,
        order=a.order or (known.order if known else 1 + len(tx.find(PostRecord, "zone = ?", [a.zone]))),
        unit=a.unit,
        services=names,
        group=a.group,
        kind=a.kind,
        required=a.required,
        service_ids=a.services,
        min_staff=a.min_staff,
        sessions=sorted(set(a.sessions)),
        promise=a.promise,
        standard=a.standard,
        earlier=_earlier(known, a, add_days(today_of(tx), 1)) if known else [],
        since_at=known.since_at if known and not known.retired else tx.now,
    )
    put_post(tx, record)
    return APPLIED


def _earlier(known: PostRecord, a: PutPost, tomorrow: str) -> list[Presence]:
    """When somebody has to be there changes from tomorrow on: no day gone by, nor what has begun of today, is judged by it."""
    if (known.required, known.sessions) == (a.required, sorted(set(a.sessions))) or any(one.until == tomorrow for one in known.earlier):
        return known.earlier
    return [*known.earlier, Presence(tomorrow, known.required, known.sessions)]


def post_end(tx: Tx, op: Op[EndUse]) -> Outcome:
    """A post is closed for good; not the office's contact post, and not while anybody is published there."""
    if stop := _stop(tx, op.actor, op, "post"):
        return stop
    known = tx.get(PostRecord, op.rid)
    if known is None or known.retired:
        return refused("GONE")
    if _is_contact(tx, op.rid):
        return refused("ROSTER_CONTACT")
    if tx.find(DutyRecord, "post = ? AND day > ? AND a <> ?", [op.rid, today_of(tx), ""]):
        return refused("IN_USE")
    known.retired, known.until_at = True, tx.now
    put_post(tx, known)
    return APPLIED


# --- people ----------------------------------------------------------------------------------------------------------


def person(tx: Tx, op: Op[PutPerson]) -> Outcome:
    """A person with units and roles by days; the account follows (VIS-02)."""
    a = op.a
    if stop := _stop(tx, op.actor, op, "person"):
        return stop
    known = tx.get(PersonRecord, op.rid)
    sane = a.name.strip() and a.badge.strip() and len(a.name) <= NAME_MAX and len(a.badge) <= 32 and len(a.units) <= LIST_MAX
    sane = (
        sane
        and sane_names(a.title, needed=False)
        and sane_names(a.names, needed=False)
        and sane_day(a.entered)
        and sane_day(a.service_base)
    )
    if not sane or not _sane_terms(tx, a) or (known and known.outside):
        return refused("INVALID")
    if not may_give(op.actor, a.terms, known):
        return refused("NO_RIGHT")
    if is_visitor_number(a.badge) and (known is None or known.badge != a.badge):
        return refused("INVALID")
    # No answer tells that there is a visitor from outside (CHK-05).
    others = [one for one in tx.find(PersonRecord, "badge = ?", [a.badge]) if one.rid != op.rid and not is_unlisted(one.roles)]
    if any(not other.left for other in others):
        return refused("TAKEN")
    record = PersonRecord(
        rid=op.rid,
        name=a.name.strip(),
        badge=a.badge.strip(),
        unit="",
        title=a.title,
        roles=[],
        phone=a.phone[:32],
        names=a.names,
        units=sorted(a.units, key=lambda t: t.from_day),
        terms=[*a.terms, *secret_terms(known)],
        employment=a.employment[:32],
        entered=a.entered,
        service_base=a.service_base,
        rank=a.rank,
        left_day=known.left_day if known else "",
        known_at=known.known_at if known else tx.now,
    )
    save_person(tx, record)
    return APPLIED


def secret_terms(known: PersonRecord | None) -> list[RoleTerm]:
    """The roles of the check team a person holds: nobody sees them here, nobody takes them away here."""
    if known is None:
        return []
    said = [term for term in known.terms if term.role in SECRET_ROLES]
    return said or [RoleTerm(role, "") for role in known.roles if role in SECRET_ROLES and not known.terms]


def may_give(actor: Actor, terms: list[RoleTerm], known: PersonRecord | None) -> bool:
    """The office gives and takes the open roles, an administrator the others too; what a person has already may be said again, with its
    days.
    """
    if {term.role for term in terms} - OPEN_ROLES - ADMINISTERED:
        return False
    said = [term for term in known.terms if term.role not in SECRET_ROLES] if known else []
    dated = bool(said)
    before = said or [RoleTerm(role, "") for role in (known.roles if known else [])]
    return "ADM" in actor.roles or _administered(terms, dated) == _administered(before, dated)


def _administered(terms: list[RoleTerm], dated: bool) -> set[tuple[str, str, str]]:
    """`dated`: whether it is known since when."""
    return {(term.role, term.from_day if dated else "", term.to_day) for term in terms if term.role in ADMINISTERED}


def _sane_terms(tx: Tx, a: PutPerson) -> bool:
    """Days that are days, in order; units that there are, one at a time."""
    spans = [(t.from_day, t.to_day) for t in a.units] + [(t.from_day, t.to_day) for t in a.terms]
    if len(a.terms) > LIST_MAX or any(not f or not sane_day(f) or not sane_day(to) or (to and to < f) for f, to in spans):
        return False
    units = sorted(a.units, key=lambda t: t.from_day)
    overlaps = any(not one.to_day or one.to_day >= other.from_day for one, other in pairwise(units))
    return not overlaps and all(_unit_is(tx, term.unit) for term in units)


def save_person(tx: Tx, record: PersonRecord) -> None:
    """Keep a person as the day has him, and give his account the same."""
    hall = hall_of(tx)
    known = tx.get(PersonRecord, record.rid)
    if known and (since := _moved_since(known, record)) and day_start(since, hall.tz) <= tx.now:
        tx.touch_person(record.rid, day_start(since, hall.tz), tx.now)
    settle_person(tx, record, today_of(tx))


def _moved_since(before: PersonRecord, now: PersonRecord) -> str:
    """The first day (ISO) on which the person belongs elsewhere than was known; "" for none. What counts of it counts for the unit of the
    day (CON-43)."""
    terms = [*before.units, *now.units]
    turns = {term.from_day for term in terms} | {add_days(term.to_day, 1) for term in terms if term.to_day}
    return next((day for day in sorted(turns) if unit_on(before, day) != unit_on(now, day)), "")


def settle_person(tx: Tx, record: PersonRecord, today: str) -> None:
    """Unit, roles and access of the day, and what is shown of them."""
    hold_person(tx, record, today)
    tx.project(file_face(record))
    for entry in tx.find(QualificationRecord, "person = ?", [record.rid]):
        tx.project(qualification_face(entry, record.unit))


def hold_person(tx: Tx, record: PersonRecord, today: str) -> None:
    """Unit, roles and access of the day; no file is opened for who has none."""
    record.left = bool(record.left_day) and record.left_day <= today
    record.unit = "" if record.left else unit_on(record, today)
    record.roles = [] if record.left else roles_on(record, today)
    put_person(tx, record)
    tx.grant(record.rid, record.badge, record.name, record.unit, record.roles, not record.left)


def person_end(tx: Tx, op: Op[EndPerson]) -> Outcome:
    """No longer of the hall from a day on. The last administrator stays."""
    if stop := _stop(tx, op.actor, op, "person"):
        return stop
    known = tx.get(PersonRecord, op.rid)
    if known is None or known.outside or known.left:
        return refused("GONE")
    if not op.a.from_day or not sane_day(op.a.from_day):
        return refused("INVALID")
    if not may_give(op.actor, [], known) or known.rid == op.actor.uid:
        return refused("NO_RIGHT")
    known.left_day = op.a.from_day
    save_person(tx, known)
    leave_open(tx, known.rid, known.left_day, op.actor.uid, op.id)
    return APPLIED


def begin_day(tx: Tx, today: str) -> None:
    """A new day: who is elsewhere, somebody else or nobody from today on."""
    for record in tx.find(PersonRecord, "outside = ?", [False]):
        left = bool(record.left_day) and record.left_day <= today
        unit_now, roles_now = ("", []) if left else (unit_on(record, today), roles_on(record, today))
        if (record.left, record.unit, listed_roles(record.roles)) != (left, unit_now, listed_roles(roles_now)):
            settle_person(tx, record, today)
        elif record.roles != roles_now:
            hold_person(tx, record, today)


# --- services, zones, qualifications ---------------------------------------------------------------------------------


def service(tx: Tx, op: Op[PutService]) -> Outcome:
    """A service as it shall be called; posts that do it say it anew."""
    if stop := _stop(tx, op.actor, op, "service"):
        return stop
    if not sane_names(op.a.names) or (op.a.unit and not _unit_is(tx, op.a.unit)):
        return refused("INVALID")
    put_service(tx, ServiceRecord(rid=op.rid, names=op.a.names, unit=op.a.unit))
    return APPLIED


def keep_service(tx: Tx, record: ServiceRecord) -> None:
    """Keep a service and show it."""
    tx.put(record)
    tx.project(service_face(record))


def put_service(tx: Tx, record: ServiceRecord) -> None:
    """Keep a service, show it, and let the posts that do it say it anew."""
    keep_service(tx, record)
    for found in tx.find(PostRecord, "retired = ?", [False]):
        if record.rid in found.service_ids:
            names = [known.names for sid in found.service_ids if (known := tx.get(ServiceRecord, sid))]
            if names != found.services:
                found.services = names
                put_post(tx, found)


def service_end(tx: Tx, op: Op[EndUse]) -> Outcome:
    """A service is not done here any more; not while a post does it."""
    if stop := _stop(tx, op.actor, op, "service"):
        return stop
    known = tx.get(ServiceRecord, op.rid)
    if known is None or known.retired:
        return refused("GONE")
    if any(op.rid in found.service_ids for found in tx.find(PostRecord, "retired = ?", [False])):
        return refused("IN_USE")
    known.retired = True
    put_service(tx, known)
    return APPLIED


def zone(tx: Tx, op: Op[PutZone]) -> Outcome:
    """A zone at its place in walking order."""
    if not keeps(op.actor):
        return refused("NO_RIGHT")
    record = tx.get(HallRecord, "hall")
    if record is None or not sane_names(op.a.names) or not sane_rid(op.rid) or not -9 <= op.a.floor <= 99:
        return refused("INVALID")
    if old := stale(tx, op, "hall", "hall"):
        return old
    put_zone(tx, record, Zone(op.rid, op.a.names, op.a.floor), op.a.place)
    return APPLIED


def put_zone(tx: Tx, record: HallRecord, new: Zone, place: int) -> None:
    """Keep a zone in walking order."""
    others = [known for known in record.hall.zones if known.id != new.id]
    others.insert(max(0, min(place, len(others))), new)
    record.hall.zones = others
    put_hall(tx, record)


def zone_end(tx: Tx, op: Op[EndUse]) -> Outcome:
    """A zone is no more; not while it has posts."""
    if not keeps(op.actor):
        return refused("NO_RIGHT")
    record = tx.get(HallRecord, "hall")
    if record is None or op.rid not in {known.id for known in record.hall.zones}:
        return refused("GONE")
    if tx.find(PostRecord, "zone = ? AND retired = ?", [op.rid, False]):
        return refused("IN_USE")
    record.hall.zones = [known for known in record.hall.zones if known.id != op.rid]
    put_hall(tx, record)
    return APPLIED


def put_qualification(tx: Tx, person: PersonRecord, service: str, *, seal: bool) -> None:
    """A person is trained and authorised for a service, and has its seal or not."""
    rid = f"{person.rid}.{service}"
    entry = QualificationRecord(rid=rid, person=person.rid, service=service, trained=True, authorised=True, seal=seal)
    tx.put(entry)
    tx.project(qualification_face(entry, person.unit))


def qualify(tx: Tx, op: Op[Qualify]) -> Outcome:
    """What a person may do of a service, said by the office or the person's head, never by himself (ORG-03)."""
    a = op.a
    known = _person(tx, a.person)
    if known is None or not (keeps(op.actor) or leads(op.actor, known.unit)) or op.actor.uid == a.person:
        return refused("NO_RIGHT")
    if op.rid != f"{a.person}.{a.service}" or tx.get(ServiceRecord, a.service) is None or not sane_day(a.since) or len(a.proof) > NAME_MAX:
        return refused("INVALID")
    if old := stale(tx, op, "qualification"):
        return old
    entry = QualificationRecord(
        rid=op.rid,
        person=a.person,
        service=a.service,
        trained=a.trained,
        authorised=a.authorised,
        seal=a.seal,
        since=a.since,
        proof=a.proof,
    )
    tx.put(entry)
    tx.project(qualification_face(entry, known.unit))
    return APPLIED


# --- common ----------------------------------------------------------------------------------------------------------


def _stop(tx: Tx, actor: Actor, op: Op[Any], kind: str) -> Outcome | None:
    """Why a change of the organisation goes no further, if so."""
    if not keeps(actor):
        return refused("NO_RIGHT")
    if not sane_rid(op.rid):
        return refused("INVALID")
    return stale(tx, op, kind)


def _person(tx: Tx, uid: str) -> PersonRecord | None:
    found = tx.get(PersonRecord, uid)
    return None if found is None or found.outside or found.left else found


def _unit_is(tx: Tx, rid: str) -> bool:
    found = tx.get(UnitRecord, rid)
    return found is not None and not found.retired


def _post_is(tx: Tx, rid: str) -> bool:
    found = tx.get(PostRecord, rid)
    return found is not None and not found.retired


def _is_contact(tx: Tx, post_rid: str) -> bool:
    return any(u.contact_post == post_rid for u in tx.find(UnitRecord, "retired = ?", [False]))


def _is_kept_all_day(post: PostRecord | PutPost) -> bool:
    return post.required and not post.sessions


def _other_contact(tx: Tx, unit_rid: str) -> bool:
    return any(u.contact_post for u in tx.find(UnitRecord, "retired = ?", [False]) if u.rid != unit_rid)


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "org.unit": unit,
        "org.unit_end": unit_end,
        "org.post": post,
        "org.post_end": post_end,
        "org.person": person,
        "org.person_end": person_end,
        "org.service": service,
        "org.service_end": service_end,
        "org.zone": zone,
        "org.zone_end": zone_end,
        "org.qualify": qualify,
    }
)
