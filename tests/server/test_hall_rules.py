"""The hall's own settings: parameters from a day on, its name, phone and plates; every judgement by the rules of its day (§16, GEN-03)."""

import itertools
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.hall.ops import Value
from server.domain.hall.params import DEFAULT_RULES, LATER, PARAMS, Choice, Clock, Count, Roles, fits
from server.domain.hall.rules import rule
from server.domain.hall.settings import HallAbout, HallRules
from server.domain.patrol.ops import Observe
from tests.server.scenes.attendance import NEXT, attendance_hall, exc, punch
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

ROOT = Path(__file__).parents[2]
LATER_DAY = "2026-11-25"


def set_rules(hall: MemoryHall, from_day: str, rules: dict[str, Value], *, who: str = "zhou", text: str = "试行", **how: Any) -> Outcome:
    """The office sets parameters."""
    return hall.send(ACTORS[who], "hall.rules", "hall", HallRules(from_day, rules, text), **how)


def see_empty(hall: MemoryHall, rid: str, clock: str, day: str, received: int) -> Outcome:
    """林 saw w1 empty on a day; it arrived later."""
    args = Observe("r1", "w1", "empty_no_notice", at(clock, day), KNEW)
    return hall.send(ACTORS["lin"], "patrol.observe", rid, args, at=at(clock, day), received=received)


def findings(hall: MemoryHall) -> list[tuple[str, int]]:
    """State and count of every finding."""
    return [(body["state"], body["person_count"]) for _, body in hall.rows("finding")]


# --- judged by the day ------------------------------------------------------------------------------------------------


def test_a_finding_of_yesterday_stays_what_it_was_when_the_rule_is_raised_today_and_another_old_fact_arrives() -> None:
    """GEN-03, EVD-08: past facts are judged by the rule in force on the day of the fact."""
    hall = small_hall("08:35")
    see_empty(hall, "o1", "10:02", DAY, at("10:03"))
    see_empty(hall, "o2", "10:14", DAY, at("10:15"))
    assert set_rules(hall, NEXT, {"evd.vacancy_min_minutes": 20}, received=at("18:00")).st == "applied"
    hall.tick(at("09:00", NEXT))
    assert hall.row("hall", "hall")["rules"]["evd.vacancy_min_minutes"] == 20
    see_empty(hall, "o3", "10:16", DAY, at("09:01", NEXT))
    assert findings(hall) == [("unattended", 1)]


def test_the_new_rule_judges_its_own_days_whatever_arrives_first() -> None:
    """GEN-03, EVD-02: facts of both days and the change of the rule in every order come to the same."""
    seen = [(rid, clock, day) for day in (DAY, NEXT) for rid, clock in ((f"{day}a", "10:02"), (f"{day}b", "10:14"))]
    outcomes = set()
    midnight = at("00:00", NEXT)
    for order in itertools.permutations(seen):
        hall = small_hall("08:35")
        assert set_rules(hall, NEXT, {"evd.vacancy_min_minutes": 20}).st == "applied"
        hall.tick(at("18:00", NEXT))
        for rid, clock, day in order:
            see_empty(hall, rid, clock, day, at("18:00", NEXT))
        outcomes.add(tuple(sorted((b["from_at"] >= midnight, b["state"], b["person_count"]) for _, b in hall.rows("finding"))))
    assert outcomes == {((False, "unattended", 1), (True, "glance", 0))}


def test_a_punch_of_yesterday_that_arrives_today_is_judged_by_yesterdays_ladder() -> None:
    """ATT-03, ATT-04, GEN-03: twenty minutes late is late on Monday; on Tuesday, by the new ladder, it is half a day."""
    hall = attendance_hall()
    assert set_rules(hall, NEXT, {"att.half_day_minutes": 15, "att.grace_min": 5}).st == "applied"
    hall.tick(at("09:30", NEXT))
    punch(hall, "wang", "in", 0, "08:50", received="09:30", received_day=NEXT)
    punch(hall, "wang", "in", 0, "08:50", received="09:31", day=NEXT)
    assert [hall.row("att.exc", exc(day=day))["kind"] for day in (DAY, NEXT)] == ["late", "half_day"]


