"""The indices of §11 as tables: numbers in, values out; what too few cases make, what is provisional, which unit needs a look first.

IDX-01..09 and IDX-41. The numbers themselves are those of the ledgers; here is what becomes of them.
"""

import pytest

from server.app import DOMAINS
from server.domain.trail.ledger import Numbers
from server.reports.indices import INDICES, Index, Span, point, together, worst_first
from server.reports.measure import period
from server.reports.query import BadQuery

DAY = Span("2026-11-20", "2026-11-20", False)
BY_KEY = {index.key: index for index in INDICES}
MIN_N = 10


@pytest.mark.parametrize(
    ("key", "numbers", "value", "top", "bottom"),
    [
        ("on_post", {"looks": 60, "looks_served": 57}, 9500, 57, 60),
        ("on_post", {"looks": 9, "looks_served": 9}, None, 9, 9),
        ("on_post", {}, None, 0, 0),
        ("punctual", {"sessions_due": 200, "sessions_on_time": 197}, 9850, 197, 200),
        ("noticed", {"absences": 12, "absences_noticed": 9}, 7500, 9, 12),
        ("covered", {"absences": 10, "absent_min": 90, "covered_min": 60}, 6667, 60, 90),
        ("covered", {"absences": 9, "absent_min": 900, "covered_min": 600}, None, 600, 900),
        ("unattended", {"noticed_empty_min": 20, "bare_empty_min": 10, "absent_min": 90}, 30, 30, 90),
        ("in_time", {"ended": 10, "ended_in_time": 10}, 10000, 10, 10),
        ("handed_ahead", {"planned_absences": 20, "handed_ahead": 5}, 2500, 5, 20),
        ("leave_back", {"leaves_ended": 16, "leaves_reported": 12}, 7500, 12, 16),
        ("both_away", {"both_away": 2}, 2, 2, 0),
        ("late", {"notices": 100, "late_notices": 3}, 300, 3, 100),
        ("pending", {"findings": 10, "pending": 1}, 1000, 1, 10),
        ("visit_score", {"visits": 10, "visit_points": 950, "visit_full": 1000}, 9500, 950, 1000),
        ("visit_score", {"visits": 9, "visit_points": 855, "visit_full": 900}, None, 855, 900),
        ("visit_score", {"visits": 1, "visit_points": 95, "visit_full": 100}, None, 95, 100),
        ("visit_veto", {"visits": 1, "visit_vetoes": 1}, 1, 1, 0),
        ("told_equal", {"visits": 1, "told_tested": 10, "told_equal": 7}, 7000, 7, 10),
        ("told_equal", {"visits": 9, "told_tested": 9, "told_equal": 7}, None, 7, 9),
        ("rectified", {"rct_due": 12, "rct_verified": 9}, 7500, 9, 12),
        ("came_back", {"rct_closed": 10, "rct_back": 1}, 1000, 1, 10),
        ("in_place", {"incidents": 20, "incidents_in_time": 15}, 7500, 15, 20),
        ("to_responder", {"incidents_handled": 10, "handled_min": 34}, 3, 34, 10),
        ("to_responder", {"incidents_handled": 9, "handled_min": 34}, None, 34, 9),
        ("lag50", {"lag0": 2, "lag3": 8, "lag6": 10}, 8, 20, 0),
        ("lag95", {"lag0": 2, "lag3": 8, "lag6": 10}, 64, 20, 0),
        ("lag95", {"lag3": 9}, None, 9, 0),
    ],
)
def test_an_index_is_its_definition(key: str, numbers: Numbers, value: int | None, top: int, bottom: int) -> None:
    """IDX-01..09, IDX-26..29, 37, 41: numerator and denominator are always there, a value only with enough cases (idx.min_n): points and
    minutes are none.
    """
    got = point(BY_KEY[key], numbers, DAY, MIN_N)
    assert (got.value, got.top, got.bottom) == (value, top, bottom)


def test_every_index_of_the_desk_is_defined_once() -> None:
    """§11: each with words for what is counted and a register for its facts."""
    assert sorted({index.id for index in INDICES}) == [f"IDX-{n:02d}" for n in (*range(1, 10), *range(24, 30), 37, 41)]
    assert len({index.key for index in INDICES}) == len(INDICES)
    registers = {register.name for domain in DOMAINS for register in domain.registers}
    assert {facts.register for index in INDICES for facts in index.facts} <= registers
    columns = {(r.name, c.key): c for d in DOMAINS for r in d.registers for c in r.columns}
    for index in INDICES:
        assert index.facts
        for facts in index.facts:
            asked = [(columns[facts.register, key], value) for key, value in facts.filters.items()]
            assert all(value in ("0", "1") if column.kind == "flag" else column.choices[value] for column, value in asked)


