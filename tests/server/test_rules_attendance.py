"""What a day comes to, as tables (ATT-01..07, EVD-02..04, CON-20, CON-21), and the laws that hold whatever the facts are."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.attendance.explain import EXPLANATIONS, PARAMS
from server.domain.attendance.rules import (
    ACCUSING,
    EXCEPTIONS,
    Case,
    DayFacts,
    Edge,
    Free,
    Params,
    Punched,
    Seen,
    half_days,
    is_counted,
    judge_day,
    over_limit,
    spells_of,
    state_of,
)
from server.domain.hall.spans import without
from tests.server.scenes.small_hall import at

SESSIONS = ((at("08:30"), at("12:00")), (at("14:30"), at("17:30")))
EVENING = at("23:00")


def come(clock: str, session: int = 0, **how: Any) -> Punched:
    """Signed in at `clock`, received at once unless `received` says otherwise."""
    return _punch("in", clock, session, **how)


def go(clock: str, session: int = 0, **how: Any) -> Punched:
    """Signed out."""
    return _punch("out", clock, session, **how)


def _punch(way: Any, clock: str, session: int, *, received: str = "", **how: Any) -> Punched:
    arrival = at(received or clock)
    bounds = {"not_before": 0, "not_after": arrival, "received_at": arrival}
    return Punched(f"{way}{session}{clock}{how.get('method', '')}", session, way, at(clock), **(bounds | how))


def free(start: str, end: str, why: Any = "leave", sure: bool = True) -> Free:
    """A span in which nothing is due."""
    return Free(at(start), at(end), why, sure)


FINE = (go("12:00"), come("14:30", 1), go("17:30", 1))
"""Everything but the morning's sign-in."""


def edge(facts: DayFacts, params: Params = Params(), *, session: int = 0, way: str = "in", now: int = EVENING, closed: bool = True) -> Edge:  # noqa: B008
    """One edge of the day."""
    return next(e for e in judge_day(facts, params, now, closed) if (e.session, e.way) == (session, way))


