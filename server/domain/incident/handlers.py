"""What an incident op does: a first report in four taps, then three ticks; time calls the next person (EMG-01, 03, 07)."""

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, may_any, minutes_ms
from server.domain.hall.tables import PostRecord, UnitRecord
from server.domain.incident import ops
from server.domain.incident.ops import Report, Tick
from server.domain.incident.rules import Timers, due_at, escalated
from server.domain.incident.tables import IncidentRecord, Ticked
from server.domain.incident.views import incident_face


def report(tx: Tx, op: Op[Report]) -> Outcome:
    """First report: anybody of the hall. The head of the place is the first responsible (EMG-01)."""
    a = op.a
    if not op.actor.roles - {"TEAM", "BOARD"}:
        return held("NO_RIGHT")
    if not 1 <= a.level <= 4 or a.people < 0 or tx.get(IncidentRecord, op.rid):
        return held("INVALID")
    place = _place(tx, a.place)
    if place is None:
        return held("INVALID")
    unit, responder = place
    record = IncidentRecord(
        rid=op.rid,
        kind=a.kind,
        place=a.place,
        unit=unit,
        found_at=a.found_at,
        received_at=op.received_at,
        level=a.level,
        reporter=op.actor.uid,
        responder=responder,
        people=a.people,
        text=a.text,
        ticks=[],
        due_at=FOREVER,
        blobs=bind(tx, op),
    )
    _save(tx, record)
    return APPLIED


def _place(tx: Tx, place: str) -> tuple[str, str] | None:
    """Unit and first responsible of a post or zone; a zone is the office's. None for a place the hall does not have."""
    post: PostRecord | None = tx.ask("post", post=place)
    if post is not None:
        unit: UnitRecord | None = tx.ask("unit", unit=post.unit)
        return post.unit, unit.head if unit else ""
    hall: Hall = tx.ask("hall")
    if place not in {zone.id for zone in hall.zones}:
        return None
    office: UnitRecord | None = tx.ask("office")
    return (office.rid, office.head) if office else ("", "")


def tick_duty(tx: Tx, op: Op[Tick]) -> Outcome:
    """处理到位, 报告到位 or 反馈到位: by whom and when (EMG-03)."""
    record = tx.get(IncidentRecord, op.rid)
    if record is None:
        return held("REF_WAIT")
    if not _may_tick(op.actor, record):
        return held("NO_RIGHT")
    record.ticks.append(Ticked(op.id, op.a.duty, op.actor.uid, op.a.at, op.a.text))
    record.ticks.sort(key=lambda t: (t.at, t.op))
    _save(tx, record)
    return APPLIED


def _may_tick(actor: Actor, record: IncidentRecord) -> bool:
    """Those who see it may do something about it."""
    if actor.uid in (record.reporter, record.responder) or may_any(actor, "INS", "EFF", "OFF", "LEAD"):
        return True
    return "HEAD" in actor.roles and actor.unit == record.unit


def tick(tx: Tx) -> None:
    """Call the next person for every incident nobody handles (EMG-07)."""
    for record in tx.find(IncidentRecord, "due_at <= ?", [tx.now]):
        _save(tx, record)


def _save(tx: Tx, record: IncidentRecord) -> None:
    hall: Hall = tx.ask("hall")
    timers = Timers(minutes_ms(hall, "emg.responder_min"), minutes_ms(hall, "emg.head_min"), minutes_ms(hall, "emg.lead_min"))
    record.due_at = due_at(record.received_at, record.ticks, tx.now, timers)
    tx.put(record)
    shown = attached(tx, record.reporter, record.blobs)
    tx.project(incident_face(record, escalated(record.received_at, record.ticks, tx.now, timers), shown))
    show_due(tx, "incident", record.rid, record.reporter, shown, {"role:OFF", f"u:{record.reporter}"}, record.received_at)


def show_again(tx: Tx, rid: str) -> None:
    """A photo of an incident has arrived."""
    if record := tx.get(IncidentRecord, rid):
        _save(tx, record)


DOMAIN = Domain(
    name="incident",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(IncidentRecord,),
    handlers={"incident.report": report, "incident.tick": tick_duty},
    tick=tick,
    attached=show_again,
)
