"""Registers taken away as files: no formulas, class mark, reader, time and question above the table, a trace of each (VIS-04)."""

import csv
import io
from collections.abc import Iterator, Sequence

import msgspec
import pytest
from openpyxl import load_workbook

from server.app import DOMAINS
from server.domain.base import Domain
from sync.desk import IndexPage, RegisterList, RegisterPage
from tests.support.cast import Cast, Device
from tests.support.clock import DeviceClocks, FirstMorning, World
from tests.support.registers import FILE_DOMAIN, FORMULAS, ask, page, played_day, traces
from tests.support.server import RunningServer, serve_demo


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


def test_no_cell_of_a_file_can_become_a_formula(played: Cast) -> None:
    """VIS-04: whatever people typed, a spreadsheet shows it as text."""
    span = {"from": "2026-10-01", "to": "2026-10-31", "sort": "day"}
    text = ask(played["周"], "register/file.csv", **span).raise_for_status().content
    table = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert not [cell for line in table for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {f"'{one}" for one in FORMULAS if one.strip("\t\r") == one} <= {line[-1] for line in table}
    book = load_workbook(io.BytesIO(ask(played["周"], "register/file.xlsx", **span).raise_for_status().content))
    cells = [cell for line in book.active.iter_rows() for cell in line if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert {f"'{one}" for one in FORMULAS if one.strip("\t\r") == one} <= {cell.value for cell in cells}


def test_a_file_says_its_class_who_took_it_when_and_what_was_asked(played: Cast, server: RunningServer) -> None:
    """VIS-04, PRV: class mark, reader's name, time and filter stand above the table; the audit log has the export."""
    office = played["周"]
    name = office.pull().replica.body("me", office.uid)["name"]
    before = len(traces(server, "register.export"))
    answer = ask(office, "register/away.csv", f__state="returned").raise_for_status()
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "离岗告示台账"
    assert lines[2].startswith(f"密级标识：内部　导出人：{name}　导出时间：20")
    assert lines[3].startswith("起止：20")
    assert lines[4] == "筛选：状态"
    assert lines[5].split(",")[:3] == ["离岗时间", "离岗人", "单位"]
    assert name_in(lines[6], played)
    sealed = ask(office, "register/file.csv", **{"from": "2026-10-01", "to": "2026-10-31"}).content.decode("utf-8-sig")
    assert "密级标识：内部" in sealed
    assert "cold" not in sealed
    opened = ask(office, "register/file.csv", **{"from": "2026-10-01", "to": "2026-10-31"}, purpose="年度核对").content.decode("utf-8-sig")
    assert "密级标识：敏感" in opened
    assert "用途：年度核对" in opened
    assert opened.count("cold") == 40
    found = traces(server, "register.export")[before:]
    assert [(who, about) for who, about, _ in found] == [(office.uid, "away.csv"), (office.uid, "file.csv"), (office.uid, "file.csv")]
    assert "rows 40; columns diagnosis; purpose 年度核对" in found[2][2]


def name_in(line: str, cast: Cast) -> bool:
    wang = cast["王"].pull()
    return str(wang.replica.body("me", wang.uid)["name"]) in line


def test_a_spreadsheet_holds_times_as_times_and_reads_like_the_screen(played: Cast) -> None:
    """XLSX: the same rows in the same order, times a spreadsheet can reckon with, titles in the reader's language."""
    office = played["周"]
    shown = page(office, "away", limit=200)
    sheet = load_workbook(io.BytesIO(ask(office, "register/away.xlsx", locale="zh_Hant_TW").raise_for_status().content)).active
    lines = list(sheet.iter_rows(values_only=True))
    head = next(n for n, line in enumerate(lines) if line[1] is not None)
    assert lines[head][0] == "離崗時間"
    body = lines[head + 1 :]
    assert len(body) == shown["totals"]["rows"] == len(shown["rows"])
    assert all(hasattr(line[0], "hour") for line in body)
    people = [shown["labels"]["people"][row["cells"][1]] for row in shown["rows"]]
    assert [line[1] for line in body] == people


def test_a_head_exports_the_own_unit_only(played: Cast) -> None:
    """VIS-01 holds for files as for screens."""
    head = played["赵"]
    lines = ask(head, "register/file.csv", **{"from": "2026-10-01", "to": "2026-10-31"}).content.decode("utf-8-sig").split("\r\n")
    assert len([line for line in lines if line.startswith("2026-10-")]) == 10
    named = ask(head, "register/file.csv", **{"from": "2026-10-01", "to": "2026-10-31"}, purpose="年度核对").content.decode("utf-8-sig")
    assert "cold" not in named, "a purpose opens no field that is not for this reader"


def test_every_register_of_a_lived_in_hall_is_shown_and_taken_away() -> None:
    """VIS-04: whatever the hall's records hold, pages are what the contract says and every file is made."""
    world = World(FirstMorning().at)
    with serve_demo(clock=world, examples=1) as server:
        office = Device(server.base_url, DeviceClocks(world))
        office.sign_in("office")
        listed = msgspec.json.decode(ask(office, "registers").raise_for_status().content, type=RegisterList).registers
        empty, long = set(), set()
        for register in listed:
            shown = msgspec.json.decode(ask(office, f"register/{register.name}").raise_for_status().content, type=RegisterPage)
            if not shown.rows:
                empty.add(register.name)
            for kind in ("csv", "xlsx", "pdf"):
                world.pass_ms(1000)
                answer = ask(office, f"register/{register.name}.{kind}")
                if kind == "pdf" and answer.status_code == 413:
                    long.add(register.name)
                else:
                    assert answer.raise_for_status().content
        assert empty <= {"roster_change"}
        assert long <= {"attendance_day", "punch"}, "a month of everybody's days is no paper"
        for by in ("day", "week", "month"):
            msgspec.json.decode(ask(office, f"indices?by={by}").raise_for_status().content, type=IndexPage)
