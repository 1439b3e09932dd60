"""Pure decisions about the hall: its day, its hours, its plates, its parameters (CAL, ORG, catalogue §16).

Answers of this domain, for `Tx.ask`: `founded`() -> bool · `hall`() -> Hall ·
`unit`(unit) -> UnitRecord | None · `office`() -> UnitRecord | None ·
`post`(post) -> PostRecord | None · `posts`() -> list[PostRecord] · `person`(uid) -> PersonRecord | None ·
`duty_of`(post, day) -> DutyRecord | None · `posts_of`(uid, day) -> list[str] · `heads`(unit) -> list[str] ·
`unit_people`(unit) -> list[str].
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from server.domain.base import Actor
from server.domain.hall.ops import Hall, Names, Role, Season

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS

FOREVER = 9_007_199_254_740_991
"""A time that has not come: an open end (ms), still exact in JavaScript."""

DEFAULT_RULES: dict[str, int | str | bool] = {
    "fq.reply_days": 7,
    "tl.ask_leader_days": 2,
    "tl.study_days": 7,
    "tl.due_soon_days": 1,
    "tl.instant_max_minutes": 30,
    "stp.max_days_supplement": 10,
    "stp.max_days_site": 15,
    "awy.short_min": 10,
    "awy.consent_min": 30,
    "awy.return_grace_min": 10,
    "awy.standin_confirm_min": 3,
    "awy.overdue_office_min": 30,
    "awy.duty_level": 2,
    "awy.step_max_hours": 12,
    "awy.max_days": 62,
    "awy.ahead_days": 62,
    "awy.late_days": 31,
    "evd.vacancy_min_minutes": 10,
    "evd.offset_tolerance_s": 120,
    "evd.anchor_hours": 24,
    "evd.answer_days": 3,
    "evd.review_days": 15,
    "evd.blob_days": 7,
    "evd.ref_wait_days": 5,
    "evd.held_days": 3,
    "evd.pending_days": 3,
    "evd.daily_close": "12:00",
    "evd.monthly_close_day": 3,
    "ab.min_staff_per_post": 2,
    "ab.handover_ahead_days": 1,
    "ab.answer_before_min": 60,
    "ab.max_live_posts_warn": 1,
    "ab.max_live_posts_consent": 2,
    "ab.change_notice_days": 0,
    "ab.sheet_max_days": 400,
    "ab.sheet_ahead_days": 92,
    "ab.sheet_late_days": 31,
    "att.grace_min": 0,
    "att.late_early_month_limit": 3,
    "att.half_day_minutes": 30,
    "att.punches": 4,
    "att.missing_half_day": False,
    "att.corrections_month": 2,
    "att.in_hall_required": False,
    "att.open_minutes": 120,
    "att.due": "everyone",
    "att.exempt_roles": "LEAD,TOP",
    "att.late_days": 62,
    "lv.day_hours": 8,
    "lv.file_days": 1,
    "lv.ahead_days": 400,
    "lv.late_days": 400,
    "lv.silent_hours": 4,
    "lv.return_grace_min": 30,
    "lv.shown_days": 60,
    "lv.read_minutes": 15,
    "lv.sealed_years": 1,
    "lv.absence_first_days": 5,
    "lv.absence_second_days": 10,
    "lv.absence_limit_days": 15,
    "lv.absence_year_days": 30,
    "ptl.interval_min": 60,
    "ptl.tolerance_min": 10,
    "ptl.first_minor_reminder": True,
    "ptl.irregular_per_zone": 2,
    "ptl.irregular_percent": 60,
    "ptl.irregular_step_min": 30,
    "ptl.irregular_window_min": 20,
    "ptl.points_min": 3,
    "ptl.video_roles": "EFF,OFF",
    "chk.coverage_min_percent": 30,
    "chk.team_min": 2,
    "chk.tell_days": 1,
    "chk.dwell_min_minutes": 10,
    "chk.batch_items": 10,
    "chk.batch_seconds": 15,
    "sup.answer_days": 10,
    "sup.inform_days": 15,
    "acc.collective_threshold": 3,
    "acc.statement_days": 3,
    "acc.appeal_days": 15,
    "cmp.accept_days": 2,
    "cmp.simple_days": 1,
    "cmp.complex_days": 5,
    "cmp.retaliation_watch_days": 180,
    "sat.first_contact_days": 1,
    "sat.rectify_days": 5,
    "rct.simple_days": 5,
    "rct.complex_days": 15,
    "rct.recurrence_days": 90,
    "rct.collective_count": 3,
    "rct.public_days": 90,
    "fac.minor_days": 5,
    "fac.serious_days": 3,
    "fac.grave_days": 1,
    "idx.min_n": 10,
    "dsp.stale_hide_min": 10,
    "dsp.stale_static_min": 30,
    "dsp.empty_neighbour_min": 10,
    "dsp.kept_days": 60,
    "emg.responder_min": 3,
    "emg.head_min": 5,
    "emg.lead_min": 15,
    "emg.link_min": 30,
    "emg.handling_min": 15,
    "emg.report_min": 30,
    "emg.feedback_hours": 24,
    "emg.order_days": 5,
    "prv.mask_citizen_days": 90,
    "dev.shown_days": 400,
    "sec.pin": "offered",
    "sec.lease_hours": 12,
    "off.max_offline_days": 30,
    "off.max_offline_sealed_hours": 24,
    "demo.always_open": False,
}
"""Catalogue §16. A hall's own rule set lies over these; a key that says its unit is counted in it."""


