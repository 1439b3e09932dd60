"""A demo hall with life in it: the hall itself, a few absences said as staff would say them, two sealed missions (catalogue §14).

The one place besides the server's list of institutions that knows them all.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple, get_args

import msgspec

from server.domain.attendance.closing import tick as keep_attendance
from server.domain.base import Actor, Handler, Op, Tx
from server.domain.hall.demo import SITES, Cast, further_services, invented, seed_hall
from server.domain.hall.handlers import put_post
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.ops import Names
from server.domain.hall.rules import add_days, day_start
from server.domain.hall.tables import PersonRecord
from server.domain.leave.account import show_account
from server.domain.leave.tables import LeavePersonRecord
from server.domain.presence.handlers import DOMAIN as PRESENCE
from server.domain.presence.ops import Announce, Answer
from server.domain.presence.posts import settle as settle_posts
from server.domain.roster.organisation import keep_service, put_qualification
from server.domain.roster.tables import ServiceRecord
from server.domain.supervisor.handlers import show_supervisor
from server.domain.supervisor.ops import SupervisorKind
from server.domain.supervisor.tables import SupervisorRecord
from server.domain.visit.handlers import put_mission
from server.domain.visit.tables import MissionRecord
from sync.clock import Window
from sync.units import MINUTE_MS

__all__ = ["PERSONAS", "SITES", "DemoUser", "seed"]

PERSONAS = (
    *("staff", "standin", "inspector", "efficiency", "shopper", "shopper2", "checklead", "discipline", "head", "office", "leader"),
    *("admin", "supervisor", "director"),
)
"""The parts one may play at demo sign-in, in the order they are offered; a small hall has fewer."""


class DemoUser(NamedTuple):
    """A person who may sign in. `persona`: the part offered without a password, "" for none."""

    uid: str
    name: str
    login: str
    persona: str
    unit: str
    roles: list[str]


def seed(tx: Tx, site: str, seed: int, today: date, found: Callable[[], None]) -> list[DemoUser]:
    """Fill an empty site with its demo hall: deterministic from `seed`, dates relative to `today`. Personas first, in their order.

    `found` lays down what every hall begins with.
    """
    cast = seed_hall(tx, site, seed, today)
    found()
    _list_services(tx, cast, further_services(site))
    _say_some_absences(tx, cast)
    _entitle(tx, cast)
    if "checklead" in cast.personas:
        _draw_missions(tx, cast, today)
        if tx.knows("supervisor"):
            _engage_supervisors(tx, cast, today)
    posts = frozenset(p.rid for p in cast.posts)
    settle_posts(tx, posts)
    if tx.knows("punches_of"):
        keep_attendance(tx)
    return _users(cast)


def _entitle(tx: Tx, cast: Cast) -> None:
    """Since when everybody has worked: what annual leave follows from (LV-08)."""
    hall = hall_of(tx)
    for number, person in enumerate(p for p in cast.people if not p.outside):
        tx.put(LeavePersonRecord(rid=person.rid, worked_since=f"{2000 + number * 7 % 25}-07-01"))
        show_account(tx, hall, person.rid)


def _list_services(tx: Tx, cast: Cast, further: list[list[Names]]) -> None:
    """Every service of a post in the list of services, and the `further` ones of each unit, which are on no plate; who may do the former
    is recorded for the people of the first unit.
    """
    known: dict[str, ServiceRecord] = {}
    for post in cast.posts:
        for names in post.services:
            text = names["zh_Hans"]
            if text not in known:
                known[text] = ServiceRecord(rid=f"s{len(known) + 1:03d}", names=names, unit=post.unit)
        post.service_ids = [known[names["zh_Hans"]].rid for names in post.services]
        put_post(tx, post)
    others = [
        ServiceRecord(rid=f"s{number:03d}", names=names, unit=unit)
        for number, (unit, names) in enumerate(
            ((unit.rid, names) for unit, more in zip(cast.units, further, strict=False) for names in more), start=len(known) + 1
        )
    ]
    for service in (*known.values(), *others):
        keep_service(tx, service)
    first = cast.units[0].rid
    colleagues = [person for person in cast.people if person.unit == first]
    for person in colleagues:
        for service in (s for s in known.values() if s.unit == first):
            # One of them has no seal yet: as B his cover is partial (ORG-03).
            put_qualification(tx, person, service.rid, seal=person is not colleagues[len(colleagues) // 2])


def _users(cast: Cast) -> list[DemoUser]:
    by_uid = {uid: persona for persona, uid in reversed(cast.personas.items())}
    users = [DemoUser(p.rid, p.name, p.badge, by_uid.get(p.rid, ""), p.unit, p.roles) for p in cast.people]
    order = {persona: place for place, persona in enumerate(PERSONAS)}
    return sorted(users, key=lambda u: (order.get(u.persona, len(order)), u.uid))


def _say_some_absences(tx: Tx, cast: Cast) -> None:
    """One step away, one meeting with the stand-in at the post, one off for the day and covered: a board that is not all the same."""
    hall = hall_of(tx)
    day_end = day_start(add_days(today_of(tx), 1), hall.tz)
    windows = [p.rid for p in cast.posts if p.kind == "window"]
    picks = [windows[len(windows) * part // 4] for part in (1, 2, 3)]
    _announce(tx, cast, picks[0], "n-step", Announce([], "step_away", tx.now - 5 * MINUTE_MS, tx.now + 20 * MINUTE_MS, ""))
    if len(windows) < len(PERSONAS):
        return
    meeting = Announce([], "meeting", tx.now - 25 * MINUTE_MS, tx.now + 95 * MINUTE_MS, "")
    meeting = msgspec.structs.replace(meeting, **invented().meeting)
    _announce(tx, cast, picks[1], "n-meeting", meeting)
    _announce(tx, cast, picks[2], "n-off", Announce([], "off_today", day_start(today_of(tx), hall.tz), day_end, ""))
    for post, rid in ((picks[1], "n-meeting"), (picks[2], "n-off")):
        b = _person(tx, cast.duties[post][1])
        _run(tx, PRESENCE.handlers["away.answer"], "away.answer", rid, b, Answer(accept=True))


def _announce(tx: Tx, cast: Cast, post: str, rid: str, said: Announce) -> None:
    """The A of `post` says so, with the day's B as stand-in."""
    a, b = cast.duties[post]
    person = _person(tx, a)
    args = msgspec.structs.replace(said, posts=[post], person=a, stand_in=b, contact=person.phone)
    _run(tx, PRESENCE.handlers["away.announce"], "away.announce", rid, person, args)


