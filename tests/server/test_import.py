"""Organisation and roster as spreadsheets through the door: what is refused, what a dry run says, and the way there and back (ORG-10)."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from openpyxl import Workbook, load_workbook

from server.app import DOMAINS
from sync.sheets import Issued, SheetReport
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import DeviceClocks, World
from tests.support.server import serve

UNITS = "单位编号,名称,单位类别,负责人工号\r\n"
PEOPLE = "工号,姓名,单位编号,角色\r\n"


def send(device: Device, data: bytes, **query: Any) -> SheetReport:
    """Hand a file in; a dry run unless it says otherwise."""
    answer = device.http.post(f"/s/{device.site}/sheets", params=query, content=data, headers={"Content-Type": "application/octet-stream"})
    return msgspec.json.decode(answer.raise_for_status().content, type=SheetReport)


def fetch(device: Device, name: str, **query: Any) -> httpx.Response:
    return device.http.get(f"/s/{device.site}/sheets/{name}", params=query)


def book(**sheets: list[list[Any]]) -> bytes:
    made = Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes] = lambda _, body: body, **more: bytes) -> bytes:
    """An archive with parts changed or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, body in more.items():
            new.writestr(name, body)
    return out.getvalue()


def units_book(*rows: list[Any]) -> bytes:
    return book(单位=[["单位编号", "名称", "单位类别"], *rows])


def bomb() -> bytes:
    """A hundred megabytes of nothing in a hundred kilobytes."""
    return repacked(units_book(["x1", "新", "进驻单位"]), **{"xl/worksheets/sheet9.xml": b"0" * 100_000_000})


def lying_bomb() -> bytes:
    """A sheet that unpacks to much more than it says."""
    data = bytearray(repacked(units_book(), lambda name, body: b" " * 90_000_000 + body if name.endswith("sheet1.xml") else body))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            if int.from_bytes(data[at + offset : at + offset + 4], "little") > 80_000_000:
                data[at + offset : at + offset + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


def entities() -> bytes:
    """A thousand laughs."""
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{names}]>'.encode()
    return repacked(
        units_book(),
        lambda n, b: (
            head + b"<worksheet><sheetData><row><c><v>&l9;</v></c></row></sheetData></worksheet>" if n.endswith("sheet1.xml") else b
        ),
    )


