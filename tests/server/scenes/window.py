"""CON-01..07, 22..24 and 42..44 as scenes: who was at the window, and who had said what when somebody looked (catalogue §2.2).

王 has w1 on Monday 23 November 2026, 李 is his B, 赵 heads their unit; 林 and 陈 walk by, 周 is the office. Until 15:00 nobody is
online.
"""

from server.domain.leave.ops import LeaveDecide, LeaveRequest
from server.domain.patrol.ops import Withdraw
from server.domain.presence.ops import JudgeLate
from server.domain.roster.ops import PutSwap
from server.domain.trail.ops import FindingDecide, FindingVoid
from tests.server.scenes.conflicts import accepts, all_present, back, empty, extend, look, notice
from tests.server.scenes.play import Both, Grade, Play, Read, Said, finding
from tests.server.scenes.small_hall import DAY, at

DECIDED = "15:10"
LOOKS = (empty("o1", "10:02"), empty("o2", "10:13", recheck_of="o1"))
BOTH_LOOK = (empty("o1", "10:02"), empty("o2", "10:13", "chen"))


def leaves(clock: str = "9:58", until: str = "10:30", *, left: str = "", grade: Grade = "A", stand_in: str | None = None) -> Said:
    """王 goes to a meeting, or says afterwards that he went."""
    return notice(clock, left or clock, until, grade=grade, stand_in=stand_in, reason="meeting")


def judges(accept: bool) -> Said:
    """赵 judges the late notice."""
    return Said("zhao", DECIDED, "away.judge_late", "n1", JudgeLate(accept, "情况属实" if accept else "应当先告示"))


def rules(count: bool) -> Said:
    """周 decides a doubt."""
    return Said("zhou", DECIDED, "finding.decide", "o1", FindingDecide(count, "核对了办件记录"))


def decides_leave(who: str, accept: bool, clock: str = DECIDED) -> Said:
    """An approver decides on the leave."""
    return Said(who, clock, "leave.decide", "l1", LeaveDecide(accept, "" if accept else "人手不足"))


def swaps(who: str, clock: str) -> Said:
    """李 takes the window from now on, 王 is his B."""
    return Said(who, clock, "roster.swap", "swap", PutSwap("w1", DAY, "li", "wang"))


def takes_back(rid: str, clock: str) -> Said:
    """林 takes a record back."""
    return Said("lin", clock, "patrol.withdraw", rid, Withdraw("看错窗口"))


def voids(rid: str) -> Said:
    """周 takes a record back after publication."""
    return Said("zhou", DECIDED, "finding.void", rid, FindingVoid("两张照片是另一个窗口"))


ASKS = Said("wang", "9:55", "leave.request", "l1", LeaveRequest("wang", "personal", at("08:30"), at("17:30"), "家中有事"))

# --- what is read -----------------------------------------------------------------------------------------------------

CLEARED = Both(
    "10:02 见空岗；王 09:58 已告示离岗，预计 10:30 返回。岗位计一次，个人不计。",
    "10:02 見空崗；王 09:58 已告示離崗，預計 10:30 返回。崗位計一次，個人不計。",
)
OWN_CLEARED = Both(
    "10:02 巡查见空岗；王 09:58 已告示离岗，预计 10:30 返回，说明清楚，不计个人。",
    "10:02 巡查見空崗；王 09:58 已告示離崗，預計 10:30 返回，說明清楚，不計個人。",
)
TWICE = Both(
    "10:02 至 10:13 空岗，没有离岗告示，也无人顶岗。岗位计一次，个人计一次。",
    "10:02 至 10:13 空崗，沒有離崗告示，也無人頂崗。崗位計一次，個人計一次。",
)
OWN_TWICE = Both(
    "10:02 至 10:13 巡查见空岗，没有查到王的离岗告示，也无人顶岗。暂计个人一次，可以说明情况。",
    "10:02 至 10:13 巡查見空崗，查無王的離崗告示，也無人頂崗。暫計個人一次，可以說明情況。",
)
UNATTENDED = (
    *finding("o1", TWICE, state="unattended", post=1, person=1),
    Read("wang", "finding.own", "o1", {"person_count": 1}, (OWN_TWICE,)),
)
OF_LI = (
    *finding(
        "o1",
        TWICE,
        Both(
            "10:02 记录时手机上的排班不是最新，责任人按最新排班认定为李。",
            "10:02 記錄時手機上的排班不是最新，責任人按最新排班認定為李。",
        ),
        state="unattended",
        post=1,
        person=1,
        whose="li",
    ),
    Read("wang", "finding.own", "o1", None),
)
OWN_TAKEN_BACK = Both("10:02 的空岗记录已撤回，不计。", "10:02 的空崗紀錄已撤回，不計。")
TAKEN_BACK = tuple(
    one
    for rid, clock in (("o1", "10:02"), ("o2", "10:13"))
    for one in finding(
        rid,
        Both(f"{clock} 的空岗记录已由记录人撤回，不计。", f"{clock} 的空崗紀錄已由記錄人撤回，不計。"),
        state="withdrawn",
        post=0,
        person=0,
    )
)

