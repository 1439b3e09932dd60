"""Pure decisions about a handover sheet (AB-01..06, AB-10).

    prepared ─▶ delivered ─▶ accepted ─▶ in force ─▶ handed back ─▶ closed
        │           │  └──▶ declined ─▶ (another B is named) prepared
        └ withdrawn └ forced step-up: B takes the post without having said yes ─▶ in force

Answers of this domain, for `Tx.ask`:
`handovers_on`(post, from_at, to_at) -> list[HandoverFact]: every sheet of the post that touches the span ·
`handed_to`(uid, from_at, to_at) -> list[HandoverFact]: every sheet of that time whose B the person is ·
`taken_over`(post, at) -> tuple[str, int]: who serves the post by a sheet at that moment, since when; ("", 0) for nobody.
"""

from typing import Literal, NamedTuple

from server.domain.hall.order import by_moment
from server.domain.hall.rules import FOREVER
from server.domain.handover.ops import HandoverItem, HandoverState, HandoverTrouble
from server.domain.handover.tables import Answered, Ended, HandoverRecord, Named
from server.domain.presence.rules import NoticeFact
from sync.units import DAY_MS, MINUTE_MS

TOLERANCE_MS = 2 * MINUTE_MS
RETIRE_AFTER_MS = 7 * DAY_MS
"""An ended sheet leaves the devices after this time; the record stays."""


class Times(NamedTuple):
    """The hall's parameters, in ms (§16). `confirm`: how long an urgent answer may take; `before`: how long before its beginning the answer
    to a sheet made ahead is due.
    """

    confirm: int
    before: int


class HandoverFact(NamedTuple):
    """A sheet as those who judge an observation need it (AB-10). Times are trusted ms, FOREVER when it has not happened.

    `b`: who had been named last; `made_at`, `grade`: when the sheet was made and what that is worth; `until_at`: when A had everything back
    or took it back by A's own word, else its planned end; `ended_at`, `ended_by`: since when others say that it is over; `planned`: at
    least a day ahead; `sent_at`: when HEAD or the office named this B, 0: A did.
    """

    rid: str
    post: str
    a: str
    b: str
    made_at: int
    grade: Literal["A", "B", "C"]
    from_at: int
    until_at: int
    planned: bool
    delivered_at: int = FOREVER
    accepted_at: int = FOREVER
    declined_at: int = FOREVER
    taken_at: int = FOREVER
    ended_at: int = FOREVER
    ended_by: str = ""
    sent_at: int = 0


class Taker(NamedTuple):
    """B as others' facts have it: when B took the post (0: not), away by a notice or on approved leave during the sheet; `a_back`: the
    absence of A it was made for is over; `busy`: B has said yes to another post, or taken it, by a sheet of the same time; `left_at`: when
    B last took another post by stepping up, and has it still (0: none).
    """

    taken_at: int
    away: bool
    leave: bool
    a_back: bool = False
    busy: bool = False
    left_at: int = 0


def named(sheet: HandoverRecord) -> Named | None:
    """Who was named B last."""
    return max(sheet.named, key=by_moment, default=None)


def b_of(sheet: HandoverRecord) -> str:
    """The present B."""
    last = named(sheet)
    return last.person if last else ""


def answer_of(sheet: HandoverRecord, person: str) -> Answered | None:
    """The last answer of a person, however they arrived."""
    return max((a for a in sheet.answers if a.person == person), key=by_moment, default=None)


def delivered_at(sheet: HandoverRecord) -> int:
    """Since when B knows of it: the phone had it, or B answered, or took the post."""
    known = [d.at for d in sheet.delivered if d.person == sheet.b]
    known += [a.at for a in sheet.answers if a.person == sheet.b]
    known += [sheet.taken_at] if sheet.taken_at else []
    return min(known, default=FOREVER)


def state_of(sheet: HandoverRecord, now: int) -> HandoverState:
    """Where the sheet stands at `now`."""
    if sheet.withdrawn and not _served_at(sheet, sheet.withdrawn.at):
        return "withdrawn"
    if sheet.closed or sheet.withdrawn:
        return "closed"
    if sheet.back:
        return "handed_back"
    said = answer_of(sheet, sheet.b)
    if sheet.taken_at or (said and said.accept and now >= sheet.from_at):
        return "in_force"
    if said:
        return "accepted" if said.accept else "declined"
    return "delivered" if delivered_at(sheet) <= now else "prepared"


def _served_at(sheet: HandoverRecord, at: int) -> bool:
    """True when B had taken the post by then: what A takes back of that, A has back (AB-06)."""
    return bool(sheet.taken_at) and sheet.taken_at <= at


def trouble_of(sheet: HandoverRecord, now: int, times: Times, taker: Taker) -> HandoverTrouble:
    """Why HEAD is asked at once (AB-05, CON-11..13)."""
    state = state_of(sheet, now)
    if state == "in_force" and now < sheet.to_at:
        if taker.left_at > sheet.taken_at or (taker.busy and not sheet.taken_at):
            return "busy"
        return "away" if taker.away else ""
    if state not in ("prepared", "delivered", "accepted", "declined") or now >= sheet.to_at:
        return ""
    if state == "declined":
        return "declined"
    if taker.leave:
        return "leave"
    if taker.away:
        return "away"
    if taker.busy:
        return "busy"
    if state == "accepted" or now < answer_due_at(sheet, times):
        return ""
    return "silent" if state == "delivered" else "unreached"


