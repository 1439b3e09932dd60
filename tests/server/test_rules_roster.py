"""Tables of the roster's pure decisions (ORG-01..06, ORG-09)."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

import server.domain.roster
from server.domain.hall.duty import Assigned, assigned
from server.domain.hall.ops import SessionDuty, Swap
from server.domain.hall.tables import DutyRecord, PersonRecord, PostRecord, RoleTerm, UnitTerm
from server.domain.roster.ops import RosterGap, RosterLoad
from server.domain.roster.rules import Day, Limits, Skills, cleaned, cover_kind, is_sane, judge, roles_on, skills_of, unit_on

NOON = 1000
STARTS = [0, NOON]
NO_SKILLS = Skills(frozenset(), frozenset())
UNITS = {"wang": "u1", "li": "u1", "qian": "u1", "feng": "u2", "han": "c-office", "zhou": "c-office"}


def post(rid: str, unit: str = "u1", **more: Any) -> PostRecord:
    fields: dict[str, Any] = {"number": rid, "zone": "A", "order": 1, "services": [], "group": "", "kind": "window", "required": True}
    return PostRecord(rid=rid, unit=unit, **(fields | more))


def plan(a: str = "", b: str = "", c: str = "", *later: SessionDuty) -> list[SessionDuty]:
    return [SessionDuty(0, a, b, c), *later]


def day(posts: list[PostRecord], plans: dict[str, list[SessionDuty]], **more: Any) -> Day:
    fields: dict[str, Any] = {
        "contact": frozenset(),
        "units": UNITS,
        "skills": NO_SKILLS,
        "sessions": 2,
        "limits": Limits(2, 1, 2),
        "agreed": {},
    }
    return Day(posts=posts, plans=plans, **(fields | more))


# --- who is on duty ---------------------------------------------------------------------------------------------------

TWO_SESSIONS = DutyRecord(rid="d:w1", day="d", post="w1", a="wang", b="li", later=[SessionDuty(1, "qian", "wang")], version=7)
ONE = DutyRecord(rid="d:w1", day="d", post="w1", a="wang", b="li", c="qian", version=7)


@pytest.mark.parametrize(
    ("duty", "swaps", "at", "expected"),
    [
        (TWO_SESSIONS, [], 0, ("wang", "li", "", 0)),
        (TWO_SESSIONS, [], NOON - 1, ("wang", "li", "", 0)),
        (TWO_SESSIONS, [], NOON, ("qian", "wang", "", NOON)),
        (TWO_SESSIONS, [(200, "li", "wang")], 199, ("wang", "li", "", 0)),
        (TWO_SESSIONS, [(200, "li", "wang")], 200, ("li", "wang", "", 200)),
        # The afternoon is planned for others: the swap of the morning ends.
        (TWO_SESSIONS, [(200, "li", "wang")], NOON, ("qian", "wang", "", NOON)),
        (ONE, [(200, "li", "wang")], NOON + 1, ("li", "wang", "qian", 200)),
        (ONE, [(200, "li", "wang"), (300, "wang", "li")], 250, ("li", "wang", "qian", 200)),
        (ONE, [(200, "li", "wang"), (300, "wang", "li")], 400, ("wang", "li", "qian", 300)),
        # The second B takes the post: who was B before is the second.
        (ONE, [(200, "qian", "wang")], 300, ("qian", "wang", "li", 200)),
    ],
)
def test_sessions_and_swaps_decide_who_is_at_a_post(duty: DutyRecord, swaps: list[Any], at: int, expected: tuple[Any, ...]) -> None:
    """ORG-01, ORG-09."""
    said = [Swap(when, a, b, a, op=str(when)) for when, a, b in swaps]
    for order in permutations(said):
        duty.swaps = list(order)
        got = assigned(duty, STARTS, at)
        assert (*got[:3], got.since) == expected
        assert got.version == 7
    duty.swaps = []


def test_two_swaps_at_the_same_moment_have_one_winner() -> None:
    """ORG-09: the end does not depend on the order of arrival, not even in a tie."""
    swaps = [Swap(5, "li", "wang", "li", op="x"), Swap(5, "wang", "li", "wang", op="y")]
    ends = set()
    for order in permutations(swaps):
        ends.add(assigned(DutyRecord(rid="d", day="d", post="w", a="wang", b="li", swaps=list(order)), STARTS, 9))
    assert len(ends) == 1


def test_a_day_with_one_session_ignores_entries_of_a_second() -> None:
    """CAL-05: a season may have one session only."""
    assert assigned(TWO_SESSIONS, [0], NOON + 5) == Assigned("wang", "li", "", 0, 7)


# --- cover ------------------------------------------------------------------------------------------------------------

SKILLS = skills_of(
    [("li", "s1", True), ("li", "s2", True), ("qian", "s1", True), ("qian", "s2", False), ("feng", "s1", True), ("feng", "s2", True)]
)


@pytest.mark.parametrize(
    ("services", "uid", "skills", "expected"),
    [
        ([], "li", NO_SKILLS, "full"),
        ([], "", NO_SKILLS, "none"),
        ([], "feng", NO_SKILLS, "limited"),
        (["s1", "s2"], "li", SKILLS, "full"),
        (["s1", "s2"], "qian", SKILLS, "partial"),
        (["s1", "s2"], "wang", SKILLS, "partial"),
        (["s1", "s2"], "feng", SKILLS, "full"),
        # Nobody's qualification for s9 is recorded: nobody can be said to lack it, but a stranger is not trusted with it.
        (["s9"], "wang", SKILLS, "full"),
        (["s9"], "feng", SKILLS, "limited"),
    ],
)
def test_what_a_b_may_do_at_a_post(services: list[str], uid: str, skills: Skills, expected: str) -> None:
    """ORG-03: an unqualified B gives partial cover. ORG-04: one of another unit receives, informs and registers."""
    assert cover_kind(post("w1", service_ids=services), uid, UNITS.get(uid, ""), skills) == expected


W1, W2, D1 = post("w1"), post("w2"), post("d1", "c-office")
GROUPED = [post("w1", group="g"), post("w2", group="g")]


@pytest.mark.parametrize(
    ("posts", "plans", "gaps"),
    [
        ([W1], {}, [RosterGap("w1", "no_a", 0)]),
        ([W1], {"w1": plan("wang")}, [RosterGap("w1", "no_b", 0)]),
        # A post's own 最少在岗 asks for more than the hall does; less than the hall it cannot ask.
        ([post("w1", min_staff=3)], {"w1": plan("wang", "li")}, [RosterGap("w1", "no_b", 0)]),
        ([post("w1", min_staff=3)], {"w1": plan("wang", "li", "qian")}, []),
        ([post("w1", min_staff=1)], {"w1": plan("wang")}, [RosterGap("w1", "no_b", 0)]),
        ([W1], {"w1": plan("wang", "li")}, []),
        ([W1], {"w1": plan("wang", "", "li")}, []),
        ([post("w1", required=False)], {}, []),
        ([W1], {"w1": plan("wang", "li", "", SessionDuty(1, "", "li"))}, [RosterGap("w1", "no_a", 1)]),
        ([post("w1", sessions=[0])], {"w1": plan("wang", "li", "", SessionDuty(1, ""))}, []),
        # Two posts of a group cover each other; two that are only beside each other do not.
        (GROUPED, {"w1": plan("wang"), "w2": plan("qian")}, []),
        ([W1, W2], {"w1": plan("wang"), "w2": plan("qian")}, [RosterGap("w1", "no_b", 0), RosterGap("w2", "no_b", 0)]),
        (GROUPED, {"w1": plan("wang"), "w2": plan("wang")}, [RosterGap("w1", "no_b", 0), RosterGap("w2", "no_b", 0)]),
        ([D1], {}, [RosterGap("d1", "contact", 0)]),
        ([D1], {"d1": plan("han", "zhou", "", SessionDuty(1, ""))}, [RosterGap("d1", "contact", 1)]),
    ],
)
def test_gaps_of_required_posts(posts: list[PostRecord], plans: dict[str, Any], gaps: list[RosterGap]) -> None:
    """ORG-02: two who cover each other, at the post or in its group. ORG-06: the contact post in every session."""
    assert judge(day(posts, plans, contact=frozenset({"d1"}))).gaps == gaps


@pytest.mark.parametrize(
    ("count", "agreed", "loads"),
    [
        (1, {}, []),
        (2, {}, [RosterLoad("li", 2, False)]),
        (3, {}, [RosterLoad("li", 3, True)]),
        (3, {"li": 3}, [RosterLoad("li", 3, False)]),
        (4, {"li": 3}, [RosterLoad("li", 4, True)]),
    ],
)
def test_a_person_who_is_b_too_often(count: int, agreed: dict[str, int], loads: list[RosterLoad]) -> None:
    """ORG-05: more than one post warns, more than two needs the head's consent."""
    posts = [post(f"w{n}") for n in range(count)]
    assert judge(day(posts, {p.rid: plan(f"a{p.rid}", "li") for p in posts}, agreed=agreed)).loads == loads


