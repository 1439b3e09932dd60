"""The demo halls (catalogue §14): who sits where, made from data and a seed. Nobody real: names are 演/示 with the sexagenary cycle.

Units, people, posts, hours, services and supervisors have its numbers. The two of the complaint desk hold its title and no role CMP, which
no institution here asks for; which services are done at once and which have shortened terms belongs to cases, which are no part of this
release. Saturdays by appointment are a notice at the lobby (server/examples): as opening hours they would be working days in every term.

Plate names that conversion would damage, one character beyond the basic plane and one long Latin name are among the people on purpose.
"""

import random
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from server.domain.base import Tx
from server.domain.hall.handlers import (
    OFFICE_HOURS,
    ROSTER_DAYS_AHEAD,
    new_hall,
    put_duty,
    put_hall,
    put_person,
    put_post,
    put_unit,
    titles,
)
from server.domain.hall.ops import LUNCH, Names, Season, SessionDuty, Zone
from server.domain.hall.rules import add_days
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, PostRecord, UnitRecord

HERE = Path(__file__).parent
SITES = ("yunting", "jinghu")
SUPERVISORS = 12
SUMMER_AFTERNOON = ("15:00", "18:00")
NOON = OFFICE_HOURS[0][1]


class Cast(NamedTuple):
    """Who plays which part: uids by persona, and the posts and units a demo needs to name;
    `supervisors`: the social supervisors, the persona first.
    """

    personas: dict[str, str]
    people: list[PersonRecord]
    posts: list[PostRecord]
    units: list[UnitRecord]
    duties: dict[str, tuple[str, str]]
    supervisors: list[str]


class _Unit(msgspec.Struct):
    size: int
    posts: int
    batch: int
    category: str
    names: Names
    services: list[Names]


class _Data(msgspec.Struct):
    names: Names
    phone: str
    locale: str
    zones: list[Zone]
    units: list[_Unit]
    sections: dict[str, Names]
    desks: list[Names]


@cache
def _data(site: str) -> _Data:
    return msgspec.json.decode((HERE / "demo_data" / f"{site}.json").read_bytes(), type=_Data)


class _Catalogue(msgspec.Struct):
    """What the units do besides the services on their plates: matters by unit, each with every act of its kind. Texts stand in the order of
    `locales`; an act follows its matter.
    """

    locales: list[str]
    acts: dict[str, list[list[str]]]
    units: list[list[list[str]]]


@cache
def further_services(site: str) -> list[list[Names]]:
    """The services of each unit that no plate names (§14: 420 in all); none in the small hall."""
    if site != SITES[0]:
        return []
    catalogue = msgspec.json.decode((HERE / "demo_data" / "services.json").read_bytes(), type=_Catalogue)
    return [
        [
            {locale: what + act for locale, what, act in zip(catalogue.locales, matter[1:], said, strict=True)}
            for matter in matters
            for said in catalogue.acts[matter[0]]
        ]
        for matters in catalogue.units
    ]


class Invented(msgspec.Struct):
    """What demo people are called and say. `plates`: names never to be converted (§0.3.7, §14): seven surnames that conversion damages,
    one character of CJK extension B, one name of twenty Latin letters.
    """

    firsts: str
    stems: str
    branches: str
    plates: list[str]
    meeting: dict[str, str]
    stories: list[str]


@cache
def invented() -> Invented:
    """The words of the demo."""
    return msgspec.json.decode((HERE / "demo_data" / "people.json").read_bytes(), type=Invented)


def cycle_names() -> list[str]:
    """演甲子 … 示癸亥: 120 names, none of which anybody bears."""
    words = invented()
    pairs = [words.stems[i % 10] + words.branches[i % 12] for i in range(60)]
    return [first + pair for first in words.firsts for pair in pairs]


