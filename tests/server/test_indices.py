"""The indices through their door: of whom, what they rest on, and that each opens its facts (§11, VIS-01, VIS-05).

IDX-01..09, IDX-24, IDX-25, IDX-28, IDX-29, IDX-37, IDX-41. A March of the hall is put down record by record, so that every number can be
told beforehand.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from server.domain.attendance.tables import DayRecord as AttendanceDay
from server.domain.attendance.tables import ExceptionRecord
from server.domain.base import Record
from server.domain.campaign.tables import ProblemRecord
from server.domain.hall.rules import at_time
from server.domain.hall.sentence import Explain
from server.domain.handover.tables import HandoverRecord
from server.domain.incident.tables import IncidentRecord
from server.domain.leave.tables import LeaveRecord
from server.domain.patrol.tables import SlotRecord
from server.domain.trail.tables import DayRecord, MonthRecord, TallyRecord
from server.domain.visit.coverage import CoverageRecord
from server.store.contract import Unit
from tests.server.test_protocol_push import problem
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import World
from tests.support.server import RunningServer

TZ = "Asia/Shanghai"
# Weeks of a past year: the cast's own hall says nothing about them.
MONDAY, TUESDAY, LATER = "2024-03-11", "2024-03-12", "2024-03-19"
THAT_WEEK, THE_MONTH_AFTER = "2024-03-21", "2024-04-09"
MINE, OTHER = "mine", "other"


def ledger(scope: str, of: str, day: str, unit: str, **numbers: int) -> DayRecord:
    return DayRecord(rid=f"{scope}:{of}:{day}", scope=scope, of=of, day=day, unit=unit, numbers=numbers)  # type: ignore[arg-type]


def attendance(person: str, day: str, unit: str, due: int, state: str = "provisional") -> AttendanceDay:
    return AttendanceDay(rid=f"{day}:{person}", person=person, unit=unit, day=day, month=day[:7], spells=[], state=state, due=due)  # type: ignore[arg-type]


def exception(person: str, day: str, unit: str, session: int, way: str, kind: str, counted: bool) -> ExceptionRecord:
    rid = f"{day}:{person}:{session}:{way}"
    return ExceptionRecord(
        rid=rid, person=person, unit=unit, day=day, month=day[:7], session=session, way=way, kind=kind,  # type: ignore[arg-type]
        due_at=0, explain=Explain("att.late", {}), until=day, counted=counted,
    )  # fmt: skip


def leave(rid: str, unit: str, from_day: str, to_day: str, state: str, late: bool = False, **more: Any) -> LeaveRecord:
    begins, ends = at_time(from_day, "09:00", TZ), at_time(to_day, "17:00", TZ)
    known = {"privacy": "P3", "planned": True} | more
    return LeaveRecord(rid=rid, person="p", unit=unit, from_at=begins, to_at=ends, state=state, back_late=late, **known)  # type: ignore[arg-type]


def handover(rid: str, unit: str, day: str, reason: str, planned: bool, state: str = "closed") -> HandoverRecord:
    at = at_time(day, "09:00", TZ)
    return HandoverRecord(
        rid=rid, post="w", unit=unit, a="p", from_at=at, to_at=at, reason=reason, items=[], by="p", made_at=at, received_at=at,  # type: ignore[arg-type]
        grade="A", planned=planned, state=state,  # type: ignore[arg-type]
    )  # fmt: skip


def problem_of(rid: str, unit: str, due: str, state: str, overdue: bool = False, closed: str = "", back: bool = False) -> ProblemRecord:
    at = at_time(MONDAY, "09:00", TZ)
    return ProblemRecord(
        rid=rid, unit=unit, source="patrol", code="F20", text="t", level="minor", campaign="", fact="", by="p", found_at=at,
        due_at=at_time(due, "17:00", TZ), state=state, overdue=overdue, came_back=back,  # type: ignore[arg-type]
        closed_at=at_time(closed, "10:00", TZ) if closed else 0,
    )  # fmt: skip


def incident(rid: str, unit: str, main: str, in_time: bool, waited: int = -1, drill: bool = False) -> IncidentRecord:
    at = at_time(MONDAY, "09:00", TZ)
    return IncidentRecord(
        rid=rid, kind="crowd", place="w1", unit=unit, found_at=at, received_at=at, level=3, reporter="p", responder="", people=0, text="",
        ticks=[], due_at=at, main=main, in_time=in_time, drill=drill, handled_at=at if waited >= 0 else 0, waited_min=max(0, waited),
        reported_at=at if waited >= 0 else 0, report_min=2 * max(0, waited),
    )  # fmt: skip


def slot(day: str, hour: int, made: bool, gap_min: int) -> SlotRecord:
    return SlotRecord(rid=f"{day}T{hour:02d}", day=day, over_at=0, state="done" if made else "missed", made=made, gap_min=gap_min)


def covered(unit: str, reached: bool, day: str = LATER) -> CoverageRecord:
    told = {"plan": day, "category": "town", "day": day, "title": "验收检查", "drawn": reached}
    return CoverageRecord(rid=f"{day}:{unit}", unit=unit, reached="yes" if reached else "no", **told)  # type: ignore[arg-type]


def a_march(mine: str, other: str) -> list[Record]:
    """Two units: one a person heads, and another."""
    minutes = {"absent_min": 60, "covered_min": 30, "noticed_empty_min": 20, "bare_empty_min": 10}
    settled = ledger("post", "w9", MONDAY, other, looks=99)
    settled.settled, settled.adjusted, settled.closed = {"looks": 8}, {"looks": 10}, True
    tally = {"looks": 40, "looks_served": 30}
    return [
        settled,
        ledger("post", "w1", MONDAY, mine, looks=20, looks_served=18, **minutes),
        ledger("post", "w2", MONDAY, other, looks=30, looks_served=15, absences=4, absences_noticed=3, lag3=9, findings=2, pending=1),
        ledger("person", "p1", TUESDAY, mine, notices=12, late_notices=3, ended=10, ended_in_time=9, lag6=11),
        ledger("post", "w1", LATER, mine, looks=1, looks_served=0),
        TallyRecord(rid=f"unit:{mine}:2024-03", scope="unit", of=mine, month="2024-03", unit=mine, numbers=tally),
        MonthRecord(rid="2024-03", closed_at=1),
        attendance("p1", MONDAY, mine, 2),
        attendance("p2", MONDAY, mine, 2),
        attendance("p3", MONDAY, other, 1),
        attendance("p4", MONDAY, mine, 2, "open"),
        exception("p1", MONDAY, mine, 0, "in", "late", True),
        exception("p1", MONDAY, mine, 0, "out", "early", True),
        exception("p2", MONDAY, mine, 1, "in", "late", False),
        exception("p2", MONDAY, mine, 0, "in", "missing", True),
        leave("l1", mine, MONDAY, TUESDAY, "returned"),
        leave("l2", mine, MONDAY, TUESDAY, "returned", late=True),
        leave("l3", mine, MONDAY, TUESDAY, "overdue"),
        leave("l4", mine, MONDAY, LATER, "refused"),
        leave("l5", mine, MONDAY, LATER, "running", planned=False),
        leave("l6", mine, MONDAY, TUESDAY, "returned", privacy="P4"),
        *(problem_of(f"p{n}", mine, MONDAY, "verified", n == 0, TUESDAY, n < 3) for n in range(10)),
        problem_of("p10", mine, TUESDAY, "ordered", True),
        problem_of("p11", other, TUESDAY, "claimed"),
        *(incident(f"i{n}", mine, f"i{n}", n > 3, n) for n in range(12)),
        incident("i12", mine, "i0", False),
        incident("i13", mine, "i13", False, drill=True),
        incident("i14", mine, "i14", False),
        *(slot(MONDAY, hour, hour != 9, 20 + hour) for hour in range(8, 13)),
        *(slot(LATER, hour, True, 10 * hour) for hour in range(8, 13)),
        *(covered(f"u{n}", n < 4) for n in range(12)),
        covered(mine, True),
        *(covered(f"u{n}", n in (0, 6), THAT_WEEK) for n in range(12)),
        *(covered(f"u{n}", n in (0, 7), THE_MONTH_AFTER) for n in range(12)),
        handover("h1", mine, MONDAY, "leave", True),
        handover("h2", mine, TUESDAY, "trip", False),
        handover("h3", mine, TUESDAY, "trip", True, "withdrawn"),
    ]


@pytest.fixture(scope="module")
def hall(server: RunningServer, world: World) -> Iterator[Cast]:
    cast = Cast(server.base_url, world)
    zhao = cast["赵"].pull()
    mine = zhao.replica.body("me", zhao.uid)["unit"]
    other = next(rid for rid in sorted(zhao.replica.bodies("unit")) if rid != mine)
    records = a_march(mine, other)

    def fill(work: Unit) -> None:
        with work.step() as tx:
            for record in records:
                tx.put(record)

    server.call(lambda: server.app.gate.place(SITE).store.write(fill))
    yield cast
    cast.close()


def ask(device: Device, **query: str) -> httpx.Response:
    return device.http.get(f"/s/{device.site}/indices", params=query)


def indices(device: Device, first: str = MONDAY, last: str = LATER, **query: str) -> dict[str, Any]:
    page: dict[str, Any] = ask(device, **{"from": first, "to": last, **query}).raise_for_status().json()
    return {series["key"]: series for series in page["series"]}


def cases(series: dict[str, Any]) -> tuple[int, int]:
    return series["total"]["top"], series["total"]["bottom"]


def test_numbers_come_from_the_ledgers_and_from_those_who_count_them(hall: Cast) -> None:
    """IDX-01..09, IDX-41: one definition each; a closed day counts as it was settled and adjusted (EVD-10)."""
    got = indices(hall["周"])
    assert cases(got["on_post"]) == (33, 61)
    assert cases(got["punctual"]) == (3, 5), "late and early is one session; without a punch it was not on time; open days are not due"
    assert cases(got["noticed"]) == (3, 4)
    assert cases(got["covered"]) == (30, 60)
    assert (got["unattended"]["total"]["value"], got["unattended"]["total"]["parts"]) == (30, [20, 10])
    assert (cases(got["in_time"]), got["in_time"]["total"]["value"]) == ((9, 10), 9000)
    assert cases(got["handed_ahead"]) == (1, 4), "three leaves asked for in time, one trip; nothing urgent, withdrawn or secret"
    assert cases(got["leave_back"]) == (1, 3)
    assert cases(got["both_away"]) == (0, 0)
    assert (cases(got["late"]), got["late"]["total"]["value"]) == ((3, 12), 2500)
    assert (cases(got["pending"]), "value" in got["pending"]["total"]) == ((1, 2), False)
    assert (got["lag50"]["total"]["value"], got["lag95"]["total"]["value"]) == (64, 64)


def test_rectification_and_incidents_count_what_their_registers_list(hall: Cast) -> None:
    """IDX-28, IDX-29, IDX-37: verified of due, in time of verified, back of closed; one incident however many reports, no exercise."""
    got = indices(hall["周"])
    assert cases(got["rectified"]) == (10, 12)
    assert cases(got["rectified_in_time"]) == (9, 10)
    assert (cases(got["came_back"]), got["came_back"]["total"]["value"]) == ((3, 10), 3000)
    assert cases(got["in_place"]) == (8, 13)
    assert (cases(got["to_responder"]), got["to_responder"]["total"]["value"]) == ((66, 12), 6)
    assert got["to_report"]["total"]["value"] == 11
    assert [link["register"] for link in got["came_back"]["facts"]] == ["closed"]
    assert cases(indices(hall["赵"])["rectified"]) == (10, 11)


def test_patrol_and_coverage_are_the_halls_and_the_longest_gap_is_no_sum(hall: Cast) -> None:
    """IDX-24, IDX-25: hours done of hours due; of gaps the greatest counts; units with a published result of those in scope."""
    got = indices(hall["周"])
    assert (cases(got["patrol_done"]), got["patrol_done"]["total"]["value"]) == ((9, 10), 9000)
    assert got["patrol_gap"]["total"]["value"] == 120
    assert [p["value"] for p in got["patrol_gap"]["points"] if p["top"]] == [32, 120]
    assert (cases(got["covered_units"]), got["covered_units"]["total"]["value"]) == ((5, 13), 3846)
    assert "units" not in got["patrol_done"] or got["patrol_done"]["units"] == []
    assert cases(indices(hall["赵"])["covered_units"]) == (1, 1)
    assert cases(indices(hall["赵"])["patrol_done"]) == (0, 0)


def test_a_unit_that_was_in_scope_in_two_months_is_one_unit(hall: Cast) -> None:
    """IDX-25: distinct units of the whole span; each week and month counts its own."""
    got = indices(hall["周"], "2024-03-01", "2024-04-30", by="month")["covered_units"]
    assert [cases({"total": point}) for point in got["points"]] == [(6, 13), (2, 12)]
    assert cases(got) == (7, 13)
    weeks = indices(hall["周"], LATER, THAT_WEEK, by="week")["covered_units"]
    assert [cases({"total": point}) for point in weeks["points"]] == [(6, 13)]


def test_days_lie_where_they_belong_and_few_cases_make_no_rate(hall: Cast) -> None:
    """§11: fewer than ten cases show their counts."""
    points = {p["from_day"]: p for p in indices(hall["周"], by="day")["on_post"]["points"]}
    assert len(points) == 9
    assert (points[MONDAY]["top"], points[MONDAY]["bottom"], points[MONDAY]["value"]) == (33, 60, 5500)
    assert (points[LATER]["bottom"], "value" in points[LATER]) == (1, False)
    weeks = indices(hall["周"], by="week")["on_post"]["points"]
    assert [(w["from_day"], w["bottom"]) for w in weeks] == [(MONDAY, 60), ("2024-03-18", 1)]


def test_months_come_from_their_tallies_and_say_whether_they_are_closed(hall: Cast) -> None:
    """EVD-10: a closed month is what was settled; another is provisional."""
    points = indices(hall["周"], "2024-03-01", "2024-04-30", by="month")["on_post"]["points"]
    assert [(p["from_day"], p["top"], p["bottom"], p.get("provisional", False)) for p in points] == [
        ("2024-03-01", 30, 40, False),
        ("2024-04-01", 0, 0, True),
    ]


@pytest.mark.parametrize("who", ["周", "领"])
def test_office_and_leaders_see_the_units_the_worst_first(hall: Cast, who: str) -> None:
    """§11, VIS-05, PRV-06: totals and units; no person stands in an index, and nobody is ranked by machine."""
    answer = ask(hall[who], **{"from": MONDAY, "to": LATER})
    units = next(s for s in answer.json()["series"] if s["key"] == "on_post")["units"]
    assert [u["point"]["bottom"] for u in units] == [40, 21]
    assert units[0]["point"]["value"] < units[1]["point"]["value"]
    people = hall[who].pull().replica.bodies("person")
    assert not any(body["name"] in answer.text for body in people.values())


def test_a_head_has_the_own_unit_whatever_is_asked(hall: Cast) -> None:
    """VIS-01: the unit of a head's indices is not a question."""
    head = hall["赵"]
    other = next(u["unit"] for u in indices(hall["周"])["on_post"]["units"] if u["point"]["bottom"] == 40)
    for query in ({}, {"unit": other}):
        got = indices(head, **query)
        assert cases(got["on_post"]) == (18, 21)
        assert got["on_post"].get("units", []) == []
        assert cases(got["noticed"]) == (0, 0)
    assert cases(indices(hall["周"], unit=other)["on_post"]) == (15, 40)