def test_posts_one_after_the_other_are_not_two_at_once() -> None:
    """ORG-05 counts what is to be done at the same time."""
    plans = {"w1": plan("wang", "li", "", SessionDuty(1, "wang", "qian")), "w2": plan("feng", "qian", "", SessionDuty(1, "feng", "li"))}
    assert judge(day([W1, W2], plans)).loads == []


def test_a_person_at_two_posts_at_once_and_partial_cover_are_told() -> None:
    verdict = judge(day([post("w1", service_ids=["s1", "s2"]), W2], {"w1": plan("wang", "qian"), "w2": plan("wang", "li")}, skills=SKILLS))
    assert (verdict.double, verdict.partial) == (["wang"], ["w1"])


# --- plans and people -------------------------------------------------------------------------------------------------


def test_a_plan_is_kept_without_what_changes_nothing() -> None:
    said = [SessionDuty(1, "wang", "li"), SessionDuty(0, "wang", "li"), SessionDuty(2, "qian"), SessionDuty(9, "li")]
    assert cleaned(said, 3) == [SessionDuty(0, "wang", "li"), SessionDuty(2, "qian")]


@pytest.mark.parametrize(("a", "b", "sane"), [("wang", "li", True), ("wang", "wang", False), ("wang", "nobody", False), ("", "", True)])
def test_nobody_covers_himself_and_nobody_is_made_up(a: str, b: str, sane: bool) -> None:
    assert is_sane(plan(a, b), UNITS) is sane


