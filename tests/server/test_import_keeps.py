"""What a spreadsheet takes in without losing anything: history, columns it does not have, rows it has twice; and how long it may hold
the writer (ORG-10, CON-43)."""

import pytest

from server.domain.hall.tables import PersonRecord, PostRecord, RoleTerm, UnitRecord, UnitTerm
from server.sheets import intake, reader
from server.sheets.cells import FIRST_DAY
from server.sheets.columns import BY_KEY
from server.sheets.intake import Intake
from server.sheets.outgo import book_of, to_csv
from sync.sheets import SheetReport
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.support.memory_tx import MemoryHall

BEFORE, DRAFTED = "2026-11-22", "2026-11-25"
PEOPLE = "工号,姓名,单位编号,角色\r\n"
ROSTER = "日期,窗口号,时段,A岗工号,B岗工号\r\n"


def take(hall: MemoryHall, text: str | bytes) -> SheetReport:
    """The office hands a CSV in."""
    hall.tx.now = at("09:10")
    return Intake(hall.tx, ACTORS["zhou"], "zh_Hans").take(reader.read(text.encode() if isinstance(text, str) else text))  # type: ignore[arg-type]


def person(hall: MemoryHall, badge: str) -> PersonRecord:
    """The person of a badge."""
    (found,) = hall.tx.find(PersonRecord, "badge = ?", [badge])
    return found


def faults(report: SheetReport) -> list[tuple[int, str, str]]:
    """Row, column and words of every error."""
    return [(e.row, e.column, e.text) for e in report.errors]


# --- history ----------------------------------------------------------------------------------------------------------


def test_a_plain_unit_moves_a_person_from_today_and_keeps_where_he_was() -> None:
    """CON-43: what is past belongs to the unit of then; the same file again is no change."""
    hall = small_hall()
    assert take(hall, PEOPLE + "wang,王,u2,STF\r\n").errors == []
    moved = person(hall, "wang")
    assert (moved.unit, moved.units) == ("u2", [UnitTerm("u1", FIRST_DAY, BEFORE), UnitTerm("u2", DAY)])
    assert hall.tx.ask("unit_on", uid="wang", day=BEFORE) == "u1"
    assert take(hall, PEOPLE + "wang,王,u2,STF\r\n").counts[0].same == 1


def test_a_plain_list_of_roles_ends_what_it_leaves_out_and_keeps_that_it_was() -> None:
    """CON-43, ORG-10: whoever led the unit until yesterday, led it."""
    hall = small_hall()
    assert take(hall, PEOPLE + "zhao,赵,u1,STF; INS\r\n").errors == []
    now = person(hall, "zhao")
    assert now.roles == ["STF", "INS"]
    assert RoleTerm("HEAD", FIRST_DAY, BEFORE) in now.terms
    assert take(hall, PEOPLE + "zhao,赵,u1,STF; INS\r\n").counts[0].same == 1


def test_a_cell_with_days_says_all_of_it() -> None:
    """ORG-10: what goes out with its days comes in as it is written."""
    hall = small_hall()
    assert take(hall, PEOPLE + "wang,王,u1@2020-01-01~2025-12-31; u2@2026-01-01,STF@2020-01-01\r\n").errors == []
    assert person(hall, "wang").units == [UnitTerm("u1", "2020-01-01", "2025-12-31"), UnitTerm("u2", "2026-01-01")]
    assert person(hall, "wang").terms == [RoleTerm("STF", "2020-01-01")]


# --- columns ----------------------------------------------------------------------------------------------------------


def test_a_column_a_file_does_not_have_leaves_what_is_known() -> None:
    """ORG-10: an empty cell clears, a missing column does not."""
    hall = small_hall()
    titles = "工号,姓名,姓名（英文）,单位编号,角色,手机,身份类别,入职日期,工龄起算,职位高低\r\n"
    whole = titles + "w9,新人,Xin Ren,u1,STF,13800000000,civil,2010-01-01,2005-01-01,3\r\n"
    assert take(hall, whole).errors == []
    known = person(hall, "w9")
    assert take(hall, PEOPLE + "w9,新人,u1,STF\r\n").counts[0].same == 1
    assert person(hall, "w9") == known
    assert take(hall, "工号,姓名,单位编号,角色,手机\r\nw9,新人,u1,STF,\r\n").counts[0].changed == 1
    assert (person(hall, "w9").phone, person(hall, "w9").rank) == ("", 3)


def test_the_head_of_a_unit_and_the_order_of_a_post_stay_without_their_columns() -> None:
    """ORG-10."""
    hall = small_hall()
    assert take(hall, "单位编号,名称,单位类别\r\nu1,登记科,进驻单位\r\n").errors == []
    unit = hall.tx.get(UnitRecord, "u1")
    assert (unit.names["zh_Hans"], unit.head) == ("登记科", "zhao")
    assert take(hall, "单位编号,名称,单位类别\r\nc-office,办公室,中心科室\r\n").errors == []
    assert hall.tx.get(UnitRecord, "c-office").contact_post == "d1"
    before = hall.tx.get(PostRecord, "w2")
    assert take(hall, "窗口号,区域编号,单位编号,岗位类别,应到\r\nw2,B,u1,窗口,是\r\n").errors == []
    after = hall.tx.get(PostRecord, "w2")
    assert (after.zone, after.order, after.group) == ("B", before.order, before.group)


# --- rows -------------------------------------------------------------------------------------------------------------