def test_a_term_has_the_length_that_was_in_force_on_the_day_it_began() -> None:
    """EVD-12, GEN-03: who was told on Monday keeps the days to answer that were Monday's."""
    hall = small_hall("08:35")
    see_empty(hall, "o1", "10:02", DAY, at("10:03"))
    see_empty(hall, "o2", "10:14", DAY, at("10:15"))
    (rid,) = [rid for rid, _ in hall.rows("finding")]
    before = hall.row("finding", rid)["answer_until"]
    set_rules(hall, NEXT, {"evd.answer_days": 1}, received=at("18:00"))
    hall.tick(at("09:00", NEXT))
    see_empty(hall, "o3", "10:16", DAY, at("09:01", NEXT))
    assert hall.row("finding", rid)["answer_until"] == before == "2026-11-26"


def test_the_rules_of_a_day_do_not_depend_on_the_order_in_which_changes_were_said() -> None:
    """GEN-03: a later change of an earlier day leaves what was said of later days alone; of the same day and key, the last word holds."""
    changes = [
        ("2026-12-01", {"ptl.interval_min": 30}),
        (NEXT, {"ptl.interval_min": 90, "att.grace_min": 5}),
        (LATER_DAY, {"att.grace_min": 3}),
    ]
    found = set()
    for order in itertools.permutations(changes):
        hall = small_hall("08:35")
        for day, rules in order:
            assert set_rules(hall, day, rules).st == "applied"
        known = hall.tx.ask("hall")
        days = (DAY, NEXT, LATER_DAY, "2026-11-30", "2026-12-01", "2027-01-01")
        found.add(tuple((rule(known, "ptl.interval_min", day), rule(known, "att.grace_min", at("12:00", day))) for day in days))
    assert found == {((60, 0), (90, 5), (90, 3), (90, 3), (30, 3), (30, 3))}


def test_a_moment_belongs_to_the_rules_of_its_day_to_the_millisecond() -> None:
    """GEN-03: midnight of the hall divides the rules, in ms as in days."""
    hall = small_hall("08:35")
    set_rules(hall, NEXT, {"awy.consent_min": 45})
    known = hall.tx.ask("hall")
    assert [rule(known, "awy.consent_min", at("00:00", NEXT) - off) for off in (1, 0)] == [30, 45]
    assert [rule(known, "awy.consent_min", on) for on in (-(10**18), 0, DAY, NEXT, 10**18)] == [30, 30, 30, 45, 45]


# --- what can be set --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({}, "INVALID"),
        ({"evd.nothing": 1}, "RULE_VALUE"),
        ({"demo.always_open": True}, "RULE_VALUE"),
        ({"fq.reply_days": 5}, "RULE_VALUE"),
        ({"awy.consent_min": True}, "RULE_VALUE"),
        ({"awy.consent_min": "30"}, "RULE_VALUE"),
        ({"awy.consent_min": 0}, "RULE_VALUE"),
        ({"awy.consent_min": 481}, "RULE_VALUE"),
        ({"awy.consent_min": 10**30}, "RULE_VALUE"),
        ({"att.missing_half_day": 1}, "RULE_VALUE"),
        ({"evd.daily_close": "24:00"}, "RULE_VALUE"),
        ({"sec.pin": "maybe"}, "RULE_VALUE"),
        ({"ptl.video_roles": "EFF,BOARD"}, "RULE_VALUE"),
        ({"att.grace_min": 5, "awy.consent_min": 0}, "RULE_VALUE"),
    ],
)
def test_what_is_no_parameter_or_not_in_its_range_changes_nothing(rules: dict[str, Value], code: str) -> None:
    """§16: the whole op is refused, by a registered code."""
    hall = small_hall("08:35")
    assert (set_rules(hall, NEXT, rules).st, set_rules(hall, NEXT, rules).code) == ("refused", code)
    assert hall.tx.ask("hall").dated == []