def rule(hall: Hall, key: str) -> int:
    """A numeric parameter of the hall, or its default."""
    return int(hall.rules.get(key, DEFAULT_RULES[key]))


def minutes_ms(hall: Hall, key: str) -> int:
    """A parameter counted in minutes, in ms."""
    return rule(hall, key) * MINUTE_MS


def vacancy_ms(hall: Hall) -> int:
    """How long a post must have been empty to count (EVD-08): never shorter than what needs no notice (`awy.short_min`, AWY-05)."""
    return max(minutes_ms(hall, "evd.vacancy_min_minutes"), minutes_ms(hall, "awy.short_min"))


def near(at: int, said: Iterable[int], late_days: int, ahead_days: int = 0) -> bool:
    """True when `at` (ms) lies no more than so many days before, and no more than so many after, one of the moments at which it may
    have been said: what lies further off cannot be meant.
    """
    return any(one - late_days * DAY_MS <= at <= one + ahead_days * DAY_MS for one in said)


@lru_cache(maxsize=16)
def _zone(tz: str) -> ZoneInfo:
    return ZoneInfo(tz)


def local(ms: int, tz: str) -> datetime:
    """`ms` since 1970 as the hall's wall clock shows it."""
    return datetime.fromtimestamp(ms / 1000, _zone(tz))


@lru_cache(maxsize=4096)
def day_start(day: str, tz: str) -> int:
    """Midnight that begins `day` (ISO) in ms."""
    return at_time(day, "00:00", tz)


