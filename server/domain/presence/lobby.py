"""Pure decisions about what the lobby is told of a post: its label, who stands in, which neighbour serves (AWY-09, DSP-01, DSP-08)."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from server.domain.hall.ops import Swap
from server.domain.hall.rules import FOREVER
from server.domain.presence.ops import Label
from server.domain.presence.rules import (
    REASON_LABEL,
    Times,
    away_label,
    back_at,
    bears_on,
    cover_of,
    ended,
    is_back,
    is_barred,
    state_of,
    stood_at,
)
from server.domain.presence.tables import CoverRecord, NoticeRecord
from sync.units import DAY_MS, MINUTE_MS

SERVED: frozenset[Label] = frozenset({"on_post", "covered"})
UNSERVED: frozenset[Label] = frozenset({"suspended", "off_today"})


class PostNow(NamedTuple):
    """What decides a post's public label. `notices`: the open ones; `phase_at`: when the hall opened or
    closed last; `back_at`: when somebody last came back here; `away`: people absent now; `handed`: who took the post over by a handover
    sheet, since when; `on_leave`: A has approved leave; `empty_at`: a patrol saw nobody here and nobody has been seen since (0: not);
    `shut_at`: since when something broken closes the window (0: nothing does); `left_at`: since when A of the office's contact post
    serves another (0: does not); `a_unit`: the unit of A; `words`: by which somebody said today that he has the post himself.
    """

    open: bool
    phase_at: int
    day_at: int
    back_at: int
    a: str
    notices: list[NoticeRecord]
    covers: list[CoverRecord]
    away: frozenset[str]
    handed: tuple[str, int] = ("", 0)
    on_leave: bool = False
    empty_at: int = 0
    shut_at: int = 0
    left_at: int = 0
    a_unit: str = ""
    words: Sequence[Swap] = ()


class PublicState(NamedTuple):
    """The public face of a post: label, since when, who stands in, when somebody is expected back (ms, 0 unknown).
    `all_away`: the class of reason while the whole unit is away; `due_at`: when time alone makes it another one.
    """

    label: Label
    since: int
    stand_in: str = ""
    back_at: int = 0
    all_away: Label | Literal[""] = ""
    due_at: int = FOREVER


def public_state(post: PostNow, now: int, times: Times) -> PublicState:
    """The label of a post (AWY-09): closed set, no private reason ever."""
    if not post.open:
        return PublicState("closed", post.phase_at)
    if post.shut_at:
        return PublicState("suspended", max(post.shut_at, post.phase_at))
    notice = current_notice(post, now)
    stand_in = standing_in(post, notice, now)
    if stand_in:
        return _covered(post, notice, stand_in, now, times)
    if notice is None:
        return _unexplained(post, now, times)
    overdue = state_of(notice, now, times) == "overdue"
    label = away_label(notice.reason, whole_unit=notice.whole_unit, overdue=overdue)
    since = back_at(notice) + times.grace if overdue else max(notice.leaves_at, post.phase_at)
    all_away = REASON_LABEL[notice.reason] if notice.whole_unit else ""
    return PublicState(label, since, "", _public_back(post, notice, overdue), all_away)


def _unexplained(post: PostNow, now: int, times: Times) -> PublicState:
    """No notice is in effect: A is there, unless there is no A today, or on leave, or a patrol says otherwise (DSP-08, DSP-12)."""
    if not post.a:
        return PublicState("suspended", post.phase_at)
    if post.on_leave:
        return PublicState("off_today", post.phase_at)
    if post.left_at:
        return PublicState("suspended", max(post.left_at, post.phase_at))
    here = PublicState("on_post", max(post.phase_at, post.back_at))
    if post.empty_at <= max(post.phase_at, post.back_at):
        return here
    moves_at = post.empty_at + times.empty
    return PublicState("suspended", moves_at) if now >= moves_at else here._replace(due_at=moves_at)


def _covered(post: PostNow, notice: NoticeRecord | None, stand_in: str, now: int, times: Times) -> PublicState:
    """B serves: since the later of leaving and stepping up."""
    starts = [c.from_at for c in _open_covers(post, now) if c.person == stand_in]
    starts += [post.handed[1]] if post.handed[0] == stand_in else []
    since = min(starts) if starts else (notice.leaves_at if notice else post.phase_at)
    back = _public_back(post, notice, state_of(notice, now, times) == "overdue") if notice else 0
    return PublicState("covered", max(since, post.phase_at), stand_in, back)


def current_notice(post: PostNow, now: int) -> NoticeRecord | None:
    """The notice that is in effect at the post now: the day's A's, or the whole unit's; one forgotten on an earlier day is not."""
    open_now = [
        n
        for n in post.notices
        if not (ended(n) or is_barred(n) or is_back(n, post.a) or stood_at(n, post.words, post.a))
        and n.leaves_at <= now
        and bears_on(n, post.a, post.a_unit)
        and back_at(n) >= post.day_at
    ]
    return max(open_now, key=lambda n: (n.leaves_at, n.rid), default=None)


def standing_in(post: PostNow, notice: NoticeRecord | None, now: int) -> str:
    """Who serves instead of A: B who stepped up, or the stand-in who accepted; nobody who is away too (AB-05)."""
    takers = [c.person for c in _open_covers(post, now) if c.person != post.a]
    if notice and cover_of(notice, now, Times(0, 0)) == "in_force":
        takers.append(notice.stand_in)
    if post.handed[0] and post.handed[0] != post.a:
        takers.append(post.handed[0])
    return next((t for t in takers if t not in post.away), "")


def _open_covers(post: PostNow, now: int) -> list[CoverRecord]:
    covers = [c for c in post.covers if c.from_at <= now < c.until_at]
    return sorted(covers, key=lambda c: (-c.from_at, c.rid))


def _public_back(post: PostNow, notice: NoticeRecord, overdue: bool) -> int:
    """The expected return rounded up to 5 minutes; none when it has passed or is not today: a clock time alone would mean today."""
    back = round_up_5_min(back_at(notice))
    return 0 if overdue or notice.reason == "off_today" or back >= post.day_at + DAY_MS else back


def round_up_5_min(ms: int) -> int:
    """`ms` rounded up to the next full five minutes: a lobby learns no exact time (DSP-01)."""
    step = 5 * MINUTE_MS
    return -(-ms // step) * step


class Neighbour(NamedTuple):
    """A post that might serve instead."""

    number: str
    zone: str
    order: int


def nearest(post: Neighbour, served: Iterable[Neighbour]) -> str:
    """The number of the nearest served post: the same zone first, then the fewest steps; "" when there is none."""
    best = min(served, key=lambda n: (n.zone != post.zone, abs(n.order - post.order), n.number), default=None)
    return best.number if best else ""
