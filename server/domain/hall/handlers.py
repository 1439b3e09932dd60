"""What the hall does: it is set up, answers questions about itself, and keeps its roster ahead of time."""

from functools import cache
from pathlib import Path

import msgspec

from server.domain.base import Domain, Tx
from server.domain.hall import blobs, days, erasing, held, leaving, ops, recount, settings
from server.domain.hall.calendar import day_kinds, provisional_kinds, region_of, shipped, versions
from server.domain.hall.duty import Assigned, assigned, people_of, session_starts
from server.domain.hall.ops import Hall, Names
from server.domain.hall.params import DEFAULT_RULES
from server.domain.hall.rules import add_days, day_of, day_start
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, PostRecord, ScreenRecord, UnitRecord
from server.domain.hall.views import duty_face, hall_face, person_faces, post_face, screen_face, unit_face

ROSTER_DAYS_AHEAD = 7


TITLES = Path(__file__).parent / "titles.json"
OFFICE_HOURS = [("08:30", "12:00"), ("14:30", "17:30")]


def new_hall(names: Names, locale: str) -> Hall:
    """A hall before anybody has set anything: default rules, usual hours, the published calendars, no zones yet."""
    region = region_of(locale)
    calendars = shipped(region)
    return Hall(
        names=names,
        phone="",
        tz="Asia/Shanghai",
        locale=locale,
        plate="name",
        zones=[],
        hours={str(weekday): OFFICE_HOURS for weekday in range(1, 6)},
        days=provisional_kinds(region, range(calendars[-1].year + 1, calendars[-1].year + 3)) | day_kinds(calendars),
        calendars=versions(calendars),
        rules=dict(DEFAULT_RULES),
        rule_set="default-1",
        roster_version=0,
        demo=False,
    )


@cache
def titles() -> dict[str, Names]:
    """Position names by key, in every locale."""
    return msgspec.json.decode(TITLES.read_bytes(), type=dict[str, Names])


def found(tx: Tx, names: Names, locale: str, uid: str, name: str) -> None:
    """An empty start: the hall with nothing in it but its first administrator."""
    put_hall(tx, HallRecord(rid="hall", hall=new_hall(names, locale)))
    put_person(tx, PersonRecord(rid=uid, name=name, badge="", unit="", title=titles()["admin"], roles=["ADM"]))


def put_hall(tx: Tx, record: HallRecord) -> None:
    """Keep the hall and show it."""
    tx.put(record)
    tx.project(hall_face(record))


def put_unit(tx: Tx, record: UnitRecord) -> None:
    """Keep a unit and show it."""
    tx.put(record)
    tx.project(unit_face(record))


def put_post(tx: Tx, record: PostRecord) -> None:
    """Keep a post and show it."""
    tx.put(record)
    tx.project(post_face(record))
    tx.touch(record.rid)


def put_person(tx: Tx, record: PersonRecord) -> None:
    """Keep a person and show it; plans of a check do not stay with a lead who is gone."""
    tx.put(record)
    for face in person_faces(record):
        tx.project(face)
    if tx.knows("lead_moved"):
        tx.ask("lead_moved", uid=record.rid)


def put_screen(tx: Tx, record: ScreenRecord) -> None:
    """Keep a wall screen and tell it what it is, with the code that hangs in its zone."""
    mark: str = tx.ask("zone_mark", zone=record.zone) if record.zone and tx.knows("zone_mark") else ""
    tx.put(record)
    tx.project(screen_face(record, mark))


def put_duty(tx: Tx, record: DutyRecord) -> None:
    """Keep the duty of a post and day, and show it."""
    named = people_of(record) | {uid for swap in record.swaps for uid in (swap.a, swap.b, swap.c or "")} - {""}
    record.people = "".join(f",{uid}," for uid in sorted(named))
    tx.put(record)
    show_duty(tx, record)
    hall = tx.get(HallRecord, "hall")
    tz = hall.hall.tz if hall else "Asia/Shanghai"
    tx.touch(record.post, day_start(record.day, tz), day_start(add_days(record.day, 1), tz))


def show_duty(tx: Tx, record: DutyRecord) -> Assigned:
    """Show the duty of a post and day as it stands now; returns that."""
    now = assigned(record, [], 0)
    if record.later or record.swaps:
        hall = _hall(tx)
        start = day_start(record.day, hall.tz)
        at = min(max(tx.now, start), day_start(add_days(record.day, 1), hall.tz) - 1)
        now = assigned(record, session_starts(hall, record.day), at)
    tx.project(duty_face(record, now))
    return now


