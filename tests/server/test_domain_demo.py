"""The demo halls: units, people, posts, hours and supervisors as catalogue §14 counts them, the same for the same seed, alive, nobody real.

What is smaller or left out on purpose is said in server/domain/hall/demo.py.
"""

import re
from collections import Counter
from datetime import UTC, date, datetime

import msgspec
import pytest

from server.domain.demo import PERSONAS, DemoUser, seed
from server.domain.hall.demo import cycle_names, invented
from server.domain.hall.ops import LUNCH
from server.domain.hall.rules import buckets_of, lunch_span
from server.domain.hall.tables import DutyRecord, PostRecord, UnitRecord
from sync.units import DAY_MS
from tests.server.scenes.small_hall import DOMAINS, at
from tests.support.memory_tx import MemoryHall

SUNDAY = date(2026, 11, 22)
NOON = int(datetime(2026, 11, 22, 4, tzinfo=UTC).timestamp() * 1000)
TRAP_NAMES = invented().plates


def demo(site: str = "yunting", number: int = 1) -> tuple[MemoryHall, list[DemoUser]]:
    """A seeded hall on a Sunday at noon."""
    hall = MemoryHall(DOMAINS, NOON)
    return hall, seed(hall.tx, site, number, SUNDAY, hall.found)


def test_34_units_62_posts_110_people() -> None:
    hall, users = demo()
    residents = [u for u in hall.tx.find(UnitRecord) if u.kind == "resident"]
    sizes = Counter(sum(p["unit"] == u.rid for _, p in hall.rows("person")) for u in residents)
    assert len(residents) == 34
    assert Counter(u.batch for u in residents) == {1: 10, 2: 10, 3: 14}
    assert sizes == {8: 2, 5: 4, 3: 8, 2: 12, 1: 8}
    assert len(list(hall.rows("person"))) == 110
    assert len(users) == 124, "two mystery shoppers and twelve social supervisors are no members of the hall"
    posts = [p for _, p in hall.rows("post")]
    assert [sum(p["zone"] == z for p in posts) for z in "ABCDEF"] == [12, 12, 16, 12, 8, 2]
    assert Counter(p["kind"] for p in posts) == {"window": 60, "consult": 2}
    zones = hall.row("hall", "hall")["zones"]
    assert (len(zones), {z["floor"] for z in zones}) == (6, {1, 2})


def test_the_centre_has_its_18() -> None:
    hall, _ = demo()
    roles = Counter(r for _, p in hall.rows("person") if p["unit"].startswith("c-") for r in p["roles"] if r not in ("HEAD", "STF"))
    assert roles == {"TOP": 1, "LEAD": 3, "OFF": 4, "INS": 3, "EFF": 2, "DIS": 2, "ADM": 1}
    assert sum(p["unit"].startswith("c-") for _, p in hall.rows("person")) == 18
    assert [u.rid for u in hall.tx.find(UnitRecord) if u.contact_post] == ["c-office"]


def test_420_services_each_with_its_own_name_in_every_locale() -> None:
    """§14: 420 services; a post names its main ones, the list of services has them all, under the unit that does them."""
    hall, _ = demo()
    services = [s for _, s in hall.rows("service")]
    assert len(services) == 420
    for locale in ("zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"):
        assert len({s["names"][locale] for s in services}) == 420
        assert all(len(s["names"][locale]) <= (80 if locale == "en" else 24) for s in services)
    by_unit = Counter(s["unit"] for s in services)
    assert set(by_unit) == {u.rid for u in hall.tx.find(UnitRecord) if u.kind == "resident"} | {"c-office", "c-complaint"}
    assert min(n for unit, n in by_unit.items() if unit.startswith("u")) == 6
    on_plates = {sid for p in hall.tx.find(PostRecord) for sid in p.service_ids}
    assert on_plates < {rid for rid, _ in hall.rows("service")}