def keeps_from(sheet: HandoverRecord, notice: NoticeFact, taken_at: int, now: int, day_at: int) -> bool:
    """Whether an absence of B that touches the sheet keeps him from it: before it begins as far as is expected, then until he is back, but
    for one forgotten before `day_at`, when the day began, or one he had left for when he last took the post, at `taken_at` (ms, 0: not):
    he is there. That of his whole unit does not where he had begun before at another unit's post; of the unit's own posts its notice
    tells (AWY-02).
    """
    if taken_at >= max(notice.leaves_at, notice.announced_at):
        return False
    if notice.whole_unit and (notice.leaves_at > sheet.from_at or sheet.post in notice.posts):
        return False
    expected = notice.extensions[-1].back_at if notice.extensions else notice.first_back_at
    return min(expected, notice.ended_at) > sheet.from_at if now < sheet.from_at else expected >= day_at


def answer_due_at(sheet: HandoverRecord, times: Times) -> int:
    """By when B should have answered: at once when it is urgent, else some time before it begins."""
    last = named(sheet)
    return max(max(sheet.received_at, last.at if last else 0) + times.confirm, sheet.from_at - times.before)


def ended(sheet: HandoverRecord) -> Ended | None:
    """What ended it, the earliest first."""
    return min((e for e in (sheet.back, sheet.closed, sheet.withdrawn) if e), key=by_moment, default=None)


def due_at(sheet: HandoverRecord, now: int, times: Times) -> int:
    """When time alone changes something about the sheet next."""
    end = ended(sheet)
    running = (sheet.from_at, answer_due_at(sheet, times), sheet.to_at, sheet.to_at + RETIRE_AFTER_MS)
    moments = (end.at + RETIRE_AFTER_MS,) if end else running
    return min((m for m in moments if m > now), default=FOREVER)


def is_retired(sheet: HandoverRecord, now: int) -> bool:
    """True when an ended sheet has been shown long enough; one B never took is ended by its day."""
    end = ended(sheet)
    never = not sheet.taken_at and sheet.state not in ("in_force", "handed_back")
    over = end.at if end else sheet.to_at if never else FOREVER
    return now >= over + RETIRE_AFTER_MS


def items_now(sheet: HandoverRecord) -> list[HandoverItem]:
    """The matters as they stand: the last word about each counts."""
    said = {n: max(w, key=by_moment) for n in range(len(sheet.items)) if (w := [x for x in sheet.works if x.item == n])}
    return [
        HandoverItem(i.matter, said[n].state, i.due, i.materials, i.appointment, said[n].text or i.note) if n in said else i
        for n, i in enumerate(sheet.items)
    ]


def open_items(sheet: HandoverRecord) -> list[int]:
    """Numbers of the matters that are not done: what returns to A (AB-06)."""
    return [n for n, item in enumerate(items_now(sheet)) if item.state != "done"]


def fact_of(sheet: HandoverRecord) -> HandoverFact:
    """The sheet as reconciliation reads it."""
    last = named(sheet)
    b = last.person if last else ""
    said = answer_of(sheet, b)
    known = [d.at for d in sheet.delivered if d.person == b] + ([said.at] if said else [])
    ends = [e for e in (sheet.back, sheet.closed, sheet.withdrawn) if e]
    own = [e.at for e in ends if e.by == sheet.a and e.grade != "C"]
    others = min((e for e in ends if e.by != sheet.a or e.grade == "C"), key=_binding, default=None)
    return HandoverFact(
        rid=sheet.rid,
        post=sheet.post,
        a=sheet.a,
        b=b,
        made_at=sheet.made_at,
        grade=sheet.grade,
        from_at=sheet.from_at,
        until_at=min([sheet.to_at, *own]),
        planned=sheet.planned,
        delivered_at=min(known, default=FOREVER),
        accepted_at=said.at if said and said.accept else FOREVER,
        declined_at=said.at if said and not said.accept else FOREVER,
        taken_at=sheet.taken_at if sheet.taken_at and b == sheet.b else FOREVER,
        ended_at=_binding(others)[0] if others else FOREVER,
        ended_by=others.by if others else "",
        sent_at=last.at if last and last.by not in (sheet.a, b) else 0,
    )


def _binding(end: Ended) -> tuple[int, str]:
    """From when an end that A did not say may speak against A: what is said afterwards takes no protection back (EVD-04)."""
    return max(end.at, end.made_at), end.op


def in_force(sheet: HandoverRecord, at: int) -> bool:
    """True while B serves by the sheet: it was accepted or taken, and is not over."""
    end = ended(sheet)
    said = answer_of(sheet, sheet.b)
    begun = bool(sheet.taken_at) and sheet.taken_at <= at
    agreed = said is not None and said.accept and sheet.from_at <= at
    return (begun or agreed) and at < min(sheet.to_at, end.at if end else FOREVER)
