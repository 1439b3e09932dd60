"""Places that are looked at and repaired, and things that happen."""

from server.domain.facility import ops as facility
from server.domain.incident import ops
from server.domain.norms.ops import ItemAnswer
from server.examples.scene import Scene
from sync.units import HOUR_MS, MINUTE_MS


def play(s: Scene) -> None:
    """An inspection with what came of it, faults people reported, incidents."""
    if s.has("inspector"):
        _inspection(s)
        _crowd(s)
        _mistaken(s)
    _repairs(s)
    if s.has("leader"):
        _system(s)
        _drill(s)


def _inspection(s: Scene) -> None:
    """Two things fail: one is repaired and seen to be, the other is overdue (FAC-05)."""
    rid, checklist = s.tx.ask("checklist_now", use="facility", day=s.days[5])
    items = [item for group in checklist.groups for item in group.items]
    failed = {items[2].id: s.words["fault_1"], items[14].id: s.words["fault_2"]}
    answers = [ItemAnswer(i.id, "fail", failed[i.id]) if i.id in failed else ItemAnswer(i.id, "full") for i in items]
    zone, at = s.posts[0].zone, s.at(9, "09:10")
    faults = {items[14].id: facility.Fault("fault", "serious", zone)}
    inspection = facility.Inspect(rid, at, at + 25 * MINUTE_MS, answers, -1, zone, faults, s.words["inspection"])
    seen = s.new(at + 26 * MINUTE_MS, "inspector", "facility.inspect", inspection)
    keeper = (s.colleagues(s.tx.ask("office").rid) or [s.who("standin")])[-1]
    one, late = (f"{seen}.{item}" for item in failed)
    s.say(at + 2 * HOUR_MS, "office", "repair.assign", one, facility.AssignRepair(keeper, text=s.words["repair_order"]))
    s.say(s.at(7, "15:00"), keeper, "repair.done", one, facility.Repaired(s.words["repaired_1"], s.at(7, "15:00")))
    s.say(s.at(6, "09:30"), "inspector", "repair.check", one, facility.CheckRepair(True, s.words["repair_ok"]))
    s.say(at + 2 * HOUR_MS, "office", "repair.assign", late, facility.AssignRepair(keeper, s.days[4], s.words["repair_order"]))


def _repairs(s: Scene) -> None:
    """Said by people at their desks: fresh, given to somebody, done and waiting for a look, come back, dropped."""
    staff, posts = s.who("staff"), [s.post_of(unit.rid).rid for unit in (s.own, *s.others()[:4])]
    said = [
        s.new(s.at(4 - n, "10:15"), staff, "repair.report", facility.ReportFault(post, s.words[f"fault_{3 + n}"], s.at(4 - n, "10:10")))
        for n, post in enumerate(posts)
    ]
    keeper = s.who("standin")
    for rid in said[:-1]:
        s.say(s.at(2, "11:00"), "office", "repair.assign", rid, facility.AssignRepair(keeper))
    if len(said) < 5:
        return
    s.say(s.at(1, "10:00"), keeper, "repair.done", said[1], facility.Repaired(s.words["repaired_2"], s.at(1, "10:00")))
    s.say(s.at(1, "11:00"), keeper, "repair.done", said[2], facility.Repaired(s.words["repaired_1"], s.at(1, "11:00")))
    s.say(s.at(1, "15:00"), "inspector", "repair.check", said[2], facility.CheckRepair(False, s.words["repair_no"]))
    s.say(s.at(1, "16:00"), "office", "repair.drop", said[3], facility.DropRepair(s.words["repair_dropped"]))


def _tick(s: Scene, rid: str, at: int, who: str, duty: ops.Duty, text: str) -> None:
    s.say(at, who, "incident.tick", rid, ops.Tick(duty, at, text))


def _crowd(s: Scene) -> None:
    """A crowd, dealt with from the report to the cause, three days ago (EMG-03..05)."""
    at, zone = s.at(3, "09:35"), s.posts[0].zone
    rid = s.new(at, "inspector", "incident.report", ops.Report("crowd", zone, at, 3, 40, s.words["crowd"]))
    _tick(s, rid, at + 6 * MINUTE_MS, "office", "handling", s.words["crowd_handled"])
    s.say(at + 8 * MINUTE_MS, "office", "incident.note", rid, ops.NoteStep("action", at + 8 * MINUTE_MS, s.words["crowd_action"]))
    _tick(s, rid, at + 15 * MINUTE_MS, "office", "report", s.words["crowd_reported"])
    s.say(at + 50 * MINUTE_MS, "inspector", "incident.note", rid, ops.NoteStep("restored", at + 50 * MINUTE_MS, s.words["crowd_over"]))
    _tick(s, rid, at + HOUR_MS, "office", "feedback", s.words["crowd_told"])
    s.say(at + 3 * HOUR_MS, "office", "incident.note", rid, ops.NoteStep("cause", at + 3 * HOUR_MS, s.words["crowd_cause"]))
    s.say(at + 4 * HOUR_MS, "office", "incident.note", rid, ops.NoteStep("improve", at + 4 * HOUR_MS, s.words["crowd_better"]))
    s.say(at + 5 * HOUR_MS, "office", "incident.note", rid, ops.NoteStep("truthful", at + 5 * HOUR_MS, s.words["crowd_reported"]))


def _mistaken(s: Scene) -> None:
    """A smell of fire that was none, the office says (CON-40)."""
    at = s.at(2, "11:50")
    rid = s.new(at, "inspector", "incident.report", ops.Report("fire", s.posts[-1].zone, at, 2, 0, s.words["mistaken"]))
    s.say(at + 9 * MINUTE_MS, "office", "incident.mistake", rid, ops.MarkMistake(s.words["mistaken_text"]), seen="incident")


def _system(s: Scene) -> None:
    """A system that does not answer, reported twice, still being dealt with."""
    unit = s.others()[2]
    post, at = s.post_of(unit.rid).rid, s.at(0, "10:40")
    who = next(uid for uid in s.duty(post, s.days[0]) if uid)
    rid = s.new(at, who, "incident.report", ops.Report("system", post, at, 4, 6, s.words["system"]))
    s.new(at + 3 * MINUTE_MS, "inspector", "incident.report", ops.Report("system", post, at + 2 * MINUTE_MS, 4, 9, s.words["system_too"]))
    _tick(s, rid, at + 7 * MINUTE_MS, unit.head, "handling", s.words["system_handled"])
    up = ops.NoteStep("report_up", at + 9 * MINUTE_MS, s.words["system_up"], s.words["system_to"])
    s.say(at + 9 * MINUTE_MS, unit.head, "incident.note", rid, up)


def _drill(s: Scene) -> None:
    """An exercise last week (EMG-09)."""
    at = s.at(8, "16:40")
    rid = s.new(at, "office", "incident.report", ops.Report("fire", s.posts[-1].zone, at, 3, 0, s.words["drill"], drill=True))
    _tick(s, rid, at + 4 * MINUTE_MS, "office", "handling", s.words["drill_handled"])
    _tick(s, rid, at + 8 * MINUTE_MS, "office", "report", s.words["crowd_reported"])
    _tick(s, rid, at + 12 * MINUTE_MS, "office", "feedback", s.words["drill_told"])