MORNING: tuple[tuple[Any, ...], ...] = (
    # punches besides FINE, free spans, params -> kind, minutes, sentence
    ("on the minute", (come("08:30"),), (), {}, "ok", 0, "att.in_time"),
    ("59 seconds are given to the person", (come("08:30:59"),), (), {}, "ok", 0, "att.in_time"),
    ("early is shown, not punished (ATT-03)", (come("08:05"),), (), {}, "ok", -25, "att.in_time"),
    ("a minute late", (come("08:31"),), (), {}, "late", 1, "att.late"),
    ("within the hall's grace", (come("08:35"),), (), {"grace": 5}, "ok", 5, "att.in_time"),
    ("beyond the grace all minutes count", (come("08:36"),), (), {"grace": 5}, "late", 6, "att.late"),
    ("29 minutes are late", (come("08:59"),), (), {}, "late", 29, "att.late"),
    ("30 are half a day and not late (ATT-04)", (come("09:00"),), (), {}, "half_day", 30, "att.half_in"),
    ("by the hall's ladder (ATT-04)", (come("08:46"),), (), {"half_day": 16}, "half_day", 16, "att.half_in"),
    ("a hall without a ladder", (come("11:00"),), (), {"half_day": 0}, "late", 150, "att.late"),
    ("the earliest counts", (come("08:50"), come("08:29")), (), {}, "ok", -1, "att.in_time"),
    ("a punch made in time wins however late it arrives (CON-20)", (come("08:29", received="20:00"),), (), {}, "ok", -1, "att.in_time"),
    ("grade B counts by its corrected time", (come("08:29", grade="B"),), (), {}, "ok", -1, "att.in_time"),
    (
        "an untrusted clock is looked at by a person (CON-21)",
        (come("08:29", grade="C", received="09:40"),),
        (),
        {},
        "pending",
        0,
        "att.clock_in",
    ),
    ("an untrusted late punch accuses nobody", (come("08:50", grade="C", received="20:00"),), (), {}, "pending", 0, "att.clock_in"),
    (
        "a trusted late punch beside an untrusted earlier one",
        (come("08:45"), come("08:29", grade="C", received="09:40")),
        (),
        {},
        "pending",
        0,
        "att.clock_in",
    ),
    ("an untrusted later one changes nothing", (come("08:45"), come("08:50", grade="C")), (), {}, "late", 15, "att.late"),
    (
        "received before it was due: the server's clock proves it",
        (come("08:20", grade="C", received="08:25"),),
        (),
        {},
        "ok",
        -5,
        "att.in_time",
    ),
    (
        "received the evening before proves nothing",
        (come("08:20", grade="C", not_after=at("20:00") - 86_400_000),),
        (),
        {},
        "pending",
        0,
        "att.clock_in",
    ),
    ("at night is no sign-in for the morning", (come("03:00"),), (), {}, "pending", 0, "att.too_early"),
    ("a correction nobody has accepted (ATT-06)", (come("08:29", method="correction", sure=False),), (), {}, "pending", 0, "att.request"),
    ("an accepted one", (come("08:29", method="correction"),), (), {}, "ok", -1, "att.in_time"),
    ("a hand list nobody has checked (ATT-05)", (come("08:29", method="hand_list", sure=False),), (), {}, "pending", 0, "att.listed"),
    ("a checked one", (come("08:29", method="hand_list"),), (), {}, "ok", -1, "att.in_time"),
    ("the hall wants proof of being there", (come("08:29"),), (), {"in_hall_required": True}, "pending", 0, "att.outside"),
    ("and gets it", (come("08:29", in_hall=True),), (), {"in_hall_required": True}, "ok", -1, "att.in_time"),
    ("a terminal stands in the hall", (come("08:29", method="terminal"),), (), {"in_hall_required": True}, "ok", -1, "att.in_time"),
    ("nothing at all", (), (), {}, "missing", 0, "att.missing_in"),
    ("nothing, by the hall's ladder (ATT-04)", (), (), {"missing_half_day": True}, "half_day", 0, "att.unsigned_in"),
    ("approved leave until ten (ATT-07)", (), (free("00:00", "10:00"),), {}, "leave", 0, "att.leave"),
    ("late after leave until ten", (come("10:12"),), (free("00:00", "10:00"),), {}, "late", 12, "att.late"),
    ("in time after leave until ten", (come("09:58"),), (free("00:00", "10:00"),), {}, "ok", -2, "att.in_time"),
    (
        "a leave nobody has decided (CON-22)",
        (come("09:40"),),
        (free("08:00", "09:45", "leave", False),),
        {},
        "pending",
        0,
        "att.leave_waiting",
    ),
    (
        "an undecided leave that would not help",
        (come("11:00"),),
        (free("14:00", "18:00", "leave", False),),
        {},
        "half_day",
        150,
        "att.half_in",
    ),
    ("an official absence (ATT-07)", (), (free("08:00", "09:30", "official"),), {}, "official", 0, "att.official"),
    (
        "one announced afterwards, not judged yet",
        (come("09:20"),),
        (free("08:30", "09:20", "official", False),),
        {},
        "pending",
        0,
        "att.away_waiting",
    ),
    ("a storm until nine (ATT-07)", (come("08:55"),), (free("00:00", "09:00", "excused"),), {}, "ok", -5, "att.in_time"),
    ("a storm until nine, late all the same", (come("09:10"),), (free("00:00", "09:00", "excused"),), {}, "late", 10, "att.late"),
    ("an hour in between moves no edge", (come("08:40"),), (free("10:00", "11:00", "excused"),), {}, "late", 10, "att.late"),
    (
        "free spans side by side are one",
        (come("09:40"),),
        (free("08:00", "09:00"), free("09:00", "09:40", "official")),
        {},
        "ok",
        0,
        "att.in_time",
    ),
    ("sick the whole morning", (), (free("00:00", "12:00"),), {}, "leave", 0, "att.leave"),
)