def test_units_and_roles_hold_for_their_days() -> None:
    """CON-43, VIS-02: the unit and the roles of the day count."""
    person = PersonRecord(
        rid="wang",
        name="王",
        badge="1",
        unit="u1",
        title={},
        roles=["STF"],
        units=[UnitTerm("u1", "2026-01-01", "2026-06-30"), UnitTerm("u2", "2026-07-01")],
        terms=[RoleTerm("STF", "2026-01-01"), RoleTerm("HEAD", "2026-07-01", "2026-08-31")],
    )
    assert [unit_on(person, d) for d in ("2025-12-31", "2026-06-30", "2026-07-01", "2030-01-01")] == ["", "u1", "u2", "u2"]
    assert [roles_on(person, d) for d in ("2026-06-30", "2026-08-31", "2026-09-01")] == [["STF"], ["STF", "HEAD"], ["STF"]]


# --- both languages ---------------------------------------------------------------------------------------------------

VECTORS = json.loads((Path(server.domain.roster.__file__).parent / "cover_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"])
def test_a_day_is_judged_as_the_screen_judges_it(case: dict[str, Any]) -> None:
    """ORG-02..06, LV-10: the editor on the desk marks what publishing will say."""
    posts = [post(rid, more.pop("unit"), **more) for rid, more in ((rid, dict(more)) for rid, more in case["posts"].items())]
    plans = {rid: [SessionDuty(*part) for part in parts] for rid, parts in case["plans"].items()}
    skills = skills_of(tuple(entry) for entry in case.get("skills", []))
    away = {int(n): frozenset(people) for n, people in case.get("away", {}).items()}
    more = {"units": VECTORS["units"], "contact": frozenset({VECTORS["contact"]}), "lunch": case.get("lunch", False)}
    verdict = judge(day(posts, plans, skills=skills, away=away, **more))
    assert {gap.post: gap.kind for gap in verdict.gaps} == case["gaps"]
    assert verdict.partial == case["partial"]
    assert {load.person: [load.posts, load.consent] for load in verdict.loads} == case["loads"]
    assert verdict.double == case["double"]
