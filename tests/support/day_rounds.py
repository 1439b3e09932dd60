"""The day's part of those who organise patrols: irregular rounds, what cameras show, ties, codes, and the bulletin of it (PTL, CHK-10)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.domain.bulletin import ops as bulletin
from server.domain.hall.rules import add_days
from server.domain.irregular import ops as irregular
from server.domain.patrol import ops as patrol
from tests.support.act import Act

if TYPE_CHECKING:
    from tests.support.day import Day


def irregular_acts(day: "Day") -> Iterator[Act]:
    """A period of irregular rounds is sealed and given up (PTL-05)."""
    chen, rid = day.cast["陈"].pull(), day.new_id("陈")
    first = add_days(day.today(chen), 1)
    yield Act("陈", "irregular.commit", irregular.CommitRounds(first, add_days(first, 6), "5a" * 32), rid)
    yield Act("陈", "irregular.drop", irregular.DropRounds("改期"), rid)


def video_acts(day: "Day") -> Iterator[Act]:
    """A camera shows an empty window, somebody on the floor looks; another record of it was a mistake (PTL-11)."""
    chen, lin, rid, mistaken = day.cast["陈"].pull(), day.cast["林"], day.new_id("陈"), day.new_id("陈")
    posts = sorted(chen.replica.bodies("post"))
    now = chen.replica.time.now()
    seen = patrol.VideoSeen("C-07", now - 60_000, posts[3], "empty_no_notice", clip="二号盘")
    yield Act("陈", "patrol.video", seen, rid)
    again = patrol.Observe("", posts[3], "serving", lin.replica.time.now(), patrol.Knew(1, [], now), recheck_of=rid)
    yield Act("林", "patrol.observe", again, day.new_id("林"))
    yield Act("陈", "patrol.video", patrol.VideoSeen("C-08", now - 60_000, posts[4], "other"), mistaken)
    yield Act("陈", "patrol.withdraw", patrol.Withdraw("看错摄像头"), mistaken)


def proof_acts(day: "Day") -> Iterator[Act]:
    """An inspector declares a tie and scans the code of a zone (PTL-07, PTL-09)."""
    lin, zhou = day.cast["林"].pull(), day.cast["周"]
    unit = min(lin.replica.bodies("unit"))
    yield Act("林", "patrol.tie", patrol.Tie([unit], []), lin.uid)
    yield Act("周", "patrol.codes", patrol.PutCodes("5a" * 16), "zones")
    codes = zhou.pull().replica.body("zone.codes", "zones")["codes"]
    yield Act("林", "patrol.point", patrol.ScanPoint(min(codes.values()), lin.replica.time.now()), day.new_id("林"))


def bulletin_acts(day: "Day") -> Iterator[Act]:
    """A monthly bulletin from the draft to its withdrawal (PTL-10, CHK-10)."""
    zhou, rid = day.cast["周"].pull(), day.new_id("周")
    last = add_days(f"{day.today(zhou)[:7]}-01", -1)
    yield Act("周", "bulletin.draft", bulletin.DraftBulletin("patrol_month", f"{last[:7]}-01", last), rid)
    wording = bulletin.BulletinWording(title="上月巡查情况", overall="个别窗口空岗", public_overall="总体平稳")
    yield Act("周", "bulletin.edit", bulletin.EditBulletin(wording), rid)
    yield Act("周", "bulletin.issue", bulletin.IssueBulletin(), rid)
    yield Act("周", "bulletin.withdraw", bulletin.WithdrawBulletin("数字有误"), rid)
