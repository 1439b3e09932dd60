"""Terms and calendars (CAL-01..09, CAL-12), with a walk minute by minute as the other opinion."""

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from server.domain.hall import calendar
from server.domain.hall.calendar import BadCalendar, day_kinds, fixed, provisional_kinds, region_of, shipped, versions
from server.domain.hall.handlers import OFFICE_HOURS, new_hall
from server.domain.hall.ops import Hall, Season
from server.domain.hall.rules import at_time, day_of, kind_of, posted_sessions
from server.domain.hall.terms import Endless, Pause, Term, binding, day_ahead, due, working_days

TZ = "Asia/Shanghai"
ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "server/domain/hall/terms_vectors.json").read_text())
HALL = new_hall({"zh_Hans": "厅"}, "zh_Hans")
FILES = {year: json.loads((ROOT / f"server/domain/hall/calendars/cn-{year}.json").read_text()) for year in (2024, 2025, 2026)}


def ms(text: str) -> int:
    """ "YYYY-MM-DD HH:MM" of the hall in ms."""
    return at_time(text[:10], text[11:], TZ)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_the_terms_of_the_catalogue(vector: dict[str, object]) -> None:
    """CAL-04, CAL-06, CAL-08 and the vectors of catalogue §1."""
    pauses = [Pause(ms(a), ms(b)) for a, b in vector.get("pauses", [])]
    found = due(HALL, msgspec.convert(vector["term"], Term), ms(vector["at"]), pauses)
    assert (found.received, found.day, found.provisional) == (vector["received"], vector["day"], vector["provisional"])
    assert found.at == ms(vector.get("ends", f"{vector['day']} {'24:00' if vector['day'] == '2026-10-01' else '17:30'}"))


class Walk:
    """The other opinion: read from the calendar files alone, minute by minute, with nothing of the rules."""

    def __init__(self) -> None:
        self.off = {d["date"]: d["isOffDay"] for f in FILES.values() for d in f["days"]}

    def works(self, day: date) -> bool:
        off = self.off.get(day.isoformat())
        return day.weekday() < 5 if off is None else not off

    def open(self, at: datetime) -> bool:
        clock = f"{at.hour:02}:{at.minute:02}"
        return self.works(at.date()) and any(start <= clock < end for start, end in OFFICE_HOURS)

    def ends(self, event: datetime, term: Term, stood: tuple[datetime, datetime]) -> datetime:
        """The last minute of the term; the clock stood still in between."""
        if term.unit == "hour":
            return self._used(event, term.amount * 60, stood)
        at, cut_off = event, term.cut_off or "17:30"
        while not (self.works(at.date()) and at.strftime("%H:%M") <= cut_off):
            at += timedelta(minutes=1)
        length = term.amount * (7 if term.unit == "week" else 1)
        counted, last = 0, at.date() + timedelta(days=length)
        day = at.date()
        while True:
            at += timedelta(minutes=1)
            if at.date() == day:
                continue
            if term.unit == "working_day":
                runs = at.strftime("%H:%M") == cut_off and self.works(at.date()) and not stood[0] <= at < stood[1]
                counted += runs
                if runs and counted == length:
                    return at.replace(hour=17, minute=30)
            elif not term.roll and at.date() == last and not self.works(last):
                return at + timedelta(days=1)
            elif (at.hour, at.minute) == (17, 30) and self.works(at.date()) and at.date() >= last:
                return at

    def _used(self, at: datetime, minutes: int, stood: tuple[datetime, datetime]) -> datetime:
        while minutes:
            minutes -= self.open(at) and not stood[0] <= at < stood[1]
            at += timedelta(minutes=1)
        return at


