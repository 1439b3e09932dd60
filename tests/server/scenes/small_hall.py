"""A small hall with the named cast, in memory, on Monday 23 November 2026: what the tests of the institutions play in.

王 A of w1 · 李 his B · 赵 head of their unit u1 · 钱 A of w2 · 林, 陈 inspectors · 周 office · 马 leader · 吴, 郑 mystery shoppers ·
孙 check lead · 冯 alone in u2, at w3 · 韩 at the enquiry desk d1, the office's contact point.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.domain.base import Actor, Domain
from server.domain.hall.handlers import DOMAIN as HALL
from server.domain.hall.handlers import put_duty, put_hall, put_person, put_post, put_unit
from server.domain.hall.ops import Hall, Zone
from server.domain.hall.rules import DEFAULT_RULES
from server.domain.hall.tables import DutyRecord, HallRecord, PersonRecord, PostRecord, UnitRecord
from server.domain.handover.handlers import DOMAIN as HANDOVER
from server.domain.incident.handlers import DOMAIN as INCIDENT
from server.domain.leave.handlers import DOMAIN as LEAVE
from server.domain.norms.handlers import DOMAIN as NORMS
from server.domain.norms.library import put_shipped
from server.domain.patrol.handlers import DOMAIN as PATROL
from server.domain.patrol.ops import Knew
from server.domain.presence.handlers import DOMAIN as PRESENCE
from server.domain.roster.handlers import DOMAIN as ROSTER
from server.domain.supervisor.handlers import DOMAIN as SUPERVISOR
from server.domain.trail.handlers import DOMAIN as TRAIL
from server.domain.visit.handlers import DOMAIN as VISIT
from server.domain.visit.handlers import put_mission
from server.domain.visit.tables import MissionRecord
from tests.support.memory_tx import MemoryHall

DOMAINS = (HALL, ROSTER, LEAVE, PRESENCE, HANDOVER, PATROL, INCIDENT, NORMS, VISIT, SUPERVISOR, TRAIL)
DAY = "2026-11-23"
HOURS = [("08:30", "12:00"), ("14:30", "17:30")]
KNEW = Knew(roster_version=1, notices=[], synced_at=0)
NO_SERVICES = [{"zh_Hans": "办事"}]

PEOPLE = {
    "wang": ("王", "u1", ["STF"]),
    "li": ("李", "u1", ["STF"]),
    "zhao": ("赵", "u1", ["STF", "HEAD"]),
    "qian": ("钱", "u1", ["STF"]),
    "sun": ("孙", "c-check", ["CHECK"]),
    "lin": ("林", "c-patrol", ["INS"]),
    "chen": ("陈", "c-patrol", ["EFF"]),
    "zhou": ("周", "c-office", ["OFF", "HEAD"]),
    "han": ("韩", "c-office", ["STF"]),
    "ma": ("马", "c-lead", ["LEAD"]),
    "feng": ("冯", "u2", ["STF", "HEAD"]),
    "wu": ("吴", "", ["TEAM"]),
    "zheng": ("郑", "", ["TEAM"]),
}
ACTORS = {uid: Actor(uid, unit, frozenset(roles)) for uid, (_, unit, roles) in PEOPLE.items()}
POSTS = {
    "w1": ("u1", "A", "wang", "li"),
    "w2": ("u1", "A", "qian", "wang"),
    "w3": ("u2", "B", "feng", "qian"),
    "d1": ("c-office", "B", "han", "zhou"),
}
HEADS = {"u1": "zhao", "u2": "feng", "c-office": "zhou", "c-patrol": "chen", "c-check": "sun", "c-lead": "ma"}


def at(clock: str, day: str = DAY) -> int:
    """A time of the hall's day ("10:02" or "10:02:30", China time) in ms."""
    parts = [int(p) for p in clock.split(":")] + [0]
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=8)
    return int((start + timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])).timestamp() * 1000)


_MADE: dict[tuple[Any, ...], MemoryHall] = {}
"""Halls nobody has used yet; each keeps the institutions it was made of, so that their ids stay theirs."""


def small_hall(now: str = "09:00", *, domains: tuple[Domain, ...] = DOMAINS, today: str = DAY, **rules: int | bool | str) -> MemoryHall:
    """The hall at `now`, everybody on post."""
    key = (now, today, tuple(map(id, domains)), tuple(sorted(rules.items())))
    if key not in _MADE:
        hall = MemoryHall(domains, at(now, today))
        lay_out(hall.tx, **rules)
        hall.found()
        hall.tick(at(now, today))
        _MADE[key] = hall
    return _MADE[key].copy()


def lay_out(tx: Any, **rules: int | bool | str) -> None:
    """Put the hall and everybody in it."""
    settings = Hall(
        names={"zh_Hans": "小厅"},
        phone="0000-00000000",
        tz="Asia/Shanghai",
        locale="zh_Hans",
        plate="name",
        zones=[Zone("A", {"zh_Hans": "甲区"}, 1), Zone("B", {"zh_Hans": "乙区"}, 1)],
        hours={str(d): HOURS for d in range(1, 6)},
        days={},
        calendars={},
        rules=DEFAULT_RULES | rules,
        rule_set="t",
        roster_version=1,
        demo=False,
    )
    put_hall(tx, HallRecord(rid="hall", hall=settings))
    for unit, head in HEADS.items():
        contact = "d1" if unit == "c-office" else ""
        kind = "centre" if unit.startswith("c-") else "resident"
        put_unit(tx, UnitRecord(rid=unit, names={"zh_Hans": unit}, kind=kind, head=head, category="", contact_post=contact))
    for uid, (name, unit, roles) in PEOPLE.items():
        outside = roles == ["TEAM"]
        put_person(tx, PersonRecord(rid=uid, name=name, badge=uid, unit=unit, title={"zh_Hans": "职员"}, roles=roles, outside=outside))
    for order, (post, (unit, zone, a, b)) in enumerate(POSTS.items(), start=1):
        kind = "consult" if post == "d1" else "window"
        put_post(
            tx,
            PostRecord(
                rid=post, number=post, zone=zone, order=order, unit=unit, services=NO_SERVICES, group="all", kind=kind, required=True
            ),
        )
        for day in (DAY, "2026-11-24"):
            put_duty(tx, DutyRecord(rid=f"{day}:{post}", day=day, post=post, a=a, b=b))
    put_shipped(tx)
    put_mission(tx, mission())


def mission() -> MissionRecord:
    """One sealed mission: 吴 and 郑 visit w1, 孙 leads."""
    return MissionRecord(
        rid="m1",
        checklist="ms-1",
        unit="u1",
        unit_names={"zh_Hans": "u1"},
        window="w1",
        from_day=DAY,
        to_day="2026-11-30",
        team=["wu", "zheng"],
        team_names=["吴", "郑"],
        lead="sun",
        story="想开一家小店。",
    )


def on_duty(hall: MemoryHall, post: str, clock: str, day: str = DAY) -> tuple[str, str]:
    """A and B of a post at a moment."""
    found = hall.tx.ask("on_duty", post=post, at=at(clock, day))
    return found.a, found.b