def tick(tx: Tx) -> None:
    """Parameters come into force. A demo hall has nobody who writes its roster: the last day's duties are carried on, old ones leave the
    devices.
    """
    if record := tx.get(HallRecord, "hall"):
        settings.new_day(tx, record)
    record = tx.get(HallRecord, "hall")
    if record is None or not record.hall.demo:
        return
    today = day_of(tx.now, record.hall.tz)
    if record.roster_until >= add_days(today, ROSTER_DAYS_AHEAD):
        return
    pattern = tx.find(DutyRecord, "day = ?", [record.roster_until])
    day = max(add_days(record.roster_until, 1), add_days(today, -1))
    while day <= add_days(today, ROSTER_DAYS_AHEAD):
        for duty in pattern:
            _carry_on(tx, duty, day)
        day = add_days(day, 1)
    for old in tx.find(DutyRecord, "day < ? AND shown = ?", [add_days(today, -1), True]):
        old.shown = False
        tx.put(old)
        show_duty(tx, old)
    record.roster_until = add_days(today, ROSTER_DAYS_AHEAD)
    record.hall.roster_version += 1
    put_hall(tx, record)


def _carry_on(tx: Tx, duty: DutyRecord, day: str) -> None:
    """The same people on `day`, unless somebody has written that day already."""
    rid = f"{day}:{duty.post}"
    if tx.get(DutyRecord, rid) is None:
        put_duty(tx, msgspec.structs.replace(duty, rid=rid, day=day, shown=True, swaps=[], reason=""))


def _hall(tx: Tx) -> Hall:
    record = tx.get(HallRecord, "hall")
    if record is None:
        raise LookupError("this site has no hall yet")
    return record.hall


def _founded(tx: Tx) -> bool:
    return tx.get(HallRecord, "hall") is not None


def _unit(tx: Tx, *, unit: str) -> UnitRecord | None:
    return tx.get(UnitRecord, unit)


def _office(tx: Tx) -> UnitRecord | None:
    return next((u for u in tx.find(UnitRecord, "kind = 'centre'") if u.contact_post and not u.retired), None)


def _post(tx: Tx, *, post: str) -> PostRecord | None:
    return tx.get(PostRecord, post)


def _posts(tx: Tx) -> list[PostRecord]:
    return tx.find(PostRecord, "retired = ?", [False])


def _posts_at(tx: Tx, *, at: int) -> list[PostRecord]:
    return tx.find(PostRecord, "since_at <= ? AND (retired = ? OR until_at > ?)", [at, False, at])


def _person(tx: Tx, *, uid: str) -> PersonRecord | None:
    return tx.get(PersonRecord, uid)


def _duty_of(tx: Tx, *, post: str, day: str) -> DutyRecord | None:
    return tx.get(DutyRecord, f"{day}:{post}")


def _posts_of(tx: Tx, *, uid: str, day: str) -> list[str]:
    return [d.post for d in tx.find(DutyRecord, "day = ? AND (a = ? OR b = ? OR people LIKE ?)", [day, uid, uid, f"%,{uid},%"])]


def _unit_people(tx: Tx, *, unit: str) -> list[str]:
    return [p.rid for p in tx.find(PersonRecord, "unit = ?", [unit])]


def _units(tx: Tx) -> list[UnitRecord]:
    return tx.find(UnitRecord)


def _people(tx: Tx) -> list[PersonRecord]:
    return tx.find(PersonRecord)


def _heads(tx: Tx, *, unit: str) -> list[str]:
    return [p.rid for p in tx.find(PersonRecord, "unit = ?", [unit]) if "HEAD" in p.roles]


DOMAIN = Domain(
    name="hall",
    ops=(*ops.OPS, *days.OPS, *settings.OPS),
    rows=(*ops.ROWS, *blobs.ROWS, *days.ROWS, *settings.ROWS),
    records=(
        HallRecord,
        UnitRecord,
        PostRecord,
        PersonRecord,
        DutyRecord,
        ScreenRecord,
        *blobs.RECORDS,
        *days.RECORDS,
        *settings.RECORDS,
        *erasing.RECORDS,
        *leaving.RECORDS,
        *recount.RECORDS,
    ),
    handlers={"held.accept": held.accept, "held.reject": held.reject, **days.HANDLERS, **settings.HANDLERS},
    tick=tick,
    answers={
        "hall": _hall,
        "founded": _founded,
        "unit": _unit,
        "office": _office,
        "post": _post,
        "posts": _posts,
        "posts_at": _posts_at,
        "person": _person,
        "duty_of": _duty_of,
        "posts_of": _posts_of,
        "unit_people": _unit_people,
        "heads": _heads,
        "units": _units,
        "people": _people,
        "stood_closed": days.stood_closed,
    },
)
