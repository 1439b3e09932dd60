"""Which sentences a leave needs to explain itself (EVD-11, CON-14..19)."""

from typing import NamedTuple

from server.domain.hall.order import by_moment
from server.domain.hall.rules import FOREVER
from server.domain.hall.sentence import Explain
from server.domain.leave.explain import explain
from server.domain.leave.rules import Chain, Outlook, approved_until, bounds, claim_of, is_said_late, last_converted, step_decision
from server.domain.leave.tables import Decided, LeaveRecord


class Lacks(NamedTuple):
    """CON-14: the post that nobody is at, the partner who is on leave too, whether neither of the two may be displaced, and whether the
    partner's leave was approved first: if not, it is of a kind that never gives way, which is nobody else's affair (LV-09).
    """

    post: str
    other: str
    protected: bool
    first: bool


class Circumstances(NamedTuple):
    """What a leave is told with. `left`: of the year in hundredths, None without a limit; `file_by`: when it was to be filed, if late."""

    chain: Chain
    view: Outlook
    said: list[Decided]
    back_by: int
    lacks: Lacks | None
    left: int | None
    provisional: bool
    file_by: int | None
    other_type: str
    ineligible: bool


def notes_of(leave: LeaveRecord, known: Circumstances) -> list[Explain]:
    """The sentences, what matters most first."""
    return [*_cover(known), *_decisions(leave, known), *_return(leave, known), *_days(leave, known), *_forms(leave, known)]


def _cover(known: Circumstances) -> list[Explain]:
    if known.lacks is None:
        return []
    key = "needs_cover" if known.lacks.first else "both_away"
    return [explain("leave.both_protected" if known.lacks.protected else f"leave.{key}", other=known.lacks.other, post=known.lacks.post)]


def _decisions(leave: LeaveRecord, known: Circumstances) -> list[Explain]:
    """CON-15: the same said twice; CON-16: opposite things said, and what had been taken in reliance."""
    found = []
    for role in known.chain.steps:
        stands = step_decision(known.chain, role, known.said)
        others = [d for d in known.said if stands and d.by != stands.by and step_decision(known.chain, role, [d])]
        for other in sorted(others, key=by_moment):
            if stands and other.accept == stands.accept and not _decides_elsewhere(known, role, other):
                found.append(explain("leave.concurring", by=other.by, first=stands.by))
            elif stands and other.accept != stands.accept:
                found.append(explain("leave.by_rank", first=other.by, by=stands.by))
    relied = approved_until(leave.spans)
    if known.view.now == "no" and relied:
        found.append(explain("leave.relied_on", until=relied))
    return list({(e.key, *e.params.values()): e for e in found}.values())


def _decides_elsewhere(known: Circumstances, role: str, said: Decided) -> bool:
    """A decision that stands at a step of its own is no second one here."""
    stands = [step_decision(known.chain, other, known.said) for other in known.chain.steps if other != role]
    return any(d is not None and d.op == said.op for d in stands)


def _return(leave: LeaveRecord, known: Circumstances) -> list[Explain]:
    found = []
    if leave.recalled:
        found.append(explain("leave.recalled", by=leave.recalled.by, from_at=leave.recalled.at))
    back, claim = leave.returned, claim_of(leave)
    if back is None or claim is None or known.back_by == FOREVER:
        return found
    if leave.back_late:
        return [*found, explain("leave.back_late_reason" if back.text else "leave.back_late", back=back.at, due=known.back_by)]
    if leave.back_said in ("late", "clock"):
        if not leave.back_unproven:
            return [*found, explain("leave.back_counted", made=claim.made_at, claimed=claim.at, back=back.at)]
        key = "leave.back_clock" if leave.back_said == "clock" else "leave.back_unproven"
        return [*found, explain(key, made=claim.made_at, claimed=claim.at)]
    if claim.by == leave.person and is_said_late(claim):
        found.append(explain("leave.back_vouched", made=claim.made_at, claimed=claim.at, by=leave.confirmed_by))
    return [*found, explain("leave.back_in_time", back=back.at, due=known.back_by)] if leave.alarmed else found


def _days(leave: LeaveRecord, known: Circumstances) -> list[Explain]:
    found = []
    if leave.over_quota and known.left is not None:
        found.append(explain("leave.over_quota", type=leave.type, days=-known.left))
    if leave.twin:
        same = known.other_type == leave.type
        found.append(explain("leave.same_twice") if same else explain("leave.overlap", type=known.other_type))
    if leave.was_centidays >= 0 and leave.was_centidays != leave.centidays:
        found.append(explain("leave.recounted", was=leave.was_centidays, days=leave.centidays))
    if known.provisional:
        found.append(explain("leave.provisional"))
    return found


def _forms(leave: LeaveRecord, known: Circumstances) -> list[Explain]:
    found = []
    if (last := last_converted(leave)) and leave.asked:
        found.append(explain("leave.converted", by=last.by, old=leave.asked.type, type=last.type))
    if known.file_by is not None and leave.asked and leave.asked.at > bounds(leave)[0]:
        found.append(explain("leave.filed_late", due=known.file_by))
    if known.ineligible:
        found.append(explain("leave.ineligible", type=leave.type))
    return found