TWICE = {
    "a badge": (PEOPLE + "x1,甲,u1,STF\r\nx1,乙,u2,STF\r\n", (3, "A", "“x1”在这张表里出现了不止一次。")),
    "a window": (
        "窗口号,区域编号,单位编号,岗位类别,应到\r\nw1,A,u1,窗口,是\r\nw1,B,u2,窗口,否\r\n",
        (3, "A", "“w1”在这张表里出现了不止一次。"),
    ),
    "a zone": ("区域编号,名称,楼层\r\nA,甲区,1\r\nA,乙区,2\r\n", (3, "A", "“A”在这张表里出现了不止一次。")),
    "a unit": ("单位编号,名称,单位类别\r\nx1,甲,进驻单位\r\nx1,乙,进驻单位\r\n", (3, "A", "“x1”在这张表里出现了不止一次。")),
}


@pytest.mark.parametrize("what", TWICE)
def test_what_a_sheet_names_twice_is_an_error_and_nobody_is_lost(what: str) -> None:
    """ORG-10."""
    text, wrong = TWICE[what]
    assert faults(take(small_hall(), text)) == [wrong]


def test_a_session_the_day_does_not_have_is_an_error() -> None:
    """ORG-10, ORG-01."""
    report = take(small_hall(), ROSTER + f"{DRAFTED},w1,1,wang,li\r\n{DRAFTED},w1,3,qian,li\r\n")
    assert faults(report) == [(3, "C", "“3”不是时段。")]


# --- there and back ---------------------------------------------------------------------------------------------------


def test_who_holds_none_of_the_roles_a_sheet_tells_comes_in_again_unchanged() -> None:
    """ORG-10, CHK-05: 孙 leads the checks, which no sheet says."""
    hall = small_hall()
    book = book_of(hall.tx, hall.tx.ask("hall"), "zh_Hans")  # type: ignore[arg-type]
    report = take(hall, to_csv(BY_KEY["people"], book.rows(BY_KEY["people"]), "zh_Hans"))
    assert report.errors == []
    assert (report.counts[0].added, report.counts[0].changed) == (0, 0)
    assert person(hall, "sun").roles == ["CHECK"]


# --- the writer -------------------------------------------------------------------------------------------------------


def test_more_rows_than_any_hall_has_of_a_kind_are_refused_before_any_is_taken() -> None:
    """ORG-10: one file never keeps everybody's records waiting."""
    zones = "".join(f"z{n},区{n},1\r\n" for n in range(3_000))
    assert [e.text for e in take(small_hall(), "区域编号,名称,楼层\r\n" + zones).errors] == ["行数过多，没有导入。请分成几份。"]


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """ORG-10: the writer is let go when the time of one file is over."""
    monkeypatch.setattr(intake, "SECONDS_MAX", -1)
    assert [e.text for e in take(small_hall(), PEOPLE + "x1,甲,u1,STF\r\n").errors] == ["行数过多，没有导入。请分成几份。"]


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "roles", ["STF", "STF@2000-01-01; EFF@2000-01-01~2026-12-31", "STF@2000-01-01; EFF@2000-01-01", "STF; EFF; OFF"], ids=str
)
def test_the_office_neither_ends_nor_begins_again_what_an_administrator_gives(roles: str) -> None:
    """ORG-10: by a sheet no more than at the desk; neither does it take such a role away, nor give one back that has ended."""
    hall = small_hall()
    known = hall.tx.get(PersonRecord, "wang")
    known.terms = [RoleTerm("STF", "2000-01-01"), RoleTerm("EFF", "2000-01-01", "2025-12-31" if "EFF@" in roles else "")]
    hall.tx.put(known)
    report = take(hall, PEOPLE + f"wang,王,u1,{roles}\r\n")
    assert [e.text for e in report.errors] == ["您没有这项权限。记录已留存，未生效。"]


# --- what points at what is not there -------------------------------------------------------------------------------

POSTS = "窗口号,区域编号,单位编号,事项编码,岗位类别,应到\r\n"


def test_every_cell_that_names_what_is_not_there_is_named() -> None:
    """ORG-10: zone, unit and services of a post, the unit of a service, the unit above a unit, the service of a qualification."""
    hall = small_hall()
    said = "没有“{}”。"
    assert faults(take(hall, POSTS + "w9,X,u99,s98;s99,窗口,是\r\n")) == [
        (2, "B", said.format("X")),
        (2, "C", said.format("u99")),
        (2, "D", said.format("s98")),
        (2, "D", said.format("s99")),
    ]
    assert faults(take(hall, "事项编码,名称,单位编号\r\ns1,办事,u99\r\n")) == [(2, "C", said.format("u99"))]
    assert faults(take(hall, "单位编号,名称,单位类别,上级单位编号\r\nu9,新,进驻单位,u99\r\n")) == [(2, "D", said.format("u99"))]
    assert faults(take(hall, "工号,事项编码,已培训,已授权,有印章或账号\r\nwang,s99,是,是,是\r\n")) == [(2, "B", said.format("s99"))]


def test_a_unit_may_come_before_the_one_above_it() -> None:
    hall = small_hall()
    rows = "u8,小,进驻单位,u9\r\nu9,大,进驻单位,\r\n"
    assert take(hall, "单位编号,名称,单位类别,上级单位编号\r\n" + rows).errors == []
    found = hall.tx.get(UnitRecord, "u8")
    assert found is not None
    assert found.parent == "u9"


def test_a_unit_whose_head_is_not_there_yet_says_what_comes_first() -> None:
    """ORG-10: file by file, units come before their people."""
    hall = small_hall()
    head = take(hall, "单位编号,名称,单位类别,负责人工号,联络岗窗口号\r\nu9,新,进驻单位,9001,D9\r\n")
    assert faults(head) == [
        (2, "D", "没有工号为“9001”的人员。可以先留空，导入人员以后再补上。"),
        (2, "E", "没有号码为“D9”的窗口。可以先留空，导入岗位以后再补上。"),
    ]
    assert take(hall, "单位编号,名称,单位类别,负责人工号\r\nu9,新,进驻单位,\r\n").errors == []