@pytest.mark.parametrize(("name", "punches", "spans", "params", "kind", "minutes", "key"), MORNING, ids=[row[0] for row in MORNING])
def test_the_morning_sign_in(name: str, punches: Any, spans: Any, params: dict[str, Any], kind: str, minutes: int, key: str) -> None:
    found = edge(DayFacts(SESSIONS, (*punches, *FINE), spans), Params(**params))
    assert (found.kind, found.minutes, found.explain.key) == (kind, minutes, key)


LEAVING = (
    ("on the minute", ("17:30",), (), "ok"),
    ("half a minute early is given", ("17:29:30",), (), "ok"),
    ("a minute early", ("17:29",), (), "early"),
    ("half an hour early is half a day", ("17:00",), (), "half_day"),
    ("the latest counts", ("17:00", "17:31"), (), "ok"),
    ("after closing", ("18:20",), (), "ok"),
    ("leave from four", ("16:00",), (free("16:00", "24:00"),), "ok"),
    ("leave from four, gone at half past three", ("15:31",), (free("16:00", "24:00"),), "early"),
    ("a site visit until closing needs no sign-out", (), (free("16:00", "18:00", "official"),), "official"),
    ("nothing", (), (), "missing"),
)


@pytest.mark.parametrize(("name", "clocks", "spans", "kind"), LEAVING, ids=[row[0] for row in LEAVING])
def test_the_evening_sign_out(name: str, clocks: tuple[str, ...], spans: Any, kind: str) -> None:
    punches = (come("08:30"), go("12:00"), come("14:30", 1), *(go(c, 1) for c in clocks))
    assert edge(DayFacts(SESSIONS, punches, spans), session=1, way="out").kind == kind


def test_a_sign_out_with_an_untrusted_clock_counts_only_when_it_cannot_be_older() -> None:
    late = go("17:31", 1, grade="C", not_before=at("17:30"))
    unproven = go("17:31", 1, grade="C", not_before=at("16:00"))
    base = (come("08:30"), go("12:00"), come("14:30", 1))
    assert edge(DayFacts(SESSIONS, (*base, late)), session=1, way="out").kind == "ok"
    assert edge(DayFacts(SESSIONS, (*base, unproven)), session=1, way="out").kind == "pending"


def test_neither_in_nor_out_is_one_absence_of_a_session() -> None:
    """ATT-01: and not two missing punches (EVD-06)."""
    day = judge_day(DayFacts(SESSIONS, (come("14:30", 1), go("17:30", 1))), Params(), EVENING, True)
    assert [(e.kind, e.explain.key) for e in day[:2]] == [("absent", "att.absent")] * 2
    assert [e.kind for e in day[2:]] == ["ok", "ok"]


def test_who_was_seen_at_work_is_not_absent_and_not_late() -> None:
    """CON-21: a sighting by the time due clears a late punch; during the session it makes an absence a missing punch."""
    assert edge(DayFacts(SESSIONS, (come("08:45"), *FINE), (), (Seen("o1", at("08:28")),))).explain.key == "att.seen"
    assert edge(DayFacts(SESSIONS, (come("08:45"), *FINE), (), (Seen("o1", at("08:40")),))).kind == "late"
    assert edge(DayFacts(SESSIONS, FINE[1:], (), (Seen("o1", at("10:00")),))).kind == "missing"


def test_another_proof_is_named_beside_an_untrusted_punch() -> None:
    """CON-21: other proofs are looked up; a person decides."""
    found = edge(DayFacts(SESSIONS, (come("08:29", grade="C", received="09:40"), *FINE), (), (Seen("o1", at("08:50")),)))
    assert (found.kind, found.explain.key) == ("pending", "att.clock_proof")


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        ("08:00", ["waiting", "waiting", "waiting", "waiting"]),
        ("08:30", ["waiting", "waiting", "waiting", "waiting"]),
        ("08:31", ["unseen", "waiting", "waiting", "waiting"]),
        ("14:31", ["unseen", "waiting", "unseen", "waiting"]),
        ("23:00", ["unseen", "waiting", "unseen", "waiting"]),
    ],
)
def test_before_the_day_is_closed_silence_accuses_nobody(now: str, kinds: list[str]) -> None:
    """EVD-10: what has not been heard of may be on a phone without a network."""
    assert [e.kind for e in judge_day(DayFacts(SESSIONS), Params(), at(now), False)] == kinds


