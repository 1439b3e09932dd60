"""Making findings, ledgers and tallies anew from the facts alone, and comparing them with what is kept (`python -m server reconcile`)."""

from collections.abc import Iterator
from typing import NamedTuple

from server.domain.base import Tx
from server.domain.hall.here import today_of, unit_then
from server.domain.hall.rules import add_days
from server.domain.hall.tables import PersonRecord, PostRecord
from server.domain.trail.ledger import Numbers, add, difference
from server.domain.trail.ops import Scope
from server.domain.trail.review import Review, finding_record
from server.domain.trail.settlement import month_of
from server.domain.trail.tables import AdjustmentRecord, DayRecord, FindingRecord, TallyRecord

OF_ITS_OWN = frozenset({"rid", "told_at", "decide_at", "doubt_at", "until", "was_until"})
KEPT_FIELDS = tuple(name for name in FindingRecord.__struct_fields__ if name not in OF_ITS_OWN)
"""When somebody was told, and until when he may speak, is a fact of its own; everything else of a finding follows from the facts."""


class Difference(NamedTuple):
    """Something kept that the facts do not make, or make otherwise."""

    what: str
    kept: str
    made: str


def span(tx: Tx) -> tuple[str, str]:
    """The first day anything is known of, and today; today twice where there is nothing."""
    today = today_of(tx)
    kept = tx.find(DayRecord, "day = (SELECT min(day) FROM ledger_day)", [], "rid LIMIT 1")
    return min(today, *(d.day for d in kept), tx.ask("first_day") or today), today


def days(first: str, last: str) -> Iterator[str]:
    """Every day of a span, both ends included."""
    while first <= last:
        yield first
        first = add_days(first, 1)


def compare_day(tx: Tx, day: str) -> list[Difference]:
    """What is kept of a day against what its facts come to."""
    review = Review(tx)
    found: list[Difference] = []
    kept = {d.rid: d for d in tx.find(DayRecord, "day = ?", [day])}
    for post in _every_post(tx):
        found += _compare_post(tx, review, post, day, kept.pop(f"post:{post.rid}:{day}", None))
    for uid in _everybody(tx):
        made = review.person_numbers(uid, day)
        record = kept.pop(f"person:{uid}:{day}", None)
        found += _numbers(f"{day} {uid}", record.numbers if record else {}, made)
        if record and made and record.unit != (unit := unit_then(tx, uid, day)):
            found.append(Difference(f"{day} {uid} unit", record.unit, unit))
    found += [Difference(f"{day} {d.rid}", str(d.numbers), "nothing") for d in kept.values() if d.numbers]
    return found


def _every_post(tx: Tx) -> list[PostRecord]:
    return tx.find(PostRecord)


def _everybody(tx: Tx) -> list[str]:
    return [p.rid for p in tx.find(PersonRecord)]


def _compare_post(tx: Tx, review: Review, post: PostRecord, day: str, record: DayRecord | None) -> list[Difference]:
    made, numbers, _ = review.judge(post, day)
    kept = {f.rid: f for f in tx.find(FindingRecord, "post = ? AND day = ? AND state <> ''", [post.rid, day])}
    found = _numbers(f"{day} {post.rid}", record.numbers if record else {}, numbers)
    for one in made:
        was, now = kept.pop(one.rid, None), finding_record(one, post, day)
        if was is None:
            found.append(Difference(f"{day} {post.rid} finding {one.rid}", "nothing", one.state))
            continue
        for name in KEPT_FIELDS:
            if (before := getattr(was, name)) != (after := getattr(now, name)):
                found.append(Difference(f"{day} {post.rid} finding {one.rid} {name}", str(before), str(after)))
    found += [Difference(f"{day} {post.rid} finding {rid}", f.state, "nothing") for rid, f in sorted(kept.items())]
    return found


def _numbers(what: str, kept: Numbers, made: Numbers) -> list[Difference]:
    return [Difference(f"{what} {key}", str(kept.get(key, 0)), str(made.get(key, 0))) for key in sorted(difference(made, kept))]


# --- months -----------------------------------------------------------------------------------------------------------


def compare_months(tx: Tx) -> list[Difference]:
    """Every tally against the sum of its days, and every closed day against what was settled and accepted."""
    found: list[Difference] = []
    for day, made_so in _adjusted(tx):
        found += _numbers(f"adjusted {day.rid}", day.adjusted, made_so)
    made = _sums(tx)
    for tally in tx.find(TallyRecord):
        sums = made.pop(tally.rid, None)
        found += _numbers(f"tally {tally.rid}", tally.numbers, sums.numbers if sums else {})
    for rid, sums in sorted(made.items()):
        found += _numbers(f"tally {rid}", {}, sums.numbers)
    return found


def _sums(tx: Tx) -> dict[str, TallyRecord]:
    """Tallies by rid as the days make them: of a closed month what was settled, and accepted adjustments."""
    sums: dict[str, TallyRecord] = {}
    for day in tx.find(DayRecord):
        _count(sums, day.scope, day.of, day.unit, day.day, day.settled if day.closed else day.numbers)
    for one in tx.find(AdjustmentRecord, "state = 'accepted'"):
        _count(sums, one.scope, one.of, one.unit, one.day, one.change)
    return sums


def _adjusted(tx: Tx) -> Iterator[tuple[DayRecord, Numbers]]:
    """Closed days that have a settlement of their own, with what it and accepted adjustments come to."""
    accepted: dict[str, Numbers] = {}
    for one in tx.find(AdjustmentRecord, "state = 'accepted'"):
        add(accepted.setdefault(one.ledger_day, {}), one.change)
    for day in tx.find(DayRecord, "closed = ?", [True]):
        yield day, add(dict(day.settled), accepted.get(day.rid, {}))


def _count(sums: dict[str, TallyRecord], scope: Scope, of: str, unit: str, day: str, numbers: Numbers) -> None:
    counted: list[tuple[Scope, str]] = [(scope, of), ("unit", unit)]
    for key, whose in counted:
        if whose:
            rid = f"{key}:{whose}:{month_of(day)}"
            tally = sums.setdefault(rid, TallyRecord(rid=rid, scope=key, of=whose, month=month_of(day), unit=unit, numbers={}))
            add(tally.numbers, numbers)


# --- making anew ------------------------------------------------------------------------------------------------------


def rebuild_day(tx: Tx, day: str) -> None:
    """Findings and numbers of a day from its facts; closed months get adjustments, as from any late fact."""
    Review(tx).whole_day(day, [post.rid for post in _every_post(tx)], _everybody(tx))


def rebuild_months(tx: Tx) -> None:
    """Tallies from their days, and closed days from their settlement."""
    for day, made_so in _adjusted(tx):
        if day.adjusted != made_so:
            day.adjusted = made_so
            tx.put(day)
    made = _sums(tx)
    for tally in tx.find(TallyRecord):
        sums = made.pop(tally.rid, None)
        if tally.numbers != (numbers := sums.numbers if sums else {}):
            tally.numbers = numbers
            tx.put(tally)
    for sums in made.values():
        if sums.numbers:
            tx.put(sums)