@lru_cache(maxsize=4096)
def at_time(day: str, clock: str, tz: str) -> int:
    """`clock` ("HH:MM", "24:00" allowed) of `day` in ms."""
    hour, minute = (int(part) for part in clock.split(":"))
    start = datetime.combine(date.fromisoformat(day), time(), _zone(tz)) + timedelta(days=hour // 24)
    return int(start.replace(hour=hour % 24, minute=minute).timestamp() * 1000)


def day_of(ms: int, tz: str) -> str:
    """The hall's day (ISO) of a moment."""
    return local(ms, tz).date().isoformat()


def add_days(day: str, count: int) -> str:
    """The ISO day `count` days after `day`."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def kind_of(hall: Hall, day: str) -> str:
    """What kind of day it is (CAL-01): one of `calendar.DayKind`."""
    return hall.days.get(day) or ("working" if date.fromisoformat(day).isoweekday() <= 5 else "weekend")


def works_on(hall: Hall, day: str) -> bool:
    """True when the hall works that day: make-up days do, holidays do not (CAL-01)."""
    return kind_of(hall, day) in ("working", "make_up", "open")


def season(hall: Hall, day: str) -> Season:
    """The hours in force that day: of the season that began last, or the hall's only ones (CAL-05)."""
    known = next((e for e in hall.earlier if day < e.until), hall)
    if not known.seasons:
        return Season("01-01", known.hours, known.lunch)
    seasons = sorted(known.seasons, key=lambda s: s.first)
    return next((s for s in reversed(seasons) if s.first <= day[5:]), seasons[-1])


def posted_sessions(hall: Hall, day: str) -> list[tuple[int, int]]:
    """Opening sessions of `day` in ms by calendar and posted hours: what terms are reckoned by."""
    if not works_on(hall, day):
        return []
    hours = season(hall, day).hours
    # A make-up Saturday or Sunday keeps the hours of a Monday unless the hall names its own.
    spans = hours.get(str(date.fromisoformat(day).isoweekday())) or hours.get("1", [])
    return [(at_time(day, start, hall.tz), at_time(day, end, hall.tz)) for start, end in spans]


def sessions(hall: Hall, day: str) -> list[tuple[int, int]]:
    """Opening sessions of `day` in ms. A demo hall that is always open has one: the whole day, whatever hours it displays."""
    if hall.rules.get("demo.always_open"):
        return [(day_start(day, hall.tz), day_start(add_days(day, 1), hall.tz))]
    return posted_sessions(hall, day)


def is_open(hall: Hall, ms: int) -> bool:
    """True inside opening hours (CAL-05)."""
    return any(start <= ms < end for start, end in sessions(hall, day_of(ms, hall.tz)))


def opens_within(hall: Hall, from_ms: int, to_ms: int) -> bool:
    """True when any opening time lies between the two moments (looking at most a week ahead)."""
    day, last = day_of(from_ms, hall.tz), day_of(min(to_ms, from_ms + 7 * DAY_MS), hall.tz)
    while day <= last:
        if any(start < to_ms and from_ms < end for start, end in sessions(hall, day)):
            return True
        day = add_days(day, 1)
    return False


def next_working_day(hall: Hall, day: str, count: int = 1) -> str:
    """The `count`-th working day after `day` (start day not counted)."""
    while count:
        day = add_days(day, 1)
        count -= works_on(hall, day)
    return day


def text(names: Names, locale: str) -> str:
    """`names` in `locale`; a missing one falls back to zh-Hans, never to conversion (ORG-08)."""
    return names.get(locale) or names["zh_Hans"]


def plate(hall: Hall, name: str, badge: str, title: Names) -> str:
    """What the plate of a person says, by the hall's policy (DSP-06). Names are never converted."""
    if hall.plate == "badge":
        return badge
    if hall.plate == "surname_title":
        surname = name.rsplit(" ", 1)[-1] if name.isascii() else name[0]
        return f"{surname} {text(title, hall.locale)}"
    return name


def leads(actor: Actor, unit: str) -> bool:
    """True for the head of `unit` and for the office: those who may speak for its people."""
    return "OFF" in actor.roles or ("HEAD" in actor.roles and actor.unit == unit)


def held_for(code: str) -> tuple[Role, frozenset[str]]:
    """Who owns a held op of an open institution by the reason, and which buckets see and may decide it."""
    if code in ("REVOKED", "RESCUED", "INTERNAL", "UNSUPPORTED"):
        return "ADM", frozenset({"role:ADM", "role:OFF"})
    return "OFF", frozenset({"role:OFF"})


def roles_of(said: object) -> frozenset[str]:
    """The roles a rule names, separated by commas ("EFF,OFF")."""
    return frozenset(role.strip() for role in str(said).split(",")) - {""}


def may_any(actor: Actor, *roles: str) -> bool:
    """True when the actor holds one of the roles."""
    return not actor.roles.isdisjoint(roles)


def buckets_of(uid: str, unit: str, roles: Iterable[str]) -> frozenset[str]:
    """Every bucket a person's device may read, without its own `dev:` (VIS-01).

    Who comes from outside (a mystery shopper, a social supervisor) gets no hall data at all (CHK-05, CHK-06, SUP-02).
    """
    held = frozenset(roles)
    mine = {f"u:{uid}", *(f"role:{r}" for r in held & _ROLE_BUCKETS)}
    if "TOP" in held:
        mine.add("role:LEAD")
    if is_outside(held):
        return frozenset(mine)
    mine |= {"hall", "pub"}
    if unit:
        mine.add(f"unit:{unit}")
        if "HEAD" in held:
            mine.add(f"head:{unit}")
    return frozenset(mine)


_ROLE_BUCKETS = frozenset({"OFF", "INS", "EFF", "LEAD", "TOP", "TEAM", "CHECK", "SUP", "DIS", "ADM"})
_OUTSIDE = frozenset({"TEAM", "SUP"})


def is_outside(roles: Iterable[str]) -> bool:
    """True for somebody who is no member of the hall: every role held is one of those who come from outside."""
    held = frozenset(roles)
    return bool(held) and held <= _OUTSIDE


def of_the_hall(actor: Actor) -> bool:
    """True for a member of the hall: neither somebody from outside nor a lobby screen."""
    people = actor.roles - {"BOARD"}
    return bool(people) and not is_outside(people)
