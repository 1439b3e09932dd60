"""The conflicts of leave (CON-14..19) as scenes: what each phone holds, what must come out of it in every order of arrival, and which
sentence says so. 王 is A of w1 and 李 his B; 赵 heads their unit, 周 is the office, 马 a leader.
"""

from typing import Any

from server.domain.leave.ops import (
    LeaveConvert,
    LeaveCover,
    LeaveDecide,
    LeaveDeputy,
    LeaveMerge,
    LeaveRequest,
    LeaveReturn,
    LeaveWithdraw,
)
from server.domain.presence.ops import StepUp
from tests.server.scenes.conflicts import all_present
from tests.server.scenes.play import Both, Play, Read, Said
from tests.server.scenes.small_hall import DAY, at

NEXT = "2026-11-24"
MORNING = ("08:30", "12:00")
AFTERNOON = ("14:30", "17:30")
"""Both sessions of the hall's day."""
WHOLE_DAY = ("08:30", "17:30")


def asks(
    rid: str, who: str, clock: str, from_at: str, to_at: str, type: str = "annual", *, day: str = DAY, phone: str = "", **more: Any
) -> Said:
    """Somebody asks for leave on `day`."""
    return Said(who, clock, "leave.request", rid, LeaveRequest(who, type, at(from_at, day), at(to_at, day), **more), phone=phone)


def says(rid: str, who: str, clock: str, accept: bool = True) -> Said:
    """An approver decides."""
    return Said(who, clock, "leave.decide", rid, LeaveDecide(accept))


def back(rid: str, clock: str, who: str = "wang", text: str = "", claims: str = "") -> Said:
    """销假, said at `clock`, of a return then or at another time."""
    return Said(who, clock, "leave.return", rid, LeaveReturn(at(claims or clock), text))


def leave(rid: str, *told: Both, who: str = "wang", **fields: Any) -> Read:
    """A leave as one of those it concerns reads it."""
    return Read(who, "leave", rid, fields, told)


def used(centidays: int) -> Read:
    """How much annual leave 王 has used (hundredths of a day)."""
    return Read("wang", "leave.account", "wang", {"balances/annual/used": centidays})


UNPROVEN = Both(
    "15:10 才报告 14:40 已返岗，待负责人或办公室确认；确认前不算按时，也不算逾期。",
    "15:10 才報告 14:40 已返崗，待負責人或辦公室確認；確認前不算按時，也不算逾期。",
)
BOTH_AWAY = (asks("a", "wang", "08:00", *AFTERNOON), asks("b", "li", "08:01", *AFTERNOON))
BOTH_SICK = (BOTH_AWAY[0], asks("b", "li", "08:01", *AFTERNOON, type="sick"))
BY_TWO = (says("a", "zhao", "08:10"), says("a", "zhou", "08:12"), says("b", "zhou", "08:20"), says("b", "zhao", "08:30"))
"""赵 and 周 each have a phone, and decide on both."""
ON_BOTH = (asks("a", "wang", "08:00", *WHOLE_DAY), asks("b", "wang", "08:05", *AFTERNOON, phone="-office"))
"""The same leave on the phone and on the office's computer."""
BOTH_APPROVED = (says("a", "zhao", "08:10"), says("a", "zhou", "08:11"), says("b", "zhao", "08:12"), says("b", "zhou", "08:13"))
APPROVED = (says("a", "zhao", "08:10"), says("a", "zhou", "08:20"))
COMP = asks("a", "wang", "08:00", *WHOLE_DAY, type="comp")
BOTH_AWAY_TOLD = Both(
    "李同时请假，w1 无人顶岗。本次请假照样有效，列为“已批·待补岗”，请科室负责人另行安排第三人。",
    "李同時請假，w1 無人頂崗。本次請假照樣有效，列為「已准·待補崗」，請科室負責人另行安排第三人。",
)
"""What kind of leave another has is nobody's affair: only that it does not give way."""
SAME_TWICE = Both(
    "与另一张请假单日期重叠、假别相同，建议合并：天数取并集，只扣一次。",
    "與另一張請假單日期重疊、假別相同，建議合併：天數合起來算，只扣一次。",
)