def test_signing_out_early_is_judged_when_the_session_is_over() -> None:
    facts = DayFacts(SESSIONS, (come("08:30"), go("11:30")))
    assert edge(facts, way="out", now=at("11:35"), closed=False).kind == "waiting"
    assert edge(facts, way="out", now=at("12:01"), closed=False).kind == "half_day"


def test_two_punches_a_day_bracket_the_whole_day() -> None:
    """ATT-03: the noon break asks for nothing; leave in the afternoon ends the day at noon."""
    two = Params(punches=2)
    day = judge_day(DayFacts(SESSIONS, (come("08:29"), go("17:31"))), two, EVENING, True)
    assert [(e.session, e.way, e.kind) for e in day] == [(0, "in", "ok"), (0, "out", "ok")]
    assert edge(DayFacts(SESSIONS, (come("08:29"), go("12:00")), (free("14:00", "24:00"),)), two, way="out").kind == "ok"
    assert edge(DayFacts(SESSIONS, (come("08:29"), go("12:05"))), two, way="out").kind == "half_day"


# --- what became of it --------------------------------------------------------------------------------------------------

STATES = (
    (Case("late"), "detected"),
    (Case("late", answered=True), "answered"),
    (Case("late", answered=True, decided=True, decided_kind="late"), "explained"),
    (Case("late", decided=False, decided_kind="late"), "confirmed"),
    (Case("late", decided=False, decided_kind="late", appealed=True), "appealed"),
    (Case("late", decided=False, decided_kind="late", appealed=True, appeal_upheld=True), "upheld"),
    (Case("late", decided=False, decided_kind="late", appealed=True, appeal_upheld=False), "withdrawn"),
    (Case("ok", decided=False, decided_kind="late"), "cleared"),
    (Case("late", decided=False, decided_kind="half_day"), "detected"),
    (Case("pending"), "pending"),
    (Case("pending", decided=True, decided_kind="pending"), "explained"),
    (Case("leave"), "cleared"),
)


@pytest.mark.parametrize(("case", "state"), STATES, ids=[f"{s}-{n}" for n, (_, s) in enumerate(STATES)])
def test_an_exception_becomes_what_people_decide(case: Case, state: str) -> None:
    """GEN-05: only a named person confirms; the facts alone can clear."""
    assert state_of(case) == state


@pytest.mark.parametrize(
    ("kind", "state", "counts"),
    [
        ("late", "confirmed", True),
        ("late", "upheld", True),
        ("late", "detected", False),
        ("late", "appealed", False),
        ("pending", "confirmed", False),
    ],
)
def test_only_what_a_person_confirmed_counts(kind: Any, state: Any, counts: bool) -> None:
    assert is_counted(kind, state) is counts


def test_the_fourth_late_or_early_of_a_month_makes_a_candidate() -> None:
    """ATT-02: more than three; a converted event is not also late (ATT-04)."""
    three: list[tuple[str, Any]] = [("a", "late"), ("b", "early"), ("c", "late")]
    assert over_limit(three, 3) == []
    assert over_limit([*three, ("d", "half_day")], 3) == []
    assert over_limit([*three, ("d", "early")], 3) == ["a", "b", "c", "d"]


def test_half_a_day_is_lost_once_whatever_happened_at_its_edges() -> None:
    """EVD-06: one fact, one consequence."""
    assert half_days([("d1", 0, "half_day"), ("d1", 0, "half_day"), ("d1", 1, "half_day"), ("d2", 0, "late")]) == 2


# --- laws ---------------------------------------------------------------------------------------------------------------

