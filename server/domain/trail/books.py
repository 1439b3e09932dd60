"""Keeping the ledgers: days, the months they add up to, and adjustments once a month is closed (EVD-10)."""

from server.domain.base import Face, Tx
from server.domain.hall.audiences import NOBODY
from server.domain.hall.here import hall_of
from server.domain.trail.ledger import Day, Numbers, add, difference
from server.domain.trail.ops import Adjustment, Scope
from server.domain.trail.settlement import month_of, monthly_close, to_adjust
from server.domain.trail.tables import AdjustmentRecord, DayRecord, MonthRecord, TallyRecord

DECIDED = ("accepted", "refused")


class Books:
    """The ledgers as one review changes them: tallies are written once, at the end."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._changes: dict[tuple[Scope, str, str, str], Numbers] = {}
        self._closed: dict[str, bool] = {}

    def is_closed(self, month: str) -> bool:
        """Whether the month has been closed."""
        if month not in self._closed:
            self._closed[month] = is_closed(self._tx, month)
        return self._closed[month]

    def put(self, day: Day) -> None:
        """The facts of a day now come to these numbers."""
        rid = f"{day.scope}:{day.of}:{day.day}"
        known = self._tx.get(DayRecord, rid)
        before = known.numbers if known else {}
        if day.numbers == before and (known is None or known.unit == day.unit):
            return
        record = known or DayRecord(rid=rid, scope=day.scope, of=day.of, day=day.day, unit=day.unit, numbers={})
        if self.is_closed(month_of(day.day)):
            self._after_close(record, day)
            return
        if record.unit != day.unit:
            self._move(record, {}, record.unit)
            record.numbers, record.unit, before = {}, day.unit, {}
        self._move(record, day.numbers, day.unit)
        record.numbers = dict(day.numbers)
        self._tx.put(record)

    def _move(self, record: DayRecord, numbers: Numbers, unit: str) -> None:
        """A day of an open month changes its tallies."""
        self._add(record, unit, difference(numbers, record.numbers))

    def _add(self, record: DayRecord, unit: str, change: Numbers) -> None:
        month = month_of(record.day)
        add(self._changes.setdefault((record.scope, record.of, month, unit), {}), change)
        if unit:
            add(self._changes.setdefault(("unit", unit, month, unit), {}), change)

    def flush(self) -> None:
        """Write the tallies that changed."""
        for (scope, of, month, unit), change in sorted(self._changes.items()):
            if change:
                rid = f"{scope}:{of}:{month}"
                tally = self._tx.get(TallyRecord, rid) or TallyRecord(rid=rid, scope=scope, of=of, month=month, unit=unit, numbers={})
                add(tally.numbers, change)
                tally.unit = unit
                self._tx.put(tally)
        self._changes = {}

    # --- after the close ---------------------------------------------------------------------------------------------

    def _after_close(self, record: DayRecord, day: Day) -> None:
        """Nothing settled changes by itself: what the facts say differently is proposed to the office."""
        if not record.closed:
            record.settled, record.adjusted, record.closed = dict(record.numbers), dict(record.numbers), True
        record.numbers = dict(day.numbers)
        self._tx.put(record)
        self._propose(record)

    def _propose(self, record: DayRecord) -> None:
        known = self._tx.find(AdjustmentRecord, "ledger_day = ?", [record.rid])
        change = to_adjust(record.numbers, record.settled, [k.change for k in known if k.state in DECIDED])
        waiting = next((k for k in known if k.state in ("proposed", "void")), None)
        if waiting is None and not change:
            return
        adjustment = waiting or AdjustmentRecord(
            rid=f"{record.rid}:{len(known) + 1}",
            ledger_day=record.rid,
            scope=record.scope,
            of=record.of,
            day=record.day,
            unit=record.unit,
            change=change,
            state="proposed",
            found_at=self._tx.now,
        )
        adjustment.change, adjustment.state = change, "proposed" if change else "void"
        self._tx.put(adjustment)
        show_adjustment(self._tx, adjustment)

    def settle_adjustment(self, adjustment: AdjustmentRecord) -> None:
        """An accepted change moves the day and the tallies."""
        record = self._tx.get(DayRecord, adjustment.ledger_day)
        if record is not None and adjustment.state == "accepted":
            add(record.adjusted, adjustment.change)
            self._tx.put(record)
            self._add(record, adjustment.unit, adjustment.change)


def is_closed(tx: Tx, month: str) -> bool:
    """Whether the month has been closed, or is due to be although nobody has noted it yet."""
    return tx.get(MonthRecord, month) is not None or tx.now >= monthly_close(hall_of(tx), month)


def show_adjustment(tx: Tx, one: AdjustmentRecord) -> None:
    """For the office; that of a person also for the person and the head of the unit; of a post for the head of its unit."""
    audience = {"role:OFF", f"head:{one.unit}"} | ({f"u:{one.of}"} if one.scope == "person" else set())
    body = Adjustment(
        scope=one.scope,
        of=one.of,
        day=one.day,
        unit=one.unit,
        change=dict(sorted(one.change.items())),
        state="proposed" if one.state == "void" else one.state,
        found_at=one.found_at,
        by=one.by,
        text=one.text,
    )
    tx.project(Face("ledger.adjust", one.rid, NOBODY if one.state == "void" else frozenset(audience), body))
