"""What an incident op does: a first report in four taps, what was done, three ticks; time calls the next person (EMG-01..11)."""

from msgspec.structs import replace

from server.domain.base import APPLIED, Actor, Domain, Op, Outcome, Tx, held, refused, stale
from server.domain.hall.blobs import attached, bind, show_due
from server.domain.hall.here import hall_of
from server.domain.hall.leaving import leave_devices, masked, newly_passed
from server.domain.hall.ops import Hall
from server.domain.hall.order import by_moment
from server.domain.hall.rules import FOREVER, add_days, day_of, day_start, may_any, minutes_ms, of_the_hall, rule
from server.domain.hall.tables import PostRecord
from server.domain.incident import evacuation, ops
from server.domain.incident.calls import called, responsible
from server.domain.incident.ops import (
    AllClear,
    Call,
    LinkIncident,
    MarkMistake,
    Mistake,
    NoteStep,
    PutIncidentPlan,
    Report,
    TellLobby,
    Tick,
)
from server.domain.incident.registers import MEASURES, REGISTERS
from server.domain.incident.rules import (
    UNTOUCHED,
    Escalated,
    Terms,
    Timers,
    days_found,
    due_at,
    ended_at,
    escalated,
    free_until,
    in_place,
    is_witnessed,
    mains,
    plan_wrong,
    same_thing,
    shipped_plans,
    state_of,
    steps_taken,
    whole_of,
)
from server.domain.incident.tables import Entered, IncidentPlanRecord, IncidentRecord, Linked, Showing, Ticked, Whole
from server.domain.incident.together import hanging_together
from server.domain.incident.views import announced_face, emergency_face, incident_face, plan_face
from sync.clock import proven, within
from sync.units import DAY_MS, HOUR_MS

ACTS_WITHIN_MS = 366 * DAY_MS
"""What is said to have been done further from an incident than this is a slip: it would stand first or last in its log for ever."""


def report(tx: Tx, op: Op[Report]) -> Outcome:
    """First report: anybody of the hall. The head of the place is the first responsible (EMG-01)."""
    a = op.a
    if not of_the_hall(op.actor):
        return held("NO_RIGHT")
    if not 1 <= a.level <= 4 or a.people < 0 or tx.get(IncidentRecord, op.rid):
        return held("INVALID")
    place = responsible(tx, a.place)
    if place is None:
        return held("INVALID")
    unit, responder = place
    record = IncidentRecord(
        rid=op.rid,
        kind=a.kind,
        place=a.place,
        unit=unit,
        found_at=a.found_at,
        since_at=proven(op.window, a.found_at),
        received_at=op.received_at,
        level=a.level,
        reporter=op.actor.uid,
        responder=responder,
        people=a.people,
        text=a.text,
        ticks=[],
        due_at=FOREVER,
        blobs=bind(tx, op),
        said_at=within(op.window, op.window.at),
        main=op.rid,
        drill=a.drill,
        paper=a.paper,
        found_on=days_found(a.found_at, a.found_at)[0],
    )
    _join(tx, record)
    return APPLIED


def _join(tx: Tx, record: IncidentRecord) -> None:
    """A new report. Said after the first of its thing, as nearly all are, it joins that one and nothing else moves (CON-40)."""
    within_ms = minutes_ms(hall_of(tx), "emg.link_min", record.found_at)
    # Of whatever it could be the same as, the main report is no further away than this.
    span = (record.found_at - 3 * within_ms, record.found_at + 3 * within_ms)
    same_days = [r for day in days_found(*span) for r in tx.together(IncidentRecord, day, place=record.place)]
    around = [r for r in same_days if r.rid == r.main and r.mistake is None and span[0] <= r.found_at <= span[1]]
    if not around:
        record.whole = whole_of([record])
        _show(tx, record.rid, [record], [])
        return
    firsts = [r for r in around if r.said_link is None and same_thing(r, record, within_ms)]
    main = min((r for r in firsts if (r.said_at, r.rid) < (record.said_at, record.rid)), key=lambda r: (r.said_at, r.rid), default=None)
    if main is None or main.whole is None or main.ended_at < record.found_at:
        _regroup(tx, record)
        return
    record.main = main.rid
    if main.since_at <= record.since_at and main.level <= record.level:
        record.ended_at = main.ended_at  # it says of no time and no post what was not so already
    had = main.whole
    by_two = had.by_two or record.reporter != main.reporter
    main.whole = Whole(had.reports + 1, min(had.first_at, record.said_at), min(had.received_at, record.received_at), by_two)
    tx.put(record)
    tx.put(main)
    if by_two == had.by_two:
        _show(tx, main.rid, [main, record])
    else:
        _show(tx, main.rid)  # what its reporter alone had ended is over now
        _apart(tx, main.rid)