class _Builder:
    """Makes people, units and posts in order; ids are short and the same for every seed, names are not."""

    def __init__(self, site: str, seed: int) -> None:
        self.data = _data(site)
        names = cycle_names()
        random.Random(f"{site}:{seed}").shuffle(names)
        self._names = names
        self.people: list[PersonRecord] = []
        self.units: list[UnitRecord] = []
        self.posts: list[PostRecord] = []
        self.duties: dict[str, tuple[str, str]] = {}

    def person(self, unit: str, title: str, roles: list[str], name: str = "", *, outside: bool = False) -> str:
        """One more person; returns the uid."""
        number = len(self.people) + 1
        record = PersonRecord(
            rid=f"p{number:03d}",
            name=name or self._names.pop(),
            badge=f"{1000 + number}",
            unit=unit,
            title=titles()[title],
            roles=roles,
            phone=f"0000-0000{1000 + number}",
            outside=outside,
        )
        self.people.append(record)
        return record.rid

    def unit(self, rid: str, names: Names, head: str, **more: Any) -> None:
        """One more unit."""
        phone = f"0000-0000{2000 + len(self.units)}"
        self.units.append(UnitRecord(rid=rid, names=names, head=head, phone=phone, **more))

    def post(self, zone: str, unit: str, services: list[Names], group: str, kind: Any, pair: tuple[str, str]) -> str:
        """One more post at the end of a zone, with its A and B; returns its id, which is also its number."""
        order = 1 + sum(p.zone == zone for p in self.posts)
        number = f"{zone}{order:02d}"
        self.posts.append(
            PostRecord(
                rid=number,
                number=number,
                zone=zone,
                order=order,
                unit=unit,
                services=services,
                group=group,
                kind=kind,
                required=True,
            )
        )
        self.duties[number] = pair
        return number


def pair_up(people: list[str], posts: int) -> list[tuple[str, str]]:
    """A and B of each post of a unit: the next colleague who is not that post's A, so that nobody is B twice before all are once."""
    step = posts if posts < len(people) else 1
    return [(people[i % len(people)], people[(i + step) % len(people)]) for i in range(posts)]


def _residents(b: _Builder) -> None:
    """The resident units with their windows; one-person units lend each other a B (ORG-04)."""
    plates = invented().plates
    traps = list(plates) if len(b.data.units) >= 2 + len(plates) else []
    alone: list[tuple[str, _Unit, str, str]] = []
    zones = [z.id for z in b.data.zones]
    sizes = list(dict.fromkeys(u.size for u in b.data.units))
    for index, u in enumerate(b.data.units):
        rid = f"u{index + 1:02d}"
        zone = zones[min(sizes.index(u.size), len(zones) - 1)]
        people = []
        for place in range(u.size):
            is_head = place == u.size - 1
            trap = traps.pop(0) if traps and index >= 2 and place == 0 else ""
            roles = ["STF", "HEAD"] if is_head else ["STF"]
            people.append(b.person(rid, "head" if is_head else "clerk", roles, trap))
        b.unit(rid, u.names, people[-1], kind="resident", category=u.category, batch=u.batch)
        if u.size == 1:
            alone.append((rid, u, zone, people[0]))
            continue
        for i, pair in enumerate(pair_up(people, u.posts)):
            b.post(zone, rid, _some(u.services, i), rid if u.posts > 1 else f"zone-{zone}", "window", pair)
    for i, (rid, u, zone, a) in enumerate(alone):
        b.post(zone, rid, u.services, f"zone-{zone}", "window", (a, alone[(i + 1) % len(alone)][3]))


def _some(services: list[Names], i: int) -> list[Names]:
    """Two of the unit's services for its i-th window."""
    if len(services) <= 2:
        return services
    return [services[i % len(services)], services[(i + 1) % len(services)]]


def _centre(b: _Builder) -> dict[str, str]:
    """The centre's own 18 people and its two enquiry desks. The first desk is the office's contact point, never empty (ORG-06)."""
    names = b.data.sections
    top = b.person("c-lead", "top", ["TOP", "HEAD"])
    # The last of them leads checks, too: to whom a plan can be handed.
    leaders = [b.person("c-lead", "lead", roles) for roles in (["LEAD"], ["LEAD"], ["LEAD", "CHECK"])]
    office = [b.person("c-office", "office_head", ["OFF", "HEAD"]), *(b.person("c-office", "office", ["OFF", "STF"]) for _ in range(3))]
    patrol = [b.person("c-patrol", "patrol", ["INS"]) for _ in range(3)]
    patrol += [b.person("c-patrol", "efficiency", ["EFF", "HEAD"]), b.person("c-patrol", "efficiency", ["EFF"])]
    complaint = [b.person("c-complaint", "complaint", ["STF", "HEAD"]), b.person("c-complaint", "complaint", ["STF"])]
    discipline = [b.person("c-discipline", "discipline", ["CHECK", "DIS", "HEAD"]), b.person("c-discipline", "discipline", ["DIS", "STF"])]
    admin = b.person("c-it", "admin", ["ADM", "HEAD"])
    desk = b.post("F", "c-office", [b.data.desks[0]], "enquiry", "consult", (office[2], office[3]))
    b.post("F", "c-complaint", [b.data.desks[1]], "enquiry", "consult", (complaint[1], complaint[0]))
    heads = {"lead": top, "office": office[0], "patrol": patrol[3], "complaint": complaint[0], "discipline": discipline[0], "it": admin}
    for key, head in heads.items():
        contact = desk if key == "office" else ""
        b.unit(f"c-{key}", names[key], head, kind="centre", category="centre", contact_post=contact)
    return {
        "inspector": patrol[0],
        "efficiency": patrol[4],
        "checklead": discipline[0],
        "discipline": discipline[1],
        "office": office[0],
        "leader": leaders[0],
        "admin": admin,
        "director": top,
    }