@pytest.mark.parametrize("who", ["王", "林", "吴"])
def test_who_answers_for_no_unit_has_no_indices(hall: Cast, who: str) -> None:
    assert problem(ask(hall[who])) == "forbidden"


def test_every_index_opens_its_facts(hall: Cast) -> None:
    """§11: the links lead to registers this reader may open, with the filter set."""
    for who in ("周", "领", "赵"):
        offered = {r["name"] for r in hall[who].http.get(f"/s/{SITE}/registers").json()["registers"]}
        for series in indices(hall[who]).values():
            assert {link["register"] for link in series.get("facts", [])} <= offered
            for link in series.get("facts", []):
                query = {**link["query"], "from": MONDAY, "to": LATER}
                assert hall[who].http.get(f"/s/{SITE}/register/{link['register']}", params=query).status_code == 200
    assert [link["register"] for link in indices(hall["周"])["pending"]["facts"]] == ["finding"]


@pytest.mark.parametrize(
    ("query", "id"),
    [
        ({"by": "hour"}, "query_bad"),
        ({"from": "2024-01-01", "to": "2026-01-01"}, "span_bad"),
        ({"from": MONDAY, "to": "2024-03-10"}, "span_bad"),
        ({"nobody": "1"}, "query_bad"),
        ({"purpose": "x"}, "query_bad"),
    ],
)
def test_what_cannot_be_asked_has_its_registered_error(hall: Cast, query: dict[str, str], id: str) -> None:
    assert problem(ask(hall["周"], **query)) == id