def _regroup(tx: Tx, record: IncidentRecord) -> None:
    """A report came before others of its thing, or a person has said where it belongs: what may hang together is sorted anew (CON-40)."""
    within_ms = minutes_ms(hall_of(tx), "emg.link_min", record.found_at)
    tx.put(record)
    near = hanging_together(tx, record, within_ms)
    sorted_anew = mains(list(near.values()), within_ms)
    changed = {record.main, sorted_anew[record.rid]}
    for rid, main in sorted_anew.items():
        if near[rid].main != main:
            changed |= {near[rid].main, main}
            near[rid].main = main
            tx.put(near[rid])
    for main in sorted(changed):
        if whole := tx.find(IncidentRecord, "main = ?", [main]):
            first = next(one for one in whole if one.rid == main)
            first.whole = whole_of(whole)
            said = max((one.showing for one in whole if one.showing), key=lambda said: said.since, default=None)
            for one in whole:
                one.showing = said if one is first else None
            tx.put(first)
            _show(tx, main, whole)


def tick_duty(tx: Tx, op: Op[Tick]) -> Outcome:
    """处理到位, 报告到位 or 反馈到位: by whom and when (EMG-03)."""
    record = tx.get(IncidentRecord, op.rid)
    if record is None:
        return held("REF_WAIT")
    if not _may_tick(op.actor, record):
        return held("NO_RIGHT")
    if abs(op.a.at - record.found_at) > ACTS_WITHIN_MS:
        return held("INVALID")
    record.ticks.append(Ticked(op.id, op.a.duty, op.actor.uid, op.a.at, op.a.text, proven(op.window, op.a.at)))
    record.ticks.sort(key=by_moment)
    _act(tx, record)
    return APPLIED


def note(tx: Tx, op: Op[NoteStep]) -> Outcome:
    """What was done, to whom it was reported, what a superior said; on an interview only a superior decides (EMG-03..05)."""
    record = tx.get(IncidentRecord, op.rid)
    if record is None:
        return held("REF_WAIT")
    if not _may_tick(op.actor, record):
        return held("NO_RIGHT")
    a = op.a
    if not a.text.strip() or abs(a.at - record.found_at) > ACTS_WITHIN_MS or (a.permitted is not None and a.step != "media"):
        return held("INVALID")
    if a.permitted is not None and not may_any(op.actor, "OFF", "LEAD", "TOP"):
        return held("NO_RIGHT")
    record.log.append(Entered(op.id, a.step, op.actor.uid, a.at, a.text, a.to, a.permitted))
    _act(tx, record)
    return APPLIED


def _act(tx: Tx, record: IncidentRecord) -> None:
    """Something was done about an incident; what was found after its end does not belong to it."""
    record.acted = True
    tx.put(record)
    _show(tx, record.main)
    _apart(tx, record.main)


def _apart(tx: Tx, rid: str) -> None:
    """What was found after the end of an incident is another one."""
    main = tx.get(IncidentRecord, rid)
    if main and main.ended_at != FOREVER and tx.find(IncidentRecord, "main = ? AND found_at > ?", [main.rid, main.ended_at]):
        _regroup(tx, main)


def link(tx: Tx, op: Op[LinkIncident]) -> Outcome:
    """The same thing as another report, or not (CON-40). Nothing is thrown away: every report stays as it was made."""
    record, other = tx.get(IncidentRecord, op.rid), tx.get(IncidentRecord, op.a.to)
    if record is None or not may_any(op.actor, "INS", "EFF", "OFF", "LEAD", "TOP"):
        return refused("NO_RIGHT")
    if op.a.to and (other is None or other.mistake or other.rid == record.rid or other.main == record.rid or other.drill != record.drill):
        return refused("INVALID")
    record.said_link = Linked(op.a.to, op.actor.uid, op.window.at)
    _regroup(tx, record)
    return APPLIED