minutes = st.integers(6 * 60, 20 * 60).map(lambda m: at("00:00") + m * 60_000)
grades = st.sampled_from(["A", "B", "C"])
punches = st.builds(
    lambda n, session, way, when, late, grade, sure, inside: Punched(
        f"p{n}",
        session,
        way,
        when,
        when - 3_600_000 if grade == "C" else when,
        when + late * 60_000,
        when + late * 60_000,
        grade,
        "phone",
        inside,
        sure,
    ),
    st.integers(0, 99),
    st.integers(0, 1),
    st.sampled_from(["in", "out"]),
    minutes,
    st.integers(0, 300),
    grades,
    st.booleans(),
    st.sampled_from([None, True, False]),
)
spans = st.builds(
    lambda start, length, why, sure: Free(start, start + length * 60_000, why, sure),
    minutes,
    st.integers(1, 300),
    st.sampled_from(["leave", "official", "excused"]),
    st.booleans(),
)
facts = st.builds(
    lambda p, f, s: DayFacts(SESSIONS, tuple(p), tuple(f), tuple(s)),
    st.lists(punches, max_size=6, unique_by=lambda p: p.id),
    st.lists(spans, max_size=3),
    st.lists(st.builds(Seen, st.just("o"), minutes), max_size=2),
)
settings_of = st.builds(
    Params,
    st.sampled_from([0, 5]),
    st.sampled_from([0, 16, 30]),
    st.sampled_from([2, 4]),
    st.booleans(),
    st.booleans(),
    st.just(120 * 60_000),
)


@given(facts, settings_of, st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=300)
def test_any_order_of_facts_gives_the_same_day(day: DayFacts, params: Params, random: Any, closed: bool) -> None:
    def shuffled(some: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(some, len(some)))

    other = DayFacts(day.sessions, shuffled(day.punches), shuffled(day.free), shuffled(day.seen))
    assert judge_day(other, params, EVENING, closed) == judge_day(day, params, EVENING, closed)


@given(facts, settings_of, st.booleans())
@settings(max_examples=300)
def test_every_edge_is_judged_once_and_says_why(day: DayFacts, params: Params, closed: bool) -> None:
    edges = judge_day(day, params, EVENING, closed)
    sessions = 1 if params.punches == 2 else 2
    assert sorted((e.session, e.way) for e in edges) == [(n, w) for n in range(sessions) for w in ("in", "out")]
    assert len(spells_of(edges)) == sessions
    for one in edges:
        assert set(re.findall(r"{(\w+)}", EXPLANATIONS[one.explain.key])) == set(one.explain.params)
        assert set(one.explain.params) <= set(PARAMS)


@given(facts, settings_of, punches)
@settings(max_examples=300)
def test_an_untrusted_punch_never_accuses_and_never_clears(day: DayFacts, params: Params, extra: Punched) -> None:
    """EVD-03: whatever the bounds do not prove."""
    unproven = extra._replace(id="x", grade="C", sure=True, not_before=0, not_after=EVENING)
    before = judge_day(day, params, EVENING, True)
    after = judge_day(day._replace(punches=(*day.punches, unproven)), params, EVENING, True)
    for old, new in zip(before, after, strict=True):
        assert new.kind not in ACCUSING or old.kind in ACCUSING
        assert new.kind in EXCEPTIONS or old.kind not in EXCEPTIONS


@given(facts, settings_of)
@settings(max_examples=300)
def test_one_more_trusted_punch_in_time_never_harms(day: DayFacts, params: Params) -> None:
    """EVD-02: creation time protects, arrival time never harms."""
    in_time = Punched("y", 0, "in", at("08:25"), at("08:25"), EVENING, EVENING, "A", "terminal")
    after = judge_day(day._replace(punches=(*day.punches, in_time)), params, EVENING, True)
    assert after[0].kind not in EXCEPTIONS


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6),
)
def test_what_is_left_of_a_span_is_every_minute_that_is_not_taken(kept: list[tuple[int, int]], taken: list[tuple[int, int]]) -> None:
    disjoint = [(a, b) for n, (a, b) in enumerate((10 * i, 10 * i + 7) for i in range(4)) if n < len(kept) + 1]
    left = {m for a, b in without(disjoint, [(a, b) for a, b in taken if a < b]) for m in range(a, b)}
    assert left == {m for a, b in disjoint for m in range(a, b)} - {m for a, b in taken if a < b for m in range(a, b)}
