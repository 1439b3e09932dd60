"""Attendance as the tests say it in the small hall: 王, 李 and 赵 of u1 sign in and out on the days around Monday 23 November 2026.

Sessions are 8:30 to 12:00 and 14:30 to 17:30; 周 is the office, 林 an inspector. Attendance is kept from 7:00 of the first day on.
"""

from typing import Any, Literal

import msgspec

from server.domain.attendance.handlers import DOMAIN as ATTENDANCE
from server.domain.attendance.ops import AnswerException, AttDecide, ExcuseAll, HandList, Listed, Punch, PunchCorrect
from server.domain.base import Outcome
from server.domain.patrol.ops import ZoneClear
from sync.ops import Blob
from tests.server.scenes.play import Both, Grade, Play, Read, Said
from tests.server.scenes.small_hall import ACTORS, DAY, DOMAINS, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

NEXT = "2026-11-24"
Way = Literal["in", "out"]
ALL_IN = (("in", 0, "08:20"), ("out", 0, "12:01"), ("in", 1, "14:25"), ("out", 1, "17:31"))


def attendance_hall(day: str = DAY, **rules: int | bool | str) -> MemoryHall:
    """The small hall at 7:00, with attendance kept."""
    return small_hall("07:00", domains=(*DOMAINS, ATTENDANCE), today=day, **rules)


def exc(way: Way = "in", session: int = 0, who: str = "wang", day: str = DAY) -> str:
    """The rid of an exception."""
    return f"{day}:{who}:{session}:{way}"


def punch(
    hall: MemoryHall, who: str, way: Way, session: int, clock: str, *, received: str = "", day: str = DAY, rid: str = "", **how: Any
) -> Outcome:
    """Somebody signs in or out at `clock`; it reaches the server at `received`."""
    args = Punch(day, session, way, how.pop("in_hall", None))
    arrival = at(received or clock, how.pop("received_day", day))
    rid = rid or f"p-{who}-{day}-{session}-{way}-{clock}"
    return hall.send(ACTORS[who], "att.punch", rid, args, at=at(clock, day), received=arrival, **how)


def whole_day(hall: MemoryHall, who: str, day: str = DAY, **changed: str) -> None:
    """Four punches in time, but for the edges named in `changed` (`in0="08:41"`, `out1=""` for none)."""
    for way, session, clock in ALL_IN:
        said = changed.get(f"{way}{session}", clock)
        if said:
            punch(hall, who, way, session, said, day=day)  # type: ignore[arg-type]


def answer(hall: MemoryHall, rid: str, text: str, clock: str, day: str = DAY, *, who: str = "wang", appeal: bool = False) -> Outcome:
    """The person says his part."""
    return hall.send(ACTORS[who], "att.answer", rid, AnswerException(text, appeal), received=at(clock, day))


def decide(
    hall: MemoryHall, who: str, kind: str, rid: str, accept: bool, text: str = "", *, clock: str = "15:00", day: str = DAY
) -> Outcome:
    """HEAD or the office decides."""
    return hall.send(ACTORS[who], kind, rid, AttDecide(accept, text), received=at(clock, day))


def correct(hall: MemoryHall, rid: str, way: Way, session: int, claim: str, clock: str, day: str = DAY, who: str = "wang") -> Outcome:
    """补签."""
    args = PunchCorrect(day, session, way, at(claim, day), "忘记打卡")
    return hall.send(ACTORS[who], "att.correct", rid, args, received=at(clock, day))


def hand_list(
    hall: MemoryHall, who: str, people: dict[str, str], clock: str = "10:00", *, photo: bool = True, day: str = DAY, rid: str = "l1"
) -> Outcome:
    """A paper list for the morning's sign-in, entered by `who`."""
    args = HandList("u1", day, 0, "in", [Listed(uid, at(said, day)) for uid, said in people.items()], "power", "停电")
    op = hall.op(ACTORS[who], "att.hand_list", rid, args, received=at(clock, day))
    picture = Blob("0" * 64, 1000, "image/jpeg", at(clock, day))
    return hall.run(msgspec.structs.replace(op, blobs=[picture]) if photo else op)


def excuse_all(
    hall: MemoryHall, from_clock: str, to_clock: str, *, day: str = DAY, by: str = "zhou", rid: str = "e1", **more: Any
) -> Outcome:
    """The office excuses everybody between two times."""
    args = ExcuseAll(at(from_clock, day), at(to_clock, day), more.pop("cause", "weather"), "暴雨", **more)
    return hall.send(ACTORS[by], "att.excuse", rid, args)


def closed_day(**changed: str) -> MemoryHall:
    """王's Monday as `whole_day` has it, provisionally closed at Tuesday noon."""
    hall = attendance_hall()
    whole_day(hall, "wang", **changed)
    hall.tick(at("12:01", NEXT))
    return hall


def state(hall: MemoryHall, rid: str) -> tuple[str, str, bool] | None:
    """Kind, state and whether it counts; None when there is no exception."""
    row = hall.row("att.exc", rid)
    return (row["kind"], row["state"], row.get("counted", False)) if row else None