def mistake(tx: Tx, op: Op[MarkMistake]) -> Outcome:
    """误报: there was no such thing, says the office or a leader, never who reported it; or there was after all. The report stays."""
    record = tx.get(IncidentRecord, op.rid)
    if record is None or not may_any(op.actor, "OFF", "LEAD", "TOP"):
        return refused("NO_RIGHT")
    if old := stale(tx, op, "incident"):
        return old
    if op.actor.uid == record.reporter:
        return refused("OWN_WORK")
    if not op.a.text.strip() or op.a.stands is (record.mistake is None):
        return refused("INVALID")
    at = within(op.window, op.window.at)
    record.mistake = None if op.a.stands else Mistake(op.actor.uid, at, op.a.text)
    record.log.append(Entered(op.id, "stands" if op.a.stands else "mistaken", op.actor.uid, at, op.a.text, ""))
    record.acted = True
    rest = [one.rid for one in tx.find(IncidentRecord, "main = ?", [record.main], "said_at, rid") if one.rid != record.rid]
    shown, record.showing = record.showing, None
    _regroup(tx, record)
    if record.mistake:
        _pass_on(tx, op, record, rest[0] if rest else "", shown)
    return APPLIED


def _pass_on(tx: Tx, op: Op[MarkMistake], record: IncidentRecord, other: str, shown: Showing | None) -> None:
    """What lobby screens say of a report that was a mistake they say of the `other` that stands; without one, no longer (EMG-08)."""
    heir = tx.get(IncidentRecord, other)
    heir = tx.get(IncidentRecord, heir.main) if heir else None
    if heir:
        heir.showing = shown or heir.showing
        tx.put(heir)
    evacuation.pass_on(tx, op.id, record, heir)
    if heir:
        _show(tx, heir.rid)


def announce(tx: Tx, op: Op[TellLobby]) -> Outcome:
    """Lobby screens say it (EMG-08): a closed message, never free text; never for an exercise, nor once it is over."""
    report = tx.get(IncidentRecord, op.rid)
    main = tx.get(IncidentRecord, report.main) if report else None
    if main is None or not may_any(op.actor, "OFF", "LEAD", "TOP"):
        return refused("NO_RIGHT")
    hall = hall_of(tx)
    known = all(tx.ask("post", post=post) for post in op.a.paper_posts)
    if main.drill or not known or op.a.go_to not in ("", *(zone.id for zone in hall.zones)):
        return refused("INVALID")
    if main.ended_at != FOREVER:
        return refused("GONE", tx.version("incident", op.rid))
    since = main.showing.since if main.showing else op.window.at
    main.showing = Showing(op.a.message, since, op.actor.uid, op.a.go_to, op.a.paper_posts)
    tx.put(main)
    if op.a.message == "evacuate":
        evacuation.begin(tx, op, main)
    else:
        evacuation.clear(tx, main, op.window.at)
    _show(tx, main.rid)
    return APPLIED


def all_clear(tx: Tx, op: Op[AllClear]) -> Outcome:
    """Lobby screens show it no longer, whichever of its reports that is said of."""
    report = tx.get(IncidentRecord, op.rid)
    main = tx.get(IncidentRecord, report.main) if report else None
    if main is None or not may_any(op.actor, "OFF", "LEAD", "TOP"):
        return refused("NO_RIGHT")
    if main.showing is None:
        return refused("GONE", tx.version("incident", op.rid))
    main.showing = None
    tx.put(main)
    evacuation.clear(tx, main, op.window.at)
    _show(tx, main.rid)
    return APPLIED


def put_plan(tx: Tx, op: Op[PutIncidentPlan]) -> Outcome:
    """The hall's own plan for a kind of incident (EMG-09)."""
    if not may_any(op.actor, "OFF", "LEAD", "TOP"):
        return refused("NO_RIGHT")
    if old := stale(tx, op, "incident.plan"):
        return old
    if plan_wrong(op.rid, op.a.steps):
        return refused("INVALID")
    _lay_down(tx, IncidentPlanRecord(rid=op.rid, steps=op.a.steps, by=op.actor.uid))
    return APPLIED