def test_hours_change_with_the_summer_and_12_supervisors_are_engaged_for_two_years() -> None:
    hall, users = demo()
    seasons = hall.row("hall", "hall")["seasons"]
    assert [(s["first"], s["hours"]["5"][1]) for s in seasons] == [("06-01", ["15:00", "18:00"]), ("10-01", ["14:30", "17:30"])]
    engaged = [s for _, s in hall.rows("supervisor")]
    assert len(engaged) == sum(u.roles == ["SUP"] for u in users) == 12
    assert {(s["state"], s["from_day"], s["to_day"]) for s in engaged} == {("active", "2026-10-23", "2028-10-21")}
    assert len({s["kind"] for s in engaged}) == 7
    assert all(s["unit_names"] for s in engaged)


def test_every_post_has_an_a_and_another_b_every_day_from_yesterday_to_a_week_ahead() -> None:
    hall, _ = demo()
    duties = [d for _, d in hall.rows("duty")]
    assert Counter(d["day"] for d in duties) == {f"2026-11-{n}": 62 for n in range(21, 30)}
    assert all(d["a"] and d["b"] and d["a"] != d["b"] for d in duties)
    today = [d for d in duties if d["day"] == "2026-11-22"]
    assert max(Counter(d["a"] for d in today).values()) == 1
    assert max(Counter(d["b"] for d in today).values()) == 1


def test_one_person_units_have_a_b_from_a_neighbour_and_others_their_own() -> None:
    hall, _ = demo()
    unit_of = {rid: p["unit"] for rid, p in hall.rows("person")}
    crossing = [d for _, d in hall.rows("duty") if d["day"] == "2026-11-22" and unit_of[d["a"]] != unit_of[d["b"]]]
    assert len(crossing) == 8
    assert {Counter(unit_of.values())[unit_of[d["a"]]] for d in crossing} == {1}


def test_names_are_fictional_and_the_traps_are_on_plates() -> None:
    """PRV-21: nobody real is in the demo hall."""
    hall, users = demo()
    names = [u.name for u in users]
    assert len(set(names)) == 124
    assert len(set(cycle_names())) == 120
    assert set(names) <= set(cycle_names()) | set(TRAP_NAMES)
    assert set(TRAP_NAMES) <= {p["plate"] for _, p in hall.rows("post.pub")}
    assert "".join(n[0] for n in TRAP_NAMES[:7]) == "于范钟后余郁岳"
    assert any(ord(c) > 0xFFFF for n in TRAP_NAMES for c in n)
    assert len(TRAP_NAMES[-1].replace(" ", "")) == 20


@pytest.mark.parametrize("site", ["yunting", "jinghu"])
def test_every_phone_is_fictional_and_every_name_is_there_in_every_locale(site: str) -> None:
    hall, _ = demo(site)
    everything = "".join(shown.body for shown in hall.tx.rows.values())
    assert all(re.fullmatch(r"0000-0000\d{4}", phone) for phone in re.findall(r"\d{4}-\d{8}", everything))
    hall_row = hall.row("hall", "hall")
    names = [hall_row["names"], *(z["names"] for z in hall_row["zones"]), *(u["names"] for _, u in hall.rows("unit"))]
    names += [s for _, p in hall.rows("post") for s in p["services"]] + [p["title"] for _, p in hall.rows("person")]
    for one in names:
        assert set(one) == {"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"}
        assert all(one.values())
    assert "演示" in hall_row["names"]["zh_Hans"]


def test_the_same_seed_gives_the_same_hall_and_another_seed_other_names() -> None:
    assert demo()[0].tx.rows == demo()[0].tx.rows
    assert demo()[1] == demo()[1]
    assert [u.name for u in demo()[1]] != [u.name for u in demo(number=2)[1]]
    assert [u.uid for u in demo()[1]] == [u.uid for u in demo(number=2)[1]]