def sheet(hall: MemoryHall, who: str = "wang", month: str = "2026-11") -> Any:
    """A person's month."""
    return hall.row("att.sheet", f"{month}:{who}")


# --- conflicts --------------------------------------------------------------------------------------------------------


def tapped(rid: str, clock: str, *, way: Way = "in", grade: Grade = "A", phone: str = "") -> Said:
    """王 taps on one of his phones."""
    return Said("wang", clock, "att.punch", rid, Punch(DAY, 0, way), grade, phone=phone)


def edge(found: str, standing: str, *says: Both, who: str = "wang", way: Way = "in") -> Read:
    """王's morning, in or out, as he or another reads it."""
    return Read(who, "att.exc", exc(way), {"kind": found, "state": standing, "counted": False}, says)


SEEN = Said("lin", "08:50", "patrol.zone_clear", "r1", ZoneClear("A", ["w1", "w2"], at("08:50"), KNEW))
LI_IN = Said("li", "08:20", "att.punch", "p-li", Punch(DAY, 0, "in"))
"""What another phone brings that has nothing to do with it."""
IN_TIME = Both("应 08:30 签到；08:29 已签到，09:40 收到，按时，不计。", "應 08:30 簽到；08:29 已簽到，09:40 收到，按時，不計。")
UNKNOWN = Both(
    "签到称 08:29 作出，但设备时间无法核实，09:40 收到，待核，不计。",
    "簽到稱 08:29 作出，但裝置時間無法核實，09:40 收到，待核，不計。",
)
PLAYS = (
    Play(
        "CON-20 the server had written late, then the punch made offline at 8:29 came",
        (tapped("p1", "08:29"), SEEN),
        (edge("ok", "cleared", IN_TIME), edge("ok", "cleared", IN_TIME, who="zhao")),
        before=(tapped("p2", "08:45", phone="-second"),),
        looks=(at("08:31"), at("08:50")),
        arrives=at("09:40"),
    ),
    Play(
        "CON-20 on a phone whose clock drifts",
        (tapped("p1", "08:29", grade="B"), SEEN),
        (edge("ok", "cleared", IN_TIME),),
        before=(tapped("p2", "08:45", phone="-second"),),
        looks=(at("08:31"), at("08:50")),
        arrives=at("09:40"),
    ),
    Play(
        "CON-20 without it he is late",
        (tapped("p2", "08:45"), LI_IN),
        (edge("late", "detected", Both("应 08:30 签到，08:45 签到，迟到 15 分钟。", "應 08:30 簽到，08:45 簽到，遲到 15 分鐘。")),),
        looks=(at("08:31"),),
        arrives=at("09:40"),
    ),
    Play(
        "CON-20 signing out at noon, received in the evening, after an earlier one by mistake",
        (tapped("p2", "12:02", way="out"), Said("li", "12:01", "att.punch", "p-li", Punch(DAY, 0, "out"))),
        (
            edge(
                "ok",
                "cleared",
                Both("应 12:00 签退；12:02 已签退，18:00 收到，未早退，不计。", "應 12:00 簽退；12:02 已簽退，18:00 收到，未早退，不計。"),
                way="out",
            ),
        ),
        before=(tapped("p0", "08:20", phone="-second"), tapped("p1", "11:20", way="out", phone="-second")),
        looks=(at("12:30"),),
        arrives=at("18:00"),
        ends=at("18:01"),
    ),
    Play(
        "CON-21 a clock that was set back says 8:29: nobody is counted until a person has decided",
        (tapped("p1", "08:29", grade="C"), LI_IN),
        (edge("pending", "pending", UNKNOWN), edge("pending", "pending", UNKNOWN, who="zhao")),
        arrives=at("09:40"),
    ),
    Play(
        "CON-21 beside a late punch that can be trusted nobody is accused",
        (tapped("p1", "08:29", grade="C"), tapped("p2", "08:45")),
        (edge("pending", "pending", UNKNOWN),),
        arrives=at("09:40"),
    ),
    Play(
        "CON-21 an inspector saw him at 8:50: another proof to compare",
        (tapped("p1", "08:29", grade="C"), SEEN),
        (
            edge(
                "pending",
                "pending",
                Both(
                    "打卡称 08:29 作出，但设备时间无法核实，09:40 收到；另有 08:50 的在岗记录可供核对，待核，不计。",
                    "打卡稱 08:29 作出，但裝置時間無法核實，09:40 收到；另有 08:50 的在崗紀錄可供核對，待核，不計。",
                ),
            ),
        ),
        arrives=at("09:40"),
    ),
    Play(
        "CON-21 the server had it before work began: its own clock proves it",
        (tapped("p1", "08:10", grade="C"), LI_IN),
        (Read("wang", "att.exc", exc("in"), None),),
        arrives=at("08:25"),
        ends=at("08:40"),
    ),
)
