"""CON-08, 09, 35, 36, 40, 41 and 43 as scenes: rounds, checklists, problems, incidents, the screen in the lobby, and who has moved."""

from server.domain.campaign.ops import ClaimDone, CloseProblem, FindProblem, OrderProblem
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.incident.ops import Report
from server.domain.patrol.ops import Knew, RoundFinish, RoundStart, ZoneClear
from server.domain.presence.ops import StepUp
from server.domain.roster.ops import PutPerson
from tests.server.scenes.conflicts import notice
from tests.server.scenes.play import Both, Grade, Play, Read, Said, finding
from tests.server.scenes.small_hall import DAY, at
from tests.server.scenes.window import BOTH_LOOK, TWICE


def walk(who: str, rid: str, clock: str, slot: str = "10") -> tuple[Said, Said, Said]:
    """A whole round of twenty minutes."""
    hour, minute = clock.split(":")
    done = f"{hour}:{int(minute) + 20:02d}"
    return (
        Said(who, clock, "patrol.start", rid, RoundStart(f"{DAY}T{slot}", "hourly", at(clock))),
        Said(who, clock, "patrol.zone_clear", rid, ZoneClear("B", ["w1", "w2", "w3", "d1"], at(clock), Knew(1, [], 0))),
        Said(who, done, "patrol.finish", rid, RoundFinish(at(done))),
    )


def dispute(who: str, clock: str, rid: str) -> Said:
    """Somebody reports the quarrel at w1."""
    return Said(who, clock, "incident.report", rid, Report("dispute", "w1", at(clock), 3))


def proof(day: str, grade: Grade = "A") -> Said:
    """王 has put it right, and says so offline on `day`."""
    return Said("wang", "9:00", "problem.claim", "p1", ClaimDone("清单已上墙"), grade, day)


LATER = "2026-12-03"
MADE_UP_FOR = Both("10:00 时段的巡查已补到，提醒撤销", "10:00 時段的巡查已補到，提醒撤銷")
TO_VERIFY = Both("待核实", "待核實")
ORDERED = (
    Said("chen", "9:30", "problem.find", "p1", FindProblem("u1", "patrol", "F20", "清单没有一次给全")),
    Said("chen", "10:00", "problem.order", "p1", OrderProblem("五日内补齐", "wang")),
)
CLOSED = Said("chen", "10:00", "problem.close", "p1", CloseProblem("未见整改"), day=LATER)
MOVED = Said(
    "zhou",
    "9:00",
    "org.person",
    "wang",
    PutPerson(
        "王",
        "wang",
        [UnitTerm("u1", "2020-01-01", "2026-11-23"), UnitTerm("u2", "2026-11-24")],
        [RoleTerm("STF", "2020-01-01")],
        {"zh_Hans": "职员"},
    ),
    day="2026-11-24",
)
"""王 belongs to u2 from the 24th on."""

PLAYS = (
    Play(
        "CON-08 one slot, two inspectors: the earlier walk completes it, the other stays and is marked",
        (*walk("lin", "r1", "10:02"), *walk("chen", "r2", "10:10")),
        (
            Read("zhou", "round", "r1", {"state": "done", "repeated": False}),
            Read(
                "chen",
                "round",
                "r2",
                {"state": "done", "repeated": True},
                shows=(Both("10:00 时段已有人先巡过，本轮记为重复轮次", "10:00 時段已有人先巡過，本輪記為重複輪次"),),
            ),
        ),
    ),
    Play(
        "CON-09 the slot was shown as missed; the round arrives, and the alarm is taken back",
        (*walk("lin", "r1", "10:02"), notice("9:58", "9:58", "10:15")),
        tuple(
            Read(who, "slot", f"{DAY}T10", {"state": "late", "round": "r1", "alarm_at": at("11:11")}, shows=(MADE_UP_FOR,))
            for who in ("lin", "zhou")
        ),
        before=walk("lin", "r0", "9:05", "09"),
        looks=(at("11:11"),),
    ),
    Play(
        "CON-36 proof made within the term reopens what was closed as not done",
        (CLOSED, proof("2026-11-27")),
        tuple(
            Read(who, "problem", "p1", {"state": "claimed", "overdue": False}, shows=shown)
            for who, shown in (("chen", (TO_VERIFY, Both("整改待核实", "整改待核實"))), ("zhao", (TO_VERIFY,)))
        ),
        before=ORDERED,
        arrives=at("11:00", LATER),
        ends=at("11:01", LATER),
    ),
    Play(
        "CON-36 proof made after it is taken, and reopens nothing",
        (CLOSED, proof("2026-12-02")),
        (Read("zhao", "problem", "p1", {"state": "not_done", "overdue": True}, shows=(Both("未整改", "未整改"),)),),
        before=ORDERED,
        arrives=at("11:00", LATER),
        ends=at("11:01", LATER),
    ),
    Play(
        "CON-36 proof by a clock nobody can believe reopens nothing by itself",
        (CLOSED, proof("2026-11-27", "C")),
        (Read("zhao", "problem", "p1", {"state": "not_done"}),),
        before=ORDERED,
        arrives=at("11:00", LATER),
        ends=at("11:01", LATER),
    ),
    Play(
        "CON-40 three reports: one incident, the earliest report is its time, the head of the place answers",
        (dispute("wang", "10:00", "i1"), dispute("lin", "10:04", "i2"), dispute("li", "10:01", "i3")),
        (
            Read(
                "zhao",
                "incident",
                "i1",
                {"main": "", "reports": 3, "first_at": at("10:00"), "responder": "zhao"},
                shows=(Both("3 份报告，最早 2026年11月23日 10:00:00", "3 份報告，最早 2026年11月23日 10:00:00"),),
            ),
            Read("zhao", "incident", "i2", {"main": "i1", "responder": "zhao"}),
            Read("lin", "incident", "i3", {"main": "i1"}),
        ),
    ),
    Play(
        "CON-41 the screen had no network while 王 left and 李 stepped up: what it shows then is what is so",
        (notice("9:58", "9:58", "11:30", reason="meeting"), Said("li", "10:05", "cover.step_up", "k1", StepUp("w1", at("10:05")))),
        (
            Read(
                "screen",
                "post.pub",
                "w1",
                {"label": "covered", "stand_in": "李"},
                shows=(
                    Both("由李代办", "由李代辦"),
                    Both("数据未更新，以窗口告示为准", "資料未更新，以窗口告示為準"),
                    Both("数据已 11 分钟未更新，以窗口告示为准", "資料已 11 分鐘未更新，以窗口告示為準"),
                    Both("以窗口告示为准，大厅电话 0000-00000000", "以窗口告示為準，大廳電話 0000-00000000"),
                ),
            ),
        ),
        arrives=at("10:30"),
        ends=at("10:31"),
    ),
    Play(
        "CON-43 王 was moved after the fact and before it arrived: it counts where he was",
        BOTH_LOOK,
        (
            *finding("o1", TWICE, state="unattended", post=1, person=1),
            Read("zhao", "finding.own", "o1", {"person_count": 1}),
            Read("feng", "finding.own", "o1", None),
        ),
        before=(MOVED,),
        arrives=at("10:00", "2026-11-25"),
        ends=at("10:01", "2026-11-25"),
    ),
)
