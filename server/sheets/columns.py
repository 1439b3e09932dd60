"""The sheets of organisation and roster and their columns: one description for reading, writing and templates (ORG-10).

Titles and words are message ids; a file is read whatever language its titles are in.
"""

from typing import NamedTuple

from server.domain.hall.ops import Names
from server.locales import LOCALES
from server.reports.words import say
from sync.errors import N_


class Col(NamedTuple):
    """A column: its key, its title, whether a row must fill it, and what it may say as words."""

    key: str
    title: str
    needed: bool = False
    words: tuple[tuple[str, str], ...] = ()
    hint: str = ""


class Sheet(NamedTuple):
    """A sheet: its key, its title, its columns."""

    key: str
    title: str
    cols: tuple[Col, ...]


YES_NO = (("1", N_("是")), ("0", N_("否")))
UNIT_KINDS = (("resident", N_("进驻单位")), ("centre", N_("中心科室")), ("utility", N_("公用企业")), ("town", N_("镇街")))
POST_KINDS = (("window", N_("窗口")), ("consult", N_("咨询台")), ("office", N_("联络岗")))
ROLES = (
    ("STF", N_("窗口人员")),
    ("HEAD", N_("科室负责人")),
    ("LEAD", N_("分管领导")),
    ("TOP", N_("主要领导")),
    ("OFF", N_("办公室")),
    ("INS", N_("巡查人员")),
    ("EFF", N_("效能人员")),
    ("DIS", N_("纪检人员")),
    ("ADM", N_("系统管理员")),
)
NAMED = (
    ("zh_Hans", N_("名称")),
    ("zh_Hant_TW", N_("名称（台湾繁体）")),
    ("zh_Hant_HK", N_("名称（香港繁体）")),
    ("en", N_("名称（英文）")),
)
TITLED = (
    ("zh_Hans", N_("职务")),
    ("zh_Hant_TW", N_("职务（台湾繁体）")),
    ("zh_Hant_HK", N_("职务（香港繁体）")),
    ("en", N_("职务（英文）")),
)
CALLED = (("zh_Hant_TW", N_("姓名（台湾繁体）")), ("zh_Hant_HK", N_("姓名（香港繁体）")), ("en", N_("姓名（英文）")))
LIST_HINT = N_("多个用分号隔开")
SPAN_HINT = N_("可写起止日期，如 u01@2026-01-01~2026-06-30；多个用分号隔开")
DAY_HINT = N_("如 2026-01-31")
LUNCH_WORD = N_("午间值班")
"""What stands in the place of a session's number for lunch duty (CAL-05)."""


def _names(stem: str, pairs: tuple[tuple[str, str], ...], needed: bool = True) -> tuple[Col, ...]:
    return tuple(Col(f"{stem}.{locale}", title, needed and locale == "zh_Hans") for locale, title in pairs)


SHEETS: tuple[Sheet, ...] = (
    Sheet("zones", N_("区域"), (Col("id", N_("区域编号"), True), *_names("names", NAMED), Col("floor", N_("楼层"), True))),
    Sheet(
        "units",
        N_("单位"),
        (
            Col("id", N_("单位编号"), True),
            *_names("names", NAMED),
            Col("short", N_("简称")),
            Col("kind", N_("单位类别"), True, UNIT_KINDS),
            Col("category", N_("分类")),
            Col("parent", N_("上级单位编号")),
            Col("head", N_("负责人工号")),
            Col("chief", N_("首席代表工号")),
            Col("leader", N_("分管领导工号")),
            Col("phone", N_("对外电话")),
            Col("contact_post", N_("联络岗窗口号")),
        ),
    ),
    Sheet("services", N_("受理事项"), (Col("id", N_("事项编码"), True), *_names("names", NAMED), Col("unit", N_("单位编号")))),
    Sheet(
        "posts",
        N_("岗位"),
        (
            Col("number", N_("窗口号"), True),
            Col("zone", N_("区域编号"), True),
            Col("order", N_("次序")),
            Col("unit", N_("单位编号"), True),
            Col("services", N_("事项编码"), hint=LIST_HINT),
            Col("group", N_("相近岗位组")),
            Col("kind", N_("岗位类别"), True, POST_KINDS),
            Col("required", N_("应到"), True, YES_NO),
            Col("min_staff", N_("最少在岗")),
            Col("sessions", N_("应到时段"), hint=N_("1 上午，2 下午；空为全天")),
            Col("promise", N_("服务承诺")),
            Col("standard", N_("服务标准")),
        ),
    ),
    Sheet(
        "people",
        N_("人员"),
        (
            Col("badge", N_("工号"), True),
            Col("name", N_("姓名"), True),
            *_names("names", CALLED, needed=False),
            *_names("title", TITLED, needed=False),
            Col("units", N_("单位编号"), True, hint=SPAN_HINT),
            Col("terms", N_("角色"), False, ROLES, SPAN_HINT),
            Col("phone", N_("手机")),
            Col("employment", N_("身份类别")),
            Col("entered", N_("入职日期"), hint=DAY_HINT),
            Col("service_base", N_("工龄起算"), hint=DAY_HINT),
            Col("rank", N_("职位高低")),
        ),
    ),
    Sheet(
        "qualifications",
        N_("资质"),
        (
            Col("person", N_("工号"), True),
            Col("service", N_("事项编码"), True),
            Col("trained", N_("已培训"), True, YES_NO),
            Col("authorised", N_("已授权"), True, YES_NO),
            Col("seal", N_("有印章或账号"), True, YES_NO),
            Col("since", N_("起始日期"), hint=DAY_HINT),
            Col("proof", N_("依据")),
        ),
    ),
    Sheet(
        "roster",
        N_("排班"),
        (
            Col("day", N_("日期"), True, hint=DAY_HINT),
            Col("post", N_("窗口号"), True),
            Col("n", N_("时段"), hint=N_("1 上午，2 下午；空为全天；午间值班另写一行，这里填“午间值班”")),
            Col("a", N_("A岗工号")),
            Col("b", N_("B岗工号")),
            Col("c", N_("第二B岗工号")),
        ),
    ),
)
BY_KEY = {sheet.key: sheet for sheet in SHEETS}


def titles_of(col: Col) -> set[str]:
    """A column's title in every language."""
    return {say(locale, col.title) for locale in LOCALES}


def meaning(col: Col, text: str) -> str | None:
    """The value a word stands for, in any language; the value itself is understood too. None for another word."""
    for value, word in col.words:
        if text.upper() == value.upper() or text in {say(locale, word) for locale in LOCALES}:
            return value
    return None


def is_lunch(text: str) -> bool:
    """True for the word for lunch duty, in any language."""
    return text.casefold() in {say(locale, LUNCH_WORD).casefold() for locale in LOCALES}


def word(col: Col, value: str, locale: str) -> str:
    """How a value is written."""
    return next((say(locale, text) for known, text in col.words if known == value), value)


def known_sheet(name: str, header: list[str]) -> Sheet | None:
    """The sheet a table is: by its name, else by its titles."""
    for sheet in SHEETS:
        if name and name in {sheet.key, *(say(locale, sheet.title) for locale in LOCALES)}:
            return sheet
    fitting = [sheet for sheet in SHEETS if all(titles_of(col) & set(header) for col in sheet.cols if col.needed)]
    return max(fitting, key=lambda s: sum(col.needed for col in s.cols), default=None)


def without_empty(names: Names) -> Names:
    """Names that say something."""
    return {locale: text for locale, text in names.items() if text}