def later(first: str) -> Both:
    """Why a leave that stays approved waits for a third person."""
    return Both(
        f"{first}的请假先获批准，w1 同时无人顶岗。本次请假照样有效，列为“已批·待补岗”，请科室负责人另行安排第三人。",
        f"{first}的請假先獲核准，w1 同時無人頂崗。本次請假照樣有效，列為「已准·待補崗」，請科室負責人另行安排第三人。",
    )


PLAYS = (
    Play(
        "CON-14 A's and B's leave approved by two approvers: the later waits for a third person, and stays approved",
        (*BOTH_AWAY, *BY_TWO),
        (
            leave("a", needs_cover=False, state="running"),
            leave("b", later("王"), who="li", needs_cover=True, state="running"),
            leave("b", later("王"), who="zhao", needs_cover=True),
        ),
    ),
    Play(
        "CON-14 statutory leave is never displaced, though approved later",
        BY_TWO,
        (
            leave("a", BOTH_AWAY_TOLD, needs_cover=True, state="running"),
            leave("b", who="li", needs_cover=False, state="running"),
        ),
        before=BOTH_SICK,
    ),
    Play(
        "CON-14 HEAD names a third person",
        BY_TWO,
        (leave("a", needs_cover=False), leave("b", who="li", needs_cover=False, state="running")),
        before=BOTH_AWAY,
        after=(Said("zhao", "15:10", "leave.cover", "b", LeaveCover("qian")),),
    ),
    Play(
        "CON-15 one leave approved twice: one approval, deducted once",
        (*APPROVED, says("a", "ma", "08:25")),
        (
            leave(
                "a",
                Both("周与马的审批结果相同，记为一次批准，假期只扣一次。", "周與马的簽核結果相同，記為一次核准，假期只扣一次。"),
                state="running",
            ),
            used(50),
        ),
        before=BOTH_AWAY[:1],
    ),
    Play(
        "CON-16 approved by the deputy, refused by the head, both offline: by rank",
        (says("a", "li", "08:10"), says("a", "zhao", "08:25", accept=False)),
        (
            leave(
                "a",
                Both("李与赵的审批结果不同，按权限高低以赵的决定为准。", "李與赵的簽核結果不同，按權限高低以赵的決定為準。"),
                state="refused",
            ),
            used(0),
        ),
        before=(Said("zhou", "07:50", "leave.deputy", "zhao", LeaveDeputy("li", DAY, DAY)), BOTH_AWAY[0]),
    ),
    Play(
        "CON-16 refused by a leader, above both who had approved",
        (*APPROVED, says("a", "ma", "08:25", accept=False)),
        (
            leave(
                "a",
                Both("周与马的审批结果不同，按权限高低以马的决定为准。", "周與马的簽核結果不同，按權限高低以马的決定為準。"),
                state="refused",
            ),
            used(0),
        ),
        before=BOTH_AWAY[:1],
    ),
    Play(
        "CON-16 what was taken relying on an approval stays approved",
        (says("a", "ma", "08:25", accept=False), Said("li", "08:31", "cover.step_up", "k1", StepUp("w1", at("08:31")))),
        (
            leave(
                "a",
                Both(
                    "12:30 之前的部分已按批准休假，仍算已批；其余部分按后来的决定办理。",
                    "12:30 之前的部分已按核准休假，仍算已准；其餘部分按後來的決定辦理。",
                ),
                state="refused",
                ends_at=at("12:30"),
            ),
            used(50),
        ),
        before=(asks("a", "wang", "08:00", *WHOLE_DAY), *APPROVED),
        arrives=at("12:30"),
    ),
    Play(
        "CON-17 the same leave on the phone and at the office: union of days, one deduction",
        (*ON_BOTH, *BOTH_APPROVED),
        (leave("a", SAME_TWICE, twin="b", centidays=100), leave("b", SAME_TWICE, twin="a", centidays=0), used(100)),
    ),
    Play(
        "CON-17 merged: the other answers for both",
        (*BOTH_APPROVED[:2], Said("wang", "08:20", "leave.merge", "b", LeaveMerge("a"))),
        (leave("a", state="running", twin=""), leave("b", state="merged", into="a"), used(100)),
        before=ON_BOTH,
    ),
    Play(
        "CON-17 of different types the person chooses; no time counts twice",
        BOTH_APPROVED,
        (
            leave("a", centidays=100),
            leave(
                "b",
                Both(
                    "与另一张请假单日期重叠、假别不同（年休假），请本人选定一种；重叠的时间只算一次。",
                    "與另一張請假單日期重疊、假別不同（休假），請本人選定一種；重疊的時間只算一次。",
                ),
                centidays=0,
            ),
            used(100),
        ),
        before=(ON_BOTH[0], asks("b", "wang", "08:05", *AFTERNOON, type="personal", phone="-office")),
    ),
    Play(
        "CON-18 an approval beyond the balance stays, flagged",
        (COMP, *APPROVED),
        (
            leave(
                "a",
                Both(
                    "批准后调休超出余额 0.88 天。批准有效，列为“超额待处理”，请负责人转换假别。",
                    "核准後補休超出餘額 0.88 天。核准有效，列為「超額待處理」，請負責人轉換假別。",
                ),
                state="running",
                over_quota=True,
            ),
            leave("a", who="zhao", over_quota=True),
        ),
    ),
    Play(
        "CON-18 HEAD converts the type",
        APPROVED,
        (
            leave(
                "a",
                Both("赵将假别由调休改为事假。", "赵將假別由補休改為事假。"),
                state="running",
                type="personal",
                over_quota=False,
            ),
        ),
        before=(COMP,),
        after=(Said("zhao", "15:10", "leave.convert", "a", LeaveConvert("personal", "改为事假")),),
    ),
    Play(
        "CON-19 销假 said offline at 14:40, the server called it overdue at 15:01: the return wins, the alarm closes",
        (back("a", "14:40"), all_present("14:50")),
        (
            leave(
                "a",
                Both(
                    "14:40 已销假，早于应销假时间 15:00，不算逾期，提醒已撤销。",
                    "14:40 已銷假，早於應銷假時間 15:00，不算逾期，提醒已撤銷。",
                ),
                state="returned",
                late_return=False,
                absent_without=False,
            ),
        ),
        before=(asks("a", "wang", "08:00", *MORNING), *APPROVED),
        looks=(at("15:01"),),
        arrives=at("15:20"),
    ),
    Play(
        "CON-19 that he was back at 14:40, said at 15:10: neither late nor in time by his word alone",
        (back("a", "15:10", claims="14:40"), all_present("14:50")),
        (
            leave("a", UNPROVEN, state="returned", late_return=False, back_said="late", back_unproven=True),
            leave("a", UNPROVEN, who="zhao", state="returned", back_claims_at=at("14:40"), back_said_at=at("15:10")),
        ),
        before=(asks("a", "wang", "08:00", *MORNING), *APPROVED),
        looks=(at("15:01"),),
        arrives=at("15:20"),
    ),
    Play(
        "CON-19 the head names the same time: he was back in time",
        (back("a", "15:10", claims="14:40"), back("a", "15:15", "zhao", claims="14:40")),
        (
            leave(
                "a",
                Both("15:10 才报告 14:40 已返岗，赵已确认。", "15:10 才報告 14:40 已返崗，赵已確認。"),
                state="returned",
                back_said="vouched",
                back_unproven=False,
                confirmed_by="zhao",
            ),
        ),
        before=(asks("a", "wang", "08:00", *MORNING), *APPROVED),
        looks=(at("15:01"),),
        arrives=at("15:20"),
    ),
)
WITHDRAWN = (asks("a", "wang", "08:00", *AFTERNOON), *APPROVED, Said("wang", "08:30", "leave.withdraw", "a", LeaveWithdraw()))
"""Taken back before it began."""