def test_minutes_are_told_with_and_without_notice() -> None:
    """IDX-05 is split by whether it had been announced."""
    assert point(BY_KEY["unattended"], {"noticed_empty_min": 20, "bare_empty_min": 10}, DAY, MIN_N).parts == [20, 10]


def test_a_value_of_a_month_that_is_not_closed_is_provisional() -> None:
    """EVD-10: provisional values are marked."""
    assert point(BY_KEY["on_post"], {}, DAY._replace(provisional=True), MIN_N).provisional


def test_numbers_of_units_add_up_and_what_cancels_out_goes() -> None:
    assert together([{"looks": 3}, {"looks": 4, "pending": 1}, {"pending": -1}]) == {"looks": 7}


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("on_post", ["u2", "u1", "u3"]),
        ("late", ["u1", "u2"]),
        ("both_away", ["u3", "u2"]),
    ],
)
def test_the_unit_that_needs_a_look_comes_first(index: str, expected: list[str]) -> None:
    """Worst first, those with too few cases last, those without any not at all."""
    units: dict[str, Numbers] = {
        "u1": {"looks": 20, "looks_served": 19, "notices": 50, "late_notices": 5},
        "u2": {"looks": 20, "looks_served": 10, "notices": 50, "late_notices": 1, "both_away": 1},
        "u3": {"looks": 2, "looks_served": 0, "both_away": 4},
        "u4": {},
    }
    one: Index = BY_KEY[index]
    assert [unit for unit, _ in worst_first(one, ((u, point(one, n, DAY, MIN_N)) for u, n in units.items()))] == expected


@pytest.mark.parametrize(
    ("query", "spans", "first", "last"),
    [
        ({"by": "day", "from": "2026-11-01", "to": "2026-11-03"}, 3, ("2026-11-01", "2026-11-01"), ("2026-11-03", "2026-11-03")),
        ({"by": "week", "from": "2026-11-04", "to": "2026-11-10"}, 2, ("2026-11-02", "2026-11-08"), ("2026-11-09", "2026-11-15")),
        ({"by": "month", "from": "2026-01-31", "to": "2026-03-01"}, 3, ("2026-01-01", "2026-01-31"), ("2026-03-01", "2026-03-31")),
        ({"by": "month", "from": "2024-02-10", "to": "2024-02-11"}, 1, ("2024-02-01", "2024-02-29"), ("2024-02-01", "2024-02-29")),
        ({}, 30, ("2026-10-25", "2026-10-25"), ("2026-11-23", "2026-11-23")),
        ({"by": "week"}, 13, ("2026-08-31", "2026-09-06"), ("2026-11-23", "2026-11-29")),
        ({"by": "month"}, 12, ("2025-12-01", "2025-12-31"), ("2026-11-01", "2026-11-30")),
    ],
)
def test_a_period_is_cut_into_whole_spans(query: dict[str, str], spans: int, first: tuple[str, str], last: tuple[str, str]) -> None:
    """Whole days, weeks from Monday, calendar months; the last days, weeks or months when nothing is said."""
    cut = period(query, "2026-11-23")
    assert (len(cut.spans), cut.spans[0], cut.spans[-1]) == (spans, first, last)
    assert all(a < b for (_, a), (b, _) in zip(cut.spans, cut.spans[1:], strict=False))


@pytest.mark.parametrize(
    ("query", "id"),
    [
        ({"by": "hour"}, "query_bad"),
        ({"by": "day", "from": "2026-01-01"}, "span_bad"),
        ({"by": "week", "from": "2025-01-01"}, "span_bad"),
        ({"by": "month", "from": "2020-01-01"}, "span_bad"),
        ({"from": "2026-11-24"}, "span_bad"),
        ({"from": "x"}, "query_bad"),
        ({"to": "2026-02-30"}, "query_bad"),
    ],
)
def test_a_period_nobody_can_ask_for_has_its_registered_error(query: dict[str, str], id: str) -> None:
    with pytest.raises(BadQuery) as bad:
        period(query, "2026-11-23")
    assert bad.value.id == id