@pytest.mark.parametrize(
    ("day", "code"), [("2026-11-22", "RULE_DAY"), (DAY, "RULE_DAY"), ("2026-11-31", "INVALID"), ("2029-01-01", "INVALID"), ("", "INVALID")]
)
def test_a_rule_holds_from_tomorrow_at_the_earliest(day: str, code: str) -> None:
    """GEN-03: nobody is judged by a rule that was said after the day had begun."""
    hall = small_hall("08:35")
    assert set_rules(hall, day, {"att.grace_min": 5}).code == code


def test_before_there_is_any_roster_a_new_hall_sets_its_rules_for_today() -> None:
    """§16: on the day a hall is founded nobody is on duty yet."""
    hall = small_hall("08:35")
    hall.tx._db.execute("DELETE FROM duty")
    assert set_rules(hall, DAY, {"att.grace_min": 5}).st == "applied"
    assert hall.row("hall", "hall")["rules"]["att.grace_min"] == 5


def test_only_office_and_administrator_set_the_hall_and_say_why() -> None:
    """§7, VIS-01: nobody else."""
    hall = small_hall("08:35")
    for who in ("wang", "zhao", "lin", "ma", "sun", "wu"):
        assert set_rules(hall, NEXT, {"att.grace_min": 5}, who=who).code == "NO_RIGHT"
        assert hall.send(ACTORS[who], "hall.about", "hall", HallAbout(phone="1")).code == "NO_RIGHT"
    assert set_rules(hall, NEXT, {"att.grace_min": 5}, text=" ").code == "INVALID"


def test_phones_and_screens_get_the_new_rule_when_its_day_begins() -> None:
    """CON-41: the row of the hall says today's parameters, and since when they hold."""
    hall = small_hall("08:35")
    set_rules(hall, LATER_DAY, {"dsp.stale_hide_min": 5})
    for day, minutes in ((DAY, 10), (NEXT, 10), (LATER_DAY, 5)):
        hall.tick(at("00:00", day) if day != DAY else at("09:00"))
        assert hall.row("hall", "hall")["rules"]["dsp.stale_hide_min"] == minutes, day
    assert hall.buckets("hall", "hall") >= {"hall", "pub"}
    first, second = hall.row("hall", "hall")["dated"]
    assert (first, second) == (
        {"from_day": "", "rules": {"dsp.stale_hide_min": 10}},
        {"from_day": LATER_DAY, "rules": {"dsp.stale_hide_min": 5}},
    )


def test_who_set_what_when_and_why_stays_readable_for_office_and_administrator() -> None:
    """GEN-03, §16: the history of the settings."""
    hall = small_hall("08:35")
    set_rules(hall, NEXT, {"att.grace_min": 5}, text=" 与市里一致 ", op_id="op-a")
    hall.send(ACTORS["zhou"], "hall.about", "hall", HallAbout(phone="0991-1234567"), op_id="op-b")
    assert hall.buckets("hall.setting", "op-a") == {"role:ADM", "role:OFF"}
    first, second = hall.row("hall.setting", "op-a"), hall.row("hall.setting", "op-b")
    assert (first["by"], first["text"], first["from_day"], first["rules"]) == ("zhou", "与市里一致", NEXT, {"att.grace_min": 5})
    assert second["phone"] == "0991-1234567"


def test_every_default_is_one_the_hall_could_set_and_every_key_is_known() -> None:
    """§16: the table is whole."""
    assert [key for key, param in PARAMS.items() if not fits(key, param.default)] == []
    assert DEFAULT_RULES.keys() == PARAMS.keys() | LATER.keys() | {"demo.always_open"}
    assert not PARAMS.keys() & LATER.keys()


@pytest.mark.parametrize("key", PARAMS)
def test_every_parameter_that_can_be_set_decides_something(key: str) -> None:
    """§16: nobody sets what nothing reads."""
    assert any(f'"{key}"' in text or f"'{key}'" in text for text in sources())


