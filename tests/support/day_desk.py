"""The day's part of those who keep the organisation, the roster and attendance: posts and people come and go, a month is closed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.domain.attendance import ops as attendance
from server.domain.hall.rules import add_days
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.roster import ops as roster
from tests.support.act import Act
from tests.support.cast import Device

if TYPE_CHECKING:
    from tests.support.day import Day

MINUTE = 60_000
SINCE = "2020-01-01"


def unit_of(device: Device) -> str:
    """The unit this person belongs to."""
    return str(device.replica.body("me", device.uid)["unit"])


def roster_acts(day: "Day") -> Iterator[Act]:
    """A window for one day: set up, staffed, its A and B change places; and everything that was made for it is closed again (ORG)."""
    wang, li = day.cast["王"].pull(), day.cast["李"]
    today, unit = day.today(wang), unit_of(wang)
    zone, guests, service, post, person, agreed, swapped = (day.new_id("周") for _ in range(7))
    number = post[-8:]
    yield Act("管", "org.zone", roster.PutZone({"zh_Hans": "临时区"}, 1, 99), zone)
    yield Act("管", "org.unit", roster.PutUnit({"zh_Hans": "进驻筹备组"}, "resident"), guests)
    yield Act("周", "org.service", roster.PutService({"zh_Hans": "集中受理"}, unit), service)
    yield Act("周", "org.post", roster.PutPost(number, zone, unit, services=[service]), post)
    put = roster.PutPerson("于某", number, [UnitTerm(guests, SINCE)], [RoleTerm("STF", SINCE)], employment="聘用")
    yield Act("周", "org.person", put, person)
    skill = roster.Qualify(li.uid, service, trained=True, authorised=True, seal=True, since=SINCE)
    yield Act("赵", "org.qualify", skill, f"{li.uid}.{service}")
    yield Act("赵", "roster.consent", roster.Consent(li.uid, today, today, 9, "已与本人商量"), agreed)
    yield Act("周", "roster.draft", roster.PutDraft([roster.DutyCell(today, post, wang.uid, li.uid)]), today)
    yield Act("周", "roster.publish", roster.PublishRoster(today, today, [post], text="集中受理"), today)
    yield Act("李", "roster.swap", roster.PutSwap(post, today, li.uid, wang.uid, "轮换"), swapped)
    later = add_days(today, 7)
    yield Act("周", "roster.copy", roster.CopyRoster(today, later, 1, [post]), later)
    yield Act("周", "roster.discard", roster.Discard(later, later, [post]), later)
    yield Act("周", "org.post_end", roster.EndUse("集中受理结束"), post)
    yield Act("周", "org.service_end", roster.EndUse(), service)
    yield Act("管", "org.zone_end", roster.EndUse(), zone)
    yield Act("管", "org.person_end", roster.EndPerson(today, "返回原单位"), person)
    yield Act("管", "org.unit_end", roster.EndUse(), guests)


def attendance_acts(day: "Day") -> Iterator[Act]:
    """The first morning of a month: what stands in for punches, an exception answered and judged, and last month closed (ATT)."""
    wang = day.cast["王"].pull()
    today, unit, now = day.today(wang), unit_of(wang), wang.replica.time.now()
    listed, asked, weather = (day.new_id(who) for who in ("王", "王", "周"))
    waiting = [rid for rid, body in wang.replica.bodies("att.exc").items() if body["state"] == "detected"]
    yield Act("王", "att.punch", attendance.Punch(today, 0, "in", in_hall=True), day.new_id("王"))
    lines = [attendance.Listed(day.cast["李"].uid, now - 30 * MINUTE)]
    yield Act("王", "att.hand_list", attendance.HandList(unit, today, 0, "in", lines, "power", "停电"), listed)
    yield Act("赵", "att.decide_list", attendance.AttDecide(True), listed)
    yield Act("王", "att.correct", attendance.PunchCorrect(today, 0, "in", now - 30 * MINUTE, "忘记打卡"), asked)
    yield Act("赵", "att.decide_correction", attendance.AttDecide(True), asked)
    yield Act("王", "att.answer", attendance.AnswerException("先接待群众"), waiting[0])
    yield Act("赵", "att.decide", attendance.AttDecide(True, "属实"), waiting[0])
    span = now - 60 * MINUTE, now - 50 * MINUTE
    yield Act("周", "att.excuse", attendance.ExcuseAll(*span, "weather", "暴雨", units=[unit]), weather)
    yield Act("周", "att.end_excuse", attendance.EndExcuse("预警解除"), weather)
    yield from _month_acts(day, add_days(today, -1), waiting[0])


def _month_acts(day: "Day", last: str, judged: str) -> Iterator[Act]:
    """A month ends with the day `last`: it is confirmed, vouched for, settled, and one thing of it is set right afterwards."""
    wang, zhou, month = day.cast["王"], day.cast["周"].pull(), last[:7]
    own = f"{month}:{unit_of(wang)}"
    others = sorted(rid for rid, body in zhou.replica.bodies("att.unit").items() if body["month"] == month and rid != own)
    yield Act("周", "att.close_day", attendance.CloseDay(), last)
    yield Act("王", "att.confirm", attendance.ConfirmSheet(True), f"{month}:{wang.uid}")
    yield Act("赵", "att.confirm_unit", attendance.ConfirmUnitMonth("已核对"), own)
    for unit in others:
        yield Act("周", "att.confirm_unit", attendance.ConfirmUnitMonth(), unit)
    yield Act("周", "att.close_month", attendance.CloseMonth(), month)
    yield Act("周", "att.adjust", attendance.AdjustSettled(True, "与监控记录不符"), judged)
    yield Act("赵", "att.approve", attendance.AttDecide(True, "同意"), judged)
