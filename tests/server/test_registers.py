"""Registers of the desk through their doors: who reads which rows and fields, filters, order, pages, and the traces they leave.

VIS-01, VIS-03, VIS-05; §7; AWY, PTL, EVD and EMG as tables for the desk.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import DOMAINS
from server.domain.attendance.tables import PunchRecord
from server.domain.base import Actor, Domain, Reading
from server.domain.hall.handlers import new_hall
from server.domain.presence.ops import Announce
from server.reports.query import Asked
from server.reports.table import Source, count
from server.store.contract import Values
from server.store.institutions import Institutions
from server.store.sqlite import Connection
from tests.server.test_protocol_push import problem
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import FirstMorning, World
from tests.support.day import post_of
from tests.support.registers import FILE_DOMAIN, ask, columns, files, page, played_day, rids, traces
from tests.support.server import RunningServer

MINUTE = 60_000
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def world() -> World:
    return FirstMorning()


@pytest.fixture(scope="module")
def domains() -> Sequence[Domain]:
    return (*DOMAINS, FILE_DOMAIN)


@pytest.fixture(scope="module")
def played(server: RunningServer, world: World) -> Iterator[Cast]:
    """A day has been played, and there are files of forty days."""
    with played_day(server, world) as cast:
        yield cast


# --- rights: every register x every role -----------------------------------------------------------------------------

PATROL, HEADS = {"OFF", "INS", "EFF"}, {"HEAD"}
LEADERS = {"LEAD", "TOP"}
MAY_READ = {
    "away": PATROL | HEADS | LEADERS,
    "late": PATROL | HEADS | LEADERS,
    "cover": {"OFF", "INS"} | HEADS | LEADERS,
    "finding": PATROL | HEADS | LEADERS,
    "observation": {"INS", "EFF"},
    "round": PATROL,
    "slot": PATROL | LEADERS,
    "video": {"EFF", "OFF"},
    "bulletin": PATROL | {"CHECK"} | LEADERS,
    "coverage": {"OFF", "CHECK", "EFF"} | HEADS | LEADERS,
    "visit_result": {"OFF", "CHECK"} | HEADS | LEADERS,
    "supervisor_report": {"OFF", "EFF"},
    "incident": PATROL | HEADS | LEADERS,
    "facility": PATROL | LEADERS,
    "repair": PATROL | HEADS | LEADERS,
    "handbook": {"OFF", "EFF"} | HEADS,
    "problem": {"OFF", "EFF", "CHECK"} | HEADS | LEADERS,
    "rectification": {"OFF", "EFF", "CHECK"} | HEADS | LEADERS,
    "closed": {"OFF", "EFF", "CHECK"} | HEADS | LEADERS,
    "board_item": {"OFF", "ADM"} | LEADERS,
    "hot_order": {"OFF", "EFF"} | HEADS | LEADERS,
    "leave": {"OFF"} | HEADS | LEADERS,
    "handover": {"OFF", "INS"} | HEADS | LEADERS,
    "attendance": {"OFF", "EFF"} | HEADS | LEADERS,
    "attendance_day": {"OFF"} | HEADS,
    "punch": {"OFF"} | HEADS,
    "duty": PATROL | HEADS | LEADERS,
    "roster_change": PATROL | HEADS | LEADERS,
    "file": {"OFF", "HEAD", "LEAD", "STF"},
}
PEOPLE = ("王", "赵", "周", "林", "陈", "吴", "孙", "管", "领")


def roles(device: Device) -> set[str]:
    return set(device.pull().replica.body("me", device.uid)["roles"])


@pytest.mark.parametrize("name", sorted(MAY_READ))
@pytest.mark.parametrize("who", PEOPLE)
def test_a_register_opens_for_its_roles_and_for_nobody_else(played: Cast, name: str, who: str) -> None:
    """VIS-01 and §7, register by register: the list offers what may be read, and the door refuses the rest."""
    device = played[who]
    offered = {r["name"] for r in ask(device, "registers").raise_for_status().json()["registers"]}
    may = not roles(device).isdisjoint(MAY_READ[name])
    assert (name in offered) == may
    answer = ask(device, f"register/{name}")
    assert (answer.status_code, answer.status_code == 403 and problem(answer)) == ((200, False) if may else (403, "forbidden"))


def test_every_register_is_in_the_table_of_rights_and_in_the_docs() -> None:
    """A register somebody adds is added here with its roles, and to docs/registers.md."""
    names = {r.name for d in DOMAINS for r in d.registers}
    assert names == MAY_READ.keys() - {"file"}
    documented = (ROOT / "docs" / "registers.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"| `{name}` |" not in documented] == []


def test_a_stranger_and_a_screen_read_no_register(played: Cast, server: RunningServer) -> None:
    """The board and the public have no registers (§7)."""
    stranger = httpx.get(f"{server.base_url}/s/{SITE}/register/away", trust_env=False)
    assert problem(stranger) == "login_required"
    screen = played.screen()
    assert ask(screen, "registers").json() == {"registers": []}
    assert problem(ask(screen, "register/away")) == "forbidden"


def test_a_head_reads_the_own_unit_and_the_office_all(played: Cast) -> None:
    """VIS-01: rows are chosen on the server, whatever unit is asked for."""
    head, office = played["赵"], played["周"]
    unit = head.pull().replica.body("me", head.uid)["unit"]
    own, all_ = page(head, "away"), page(office, "away")
    at = columns(head, "away").index("unit")
    assert {row["cells"][at] for row in own["rows"]} == {unit}
    assert set(rids(own)) < set(rids(all_))
    assert own["totals"]["rows"] == len(own["rows"]) < all_["totals"]["rows"]
    others = {u for u, _ in all_["totals"]["units"]} - {unit}
    assert others
    assert all(rids(page(head, "away", unit=u)) == [] for u in others)
    assert sorted(n for _, n in own["totals"]["units"]) == [len(own["rows"])]


def test_those_who_patrol_see_class_and_times_of_an_absence_and_no_private_word(played: Cast) -> None:
    """§7 away notice: INS masked; the office reads reason and telephone."""
    office, inspector = columns(played["周"], "away"), columns(played["林"], "away")
    assert set(office) - set(inspector) == {"text", "destination", "contact"}
    assert "送材料" not in ask(played["林"], "register/away").text
    assert "送材料" in ask(played["周"], "register/away").text


def test_a_glance_is_told_to_the_office_but_not_to_the_head(played: Cast) -> None:
    """EVD-08: what accuses nobody is shown to nobody else."""
    states = {
        who: {row["cells"][columns(played[who], "finding").index("state")] for row in page(played[who], "finding")["rows"]}
        for who in "周赵"
    }
    assert "glance" in states["周"]
    assert "glance" not in states["赵"]


def test_leaders_begin_with_totals_and_a_name_leaves_a_trace(played: Cast, server: RunningServer) -> None:
    """VIS-05: counts at once; who it was only for a purpose, and that is in the audit log with it."""
    leader = played["领"]
    plain = page(leader, "away")
    assert plain["totals"]["rows"] == sum(n for _, n in plain["totals"]["by"]) > 0
    assert plain["labels"]["people"] == {}
    person = columns(leader, "away").index("person")
    assert all(row["cells"][person] is None and "person" in row["sealed"] for row in plain["rows"])
    before = len(traces(server, "register.read"))
    named = page(leader, "away", purpose="核实投诉")
    assert all(row["cells"][person] for row in named["rows"])
    (trace,) = traces(server, "register.read")[before:]
    assert trace[:2] == (leader.uid, "away")
    assert "person" in trace[2]
    assert "核实投诉" in trace[2]


def test_leaders_cannot_find_a_name_by_asking_for_it(played: Cast) -> None:
    """VIS-01: nobody filters or sorts by what he may not see, and no link tells it either."""
    leader = played["领"]
    assert problem(ask(leader, "register/away", f__person=played["王"].uid)) == "purpose_required"
    assert problem(ask(leader, "register/away", f__text="送材料")) == "query_bad"
    row = page(leader, "away")["rows"][0]["rid"]
    detail = ask(leader, f"register/away/{row}").raise_for_status().json()
    assert [link["register"] for link in detail["related"]] == []


def test_a_sensitive_field_opens_for_a_purpose_and_leaves_a_trace(played: Cast, server: RunningServer) -> None:
    """VIS-03: every reading of a P3 field is logged with its purpose; without one it is not read."""
    office = played["周"]
    at = columns(office, "file").index("diagnosis")
    assert all(row["cells"][at] is None and row["sealed"] == ["diagnosis"] for row in files(office)["rows"])
    assert problem(ask(office, "register/file", f__diagnosis="cold")) == "purpose_required"
    before = len(traces(server, "register.read"))
    opened = files(office, purpose="年度核对", f__diagnosis="cold", limit=5)
    assert [row["cells"][at] for row in opened["rows"]] == ["cold"] * 5
    (trace,) = traces(server, "register.read")[before:]
    assert trace[:2] == (office.uid, "file")
    assert "rows 5; columns diagnosis; purpose 年度核对" in trace[2]
    ask(office, f"register/file/{opened['rows'][0]['rid']}", purpose="年度核对").raise_for_status()
    assert len(traces(server, "register.read")) == before + 2


def test_the_log_of_readings_is_never_shortened() -> None:
    """PRV-20: readings of sensitive fields and sign-ins outlive their three years: nothing takes a line of the log away."""
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "server").rglob("*.py")}
    taking = re.compile(r'(?:DELETE FROM|UPDATE|DROP TABLE)\s+"?audit\b|\bAudit\.delete\b', re.IGNORECASE)
    assert [path.name for path, text in sources.items() if taking.search(text)] == []
    assert any("INSERT INTO audit" in text for text in sources.values()), "this is where it is written"


def test_one_row_is_as_closed_as_the_list(played: Cast) -> None:
    """VIS-01: the door of a single row shows no row and no field that the list does not."""
    assert problem(ask(played["王"], "register/file/f01")) == "not_found"
    assert problem(ask(played["赵"], "register/file/f01")) == "not_found"
    mine = ask(played["王"], "register/file/f00").raise_for_status().json()
    assert mine["row"]["sealed"] == ["diagnosis"]
    assert problem(ask(played["周"], "register/file/nobody")) == "not_found"


# --- what can be asked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"f__days": "2"}, 13),
        ({"f__days": "1.."}, 26),
        ({"f__days": "..0"}, 14),
        ({"f__days": "1..1"}, 13),
        ({"f__day": "2026-10-05..2026-10-06"}, 4),
        ({"f__remark": "plain"}, 33),
        ({"f__remark": "%"}, 0),
        ({"f__remark": "_"}, 0),
        ({"from": "2026-10-03", "to": "2026-10-04"}, 4),
        ({"unit": "elsewhere"}, 30),
        ({"unit": "elsewhere", "f__days": "2", "f__remark": "lai"}, 8),
    ],
)
def test_filters_choose_rows(played: Cast, query: dict[str, Any], expected: int) -> None:
    """A register filters by column, by unit and by a span of days."""
    found = files(played["周"], **query, limit=200)
    assert len(found["rows"]) == found["totals"]["rows"] == expected


def test_a_filter_on_people_and_posts_finds_theirs(played: Cast) -> None:
    """AWY: by person, by one of several posts, by state and by yes or no."""
    office, wang = played["周"], played["王"]
    keys = columns(office, "away")
    mine = page(office, "away", f__person=wang.uid)
    assert {row["cells"][keys.index("person")] for row in mine["rows"]} == {wang.uid}
    post = post_of(wang)
    assert all(post in row["cells"][keys.index("posts")] for row in page(office, "away", f__posts=post)["rows"])
    late = page(office, "away", f__late="1")
    assert rids(late) == rids(page(office, "late")) != []
    states = {value for value, _ in page(office, "away")["totals"]["by"]}
    assert len(states) > 2
    two = set(sorted(states)[:2])
    assert {row["cells"][keys.index("state")] for row in page(office, "away", f__state=",".join(two))["rows"]} == two
    assert mine["labels"]["people"][wang.uid] == wang.replica.body("me", wang.uid)["name"]


@pytest.mark.parametrize("sort", ["-day", "day", "-days", "remark"])
@pytest.mark.parametrize("limit", [1, 7, 39, 40])
def test_pages_follow_one_another_without_a_gap_or_a_repeat(played: Cast, sort: str, limit: int) -> None:
    """Keyset pages: each row once, in the order asked for, whatever the size of a page; totals only with the first."""
    key = {"day": 0, "days": 3, "remark": 5}[sort.removeprefix("-")]
    rows: list[Any] = []
    after = None
    while True:
        found = files(played["周"], sort=sort, limit=limit, **({"after": after} if after else {}))
        assert ("totals" in found) == (after is None)
        rows += found["rows"]
        after = found.get("next")
        if after is None:
            break
    values = [(row["cells"][key], row["rid"]) for row in rows]
    assert len(rows) == 40
    assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize("name", sorted(name for name, roles in MAY_READ.items() if "OFF" in roles and name != "file"))
def test_totals_are_those_of_all_pages(played: Cast, name: str) -> None:
    """Counted by the store, in one go, along an index or not: the sum is what somebody finds who turns every page."""
    office = played["周"]
    first = found = page(office, name, limit=200)
    rows = list(found["rows"])
    while after := found.get("next"):
        found = page(office, name, limit=200, after=after)
        rows += found["rows"]
    totals, keys = first["totals"], columns(office, name)
    assert totals["rows"] == len(rows)
    register = next(r for d in DOMAINS for r in d.registers if r.name == name)
    if register.totals in keys:
        place = keys.index(register.totals)
        assert dict(totals.get("by", [])) == Counter(str(row["cells"][place]) for row in rows)


def test_punches_of_years_are_counted_without_being_sorted(tmp_path: Path) -> None:
    """A hall has 110,000 punches a year, and the office begins with their totals: they are counted in the order of an index."""
    asked: list[tuple[str, Any]] = []

    class Listening(Connection):
        def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
            asked.append((sql, values))
            return super().all(sql, values)

    punches = Institutions(DOMAINS).tables[PunchRecord]
    register = next(r for d in DOMAINS for r in d.registers if r.record is PunchRecord)
    with closing(Listening(tmp_path / "punches.sqlite", ())) as sql:
        punches.create(sql)
        whole = Asked("2026-01-01", "2026-12-31", "", (), "at", True, None, 50, "", (Reading(frozenset({"OFF"})),), "")
        source = Source(register, punches, new_hall({"zh_Hans": "厅"}, "zh_Hans"), Actor("zhou", "", frozenset({"OFF"})))
        assert count(sql, source, whole, ("method", "unit")) == []
        statement, values = asked[-1]
        plan = " ".join(str(row[3]) for row in sql.all(f"EXPLAIN QUERY PLAN {statement}", values))
    assert "COVERING INDEX" in plan, plan
    assert "TEMP B-TREE" not in plan, plan


def test_words_and_names_come_in_the_readers_language(played: Cast) -> None:
    """The screen knows no institution: titles, choices and posts are said by the server, people as typed."""
    office = played["周"]
    said = {}
    for locale in ("zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"):
        listed = ask(office, "registers", locale=locale).json()["registers"]
        said[locale] = next(r for r in listed if r["name"] == "away")
    assert len({r["title"] for r in said.values()}) == 4
    assert not any(
        "\u4e00" <= c <= "\u9fff" for r in said["en"]["columns"] for c in r["title"] + "".join(w for _, w in r.get("choices", []))
    )
    names = [page(office, "away", locale=locale)["labels"]["people"] for locale in said]
    assert all(one == names[0] for one in names)


def test_the_facts_behind_a_row_are_one_step_away(played: Cast) -> None:
    """EVD-11: a finding leads to what was seen and said; the links hold for whoever reads them."""
    inspector = played["林"]
    found = page(inspector, "finding")["rows"][0]
    related = ask(inspector, f"register/finding/{found['rid']}").raise_for_status().json()["related"]
    assert [link["register"] for link in related] == ["observation", "away", "cover"]
    behind = ask(inspector, "register/observation", **related[0]["query"]).raise_for_status().json()
    assert found["rid"] in rids(behind)
    office = ask(played["周"], f"register/finding/{found['rid']}").json()["related"]
    assert [link["register"] for link in office] == ["away", "cover"], "observations are not for the office"


HOSTILE = [
    ({"after": "nonsense"}, "cursor_bad"),
    ({"after": "WyJhIiwxLCJiIl0"}, "cursor_bad"),
    ({"after": "é"}, "cursor_bad"),
    ({"f__nobody": "1"}, "query_bad"),
    ({"nobody": "1"}, "query_bad"),
    ({"f__": "1"}, "query_bad"),
    ({"f__rid": "1"}, "query_bad"),
    ({"f__days": ""}, "query_bad"),
    ({"f__days": ".."}, "query_bad"),
    ({"f__days": "1e3"}, "query_bad"),
    ({"f__days": "9" * 40}, "query_bad"),
    ({"f__days": "２"}, "query_bad"),
    ({"f__day": "2026-13-01"}, "query_bad"),
    ({"f__day": "20261001"}, "query_bad"),
    ({"f__person": ","}, "query_bad"),
    ({"f__person": ",".join(str(n) for n in range(60))}, "query_bad"),
    ({"f__remark": " "}, "query_bad"),
    ({"f__remark": "x" * 300}, "query_bad"),
    ({"f__remark": "a\0b"}, "query_bad"),
    ({"sort": "rid"}, "query_bad"),
    ({"sort": "person"}, "query_bad"),
    ({"sort": "day; DROP TABLE op"}, "query_bad"),
    ({"sort": "--day"}, "query_bad"),
    ({"limit": "0"}, "query_bad"),
    ({"limit": "100000"}, "query_bad"),
    ({"limit": "-1"}, "query_bad"),
    ({"from": "yesterday"}, "query_bad"),
    ({"from": "0001-01-01"}, "query_bad"),
    ({"to": "9999-12-31"}, "query_bad"),
    ({"from": "2026-10-02", "to": "2026-10-01"}, "span_bad"),
    ({"from": "2020-01-01", "to": "2026-10-01"}, "span_bad"),
    ({"purpose": "x"}, "query_bad"),
]


@pytest.mark.parametrize(("query", "id"), HOSTILE)
def test_what_cannot_be_asked_gets_its_registered_error(played: Cast, query: dict[str, Any], id: str) -> None:
    """Bad cursors, unknown columns, huge spans: one registered error each, never a stack."""
    assert problem(ask(played["周"], "register/file", **query)) == id


@pytest.mark.parametrize(("query", "id"), HOSTILE[::8])
def test_a_file_is_refused_for_the_same_reasons(played: Cast, query: dict[str, Any], id: str) -> None:
    assert problem(ask(played["周"], "register/file.csv", **query)) == id


def test_a_page_goes_on_with_its_own_question_only(played: Cast) -> None:
    """A cursor of one question opens no page of another."""
    office = played["周"]
    after = files(office, limit=3)["next"]
    assert problem(ask(office, "register/file", after=after, limit=3)) == "cursor_bad", "the span is another"
    assert problem(ask(office, "register/away", after=after)) == "cursor_bad"


def test_unknown_registers_and_formats_are_not_there(played: Cast) -> None:
    for path in ("register/nobody", "register/away.ods", "register/away.", "register/nobody/1", "register/op"):
        assert problem(ask(played["周"], path)) == "not_found", path


def test_new_records_are_there_at_once(played: Cast) -> None:
    """A register reads what is committed; nobody waits for a nightly run."""
    wang, office = played["王"], played["周"]
    before = page(office, "away")["totals"]["rows"]
    now = wang.pull().replica.time.now()
    wang.do("away.announce", Announce([post_of(wang)], "step_away", now, now + 9 * MINUTE, wang.uid))
    assert page(office, "away")["totals"]["rows"] == before + 1