@cache
def sources() -> tuple[str, ...]:
    """Everything the parameters are read in."""
    own = ("params.py", "params.gen.ts")
    found = [path for folder in ("server", "pwa/src", "sync") for path in (ROOT / folder).rglob("*.*")]
    return tuple(path.read_text(encoding="utf-8") for path in found if path.suffix in (".py", ".ts", ".tsx") and path.name not in own)


def test_random_values_fit_exactly_when_their_parameter_allows_them() -> None:
    """§16: type first, then range; a seeded search."""
    chance = random.Random(16)
    for _ in range(2000):
        key = chance.choice(list(PARAMS))
        value: Any = chance.choice(
            [True, False, -1, 0, 1, 30, 10**9, "", "12:00", "12:60", "EFF", "EFF,OFF", "roster", "offered", "LEAD,XX"]
        )
        match PARAMS[key]:
            case Count(_, _, low, high):
                want = not isinstance(value, bool) and isinstance(value, int) and low <= value <= high
            case Choice(_, _, options):
                want = isinstance(value, str) and value in options
            case Clock():
                want = value == "12:00"
            case Roles():
                want = value in ("", "EFF", "EFF,OFF")
            case _:
                want = isinstance(value, bool)
        assert fits(key, value) is want, (key, value)


# --- name, phone, plates ----------------------------------------------------------------------------------------------


def test_the_phone_the_name_and_the_plates_of_a_hall_can_be_set_and_reach_the_board() -> None:
    """CON-41, DSP-06: the static board has the hall's phone; every plate that is shown follows the policy at once."""
    hall = small_hall("09:00")
    assert hall.row("post.pub", "w1")["plate"] == "王"
    assert (
        hall.send(ACTORS["zhou"], "hall.about", "hall", HallAbout(names={"zh_Hans": "新厅"}, phone="0991-1234567", plate="badge")).st
        == "applied"
    )
    shown = hall.row("hall", "hall")
    assert (shown["names"], shown["phone"], shown["plate"]) == ({"zh_Hans": "新厅"}, "0991-1234567", "badge")
    assert hall.row("post.pub", "w1")["plate"] == "wang"
    hall.send(ACTORS["zhou"], "hall.about", "hall", HallAbout(plate="surname_title"))
    assert hall.row("post.pub", "w1")["plate"] == "王 职员"
    assert hall.row("hall", "hall")["phone"] == "0991-1234567"


@pytest.mark.parametrize(
    "about",
    [
        HallAbout(),
        HallAbout(names={}),
        HallAbout(names={"en": "Hall"}),
        HallAbout(names={"zh_Hans": " "}),
        HallAbout(names={"zh_Hans": "厅" * 61}),
        HallAbout(names={"zh_Hans": "厅", "fr": "salle"}),
        HallAbout(phone="a" * 31),
        HallAbout(phone="<b>1</b>"),
    ],
)
def test_a_hall_without_a_name_or_with_a_phone_that_is_none_is_refused(about: HallAbout) -> None:
    """DSP-02: free text reaches the board by no field."""
    assert small_hall("09:00").send(ACTORS["zhou"], "hall.about", "hall", about).code == "INVALID"


def test_the_public_reads_the_plate_of_a_and_of_b_by_the_halls_policy() -> None:
    """AB-09, §7, DSP-06: today's handler and B, on the plate at the window; nobody's where there is no B."""
    hall = small_hall("09:00")
    assert [(hall.row("post.pub", post)["plate"], hall.row("post.pub", post).get("b", "")) for post in ("w1", "w3")] == [
        ("王", "李"),
        ("冯", "钱"),
    ]
    hall.send(ACTORS["zhou"], "hall.about", "hall", HallAbout(plate="badge"))
    assert hall.row("post.pub", "w1")["b"] == "li"
    assert hall.buckets("post.pub", "w1") == {"pub"}
