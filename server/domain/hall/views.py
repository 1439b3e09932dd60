"""Who sees which face of the hall: everybody in it sees roster and plates; the lobby sees only the hall itself (§7, VIS-01)."""

from server.domain.base import Face
from server.domain.hall.audiences import CHECK_LEADS, HALL, NOBODY
from server.domain.hall.duty import Assigned, plan_of
from server.domain.hall.ops import CheckLead, CheckVisitor, Duty, Me, Person, Post, Screen, Unit, Visitor
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, PostRecord, RoleTerm, ScreenRecord, UnitRecord

DIRECTOR = frozenset({"role:TOP"})
SECRET_ROLES = ("TEAM", "CHECK")


def hall_face(record: HallRecord) -> Face:
    """Name, hours, zones and rules: for people, lobby screens and who comes from outside."""
    return Face("hall", record.rid, frozenset({"hall", "pub", "role:TEAM", "role:SUP"}), record.hall)


def unit_face(record: UnitRecord) -> Face:
    """A unit, for the hall."""
    body = Unit(
        names=record.names,
        kind=record.kind,
        head=record.head,
        category=record.category,
        contact_post=record.contact_post or None,
        short=record.short,
        parent=record.parent,
        leader=record.leader,
        chief=record.chief,
        phone=record.phone,
    )
    return Face("unit", record.rid, NOBODY if record.retired else HALL, body)


def post_face(record: PostRecord) -> Face:
    """A post, for the hall."""
    body = Post(
        number=record.number,
        zone=record.zone,
        order=record.order,
        unit=record.unit,
        services=record.services,
        group=record.group,
        kind=record.kind,
        required=record.required,
        service_ids=record.service_ids,
        min_staff=record.min_staff,
        sessions=record.sessions,
        promise=record.promise,
        standard=record.standard,
    )
    return Face("post", record.rid, NOBODY if record.retired else HALL, body)


def person_faces(record: PersonRecord) -> list[Face]:
    """A person, for the hall; and to the person, what he or she may do. Visitors of the check team are in no list; who has left stays
    in it by name, for what was recorded before."""
    listed = Person(
        name=record.name,
        badge=record.badge,
        unit=record.unit,
        title=record.title,
        roles=listed_roles(record.roles),
        names=record.names,
        left=record.left,
    )
    me = Me(uid=record.rid, name=record.name, unit=record.unit, roles=record.roles)
    return [
        Face("person", record.rid, NOBODY if record.outside else HALL, listed),
        Face("me", record.rid, frozenset({f"u:{record.rid}"}), me),
        Face("visitor", record.rid, CHECK_LEADS if is_visitor(record) else NOBODY, Visitor(record.name, record.unit)),
        _lead_face(record),
        _visitor_face(record),
    ]


def _lead_face(record: PersonRecord) -> Face:
    """Who leads checks, for the others who do and the director, who has said so; of one to come only the director knows (CHK-05)."""
    said = _last_term(record, "CHECK")
    comes = not record.left and bool(said.from_day) and not said.to_day
    audience = CHECK_LEADS | DIRECTOR if is_lead(record) else DIRECTOR if comes else NOBODY
    return Face("check.lead", record.rid, audience, CheckLead(record.name, record.unit, said.from_day, said.to_day))


def _visitor_face(record: PersonRecord) -> Face:
    """A visitor of the check team, for check leads alone; one from outside also when the term is over (CHK-05)."""
    said = _last_term(record, "TEAM")
    shown = "TEAM" in record.roles and (record.outside or not record.left)
    number = record.badge if record.outside else ""
    body = CheckVisitor(record.name, record.unit, number, said.from_day, said.to_day, ended=record.left)
    return Face("check.visitor", record.rid, CHECK_LEADS if shown else NOBODY, body)


def _last_term(record: PersonRecord, role: str) -> RoleTerm:
    """What was last said of a role; without a day where nobody has said any."""
    return next((term for term in reversed(record.terms) if term.role == role), RoleTerm(role, ""))


def is_visitor(record: PersonRecord) -> bool:
    """Whether a person may be drawn for a visit: one of the check team, or a social supervisor in office (SUP-01)."""
    return not record.left and not {"TEAM", "SUP"}.isdisjoint(record.roles)


def is_lead(record: PersonRecord) -> bool:
    """Whether a person leads checks."""
    return not record.left and "CHECK" in record.roles


def listed_roles(roles: list[str]) -> list[str]:
    """The list of the hall does not tell who works for the check team."""
    return [role for role in roles if role not in SECRET_ROLES]


def screen_face(record: ScreenRecord, mark: str) -> Face:
    """What a wall screen is told of itself."""
    return Face("screen", record.rid, frozenset({f"u:{record.rid}"}), Screen(record.layout, record.unit, mark, record.post))


def duty_face(record: DutyRecord, now: Assigned) -> Face:
    """The A and B of a post on a day as it stands `now`, for the hall while it is near."""
    changed = (now.a, now.b, now.second_b) != (record.a, record.b, record.c) or record.later
    body = Duty(
        day=record.day,
        post=record.post,
        a=now.a,
        b=now.b or None,
        c=now.second_b,
        plan=plan_of(record) if changed else [],
        swaps=record.swaps,
        cover=now.cover,
        version=record.version,
    )
    return Face("duty", record.rid, HALL if record.shown else NOBODY, body)