PLAYS = (
    Play(
        "CON-01 the notice of 9:58 clears the sighting of 10:02, and everybody is told",
        (*LOOKS, leaves(), back("10:28")),
        (
            *finding("o1", CLEARED, state="explained", post=1, person=0, notice="n1", observations=["o1", "o2"]),
            Read("lin", "finding", "o1", {"state": "explained"}, (CLEARED,)),
            Read("wang", "finding.own", "o1", {"person_count": 0}, (OWN_CLEARED,)),
            Read("lin", "obs", "o1", {"seen": "empty_no_notice", "inspector": "lin"}),
        ),
    ),
    Play(
        "CON-01 said on a phone whose clock drifts",
        (*LOOKS, leaves(grade="B")),
        finding("o1", CLEARED, state="explained", post=1, person=0),
    ),
    Play(
        "CON-02 a notice by a clock nobody can believe waits for the office",
        (*LOOKS, leaves(grade="C")),
        (
            *finding(
                "o1",
                Both(
                    "10:02 见空岗；王的告示称 09:58 作出，但设备时间无法核实，待办公室判定。岗位计一次，个人暂不计。",
                    "10:02 見空崗；王的告示稱 09:58 作出，但裝置時間無法核實，待辦公室判定。崗位計一次，個人暫不計。",
                ),
                state="pending",
                post=1,
                person=0,
                doubt=True,
                decide_until="2026-11-26",
            ),
            Read(
                "zhao",
                "finding.own",
                "o1",
                {"state": "pending"},
                (
                    Both(
                        "10:02 巡查见空岗；王的告示称 09:58 作出，设备时间无法核实。由办公室判定，判定前不计个人。",
                        "10:02 巡查見空崗；王的告示稱 09:58 作出，裝置時間無法核實。由辦公室判定，判定前不計個人。",
                    ),
                ),
            ),
        ),
    ),
    Play(
        "CON-02 the office decides for the person",
        (*LOOKS, leaves(grade="C")),
        finding(
            "o1",
            Both(
                "10:02 见空岗；存疑之处已由周判定，王不计。岗位计一次。",
                "10:02 見空崗；存疑之處已由周判定，王不計。崗位計一次。",
            ),
            state="explained",
            post=1,
            person=0,
        ),
        after=(rules(False),),
    ),
    Play(
        "CON-02 the office decides against the person",
        (*LOOKS, leaves(grade="C")),
        finding(
            "o1",
            Both(
                "10:02 见空岗；存疑之处已由周判定，王计一次。岗位计一次。",
                "10:02 見空崗；存疑之處已由周判定，王計一次。崗位計一次。",
            ),
            state="unattended",
            post=1,
            person=1,
        ),
        after=(rules(True),),
    ),
    Play(
        "CON-02 nobody decides for three working days: the person is not counted",
        (*LOOKS, leaves(grade="C")),
        finding(
            "o1",
            Both(
                "10:02 见空岗；存疑之处在期限内没有判定，按规定王不计。岗位计一次。",
                "10:02 見空崗；存疑之處在期限內沒有判定，按規定王不計。崗位計一次。",
            ),
            state="explained",
            post=1,
            person=0,
        ),
        ends=at("17:31", "2026-11-26"),
    ),
    Play(
        "CON-03 a notice of 10:05 says 9:55, HEAD accepts",
        (empty("o1", "10:02"), leaves("10:05", left="9:55")),
        finding(
            "o1",
            Both(
                "10:02 见空岗；王 10:05 补告示，称 09:55 离岗，科室负责人已认可。岗位计一次，个人不计，另计补告示一次。",
                "10:02 見空崗；王 10:05 補告示，稱 09:55 離崗，科室負責人已認可。崗位計一次，個人不計，另計補告示一次。",
            ),
            state="late_notice",
            post=1,
            person=0,
        ),
        after=(judges(True),),
    ),
    Play(
        "CON-03 HEAD refuses",
        (empty("o1", "10:02"), leaves("10:05", left="9:55")),
        finding(
            "o1",
            Both(
                "10:02 见空岗；王 10:05 补告示，称 09:55 离岗，科室负责人未认可。岗位计一次，个人计一次。",
                "10:02 見空崗；王 10:05 補告示，稱 09:55 離崗，科室負責人未認可。崗位計一次，個人計一次。",
            ),
            state="unattended",
            post=1,
            person=1,
        ),
        after=(judges(False),),
    ),
    Play(
        "CON-04 an extension of 10:01 clears 10:20",
        (leaves("9:55", "10:00"), extend("10:01", "10:30"), empty("o1", "10:20")),
        finding(
            "o1",
            Both(
                "10:20 见空岗；王 09:55 已告示离岗，预计 10:30 返回。岗位计一次，个人不计。",
                "10:20 見空崗；王 09:55 已告示離崗，預計 10:30 返回。崗位計一次，個人不計。",
            ),
            state="explained",
            post=1,
            person=0,
        ),
    ),
    Play(
        "CON-04 without it the return is overdue",
        (leaves("9:55", "10:00"), empty("o1", "10:20")),
        finding(
            "o1",
            Both(
                "10:20 见空岗；王原定 10:00 返回，已超过宽限 10 分钟，此前没有续报。岗位计一次，个人计一次。",
                "10:20 見空崗；王原定 10:00 返回，已超過寬限 10 分鐘，此前沒有續報。崗位計一次，個人計一次。",
            ),
            state="unattended",
            post=1,
            person=1,
        ),
    ),
    Play(
        "CON-05 李 had said yes and nobody serves: 王 is cleared, 李's part is looked into",
        (*LOOKS, leaves(stand_in="li"), accepts("9:59")),
        finding(
            "o1",
            Both(
                "10:02 见空岗；王 09:58 已告示离岗，由李代为履职，但当时无人顶岗。岗位计一次，个人不计，顶岗情况另行了解。",
                "10:02 見空崗；王 09:58 已告示離崗，由李代為履職，但當時無人頂崗。崗位計一次，個人不計，頂崗情況另行了解。",
            ),
            state="explained",
            post=1,
            person=0,
            cover="li",
            cover_count=1,
        ),
    ),
    Play(
        "CON-06 two inspectors, one absence, and both records stay",
        (empty("o1", "10:02"), empty("o2", "10:06", "chen"), empty("o3", "10:13", recheck_of="o1")),
        (
            *finding("o1", TWICE, state="unattended", post=1, person=1, observations=["o1", "o2", "o3"]),
            Read("lin", "obs", "o2", {"inspector": "chen"}),
            Read("chen", "obs", "o1", {"inspector": "lin"}),
            Read("zhou", "finding", "o2", None),
        ),
    ),
    Play(
        "CON-07 empty at 10:02, present at 10:03: not counted, both are asked",
        (empty("o1", "10:02"), all_present("10:03", "chen")),
        finding(
            "o1",
            Both(
                "10:02 有人记空岗，10:03 另有人记在岗，两者相差不到 2 分钟，互相矛盾，不计，请双方核对。",
                "10:02 有人記空崗，10:03 另有人記在崗，兩者相差不到 2 分鐘，互相矛盾，不計，請雙方核對。",
            ),
            state="contradictory",
            post=0,
            person=0,
            asked=["chen", "lin"],
        ),
    ),
    Play(
        "CON-22 the leave is still to be decided",
        (*LOOKS, ASKS),
        finding(
            "o1",
            Both(
                "10:02 见空岗；王这段时间的请假还在审批，批准前不作判定。岗位计一次，个人暂不计。",
                "10:02 見空崗；王這段時間的請假還在簽核，核准前不作判定。崗位計一次，個人暫不計。",
            ),
            state="pending",
            post=1,
            person=0,
        ),
    ),
    Play(
        "CON-22 the leave is approved and clears",
        (*LOOKS, ASKS, decides_leave("zhao", True, "10:20")),
        finding(
            "o1",
            Both(
                "10:02 见空岗；王当时已获准请假。岗位计一次，个人不计。",
                "10:02 見空崗；王當時已獲准請假。崗位計一次，個人不計。",
            ),
            state="explained",
            post=1,
            person=0,
        ),
        after=(decides_leave("zhou", True),),
    ),
    Play("CON-22 the leave is refused and confirms", (*LOOKS, ASKS, decides_leave("zhao", False, "10:20")), UNATTENDED),
    Play(
        "CON-23 李 had swapped in: the record binds to the window, not to whom the inspector named",
        (empty("o1", "10:02", person="wang"), empty("o2", "10:13", recheck_of="o1"), swaps("li", "9:57")),
        OF_LI,
    ),
    Play(
        "CON-23 王 alone says 李 had it: it clears 王, and 李 is asked before he is counted",
        (empty("o1", "10:02", person="wang"), empty("o2", "10:13", recheck_of="o1"), swaps("wang", "9:57")),
        finding(
            "o1",
            Both(
                "10:02 至 10:13 空岗；王称 09:57 起由李在岗，李当时是否知情待核实，待办公室判定。岗位计一次，个人暂不计。",
                "10:02 至 10:13 空崗；王稱 09:57 起由李在崗，李當時是否知情待核實，待辦公室判定。崗位計一次，個人暫不計。",
            ),
            state="pending",
            post=1,
            person=0,
            whose="li",
        ),
    ),
    Play(
        "CON-24 off post, and seen at another window: one fact with a note",
        (*LOOKS, look("o3", "10:08", "other", "chen", post="w2", person="wang", codes=["P8"])),
        (
            *finding(
                "o1",
                TWICE,
                Both(
                    "10:08 另有记录见王在 w2 串岗，属于同一事实，不另计次。",
                    "10:08 另有紀錄見王在 w2 串崗，屬於同一事實，不另計次。",
                ),
                state="unattended",
                post=1,
                person=1,
            ),
            Read("zhou", "finding", "o3", None),
        ),
    ),
    Play(
        "CON-42 the roster was changed while both inspectors were offline",
        (empty("o1", "10:02", person="wang"), empty("o2", "10:13", "chen")),
        (*OF_LI, Read("lin", "finding", "o1", {"person": "li"})),
        before=(swaps("zhou", "9:56"),),
    ),
    Play(
        "CON-44 taken back by its author before anybody was told",
        (*LOOKS, takes_back("o1", "10:40"), takes_back("o2", "10:41"), all_present("10:50", "chen")),
        (
            *TAKEN_BACK,
            Read("lin", "obs", "o1", {"withdrawn": "看错窗口"}),
            Read("wang", "finding.own", "o1", {"state": "withdrawn"}, (OWN_TAKEN_BACK,)),
        ),
    ),
    Play(
        "CON-44 after publication by the office alone, and the original stays",
        BOTH_LOOK,
        (*TAKEN_BACK, Read("chen", "obs", "o1", {"inspector": "lin"})),
        after=(voids("o1"), voids("o2")),
    ),
)
