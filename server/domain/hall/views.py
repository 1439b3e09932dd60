"""Who sees which face of the hall: everybody in it sees roster and plates; the lobby sees only the hall itself (§7, VIS-01)."""

from server.domain.base import Face
from server.domain.hall.ops import Duty, Me, Person, Post, Unit
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, PostRecord, UnitRecord

HALL = frozenset({"hall"})
NOBODY: frozenset[str] = frozenset()


def hall_face(record: HallRecord) -> Face:
    """Name, hours, zones and rules: for people, lobby screens and visitors of the check team."""
    return Face("hall", record.rid, frozenset({"hall", "pub", "role:TEAM"}), record.hall)


def unit_face(record: UnitRecord) -> Face:
    """A unit, for the hall."""
    body = Unit(names=record.names, kind=record.kind, head=record.head, category=record.category, contact_post=record.contact_post or None)
    return Face("unit", record.rid, HALL, body)


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
    )
    return Face("post", record.rid, HALL, body)


def person_faces(record: PersonRecord) -> list[Face]:
    """A person, for the hall; and to the person, what he or she may do. Visitors of the check team are in no list."""
    listed = Person(name=record.name, badge=record.badge, unit=record.unit, title=record.title, roles=_listed_roles(record))
    me = Me(uid=record.rid, name=record.name, unit=record.unit, roles=record.roles)
    return [
        Face("person", record.rid, NOBODY if record.outside else HALL, listed),
        Face("me", record.rid, frozenset({f"u:{record.rid}"}), me),
    ]


def _listed_roles(record: PersonRecord) -> list[str]:
    """The list of the hall does not tell who works for the check team."""
    return [r for r in record.roles if r not in ("TEAM", "CHECK")]


def duty_face(record: DutyRecord) -> Face:
    """The A and B of a post on a day, for the hall while it is near."""
    body = Duty(day=record.day, post=record.post, a=record.a, b=record.b or None)
    return Face("duty", record.rid, HALL if record.shown else NOBODY, body)