def test_a_walk_minute_by_minute_through_three_years_agrees() -> None:
    """CAL-04..08 on 2024–2026: every kind of term, with a cut-off of its own, rolling or not, while the clock runs and stands."""
    walk, dice = Walk(), random.Random(20260101)
    first = datetime(2024, 1, 1, tzinfo=ZoneInfo(TZ))
    for _ in range(300):
        event = first + timedelta(minutes=dice.randrange(1_050 * 1_440))
        unit = dice.choice(["working_day", "calendar_day", "week", "hour"])
        term = Term(dice.randint(1, 3 if unit == "week" else 12), unit, dice.choice(["", "11:00", "16:00"]), dice.random() < 0.7)
        begins = event + timedelta(minutes=dice.randrange(6 * 1_440))
        stood = (
            (begins, begins + timedelta(minutes=dice.choice([0, 90, 1_440, 4_000]))) if unit in ("working_day", "hour") else (event, event)
        )
        pause = Pause(*(int(at.timestamp() * 1000) for at in stood))
        found = due(HALL, term, int(event.timestamp() * 1000), [pause] if pause.to_at > pause.from_at else [])
        assert found.at == int(walk.ends(event, term, stood).timestamp() * 1000), (event, term, stood)
        assert not found.provisional


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_working_days_of_the_published_years(year: int, days: int) -> None:
    assert working_days(HALL, f"{year}-01-01", f"{year}-12-31") == days


def test_the_working_days_of_the_months_of_2026() -> None:
    """CAL-01, CAL-02: the figures of catalogue §1."""
    ends = [date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in range(1, 13)]
    months = [working_days(HALL, f"{end:%Y-%m}-01", end.isoformat()) for end in ends]
    assert months == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


def test_a_late_press_of_resume_moves_no_term() -> None:
    """CAL-06, the last vector of catalogue §1: the clock runs from when the condition was met; days up to the press are the office's."""
    ten, begun, met = Term(10, "working_day"), ms("2026-11-02 10:00"), ms("2026-11-12 09:00")
    stood = Pause(ms("2026-11-05 10:00"), met)
    pressed = due(HALL, ten, begun, [stood._replace(to_at=ms("2026-11-16 10:00"))]).day
    assert due(HALL, ten, begun, [stood]).day == "2026-11-23"
    assert (pressed, working_days(HALL, "2026-11-24", pressed)) == ("2026-11-25", 2)


def test_a_day_ahead_is_the_end_of_business_of_the_working_day_before() -> None:
    """CAL-09: not 24 hours."""
    assert day_ahead(HALL, "2026-11-02") == ms("2026-10-30 17:30")
    assert day_ahead(HALL, "2026-02-24") == ms("2026-02-14 17:30")
    assert day_ahead(HALL, "2026-02-24", 2) == ms("2026-02-13 17:30"), "a hall may want more (ab.handover_ahead_days)"


@pytest.mark.parametrize(
    ("printed", "computed", "legal", "expected"),
    [
        ("2026-11-10", "2026-11-12", "2026-11-20", ("2026-11-10", False)),
        ("2026-11-12", "2026-11-10", "2026-11-20", ("2026-11-10", False)),
        ("2026-11-25", "2026-11-25", "2026-11-20", ("2026-11-20", True)),
    ],
)
def test_the_date_better_for_the_citizen_binds_and_the_law_limits_it(
    printed: str, computed: str, legal: str, expected: tuple[str, bool]
) -> None:
    """CAL-12."""
    assert tuple(binding(printed, computed, legal)) == expected


def test_a_year_nobody_has_published_knows_its_fixed_holidays_and_is_recomputed_when_it_is() -> None:
    """CAL-03."""
    ahead = msgspec.structs.replace(HALL, days=HALL.days | provisional_kinds("cn", [2027]))
    before = due(ahead, Term(3, "working_day"), ms("2027-04-30 10:00"))
    assert (before.day, before.provisional) == ("2027-05-05", True)
    file = {"year": 2027, "papers": ["x"], "days": [{"name": "劳动节", "date": f"2027-05-0{n}", "isOffDay": True} for n in range(1, 6)]}
    year = calendar.parse(json.dumps(file).encode())
    after = msgspec.structs.replace(ahead, days=ahead.days | day_kinds([year]), calendars=ahead.calendars | versions([year]))
    found = due(after, Term(3, "working_day"), ms("2027-04-30 10:00"))
    assert (found.day, found.provisional, found.calendars) == ("2027-05-10", False, (calendar.version(year),))