def _lay_down(tx: Tx, plan: IncidentPlanRecord) -> None:
    tx.put(plan)
    tx.project(plan_face(plan))


def found(tx: Tx) -> None:
    """A hall begins with the shipped plans (EMG-09)."""
    for kind, steps in shipped_plans().items():
        if tx.get(IncidentPlanRecord, kind) is None:
            _lay_down(tx, IncidentPlanRecord(rid=kind, steps=steps))


def _may_tick(actor: Actor, record: IncidentRecord) -> bool:
    """Those who see it may do something about it."""
    if actor.uid in (record.reporter, record.responder) or may_any(actor, "INS", "EFF", "OFF", "LEAD", "TOP"):
        return True
    if any(actor.uid in call.people for call in record.calls):
        return True
    return "HEAD" in actor.roles and actor.unit == record.unit


def tick(tx: Tx) -> None:
    """Call the next person for every incident nobody handles (EMG-07); what is long closed leaves the devices."""
    leave_devices(tx, IncidentRecord, "found_at", "incident", is_open=lambda one: one.ended_at == FOREVER)
    _mask_closed(tx)
    for main in {record.main for record in tx.find(IncidentRecord, "due_at <= ?", [tx.now])}:
        _show(tx, main)


def _mask_closed(tx: Tx) -> None:
    """Numbers that lead to a citizen go from the texts of what was closed long ago (PRV-09)."""
    changed = set()
    for one in newly_passed(tx, IncidentRecord, "ended_at", "masked:incident", "prv.mask_citizen_days"):
        ticks = [replace(tick, text=masked(tick.text)) for tick in one.ticks]
        log = [replace(entry, text=masked(entry.text), to=masked(entry.to)) for entry in one.log]
        mistake = replace(one.mistake, text=masked(one.mistake.text)) if one.mistake else None
        if (masked(one.text), ticks, log, mistake) != (one.text, one.ticks, one.log, one.mistake):
            tx.put(replace(one, text=masked(one.text), ticks=ticks, log=log, mistake=mistake))
            changed.add(one.main)
    for main in changed:
        _show(tx, main)


def _show(tx: Tx, main: str, members: list[IncidentRecord] | None = None, acted: list[IncidentRecord] | None = None) -> None:
    """Derive what follows from all that was done about one incident (`acted` if known), and show `members` of it (all without)."""
    first = next((one for one in members or () if one.rid == main), None) or tx.get(IncidentRecord, main)
    if first is None or first.whole is None:
        return
    hall = hall_of(tx)
    timers = Timers(*(minutes_ms(hall, key, first.found_at) for key in ("emg.responder_min", "emg.head_min", "emg.lead_min")))
    acted = tx.find(IncidentRecord, "main = ? AND acted = ?", [main, True]) if acted is None else acted
    ticks = [tick for one in acted for tick in one.ticks]
    witnessed = is_witnessed(first, acted, by_two=first.whole.by_two)
    came_at, ended = first.whole.received_at, ended_at(ticks, witnessed=witnessed)
    ended = min(ended, first.mistake.at) if first.mistake else ended
    reached = "" if first.drill or first.mistake else escalated(came_at, ticks, tx.now, timers)
    _call(tx, first, reached)
    state = state_of(ticks, [entry.step for one in acted for entry in one.log], witnessed=witnessed, drill=first.drill)
    state = "mistaken" if first.mistake else state
    handling_ms, report_ms = (minutes_ms(hall, key, first.found_at) for key in ("emg.handling_min", "emg.report_min"))
    terms = Terms(handling_ms, report_ms, rule(hall, "emg.feedback_hours", first.found_at) * HOUR_MS)
    for record in tx.find(IncidentRecord, "main = ?", [main], "said_at, rid") if members is None else members:
        waits = record.rid == main and not record.drill and not record.mistake
        record.due_at = due_at(came_at, ticks, tx.now, timers) if waits else FOREVER
        free = free_until(record, ended, day_start(add_days(day_of(record.since_at, hall.tz), 1), hall.tz))
        was_real = record.state != "mistaken"
        if (ended, free, state != "mistaken") != (record.ended_at, record.free_until, was_real) and not record.drill:
            _touch(tx, hall, record)
        record.ended_at, record.free_until = ended, free
        is_main = record.rid == main
        done = in_place(came_at, ticks, terms, witnessed=witnessed) if is_main and not first.mistake else UNTOUCHED
        record.handled_at, record.reported_at, record.told_at, record.waited_min, record.report_min, record.in_time = done
        record.whole = record.whole if is_main else None
        if ended != FOREVER:
            record.showing = None
        record.state, record.calls = state, first.calls
        tx.put(record)
        evacuation.derive(tx, hall, record)
        shown = attached(tx, record.reporter, record.blobs)
        tx.project(incident_face(record, acted, reached, shown))
        tx.project(emergency_face(record, rule(hall, "awy.duty_level", record.found_at)))
        tx.project(announced_face(record))
        show_due(tx, "incident", record.rid, record.reporter, shown, {"role:OFF", f"u:{record.reporter}"}, record.received_at)


