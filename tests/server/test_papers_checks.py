"""DOC-14: the record of a mystery visit (暗访记录表) and the facility checklist (场所检查表), read from the PDF in every language.

The words are written here once more, by hand: what a template forgets, or says in other words, is seen.
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import msgspec
import pypdf
import pytest

from server.domain.facility.ops import Fault, Inspect
from server.domain.hall.rules import local
from server.domain.norms.rules import Checklist, ItemAnswer, items_of, score
from server.domain.visit.ops import Publish, RecordVisit
from sync.ops import Blob, receipt_code
from tests.support.cast import Cast, Device
from tests.support.clock import FirstMorning, World
from tests.support.day import MINUTE, mission_of, post_of
from tests.support.server import RunningServer

LOCALES = ("zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en")
PHOTO, SOUND = Blob("ab" * 32, 1000, "image/jpeg", 0), Blob("cd" * 32, 1000, "audio/webm", 0)
SAID = {"story": "咨询社保转移", "said": "这个不归我管", "badge": "工号四一七"}
NOTE = "响了八声才接"

EVERY = {
    "zh_Hans": ("本机编号", "出具时间", "检查表", "得分", "等次", "逐项结果", "检查内容", "分值", "结果", "情况", "扫码核验"),
    "zh_Hant_TW": (
        "本機編號",
        "製表時間",
        "檢查表",
        "得分",
        "等第",
        "逐項結果",
        "檢查內容",
        "配分",
        "結果",
        "情形",
        "掃碼查驗",
    ),
    "zh_Hant_HK": (
        "本機編號",
        "發出時間",
        "檢查表",
        "得分",
        "等級",
        "逐項結果",
        "檢查內容",
        "分值",
        "結果",
        "情況",
        "掃碼核實",
    ),
    "en": ("Device no.", "Issued", "Checklist", "Score", "Grade", "Items", "Item", "Points", "Result", "Note", "Scantoverify"),
}
VISIT = {
    "zh_Hans": (
        *("暗访记录表", "被查单位", "窗口", "到达、离开时间", "暗访员", "看到的工号", "身份是否暴露否", "利害关系声明无", "测试情形"),
        *("原话摘录", "97分", "优良", "不合格", "部分", "不适用", "附照片1张、附录音1段", "公布前密封，不得给被查单位和无关人员看。"),
        *("内部资料·公布前密封", "打印人：", "暗访员签名", "同行人签名", "组长签名"),
    ),
    "zh_Hant_TW": (
        *("暗訪紀錄表", "受檢單位", "窗口", "到達、離開時間", "暗訪員", "看到的識別證號", "身分是否曝光否", "利害關係聲明無", "測試情境"),
        *("原話摘錄", "97分", "優良", "不合格", "部分", "不適用", "附照片1張、附錄音1段", "公布前彌封，不得給受檢單位和無關人員看。"),
        *("內部資料·公布前彌封", "列印人：", "暗訪員簽章", "同行人簽章", "組長簽章"),
    ),
    "zh_Hant_HK": (
        *("暗訪記錄表", "受檢單位", "窗口", "到達、離開時間", "暗訪員", "看到的職員編號", "身份是否暴露否", "利害關係聲明無", "測試情境"),
        *("原話摘錄", "97分", "優良", "不合格", "部分", "不適用", "附相片1張、附錄音1段", "公布前密封，不得給受檢單位及無關人員查看。"),
        *("內部資料·公布前密封", "列印人：", "暗訪員簽署", "同行人簽署", "組長簽署"),
    ),
    "en": (
        *(
            "Mystery-shopper visit",
            "Unit",
            "Window",
            "Arrived–left",
            "Mysteryshopper",
            "Badge seen",
            "Recognised no",
            "Conflict of interest none",
        ),
        *(
            "Test story",
            "What was said",
            "Score97",
            "good",
            "partly",
            "n.a.",
            "photos: 1, sound recordings: 1",
            "Sealed until published: not for",
        ),
        *("Internal·sealed until published", "Printed by", "Second visitor", "Lead"),
    ),
}
FACILITY = {
    "zh_Hans": (
        *("场所设施检查表", "检查范围全厅", "检查时间", "检查人", "总的情况", "97分", "优良", "附照片1张", "报修", "检查项", "缺失，严重"),
        *("地点", "进展", "已报修", "维修人", "内部资料", "打印人：", "检查人签名", "办公室（盖章处）"),
    ),
    "zh_Hant_TW": (
        *(
            "場所設施檢查表",
            "檢查範圍全廳",
            "檢查時間",
            "檢查人",
            "整體情形",
            "97分",
            "優良",
            "附照片1張",
            "報修",
            "檢查項目",
            "缺少，嚴重",
        ),
        *("地點", "進度", "已報修", "維修人", "內部資料", "列印人：", "檢查人簽章", "辦公室（用印處）"),
    ),
    "zh_Hant_HK": (
        *(
            "場所設施檢查表",
            "檢查範圍全廳",
            "檢查時間",
            "檢查人",
            "整體情況",
            "97分",
            "優良",
            "附相片1張",
            "報修",
            "檢查項目",
            "欠缺，嚴重",
        ),
        *("地點", "進度", "已報修", "維修人", "內部資料", "列印人：", "檢查人簽署", "辦公室（蓋章處）"),
    ),
    "en": (
        *("Facility inspection checklist", "Where Whole hall", "When", "Inspector", "In general", "Score97", "good", "photos: 1", "Faults"),
        *("missing, grave", "State", "reported", "By", "Internal", "Printed by", "Office (seal)"),
    ),
}

NUMBERS = {
    "zh_Hans": r"编号{mark}〔2026〕\d+号.*第\d份式样{form}/1",
    "zh_Hant_TW": r"編號{mark}字第2026-\d+號.*第\d份表式{form}/1",
    "zh_Hant_HK": r"編號{mark}〔2026〕\d+號.*第\d份表格{form}/1",
    "en": r"No\.{mark}-2026-\d+.*Copy\dForm{form}/1",
}
MARKS = {"zh_Hans": ("访记", "场检"), "zh_Hant_TW": ("訪記", "場檢"), "zh_Hant_HK": ("訪記", "場檢"), "en": ("MS", "FA")}


@pytest.fixture(scope="module")
def world() -> World:
    return FirstMorning()


@pytest.fixture(scope="module")
def cast(server: RunningServer, world: World) -> Iterator[Cast]:
    """One cast for all documents of this file."""
    with closing(Cast(server.base_url, world)) as one:
        yield one


@pytest.fixture(scope="module")
def visited(cast: Cast) -> tuple[Device, str]:
    """吴 has made a visit: the lead's device and the visit."""
    wu, sun = cast["吴"].pull(), cast["孙"]
    mission, body = mission_of(wu)
    checklist = msgspec.convert(wu.replica.body("checklist", body["checklist"]), Checklist)
    marked = {
        "MS01": ItemAnswer("MS01", "fail", NOTE, [PHOTO.sha256, SOUND.sha256]),
        "MS03": ItemAnswer("MS03", "half"),
        "MS23": ItemAnswer("MS23", "na"),
    }
    answers = [marked.get(item, ItemAnswer(item, "full")) for item in items_of(checklist)]
    now = int(wu.replica.time.now())
    args = RecordVisit(mission, body["checklist"], now - 40 * MINUTE, now - 5 * MINUTE, answers, **SAID)
    made = wu.do("visit.record", args, blobs=[PHOTO, SOUND])
    assert made.st == "applied", made
    return sun.pull(), made.rid