@pytest.mark.parametrize(
    ("locale", "holidays", "working"),
    [
        ("zh_Hans", ["2027-10-01", "2028-05-02", "2028-10-02"], ["2028-10-10", "2028-02-28", "2027-07-01"]),
        ("zh_Hant_TW", ["2028-02-28", "2028-10-10", "2028-04-04", "2028-09-28"], ["2027-10-01", "2028-05-02", "2028-10-02", "2027-07-01"]),
        ("zh_Hant_HK", ["2027-07-01", "2027-10-01", "2028-12-26"], ["2028-05-02", "2028-10-02", "2028-10-10", "2028-02-28"]),
    ],
)
def test_past_the_published_years_every_region_has_its_own_fixed_days(locale: str, holidays: list[str], working: list[str]) -> None:
    """CAL-03: a hall in Taiwan or Hong Kong gets its own statutory days, not those of the mainland."""
    hall = new_hall({"zh_Hans": "x"}, locale)
    assert {kind_of(hall, day) for day in holidays} == {"holiday"}
    assert {kind_of(hall, day) for day in working} == {"working"}
    assert fixed(region_of(locale)).papers


def test_every_kind_of_day_is_told_apart() -> None:
    """CAL-01."""
    days = ["2026-02-13", "2026-02-14", "2026-02-15", "2026-02-17", "2026-02-20", "2026-03-01"]
    assert [kind_of(HALL, d) for d in days] == ["working", "make_up", "weekend", "holiday", "adjusted_rest", "weekend"]


def test_a_season_has_its_own_hours_and_the_last_one_reaches_into_the_new_year() -> None:
    """CAL-05."""
    summer = {"1": [("08:30", "12:00"), ("15:00", "18:00")]}
    hall = msgspec.structs.replace(HALL, seasons=[Season("06-01", summer), Season("10-01", {"1": [("09:00", "17:00")]})])
    closes = {day: posted_sessions(hall, day)[-1][1] for day in ("2026-07-06", "2026-11-23", "2026-03-02")}
    assert closes == {d: at_time(d, c, TZ) for d, c in {"2026-07-06": "18:00", "2026-11-23": "17:00", "2026-03-02": "17:00"}.items()}


def test_a_hall_that_never_opens_gives_no_date() -> None:
    never: Hall = msgspec.structs.replace(HALL, days={}, hours={})
    with pytest.raises(Endless):
        due(never, Term(1, "hour"), ms("2026-11-02 10:00"))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"year": 2027, "papers": [], "days": []}',
        b'{"year": 2027, "papers": [], "days": [{"name": "x", "date": "2026-01-01", "isOffDay": true}]}',
        b'{"year": 2027, "papers": [], "days": [{"name": "x", "date": "2027-13-01", "isOffDay": true}]}',
        b'{"year": 2027, "papers": [], "days": [{"name": "x", "date": "20270101", "isOffDay": true}]}',
        b'{"year": 2027, "papers": [], "days": [{"name": "x", "date": "2027-01-01", "isOffDay": "yes"}]}',
        b'{"year": 2027, "papers": [], "days": ['
        b'{"name": "x", "date": "2027-01-01", "isOffDay": true}, {"name": "x", "date": "2027-01-01", "isOffDay": false}]}',
        b"[" * 100_000,
    ],
)
def test_a_calendar_file_that_is_wrong_anywhere_is_refused_whole(file: bytes) -> None:
    """CAL-02."""
    with pytest.raises(BadCalendar):
        calendar.parse(file)


def test_every_region_has_its_own_years_and_every_version_its_name() -> None:
    assert [c.year for region in ("cn", "tw", "hk") for c in shipped(region)] == [2024, 2025, 2026] * 3
    assert len({v for region in ("cn", "tw", "hk") for v in versions(shipped(region)).values()}) == 9
    assert kind_of(new_hall({"zh_Hans": "x"}, "zh_Hant_TW"), "2026-10-09") == "holiday"
    assert day_of(ms("2026-01-01 00:00"), TZ) == "2026-01-01"
