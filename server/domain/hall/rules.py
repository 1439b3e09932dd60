"""Pure decisions about the hall: its day, its hours, its plates, its parameters (CAL, ORG, catalogue §16).

Answers of this domain, for `Tx.ask`: `founded`() -> bool · `hall`() -> Hall ·
`unit`(unit) -> UnitRecord | None · `office`() -> UnitRecord | None ·
`post`(post) -> PostRecord | None · `posts`() -> list[PostRecord], `posts_at`(at) those in use at a moment ·
`person`(uid) -> PersonRecord | None ·
`duty_of`(post, day) -> DutyRecord | None · `posts_of`(uid, day) -> list[str] · `heads`(unit) -> list[str] ·
`unit_people`(unit) -> list[str] · `stood_closed`(day) -> list[tuple[int, int]]: when (ms) a day was closed
by the hall's own word that it took back later.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from server.domain.base import Actor
from server.domain.hall.ops import Hall, Names, Role, RulesFrom, Season, Value
from server.domain.hall.params import DEFAULT_RULES
from sync.units import DAY_MS, MINUTE_MS

SURNAMES = Path(__file__).parent / "surnames.json"

FOREVER = 9_007_199_254_740_991
"""A time that has not come: an open end (ms), still exact in JavaScript."""


def rules_on(hall: Hall, day: str) -> dict[str, Value]:
    """All parameters as they are in force on an ISO day."""
    return hall.rules | {key: value for one in hall.dated if one.from_day <= day for key, value in one.rules.items()}


def with_rules(hall: Hall, from_day: str, said: dict[str, Value]) -> list[RulesFrom]:
    """`Hall.dated` once these parameters are to hold from a day (ISO) on: until the next change that was said of each."""
    known = {one.from_day: one.rules for one in hall.dated}
    known[""] = {key: hall.rules.get(key, DEFAULT_RULES[key]) for key in said} | known.get("", {})
    known[from_day] = known.get(from_day, {}) | said
    return [RulesFrom(day, rules) for day, rules in sorted(known.items())]


def setting(hall: Hall, key: str, on: str | int) -> Value:
    """A parameter of the hall as it was, or will be, in force on a day (ISO, or a moment of it in ms): what is judged about that day is
    judged by it, whenever that happens (GEN-03).
    """
    for one in reversed(hall.dated):
        if key in one.rules and (one.from_day <= on if isinstance(on, str) else not one.from_day or day_start(one.from_day, hall.tz) <= on):
            return one.rules[key]
    return hall.rules.get(key, DEFAULT_RULES[key])


def rule(hall: Hall, key: str, on: str | int) -> int:
    """A numeric parameter, as `setting` has it."""
    return int(setting(hall, key, on))


def minutes_ms(hall: Hall, key: str, on: str | int) -> int:
    """A parameter counted in minutes, in ms."""
    return rule(hall, key, on) * MINUTE_MS


def vacancy_ms(hall: Hall, on: str | int) -> int:
    """How long a post must have been empty to count (EVD-08): never shorter than what needs no notice (`awy.short_min`, AWY-05)."""
    return max(minutes_ms(hall, "evd.vacancy_min_minutes", on), minutes_ms(hall, "awy.short_min", on))


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


def is_day(text: str) -> bool:
    """True for a day that exists, written "2026-11-24": days are compared as text, so other ISO forms are none."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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
    spans = hours.get(str(date.fromisoformat(day).isoweekday())) or []
    if not spans and kind_of(hall, day) != "working":
        # A make-up day, or one the hall opens by itself, keeps the hours of a Monday unless the hall names its own.
        spans = next((known for _, known in sorted(hours.items()) if known), [])
    return [(at_time(day, start, hall.tz), at_time(day, end, hall.tz)) for start, end in spans]


def lunch_span(hall: Hall, day: str) -> tuple[int, int] | None:
    """When lunch duty is on `day` (ms): what of its posted span lies between two sessions (CAL-05)."""
    said = season(hall, day).lunch
    if said is None:
        return None
    from_at, to_at = (at_time(day, edge, hall.tz) for edge in said)
    free = [(max(from_at, closes), min(to_at, opens)) for (_, closes), (opens, _) in pairwise(posted_sessions(hall, day))]
    return next(((start, end) for start, end in free if start < end), None)


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
        return f"{surname(name)} {text(title, hall.locale)}"
    return name


def surname(name: str) -> str:
    """The surname of a person as typed: the last word of a Latin name; of a Chinese one the first character, or the first two where they
    are a compound surname and a given name is left.
    """
    if name.isascii():
        return name.rsplit(" ", 1)[-1]
    return name[:2] if len(name) > 2 and name[:2] in compound_surnames() else name[:1]


@cache
def compound_surnames() -> tuple[str, ...]:
    """Surnames of two characters, in both scripts."""
    return tuple(msgspec.json.decode(SURNAMES.read_bytes(), type=list[str]))


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
VISITOR_NUMBER_DIGITS, VISITOR_NUMBER_FIRST = 10, "7"
"""Too many to try, and the form of no telephone number."""


def is_outside(roles: Iterable[str]) -> bool:
    """True for somebody who is no member of the hall: every role held is one of those who come from outside."""
    held = frozenset(roles)
    return bool(held) and held <= _OUTSIDE


def is_unlisted(roles: Iterable[str]) -> bool:
    """True for a visitor from outside: in no list of the hall, and nobody there may learn that there is such a person (CHK-05)."""
    return frozenset(roles) == {"TEAM"}


def visitor_number(uid: str, again: int = 0) -> str:
    """The login of a visitor from outside, made of the uid that check leads alone know; `again`: another one, where that is somebody's."""
    digest = hashlib.sha256(f"zaigang-visitor\n{uid}\n{again}".encode()).digest()
    return f"{VISITOR_NUMBER_FIRST}{int.from_bytes(digest[:8], 'big') % 10 ** (VISITOR_NUMBER_DIGITS - 1):0{VISITOR_NUMBER_DIGITS - 1}}"


def is_visitor_number(number: str) -> bool:
    """True for a login such as visitors have. Nobody of the hall gets one, whether it is somebody's or not: no answer tells (CHK-05)."""
    text = number.strip()
    return len(text) == VISITOR_NUMBER_DIGITS and text.isascii() and text.isdigit() and text[0] == VISITOR_NUMBER_FIRST


def of_the_hall(actor: Actor) -> bool:
    """True for a member of the hall: neither somebody from outside nor a lobby screen."""
    people = actor.roles - {"BOARD"}
    return bool(people) and not is_outside(people)