def _call(tx: Tx, main: IncidentRecord, reached: Escalated) -> None:
    """Call whom the ladder has come to and who was not called yet; what was done cannot be undone (EMG-07)."""
    was = {call.step for call in main.calls}
    for step in steps_taken(reached):
        if step not in was:
            main.calls = [*main.calls, Call(step, called(tx, main, step), tx.now)]
            tx.put(main)


def _touch(tx: Tx, hall: Hall, record: IncidentRecord) -> None:
    """Whether people may leave (AWY-12), and whether they are counted at the place (EMG-11), depends on it."""
    posts: list[PostRecord] = tx.ask("posts")
    grave = record.level <= rule(hall, "awy.duty_level", record.found_at)
    for post in posts:
        if grave or record.place in (post.rid, post.zone):
            tx.touch(post.rid, record.since_at, tx.now)


def suspended(tx: Tx, *, post: str, at: int) -> str | None:
    """The incident at a post or its zone, or that empties the hall, during which nobody there is counted (EMG-11); an exercise suspends
    nothing."""
    place: PostRecord | None = tx.ask("post", post=post)
    places = [post, place.zone if place else ""]
    found = tx.find(IncidentRecord, "place IN (?, ?) AND since_at <= ? AND free_until > ?", [*places, at, at])
    causes = [record.main for record in found] or [one.incident for one in evacuation.evacuated(tx, at, at + 1)]
    return causes[0] if causes else None


def suspensions(tx: Tx, *, post: str, from_at: int, to_at: int) -> list[tuple[int, int]]:
    """The spans (ms) of incidents at a post or its zone, or that empty the hall, that meet [from_at, to_at) (EMG-11)."""
    place: PostRecord | None = tx.ask("post", post=post)
    places = [post, place.zone if place else ""]
    found = tx.find(IncidentRecord, "place IN (?, ?) AND since_at < ? AND free_until > ?", [*places, to_at, from_at])
    spans = [(record.since_at, record.free_until) for record in found]
    return sorted([*spans, *((one.from_at, one.until_at) for one in evacuation.evacuated(tx, from_at, to_at))])


def emergencies(tx: Tx, *, level: int, from_at: int, to_at: int) -> list[str]:
    """Incidents of that level or graver that were being dealt with in the span."""
    span = "ended_at > ? AND since_at < ? AND level <= ? AND drill = ? AND state <> 'mistaken'"
    found = tx.find(IncidentRecord, span, [from_at, to_at, level, False])
    return [record.rid for record in found]


def show_again(tx: Tx, rid: str) -> None:
    """A photo of an incident has arrived."""
    if record := tx.get(IncidentRecord, rid):
        _show(tx, record.main, [record])


DOMAIN = Domain(
    name="incident",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(IncidentRecord, IncidentPlanRecord, evacuation.EvacuationRecord),
    handlers={
        "incident.report": report,
        "incident.tick": tick_duty,
        "incident.note": note,
        "incident.link": link,
        "incident.mistake": mistake,
        "incident.announce": announce,
        "incident.clear": all_clear,
        "incident.plan": put_plan,
    },
    found=found,
    tick=tick,
    answers={"emergencies": emergencies, "suspended": suspended, "suspensions": suspensions},
    attached=show_again,
    registers=REGISTERS,
    measures=MEASURES,
)