@pytest.fixture(scope="module")
def inspected(cast: Cast) -> tuple[Device, str]:
    """林 has been through the hall: the device and the inspection."""
    lin = cast["林"].pull()
    checklist = msgspec.convert(lin.replica.body("checklist", "fa-1"), Checklist)
    failed = ItemAnswer("FF05", "fail", "急救箱是空的", [PHOTO.sha256])
    answers = [failed if item == "FF05" else ItemAnswer(item, "full") for item in items_of(checklist)]
    now, fault = int(lin.replica.time.now()), Fault("missing", "grave", post_of(cast["王"].pull()))
    said = score(checklist, answers).tenths
    args = Inspect("fa-1", now - 20 * MINUTE, now, answers, said, faults={"FF05": fault}, text="其余良好")
    made = lin.do("facility.inspect", args, blobs=[PHOTO])
    assert made.st == "applied", made
    return lin.pull(), made.rid


def paper(device: Device, kind: str, rid: str, locale: str) -> str:
    """The text of a document without spaces, every page."""
    answer = device.http.get(f"/s/{device.site}/paper/{kind}/{rid}.pdf", params={"locale": locale})
    assert answer.status_code == 200, answer.text
    return bare("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def lacking(text: str, parts: Sequence[str]) -> list[str]:
    """Which of these do not stand on the paper."""
    return [part for part in parts if bare(part) not in text]


def common_parts(device: Device, rid: str, checklist: dict[str, Any], locale: str) -> list[str]:
    """What both documents owe: hall, device-local number, reader, the checklist with its edition, every group and item with its points."""
    hall, me = device.replica.body("hall", "hall"), device.replica.body("me", device.uid)
    groups = [group["id"] + text_in(group["names"], locale) for group in checklist["groups"]]
    items = [text_in(item["names"], locale) for group in checklist["groups"] for item in group["items"]]
    ids = [item["id"] for group in checklist["groups"] for item in group["items"]]
    return [hall["names"][locale], receipt_code(rid), me["name"], text_in(checklist["names"], locale), *groups, *items, *ids]


def text_in(names: dict[str, str], locale: str) -> str:
    return names.get(locale) or names["zh_Hans"]


def times_of(device: Device, *moments: int) -> list[str]:
    """Clock times in the hall's time zone."""
    tz = device.replica.body("hall", "hall")["tz"]
    return [local(ms, tz).strftime("%H:%M") for ms in moments]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_visit_record_says_everything_the_form_asks_for(visited: tuple[Device, str], locale: str) -> None:
    """DOC-14, §6.1: unit, window, times, visitor, badge seen, story, words heard, whether recognised, conflict, evidence; all 46 items
    with their marks; score, grade; sealed; places to sign."""
    lead, rid = visited
    text = paper(lead, "visit_record", rid, locale)
    row = lead.replica.body("visit", rid)
    mission, checklist = lead.replica.body("mission", row["mission"]), lead.replica.body("checklist", row["checklist"])
    assert sum(len(group["items"]) for group in checklist["groups"]) == 46
    own = [text_in(mission["unit_names"], locale), mission["window"], mission["team_names"][mission["team"].index(row["visitor"])]]
    own += [*SAID.values(), NOTE, *times_of(lead, row["arrived_at"], row["left_at"])]
    assert lacking(text, [*EVERY[locale], *VISIT[locale], *own, *common_parts(lead, rid, checklist, locale)]) == []
    assert re.search(NUMBERS[locale].format(mark=MARKS[locale][0], form="visit-record"), text)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_facility_checklist_says_everything_the_form_asks_for(inspected: tuple[Device, str], locale: str) -> None:
    """DOC-14, §6.2, FAC-05: where, when, who; all items with result, points and photos; score, grade; every fault with its severity,
    place, state; places to sign and to seal."""
    device, rid = inspected
    text = paper(device, "facility_check", rid, locale)
    row = device.replica.body("facility", rid)
    checklist = device.replica.body("checklist", "fa-1")
    assert sum(len(group["items"]) for group in checklist["groups"]) == 47
    inspector = {"zh_Hans": "检查人", "en": "Inspector"}.get(locale, "檢查人") + device.replica.body("me", device.uid)["name"]
    own = ["急救箱是空的", "其余良好", inspector, *times_of(device, row["from_at"], row["to_at"])]
    assert lacking(text, [*EVERY[locale], *FACILITY[locale], *own, *common_parts(device, rid, checklist, locale)]) == []
    assert re.search(NUMBERS[locale].format(mark=MARKS[locale][1], form="facility-check"), text)


def test_a_visit_record_is_for_its_visitors_and_its_lead_and_loses_its_seal_when_it_is_told(
    cast: Cast, visited: tuple[Device, str]
) -> None:
    """DOC-14, CHK-05: for anybody else it does not exist; once published it says what the lead said, and no seal."""
    lead, rid = visited
    for who in ("王", "赵", "周", "林"):
        unseen = cast[who].http.get(f"/s/{lead.site}/paper/visit_record/{rid}.pdf")
        never = cast[who].http.get(f"/s/{lead.site}/paper/visit_record/none.pdf")
        assert (unseen.status_code, unseen.content) == (404, never.content)
    assert "公布前密封" in paper(cast["吴"].pull(), "visit_record", rid, "zh_Hans")
    version = lead.pull().replica.rows["visit", rid].ver
    assert lead.do("visit.publish", Publish("请举一反三"), rid, {rid: version}).st == "applied"
    text = paper(lead, "visit_record", rid, "zh_Hans")
    assert "公布前密封" not in text
    assert "组长意见请举一反三" in text