def _small_centre(b: _Builder) -> dict[str, str]:
    """A town hall's two centre people do everything else."""
    office = b.person("c-office", "office_head", ["OFF", "HEAD", "ADM"])
    inspector = b.person("c-office", "patrol", ["INS", "EFF"])
    b.unit("c-office", b.data.sections["office"], office, kind="centre", category="centre", contact_post="B02")
    return {"inspector": inspector, "office": office}


def _hall(data: _Data, until: str) -> HallRecord:
    hall = new_hall(data.names, data.locale)
    summer = {weekday: [OFFICE_HOURS[0], SUMMER_AFTERNOON] for weekday in hall.hours}
    demo = msgspec.structs.replace(
        hall,
        phone=data.phone,
        zones=data.zones,
        rules=hall.rules | {"demo.always_open": True},
        roster_version=1,
        demo=True,
        seasons=[Season("06-01", summer, (NOON, SUMMER_AFTERNOON[0])), Season("10-01", hall.hours, (NOON, OFFICE_HOURS[1][0]))],
    )
    return HallRecord(rid="hall", hall=demo, roster_until=until)


def lunch_duties(posts: Iterable[PostRecord], duties: Mapping[str, tuple[str, str]], personas: Iterable[str]) -> dict[str, str]:
    """Who has lunch duty where (CAL-05): in every zone the B of its first window at which no persona is planned."""
    found: dict[str, PostRecord] = {}
    taken = {*personas}
    for post in (one for one in posts if one.kind == "window" and one.zone not in found):
        if not taken & {*duties[post.rid]}:
            found[post.zone] = post
            taken.add(duties[post.rid][1])
    return {post.rid: duties[post.rid][1] for post in found.values()}


def seed_hall(tx: Tx, site: str, seed: int, today: date) -> Cast:
    """Put the hall, its units, posts and people, and the duties from yesterday to a week ahead."""
    b = _Builder(site, seed)
    _residents(b)
    first = b.units[0]
    staff, standin = next(pair for p in b.posts if first.head not in (pair := b.duties[p.rid]))
    personas = {"staff": staff, "standin": standin, "head": first.head}
    personas |= _centre(b) if site == "yunting" else _small_centre(b)
    day = today.isoformat()
    put_hall(tx, _hall(b.data, add_days(day, ROSTER_DAYS_AHEAD)))
    for unit in b.units:
        put_unit(tx, unit)
    supervisors: list[str] = []
    if site == "yunting":
        personas |= {key: b.person("", "visitor", ["TEAM"], outside=True) for key in ("shopper", "shopper2")}
        supervisors = [b.person("", "visitor", ["SUP"], outside=True) for _ in range(SUPERVISORS)]
        personas["supervisor"] = supervisors[0]
    for person in b.people:
        put_person(tx, person)
    for post in b.posts:
        put_post(tx, post)
    lunch = lunch_duties(b.posts, b.duties, personas.values())
    for offset in range(-1, ROSTER_DAYS_AHEAD + 1):
        for post_id, (a, b_of_post) in b.duties.items():
            on = add_days(day, offset)
            later = [SessionDuty(LUNCH, lunch[post_id])] if post_id in lunch else []
            put_duty(tx, DutyRecord(rid=f"{on}:{post_id}", day=on, post=post_id, a=a, b=b_of_post, later=later))
    return Cast(personas, b.people, b.posts, b.units, b.duties, supervisors)