def _run(tx: Tx, handler: Handler, kind: str, rid: str, person: PersonRecord, args: msgspec.Struct) -> None:
    """Through the same handler as any phone's op; the seed itself stands in for device and proof."""
    at = getattr(args, "leaves_at", tx.now)
    window = Window(not_before=at, not_after=tx.now, at=at, verdict="OK", grade="A")
    actor = Actor(person.rid, person.unit, frozenset(person.roles))
    outcome = handler(tx, Op(f"demo-{kind}-{rid}", kind, rid, args, "demo", actor, window, tx.now, {}))
    if outcome.st != "applied":
        raise RuntimeError(f"the demo hall does not accept its own {kind}: {outcome}")


def _person(tx: Tx, uid: str) -> PersonRecord:
    person: PersonRecord | None = tx.ask("person", uid=uid)
    if person is None:
        raise LookupError(f"no person {uid}")
    return person


def _engage_supervisors(tx: Tx, cast: Cast, today: date) -> None:
    """The social supervisors a month into their two years, of every kind; the persona looks at all units, each other at some (SUP-02)."""
    begun = add_days(today.isoformat(), -30)
    kinds = ("citizen", *(kind for kind in get_args(SupervisorKind) if kind != "citizen"))
    residents = [unit.rid for unit in cast.units if unit.kind == "resident"]
    for number, uid in enumerate(cast.supervisors):
        person = _person(tx, uid)
        show_supervisor(
            tx,
            SupervisorRecord(
                rid=uid,
                name=person.name,
                kind=kinds[number % len(kinds)],
                units=residents[number * 3 - 3 : number * 3] if number else [],
                checked=_person(tx, cast.personas["office"]).name,
                state="active",
                number=person.badge,
                from_day=begun,
                to_day=add_days(begun, 729),
            ),
        )


def _draw_missions(tx: Tx, cast: Cast, today: date) -> None:
    """Two sealed missions for the two visitors (CHK-05)."""
    team = [cast.personas["shopper"], cast.personas["shopper2"]]
    units = [u for u in cast.units if u.kind == "resident"]
    for number, story in enumerate(invented().stories, start=1):
        unit = units[(number - 1) * 3]
        window = next(p.number for p in cast.posts if p.unit == unit.rid)
        put_mission(
            tx,
            MissionRecord(
                rid=f"m{number:02d}",
                checklist="ms-1",
                unit=unit.rid,
                unit_names=unit.names,
                window=window,
                from_day=add_days(today.isoformat(), -1),
                to_day=add_days(today.isoformat(), 10),
                team=team,
                team_names=[_person(tx, uid).name for uid in team],
                lead=cast.personas["checklead"],
                story=story,
            ),
        )
