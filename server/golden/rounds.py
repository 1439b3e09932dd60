"""What those who organise patrols say, in the golden corpus: irregular rounds, what cameras show, ties, codes, a bulletin of the month."""

from collections.abc import Iterator

import msgspec

from server.domain.bulletin import ops as bulletin
from server.domain.irregular import ops as irregular
from server.domain.patrol import ops as patrol
from server.domain.patrol.points import code_of
from server.golden.stage import Act, Ids, Stage
from sync.units import MINUTE_MS

SECRET = "5a" * 16
FIRST, LAST = "2026-05-06", "2026-05-12"


def scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """After the months are settled. One push for each list."""
    now, new = stage.clock, Ids("rounds")
    drawn, dropped, film, mistaken, walk, notes = (new(now.at) for _ in range(6))
    plan = irregular.CommitRounds(FIRST, LAST, SECRET * 2)
    seen = patrol.VideoSeen("C-07", now.at - MINUTE_MS, post, "empty_no_notice", clip="drive 2")
    yield [
        Act("efficiency", "irregular.commit", plan, drawn),
        Act("efficiency", "irregular.commit", plan, dropped),
        Act("efficiency", "irregular.commit", msgspec.structs.replace(plan, from_day="2026-03-02"), new(now.at)),
        Act("efficiency", "irregular.drop", irregular.DropRounds("other days"), dropped),
        Act("efficiency", "patrol.video", seen, film),
        Act("efficiency", "patrol.video", msgspec.structs.replace(seen, camera=" "), new(now.at)),
        Act("efficiency", "patrol.video", msgspec.structs.replace(seen, seen="other"), mistaken),
        Act("efficiency", "patrol.withdraw", patrol.Withdraw("the wrong camera"), mistaken),
    ]
    look = patrol.Observe("", post, "serving", now.at, patrol.Knew(1, [], now.at), recheck_of=film)
    yield [
        Act("inspector", "patrol.tie", patrol.Tie(["u01"], [stage.uids["staff"]]), stage.uids["inspector"]),
        Act("inspector", "patrol.observe", look, new(now.at)),
        Act("inspector", "irregular.commit", plan, new(now.at)),
    ]
    yield [Act("office", "patrol.codes", patrol.PutCodes(SECRET), "zones")]
    yield [
        Act("inspector", "patrol.point", patrol.ScanPoint(code_of(bytes.fromhex(SECRET), "A"), now.at), walk),
        Act("inspector", "patrol.point", patrol.ScanPoint("zaigang-zone:A:AAAAAAAAAA", now.at), walk),
    ]
    wording = bulletin.BulletinWording(title="March", overall="one empty window", public_overall="calm")
    yield [
        Act("office", "bulletin.draft", bulletin.DraftBulletin("patrol_month", "2026-03-01", "2026-03-31"), notes),
        Act("office", "bulletin.issue", bulletin.IssueBulletin(), notes),
        Act("office", "bulletin.edit", bulletin.EditBulletin(wording), notes),
        Act("office", "bulletin.issue", bulletin.IssueBulletin(), notes),
        Act("office", "bulletin.withdraw", bulletin.WithdrawBulletin("a figure is wrong"), notes),
    ]