def test_the_personas_are_who_they_should_be() -> None:
    hall, users = demo()
    assert [u.persona for u in users[: len(PERSONAS)]] == list(PERSONAS)
    by = {u.persona: u for u in users if u.persona}
    duty = next(d for _, d in hall.rows("duty") if d["day"] == "2026-11-22" and d["a"] == by["staff"].uid)
    assert duty["b"] == by["standin"].uid
    assert by["head"].unit == by["staff"].unit
    assert "HEAD" in by["head"].roles
    assert len({by[p].uid for p in ("staff", "standin", "head")}) == 3
    assert by["shopper"].roles == by["shopper2"].roles == ["TEAM"]
    first_roles = {persona: user.roles[0] for persona, user in by.items()}
    known = {"inspector": "INS", "efficiency": "EFF", "checklead": "CHECK", "office": "OFF", "leader": "LEAD", "admin": "ADM"}
    assert known.items() <= first_roles.items()


def test_a_mystery_shopper_holds_the_mission_and_no_hall_data() -> None:
    hall, users = demo()
    shopper = next(u for u in users if u.persona == "shopper")
    rows = hall.seen_by(*buckets_of(shopper.uid, shopper.unit, shopper.roles))
    assert Counter(kind for kind, _ in rows) == {"me": 1, "hall": 1, "checklist": 2, "mission": 2}
    assert not [p for _, p in hall.rows("person") if p["name"] == shopper.name]


def test_a_sunday_visitor_sees_a_living_board_and_the_true_hours() -> None:
    hall, _ = demo()
    assert Counter(p["label"] for _, p in hall.rows("post.pub")) == {"on_post": 59, "covered": 2, "step_away": 1}
    assert set(hall.row("hall", "hall")["hours"]) == {"1", "2", "3", "4", "5"}


def test_the_roster_goes_on_by_itself_and_old_days_leave_the_devices() -> None:
    hall, _ = demo()
    hall.tick(NOON + 20 * DAY_MS)
    days = Counter(d["day"] for _, d in hall.rows("duty"))
    assert days == {f"2026-12-{n:02d}": 62 for n in range(11, 20)}
    assert Counter(p["label"] for _, p in hall.rows("post.pub")) == {"on_post": 62}
    before = dict(hall.tx.rows)
    hall.tick(NOON + 20 * DAY_MS + 60_000)
    assert hall.tx.rows == before


def test_the_second_hall_is_small_and_traditional_first() -> None:
    """GEN-04."""
    hall, users = demo("jinghu")
    assert (len(users), len(hall.tx.find(PostRecord)), hall.row("hall", "hall")["locale"]) == (9, 6, "zh_Hant_TW")
    assert [u.persona for u in users if u.persona] == ["staff", "standin", "inspector", "head", "office"]
    assert hall.row("hall", "hall")["names"]["zh_Hant_TW"].startswith("鏡湖鎮")


def test_rows_are_small_enough_for_a_phone() -> None:
    """What everybody's phone holds; those who keep the organisation have the list of all services besides."""
    hall, users = demo()
    for user in users[: len(PERSONAS)]:
        held = set(buckets_of(user.uid, user.unit, user.roles))
        keeps = not {"OFF", "ADM"}.isdisjoint(user.roles)
        bodies = [
            shown.body.encode() for (kind, _), shown in hall.tx.rows.items() if shown.buckets & held and not (keeps and kind == "service")
        ]
        assert sum(map(len, bodies)) < 256 * 1024
    assert all(msgspec.json.decode(shown.body) for shown in hall.tx.rows.values())


def test_some_windows_have_lunch_duty() -> None:
    """CAL-05: one window of each zone, by its B, who is at one window only; nobody whom visitors of the demo play."""
    hall, users = demo()
    today = hall.tx.find(DutyRecord, "day = ?", ["2026-11-23"])
    lunch = {duty.post: part.a for duty in today for part in duty.later if part.n == LUNCH}
    zones = [hall.tx.get(PostRecord, post).zone for post in lunch]
    assert (len(lunch), len(set(lunch.values())), len(set(zones))) == (5, 5, 5)
    assert lunch.items() <= {duty.post: duty.b for duty in today}.items()
    assert not {user.uid for user in users if user.persona} & set(lunch.values())
    assert lunch_span(hall.tx.ask("hall"), "2026-07-01") == (at("12:00", "2026-07-01"), at("15:00", "2026-07-01"))