def many_rows() -> bytes:
    made = Workbook(write_only=True)
    page = made.create_sheet("单位")
    page.append(["单位编号", "名称", "单位类别"])
    for n in range(20_100):
        page.append([f"x{n}", "新", "进驻单位"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def far_row() -> bytes:
    """One cell in the last row an office program has."""
    row = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return repacked(units_book(["x1", "新", "进驻单位"]), lambda n, b: b.replace(b"</sheetData>", row) if n.endswith("sheet1.xml") else b)


HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], str, int, str]] = {
    "nothing": (b"", "已损坏", 0, ""),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版", 0, ""),
    "a zip that is none": (b"PK\x03\x04" + b"\0" * 600, "已损坏", 0, ""),
    "an archive without a workbook": (lambda: repacked(units_book(), lambda n, b: b"" if n == "xl/workbook.xml" else b), "已损坏", 0, ""),
    "utf-16": (UNITS.encode("utf-16"), "编码", 0, ""),
    "neither utf-8 nor gbk": (UNITS.encode() + b"x1,\xff\xff\xff,\xe8\xbf\r\n", "编码", 2, ""),
    "a formula": (lambda: units_book(["x1", '=WEBSERVICE("http://x")', "进驻单位"]), "公式", 2, "B"),
    "an error value": (lambda: repacked(units_book(["x1", "#DIV/0!", "进驻单位"])), "错误值", 2, "B"),
    "macros": (lambda: repacked(units_book(), **{"xl/vbaProject.bin": b"x"}), "宏", 0, ""),
    "links to elsewhere": (lambda: repacked(units_book(), **{"xl/externalLinks/externalLink1.xml": b"<x/>"}), "外部", 0, ""),
    "a zip bomb": (bomb, "过大", 0, ""),
    "a zip bomb that lies": (lying_bomb, "", 0, ""),
    "entities": (entities, "已损坏", 0, ""),
    "too many rows": (many_rows, "行数过多", 20002, ""),
    "a csv with a million rows": (lambda: (UNITS + "x,,,\r\n" * 1_000_000).encode(), "行数过多", 20002, ""),
    "a cell in the last row there is": (far_row, "空了很多行", 1_048_576, ""),
    "a row far down a csv": ((UNITS + ",,,\r\n" * 300 + "x1,新,进驻单位,\r\n").encode(), "空了很多行", 302, ""),
    "a long cell": ((UNITS + "x1," + "长" * 3_000 + ",进驻单位,\r\n").encode(), "过长", 2, "B"),
    "too many columns": (("单位编号,名称," + "x," * 100 + "\r\n").encode(), "列数过多", 1, ""),
    "an open quote": ((UNITS + 'x1,"新\r\n' * 3).encode(), "已损坏", 0, ""),
    "an unknown table": ("甲,乙\r\n1,2\r\n".encode(), "没有认出", 1, ""),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "编码", 0, ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_whole_with_its_place(name: str, cast: Cast) -> None:
    """ORG-10: formulas, a million rows, bombs, wrong encodings, macros; nothing is taken, and the answer comes."""
    data, word, row, column = HOSTILE[name]
    office = cast["周"]
    before = rows(office, "unit")
    report = send(office, data() if callable(data) else data, apply=True)
    assert not report.applied
    first = report.errors[0]
    assert word in first.text
    assert (first.row, first.column) == (row, column)
    assert rows(office, "unit") == before


def test_too_large_a_file_is_not_even_read(cast: Cast) -> None:
    answer = cast["周"].http.post(f"/s/{SITE}/sheets", content=b"x" * (8 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "too_large")


@pytest.mark.parametrize("who", ["王", "赵", "林", "吴", "孙"])
def test_only_the_office_and_administrators_open_these_doors(who: str, cast: Cast) -> None:
    device = cast[who]
    assert device.http.post(f"/s/{SITE}/sheets", content=UNITS.encode()).status_code == 403
    assert fetch(device, "hall.xlsx").status_code == 403
    assert device.http.post(f"/s/{SITE}/people/{device.uid}/password").status_code == 403


def test_a_stranger_opens_no_door(cast: Cast) -> None:
    stranger = httpx.Client(base_url=cast.url, headers={"Origin": cast.url}, trust_env=False)
    assert stranger.post(f"/s/{SITE}/sheets", content=UNITS.encode()).status_code == 401
    assert stranger.get(f"/s/{SITE}/sheets/hall.xlsx").status_code == 401


# --- what a dry run says ----------------------------------------------------------------------------------------------


def test_a_dry_run_lists_every_error_by_row_and_column_and_changes_nothing(cast: Cast) -> None:
    """ORG-10."""
    office = cast["周"]
    before = rows(office, "person")
    text = (
        PEOPLE
        + "9001,新人,u01,窗口人员\r\n,无号,u01,窗口人员\r\n9002,某人,u99,窗口人员\r\n9003,某人,u01,国王\r\n"
        + "9004,某人,u01@2026/1/1,STF\r\n,,u98,国王\r\n"
    )
    report = send(office, text.encode())
    found = [(e.row, e.column, e.text) for e in report.errors]
    assert found == [
        (3, "A", "“工号”不能为空。"),
        (4, "C", "没有“u99”。"),
        (5, "D", "“国王”不是这一列的可选值。"),
        (6, "C", "“2026/1/1”不是日期，请写成 2026-01-31。"),
        (7, "A", "“工号”不能为空。"),
        (7, "B", "“姓名”不能为空。"),
        (7, "C", "没有“u98”。"),
        (7, "D", "“国王”不是这一列的可选值。"),
    ]
    assert {e.sheet for e in report.errors} == {"人员"}
    assert not send(office, text.encode(), apply=True).applied
    assert rows(office, "person") == before


def test_thousands_of_errors_are_each_listed(cast: Cast) -> None:
    """ORG-10: nobody mends a file by pieces; every row of the largest sheet a hall may bring is in the answer, in order."""
    report = send(cast["周"], (PEOPLE + "".join(f"{n},某人,u99,窗口人员\r\n" for n in range(1, 10_001))).encode())
    assert [(e.row, e.column, e.text) for e in report.errors] == [(n, "C", "没有“u99”。") for n in range(2, 10_002)]
    assert (report.more, report.applied) == (0, False)
    thrice = send(cast["周"], (PEOPLE + "".join(f"{n},,u99,国王\r\n" for n in range(7_000))).encode())
    assert (len(thrice.errors), thrice.more) == (20_000, 1_000)
    assert len(msgspec.json.encode(thrice)) < 5_000_000


def test_a_roster_row_that_cannot_be_is_named_and_the_others_become_a_draft(cast: Cast) -> None:
    """ORG-10: a changed row is counted and kept as the office's draft; a past day, a day that is none, one person twice are not."""
    office = cast["周"]
    head, *lines = fetch(office, "roster.csv").raise_for_status().content.decode("utf-8-sig").splitlines()
    day, post, n, a, b = lines[-1].split(",")[:5]
    changed = ",".join([day, post, n, b, a])
    wrong = [f"2020-01-01,{post},{n},{a},{b}", f"明天,{post},{n},{a},{b}", f"{day},{lines[-2].split(',')[1]},{n},{a},{a}"]
    report = send(office, "\r\n".join([head, changed, *wrong]).encode(), apply=True)
    assert [(e.row, e.column) for e in report.errors] == [(3, ""), (4, "A"), (5, "")]
    assert {e.text for e in report.errors} == {"内容不合规定，请核对这一行。", "“明天”不是日期，请写成 2026-01-31。"}
    assert not report.applied
    assert (report.counts[0].added, report.counts[0].changed) == (0, 1)
    assert send(office, "\r\n".join([head, changed]).encode(), apply=True).applied
    assert len(rows(office, "duty.draft")) == 1


def test_a_right_file_is_counted_first_and_taken_in_once(cast: Cast) -> None:
    office = cast["周"]
    text = (PEOPLE + "9101,郁某,u01,窗口人员\r\n9102,𬭩某,u01,窗口人员; 科室负责人\r\n").encode()
    assert send(office, text).counts[0].added == 2
    assert send(office, text, apply=True).applied
    again = send(office, text)
    assert (again.counts[0].added, again.counts[0].changed, again.counts[0].same) == (0, 0, 2)
    names = {body["name"] for body in rows(office, "person").values()}
    assert {"郁某", "𬭩某"} <= names, "names come as typed, of every plane (GEN-07)"


def rows(device: Device, kind: str) -> dict[str, Any]:
    """The rows of a kind a device has now."""
    return {rid: msgspec.json.decode(row.body) for (k, rid), row in device.pull().replica.rows.items() if k == kind}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_as_office_programs_write_it(encoding: str, separator: str, cast: Cast) -> None:
    """ORG-10: UTF-8 with and without its mark, GBK and GB 18030; comma, semicolon, tab."""
    text = (UNITS + "x77,新设科室,中心科室,\r\n").replace(",", separator)
    report = send(cast["周"], text.encode(encoding))
    assert (report.errors, report.counts[0].added) == ([], 1)


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"])
def test_a_template_is_understood_in_every_language(locale: str, cast: Cast) -> None:
    """ORG-08, ORG-10: titles and words of any language mean the same."""
    template = fetch(cast["周"], "template.xlsx", locale=locale).raise_for_status().content
    made = load_workbook(io.BytesIO(template))
    assert len(made.sheetnames) == 8
    title = [cell.value for cell in made.worksheets[1][1]]
    made.worksheets[1].append(["x78", "新设科室", *([None] * (len(title) - 2))])
    kind = next(n for n, col in enumerate(title) if n == 6)
    made.worksheets[1].cell(2, kind + 1, {"en": "Resident unit"}.get(locale, "resident"))
    out = io.BytesIO()
    made.save(out)
    assert send(cast["周"], out.getvalue(), locale="zh_Hans").counts[1].added == 1


def test_the_office_makes_no_administrator_of_itself(cast: Cast) -> None:
    text = (PEOPLE + "9201,某人,c-office,系统管理员\r\n").encode()
    assert send(cast["周"], text).errors[0].text.startswith("您没有这项权限")
    assert send(cast["管"], text).errors == []


# --- there and back ---------------------------------------------------------------------------------------------------


def test_what_goes_out_comes_in_again_unchanged(cast: Cast) -> None:
    """ORG-10: the whole hall as XLSX, and every table as CSV, in two languages."""
    office = cast["周"]
    for locale in ("zh_Hans", "en"):
        report = send(office, fetch(office, "hall.xlsx", locale=locale).raise_for_status().content, locale="zh_Hans")
        assert report.errors == []
        assert {(c.added, c.changed) for c in report.counts} == {(0, 0)}, report.counts
        assert sum(c.same for c in report.counts) > 600
    for name in ("zones", "units", "services", "posts", "people", "qualifications", "roster"):
        data = fetch(office, f"{name}.csv").raise_for_status().content
        assert data.startswith(b"\xef\xbb\xbf")
        (count,) = send(office, data).counts
        assert (count.added, count.changed) == (0, 0), name
        assert count.same > 0


def test_nothing_that_goes_out_is_a_formula(cast: Cast) -> None:
    office = cast["周"]
    text = (PEOPLE + '9301,"\'=1+1",u01,窗口人员\r\n9302,@某人,u01,窗口人员\r\n').encode()
    assert send(office, text, apply=True).applied
    data = fetch(office, "people.csv").content.decode("utf-8-sig")
    assert "'=1+1" in data
    assert "'@某人" in data
    made = load_workbook(io.BytesIO(fetch(office, "hall.xlsx").content))
    assert not [cell.coordinate for page in made for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert send(office, data.encode()).counts[0].changed == 0


def test_who_works_for_the_check_team_goes_out_to_nobody(cast: Cast) -> None:
    """CHK-05: neither visitors nor the roles TEAM and CHECK are in any sheet."""
    data = fetch(cast["周"], "people.csv").content.decode("utf-8-sig")
    assert "TEAM" not in data
    assert "CHECK" not in data
    visitor = cast["吴"].sign_in("shopper")
    assert visitor.name not in data
    assert cast["孙"].sign_in("checklead").name in data


# --- an empty hall ----------------------------------------------------------------------------------------------------

HALL = {
    "区域": [["区域编号", "名称", "楼层"], ["A", "甲区", 1]],
    "单位": [
        ["单位编号", "名称", "单位类别", "负责人工号", "联络岗窗口号"],
        ["gs", "工商", "进驻单位", "1001", ""],
        ["bgs", "办公室", "中心科室", "1003", "A02"],
    ],
    "岗位": [["窗口号", "区域编号", "单位编号", "岗位类别", "应到"], ["A01", "A", "gs", "窗口", "是"], ["A02", "A", "bgs", "联络岗", "是"]],
    "人员": [
        ["工号", "姓名", "单位编号", "角色"],
        ["1001", "范甲", "gs", "窗口人员; 科室负责人"],
        ["1002", "于乙", "gs", "窗口人员"],
        ["1003", "钟丙", "bgs", "办公室"],
        ["1004", "余丁", "bgs", "窗口人员"],
    ],
}


@pytest.fixture(scope="module")
def empty(world: World) -> Iterator[Device]:
    """The administrator of a hall that has nothing yet."""
    with serve(DOMAINS, clock=world, mode="empty", site="hall") as up:
        device = Device(up.base_url, DeviceClocks(world), site="hall")
        code = up.app.gate.setup_code
        setup = {"code": code, "login": "root", "password": "long enough", "name": "管理", "hall": "新厅", "locale": "zh_Hans"}
        device.http.post("/setup", json=setup).raise_for_status()
        device.sign_in_with("root", "long enough")
        device.enrol()
        yield device
        device.close()


def test_an_empty_hall_is_set_up_by_one_file_and_its_people_sign_in(empty: Device) -> None:
    """ORG-10: units, heads that come later in the file, posts, people with accounts; a first password is told once."""
    assert send(empty, book(**HALL)).errors == []
    report = send(empty, book(**HALL), apply=True)
    assert report.applied
    assert [(c.sheet, c.added) for c in report.counts] == [("区域", 1), ("单位", 2), ("岗位", 2), ("人员", 4)]
    again = send(empty, fetch(empty, "hall.xlsx").content)
    assert {(c.added, c.changed) for c in again.counts} == {(0, 0)}
    people = {row.split(",")[1]: row for row in fetch(empty, "people.csv").content.decode("utf-8-sig").splitlines()}
    assert {"范甲", "于乙", "钟丙", "余丁"} <= set(people)
    uid = next(uid for uid, body in rows(empty, "person").items() if body["badge"] == "1001")
    issued = msgspec.json.decode(empty.http.post(f"/s/hall/people/{uid}/password").raise_for_status().content, type=Issued)
    assert issued.login == "1001"
    another = Device(empty.url, empty.clocks, site="hall")
    assert another.sign_in_with("1001", issued.password).roles == ["STF", "HEAD"]
    assert rows_of_unit(empty) == {"gs": "1001", "bgs": "1003"}
    another.close()


def rows_of_unit(device: Device) -> dict[str, str]:
    """Badge numbers of the heads by unit."""
    people = rows(device, "person")
    return {rid: people[body["head"]]["badge"] for rid, body in rows(device, "unit").items()}
