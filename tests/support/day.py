"""A day in the hall: one run through every op kind there is, each applied. Tests hang their checks between the acts."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from server.domain.hall.calendar import SHIPPED
from server.domain.hall.days import HallCalendar, HallDay, HallOpening
from server.domain.hall.ops import HeldAccept, HeldReject
from server.domain.hall.settings import HallAbout, HallRules
from server.domain.handover import ops as handover
from server.domain.incident import ops as incident
from server.domain.leave import ops as leaves
from server.domain.leave.policy import defaults
from server.domain.patrol import ops as patrol
from server.domain.presence import ops as presence
from server.domain.trail import ops as trail
from server.domain.visit import ops as visit
from server.domain.visit.result_ops import WithdrawVisit
from sync.ops import Blob
from tests.support.act import Act
from tests.support.cast import Cast, Device
from tests.support.day_check import appointing_acts, board_acts, campaign_acts, command_acts, hot_acts, plan_acts
from tests.support.day_desk import attendance_acts, roster_acts
from tests.support.day_norms import facility_acts, norm_acts
from tests.support.day_rounds import bulletin_acts, irregular_acts, proof_acts, video_acts
from tests.support.day_visit import case_acts, result_acts, supervisor_acts, team_acts

MINUTE = 60_000
DAY = 24 * 60 * MINUTE


def post_of(device: Device, which: str = "a") -> str:
    """The post this person holds today as A (or as B)."""
    today = _today(device)
    held = sorted(d["post"] for d in device.replica.bodies("duty").values() if d["day"] == today and d[which] == device.uid)
    assert held, f"{device.uid} holds no post today"
    return str(held[0])


def _today(device: Device, ahead_days: int = 0) -> str:
    hall = device.replica.body("hall", "hall")
    return datetime.fromtimestamp((device.replica.time.now() + ahead_days * DAY) / 1000, ZoneInfo(hall["tz"])).date().isoformat()


def knew(device: Device) -> patrol.Knew:
    """What this phone knows now."""
    hall = device.replica.body("hall", "hall")
    return patrol.Knew(hall["roster_version"], sorted(device.replica.bodies("away.ins")), device.replica.time.now())


def mission_of(device: Device) -> tuple[str, dict[str, Any]]:
    """The open mission of a visitor."""
    missions = [(rid, m) for rid, m in device.replica.bodies("mission").items() if device.uid in m["team"] and m["state"] == "open"]
    return missions[0]


def visit_args(device: Device, failed: int = 2) -> visit.RecordVisit:
    """A whole visit: every item of the checklist answered, the first `failed` ones badly."""
    rid, mission = mission_of(device)
    checklist = device.replica.body("checklist", mission["checklist"])
    items = [item["id"] for group in checklist["groups"] for item in group["items"]]
    answers = [
        visit.ItemAnswer(item, "fail" if n < failed else "full", "等候超过二十分钟" if n < failed else "") for n, item in enumerate(items)
    ]
    now = device.replica.time.now()
    times = now - 40 * MINUTE, now - 5 * MINUTE
    return visit.RecordVisit(rid, mission["checklist"], *times, answers, badge="工号四一七", story="咨询社保转移")


class Day:
    """Plays the day, in a world on the `FirstMorning` of a month. Records get their ids from the devices, so a seeded cast plays the same
    day twice.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def new_id(self, who: str) -> str:
        """A fresh record id from this person's device."""
        replica = self.cast[who].replica
        return replica.new_id(replica.time.now())

    def today(self, device: Device) -> str:
        """The hall's day (ISO)."""
        return _today(device)

    def play(self, after: Callable[[Act], None] | None = None) -> list[str]:
        """Do every act; each must be applied, or refused as it says. Returns the kinds done."""
        done = []
        for act in self.acts():
            device = self.cast[act.who]
            blobs = [Blob("6b" * 32, 1000, "image/jpeg", device.replica.time.now())] if act.photo else None
            result = device.do(act.kind, act.args, act.rid, act.guard, blobs)
            assert (result.st, result.code) == ("refused" if act.code else "applied", act.code), (act, result)
            done.append(act.kind)
            if after:
                after(act)
        return done

    def acts(self) -> Iterator[Act]:
        """Every act in order. Later acts look at what the earlier ones brought about."""
        yield from self.patrol_acts()
        yield from self.trail_acts()
        yield from self.absence_acts()
        yield from self.head_acts()
        yield from self.handover_acts()
        yield from self.leave_acts()
        yield from self.leave_desk_acts()
        yield from self.incident_acts()
        yield from self.held_acts()
        yield from plan_acts(self)
        yield from appointing_acts(self)
        yield from campaign_acts(self)
        yield from irregular_acts(self)
        yield from video_acts(self)
        yield from proof_acts(self)
        yield from bulletin_acts(self)
        yield from hot_acts(self)
        yield from board_acts(self)
        yield from roster_acts(self)
        yield from attendance_acts(self)
        yield from norm_acts(self)
        yield from facility_acts(self)
        yield from self.visit_acts()
        yield from supervisor_acts(self)

    def patrol_acts(self) -> Iterator[Act]:
        """A round with one empty window, what the person says to it, and a sighting that is taken back."""
        lin, wang = self.cast["林"], self.cast["王"]
        post, round_id, seen = post_of(wang.pull()), self.new_id("林"), self.new_id("林")
        now = lin.pull().replica.time.now()
        zone = lin.replica.body("post", post)["zone"]
        others = sorted(rid for rid, p in lin.replica.bodies("post").items() if p["zone"] == zone and rid != post)
        yield Act("林", "patrol.start", patrol.RoundStart(f"{_today(lin)}T10", "hourly", now), round_id)
        yield Act("林", "patrol.observe", patrol.Observe(round_id, post, "empty_no_notice", now, knew(lin), codes=["P4"]), seen)
        yield Act("林", "patrol.zone_clear", patrol.ZoneClear(zone, others, now, knew(lin)), round_id)
        yield Act("王", "finding.answer", trail.FindingAnswer("去取打印纸，两分钟即回。"), seen)
        mistaken = self.new_id("林")
        yield Act("林", "patrol.observe", patrol.Observe(round_id, others[0], "other", now, knew(lin), note="看错了窗口"), mistaken)
        yield Act("林", "patrol.withdraw", patrol.Withdraw("看错了窗口"), mistaken)
        yield Act("林", "patrol.finish", patrol.RoundFinish(now), round_id)

    def trail_acts(self) -> Iterator[Act]:
        """A doubt the office decides, an observation it takes back, and a sighting of a closed month that adjusts a number."""
        lin, zhou = self.cast["林"], self.cast["周"]
        now, round_id, seen, old = lin.pull().replica.time.now(), self.new_id("林"), self.new_id("林"), self.new_id("林")
        away = {post for body in lin.replica.bodies("away.ins").values() for post in body["posts"]}
        post = next(rid for rid in sorted(lin.replica.bodies("post"), reverse=True) if rid not in away)
        yield Act("林", "patrol.observe", patrol.Observe(round_id, post, "empty_notice", now, knew(lin), waited=True), seen)
        yield Act("周", "finding.decide", trail.FindingDecide(False, "有办件记录"), seen)
        yield Act("周", "finding.void", trail.FindingVoid("照片是另一个窗口"), seen)
        yield Act("林", "patrol.observe", patrol.Observe(round_id, post, "serving", now - 45 * DAY, knew(lin)), old)
        changes = zhou.pull().replica.bodies("ledger.adjust")
        change = next(rid for rid, body in changes.items() if body["of"] == post and body["state"] == "proposed")
        yield Act("周", "ledger.adjust", trail.LedgerAdjust(True, "与原始记录一致"), change)

    def absence_acts(self) -> Iterator[Act]:
        """A leaves, B takes over, A extends and comes back; another notice is cancelled before leaving."""
        wang, li = self.cast["王"], self.cast["李"]
        post, notice, cover, later = post_of(wang.pull()), self.new_id("王"), self.new_id("李"), self.new_id("王")
        now = wang.replica.time.now()
        leave = presence.Announce(
            [post], "trip", now, now + 30 * MINUTE, wang.uid, stand_in=li.uid, destination="市局", text="送材料", contact="内线八零二一"
        )
        yield Act("王", "away.announce", leave, notice)
        yield Act("李", "away.received", presence.Received(), notice)
        yield Act("李", "away.answer", presence.Answer(True), notice)
        yield Act("李", "cover.step_up", presence.StepUp(post, now, notice), cover)
        yield Act("王", "away.extend", presence.Extend(now + 50 * MINUTE, "路上堵车"), notice)
        yield Act("李", "cover.hand_back", presence.HandBack(now + 1, "已交回"), cover)
        yield Act("王", "away.return", presence.Return(now + 2), notice)
        planned = presence.Announce([post], "meeting", now + 60 * MINUTE, now + 90 * MINUTE, wang.uid, stand_in=li.uid)
        yield Act("王", "away.announce", planned, later)
        yield Act("赵", "away.assign", presence.Assign(self.cast["赵"].uid, "李有接待"), later)
        yield Act("王", "away.cancel", presence.Cancel("会议改期"), later)

    def head_acts(self) -> Iterator[Act]:
        """A late notice is judged, an open one is closed by the head."""
        wang = self.cast["王"]
        post, late, open_one = post_of(wang.pull()), self.new_id("王"), self.new_id("王")
        now = wang.replica.time.now()
        yield Act("王", "away.announce", presence.Announce([post], "errand", now - 10 * MINUTE, now + 5 * MINUTE, wang.uid), late)
        yield Act("赵", "away.judge_late", presence.JudgeLate(True, "情况属实"), late)
        yield Act("赵", "away.close", presence.Close("已见本人在岗"), late)
        yield Act("王", "away.announce", presence.Announce([post], "step_away", now, now + 8 * MINUTE, wang.uid), open_one)
        yield Act("赵", "away.close", presence.Close("已见本人在岗"), open_one)
        long = self.new_id("王")
        yield Act("王", "away.announce", presence.Announce([post], "step_away", now, now + 45 * MINUTE, wang.uid), long)
        yield Act("赵", "away.consent", presence.GiveConsent(True), long)
        yield Act("王", "away.return", presence.Return(now + 3), long)

    def handover_acts(self) -> Iterator[Act]:
        """A hands over tomorrow's work; B says no and, named again, yes; it comes back and is closed; another sheet is taken back."""
        wang, li = self.cast["王"], self.cast["李"]
        post, sheet, other = post_of(wang.pull()), self.new_id("王"), self.new_id("王")
        begin = wang.replica.time.now() + 20 * 60 * MINUTE
        items = [handover.HandoverItem("社保转移一件", due="2026-12-01"), handover.HandoverItem("补正材料")]
        made = handover.Prepare(post, wang.uid, li.uid, begin, begin + 180 * MINUTE, "training", items, ["业务章"], "钥匙在抽屉")
        yield Act("王", "handover.prepare", made, sheet)
        yield Act("李", "handover.received", handover.SheetReceived(), sheet)
        yield Act("李", "handover.answer", handover.SheetAnswer(False, "当天培训"), sheet)
        yield Act("赵", "handover.assign", handover.SheetAssign(li.uid, "培训改期"), sheet)
        yield Act("李", "handover.answer", handover.SheetAnswer(True), sheet)
        yield Act("李", "handover.item", handover.ItemNote(0, "done", "已办结"), sheet)
        yield Act("李", "handover.back", handover.Back(begin, "办结一件"), sheet)
        yield Act("王", "handover.close", handover.SheetClose(), sheet)
        yield Act("王", "handover.prepare", made, other)
        yield Act("王", "handover.withdraw", handover.SheetWithdraw("培训取消"), other)

    def leave_acts(self) -> Iterator[Act]:
        """A leave from the request to the recall; one told by phone, filed and taken back; two made one and ended."""
        wang, li = self.cast["王"], self.cast["李"]
        asked, told, twice, again = (self.new_id(who) for who in ("王", "赵", "王", "王"))
        now = wang.pull().replica.time.now()
        begin, span = now + 3 * DAY, 3 * 60 * MINUTE
        yield Act("王", "leave.request", leaves.LeaveRequest(wang.uid, "personal", begin, begin + span, "探望家人", li.uid), asked)
        yield Act("赵", "leave.decide", leaves.LeaveDecide(True, "同意"), asked)
        yield Act("周", "leave.decide", leaves.LeaveDecide(True), asked)
        yield Act("赵", "leave.cover", leaves.LeaveCover(self.cast["赵"].uid), asked)
        yield Act("王", "leave.proof", leaves.LeaveProof(1, "车票"), asked)
        yield Act("周", "leave.open", leaves.LeaveOpen("核对证明"), asked)
        yield Act("赵", "leave.convert", leaves.LeaveConvert("annual", "改用年休假"), asked)
        yield Act("赵", "leave.recall", leaves.LeaveRecall(begin, "当天有验收"), asked)
        yield Act("赵", "leave.told", leaves.LeaveTold(li.uid, now, begin, begin + span, "来电请假"), told)
        yield Act("李", "leave.request", leaves.LeaveRequest(li.uid, "sick", begin, begin + span, "发烧"), told)
        yield Act("李", "leave.withdraw", leaves.LeaveWithdraw("已好转"), told)
        yield Act("王", "leave.request", leaves.LeaveRequest(wang.uid, "annual", begin + DAY, begin + DAY + span), twice)
        yield Act("王", "leave.request", leaves.LeaveRequest(wang.uid, "annual", begin + DAY, begin + DAY + 2 * span), again)
        yield Act("王", "leave.merge", leaves.LeaveMerge(twice), again)
        yield Act("王", "leave.return", leaves.LeaveReturn(now), twice)

    def leave_desk_acts(self) -> Iterator[Act]:
        """What the office sets: a type and a chain from today on, entitlements, a deputy; a calendar, hours, a closed day."""
        zhou = self.cast["周"].pull()
        today, later = _today(zhou), _today(zhou, 20)
        kind = msgspec.structs.replace(next(one.rule for one in defaults().types if one.code == "personal"), valid_from=today)
        yield Act("周", "leave.type", leaves.LeaveSetType(kind), f"personal@{today}")
        yield Act("周", "leave.chain", leaves.LeaveSetChain(today, defaults().chains["usual"]), f"usual@{today}")
        yield Act("周", "leave.entitle", leaves.LeaveEntitle("2012-07-01", granted={f"{today[:4]}:comp": 100}), self.cast["王"].uid)
        yield Act("周", "leave.deputy", leaves.LeaveDeputy(self.cast["李"].uid, today, today), self.cast["赵"].uid)
        hall = zhou.replica.body("hall", "hall")
        yield Act("周", "hall.calendar", HallCalendar((SHIPPED / "cn-2026.json").read_text(encoding="utf-8")), "hall")
        yield Act("周", "hall.opening", HallOpening(later, hall["hours"]), "hall")
        yield Act("周", "hall.day", HallDay(later, later, "closed", "设备检修"), "hall")
        yield Act("周", "hall.rules", HallRules(later, {"ptl.tolerance_min": 15}, "巡查路线加长"), "hall")
        yield Act("周", "hall.about", HallAbout(phone="0000-12345678", text="总机改号"), "hall")

    def incident_acts(self) -> Iterator[Act]:
        """A report and one of its ticks."""
        lin, wang = self.cast["林"], self.cast["王"]
        rid, now = self.new_id("林"), lin.replica.time.now()
        yield Act("林", "incident.report", incident.Report("crowd", post_of(wang), now, 3, 20, "排队人数突增"), rid)
        yield Act("林", "incident.tick", incident.Tick("handling", now, "已增开窗口"), rid)
        yield from command_acts(self, rid)

    def held_acts(self) -> Iterator[Act]:
        """Two reports of a phone that was disabled before they arrived: one takes effect after all, one is set aside."""
        lost, admin = self.cast.device("李", spare=True), self.cast["管"]
        post, now = post_of(self.cast["王"].pull()), lost.replica.time.now()
        kind = "incident.report"
        taken, dropped = (lost.save(kind, incident.Report("other", post, now, 3, text=text)) for text in ("灯管闪烁", "重复登记"))
        admin.http.delete(f"/s/{admin.site}/devices/{lost.replica.dev}").raise_for_status()
        assert [result.code for result in lost.push()] == ["REVOKED", "REVOKED"]
        yield Act("管", "held.accept", HeldAccept("已向本人核实"), taken.id)
        yield Act("周", "held.reject", HeldReject("与另一条重复"), dropped.id)

    def visit_acts(self, publish: bool = True) -> Iterator[Act]:
        """Two visits, one published, one void, and all that a check is made of around them; nothing leaves it without `publish`."""
        wu, zheng, sun = self.cast["吴"].pull(), self.cast["郑"], self.cast["孙"]
        first, second, third, taken = (self.new_id(who) for who in ("吴", "郑", "郑", "吴"))
        mission, whole = mission_of(wu)[0], visit_args(wu)
        yield from case_acts(self, mission)
        yield Act("吴", "visit.record", whole, first)
        yield from team_acts(self, whole, third)
        if publish:
            yield from result_acts(self, first)
        yield Act("郑", "visit.record", visit_args(zheng.pull(), failed=0), second)
        version = sun.pull().replica.rows["visit", second].ver
        yield Act("孙", "visit.void", visit.Void("身份已暴露"), second, {second: version})
        yield Act("吴", "visit.record", whole, taken)
        version = wu.pull().replica.rows["visit", taken].ver
        yield Act("吴", "visit.withdraw", WithdrawVisit("重复提交"), taken, {taken: version})
