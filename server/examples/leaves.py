"""Leave in all its states, work that changes hands, and what a month's attendance asks of people."""

from server.domain.attendance import ops as attendance
from server.domain.attendance.tables import ExceptionRecord
from server.domain.handover import ops as handover
from server.domain.leave import ops
from server.domain.norms.ops import ReadHandbook
from server.domain.roster import ops as roster
from server.examples.scene import Scene
from sync.units import HOUR_MS, MINUTE_MS


def play(s: Scene) -> None:
    """One after the other."""
    _own_leave(s)
    _queue(s)
    _behind(s)
    _handed_over(s)
    _attendance(s)
    _read(s)
    if s.has("office"):
        _next_week(s)


def _ask(s: Scene, at: int, uid: str, kind: str, span: tuple[int, int], text: str, stand_in: str | None = None) -> str:
    return s.new(at, uid, "leave.request", ops.LeaveRequest(uid, kind, *span, text, stand_in))


def _own_leave(s: Scene) -> None:
    """The staff's: one day approved, with the work handed over to the stand-in (LV-06, AB-02); two half days that are over, one of
    them with a late return (LV-07).
    """
    staff, b = s.who("staff"), s.who("standin")
    at, span = s.at(1, "16:10"), (s.coming(3, "08:30"), s.coming(3, "17:30"))
    leave = _ask(s, at, staff, "personal", span, s.words["leave_family"], b)
    s.say(at + 20 * MINUTE_MS, s.own.head, "leave.decide", leave, ops.LeaveDecide(True, s.words["agreed"]))
    s.say(at + 40 * MINUTE_MS, "office", "leave.decide", leave, ops.LeaveDecide(True))
    post = next(p.rid for p in s.posts if s.duty(p.rid, s.today)[0] == staff)
    items = [
        handover.HandoverItem(s.words["matter_1"], "doing", s.coming_day(4), s.words["matter_1_papers"]),
        handover.HandoverItem(s.words["matter_2"], appointment=s.coming(3, "10:00")),
    ]
    sheet = handover.Prepare(post, staff, b, *span, "leave", items, [s.words["key_1"], s.words["key_2"]], s.words["handover_note"])
    rid = s.new(at + 50 * MINUTE_MS, staff, "handover.prepare", sheet)
    s.say(at + 51 * MINUTE_MS, b, "handover.received", rid, handover.SheetReceived())
    s.say(at + 55 * MINUTE_MS, b, "handover.answer", rid, handover.SheetAnswer(True))
    for back, (day, clock), text, why in (
        (9, (8, "10:20"), s.words["leave_long"], s.words["leave_late"]),
        (6, (6, "17:28"), s.words["leave_errand"], ""),
    ):
        past = (s.at(back, "14:30"), s.at(back, "17:30"))
        leave = _ask(s, s.at(back + 1, "10:00"), staff, "personal", past, text, b)
        s.say(s.at(back + 1, "10:30"), s.own.head, "leave.decide", leave, ops.LeaveDecide(True))
        s.say(s.at(back + 1, "11:00"), "office", "leave.decide", leave, ops.LeaveDecide(True))
        s.say(s.at(day, clock), staff, "leave.return", leave, ops.LeaveReturn(s.at(day, clock), why))


def _queue(s: Scene) -> None:
    """What waits: for the head, for the office, and one told by phone that is not filed yet (LV-05)."""
    mine = [uid for uid in s.colleagues(s.own.rid) if uid not in s.personas.values()]
    first, b = (mine[0], s.who("standin")) if mine else (s.who("standin"), s.who("staff"))
    afternoon = s.coming(1, "14:30"), s.coming(1, "17:30")
    _ask(s, s.at(0, "09:12"), first, "personal", afternoon, s.words["leave_school"], b)
    if len(mine) > 1:
        annual = _ask(s, s.at(0, "08:50"), mine[1], "annual", (s.coming(6, "08:30"), s.coming(7, "17:30")), s.words["leave_trip"])
        s.say(s.at(0, "09:30"), s.own.head, "leave.decide", annual, ops.LeaveDecide(True))
    if len(mine) > 2:
        told = ops.LeaveTold(mine[2], s.at(0, "08:05"), s.at(0, "08:30"), s.at(0, "08:30") + 9 * HOUR_MS, s.words["leave_phone"])
        s.new(s.at(0, "08:10"), s.own.head, "leave.told", told)
    for unit in s.others()[:3]:
        for uid in s.colleagues(unit.rid)[:1]:
            _ask(s, s.at(0, "09:40"), uid, "personal", (s.coming(2, "08:30"), s.coming(2, "12:00")), s.words["leave_errand"])


def _behind(s: Scene) -> None:
    """What is decided: refused, taken back, ill just now, and one whose return nobody has said yet (LV-07, CON-19)."""
    mine = [uid for uid in s.colleagues(s.own.rid) if uid not in s.personas.values()]
    if len(mine) < 5:
        return
    refused = _ask(s, s.at(2, "15:00"), mine[3], "personal", (s.coming(0, "08:30"), s.coming(0, "12:00")), s.words["leave_errand"])
    s.say(s.at(2, "15:40"), s.own.head, "leave.decide", refused, ops.LeaveDecide(False, s.words["leave_no"]))
    taken_back = _ask(s, s.at(2, "09:00"), mine[4], "personal", (s.coming(4, "08:30"), s.coming(4, "12:00")), s.words["leave_errand"])
    s.say(s.at(1, "09:00"), mine[4], "leave.withdraw", taken_back, ops.LeaveWithdraw(s.words["leave_back"]))
    unit = s.others()[1]
    for uid, span, kind, text in (
        (s.colleagues(unit.rid)[0], (s.at(1, "08:30"), s.coming(1, "17:30")), "sick", s.words["leave_ill"]),
        (s.colleagues(unit.rid)[1], (s.at(1, "14:30"), s.at(1, "17:30")), "personal", s.words["leave_errand"]),
    ):
        leave = _ask(s, s.at(2, "16:00"), uid, kind, span, text, unit.head)
        s.say(s.at(2, "16:20"), unit.head, "leave.decide", leave, ops.LeaveDecide(True))
        s.say(s.at(2, "16:50"), "office", "leave.decide", leave, ops.LeaveDecide(True))


def _handed_over(s: Scene) -> None:
    """A sheet that came back and is closed, and one the stand-in had to decline (AB-05, AB-06)."""
    for n, unit in enumerate(s.others()[:2]):
        post = s.post_of(unit.rid).rid
        a, b = s.duty(post, s.days[3])
        if not a or not b:
            continue
        at, span = s.at(4, "16:30"), (s.at(3, "08:30"), s.at(3, "12:00"))
        if n == 1:
            at, span = s.at(0, "08:40"), (s.coming(0, "14:30"), s.coming(0, "17:30"))
        items = [handover.HandoverItem(s.words["matter_3"], due=s.days[2]), handover.HandoverItem(s.words["matter_2"])]
        sheet = s.new(at, a, "handover.prepare", handover.Prepare(post, a, b, *span, "training", items, [s.words["key_1"]]))
        s.say(at + MINUTE_MS, b, "handover.received", sheet, handover.SheetReceived())
        if n == 1:
            s.say(at + 9 * MINUTE_MS, b, "handover.answer", sheet, handover.SheetAnswer(False, s.words["handover_no"]))
            continue
        s.say(at + 9 * MINUTE_MS, b, "handover.answer", sheet, handover.SheetAnswer(True))
        s.say(span[1] - 30 * MINUTE_MS, b, "handover.item", sheet, handover.ItemNote(0, "done", s.words["item_done"]))
        s.say(span[1], b, "handover.back", sheet, handover.Back(span[1], s.words["handover_report"]))
        s.say(span[1] + 5 * MINUTE_MS, a, "handover.close", sheet, handover.SheetClose(s.words["handover_closed"]))


# --- attendance -------------------------------------------------------------------------------------------------------


def _attendance(s: Scene) -> None:
    """Exceptions explained, confirmed and appealed against; a correction and a hand list that wait; an excuse for many (ATT-05..09)."""
    # What was settled with its month is decided on no more.
    found = s.tx.find(ExceptionRecord, "state = 'detected' AND settled = ?", [False], "day, rid")
    taken = [exc for exc in found if exc.kind in ("late", "early", "half_day", "missing") and exc.day < s.today][:4]
    for n, exc in enumerate(taken):
        at = s.at(0, "09:10") + n * MINUTE_MS
        s.say(at, exc.person, "att.answer", exc.rid, attendance.AnswerException(s.words[f"att_answer_{n % 2}"]))
        decider = s.tx.ask("unit", unit=exc.unit).head
        if n == 0 or decider in ("", exc.person):
            continue
        accept = n == 1
        said = attendance.AttDecide(accept, s.words["att_yes" if accept else "att_no"])
        s.say(at + 20 * MINUTE_MS, decider, "att.decide", exc.rid, said)
        if n == 3:
            s.say(at + 50 * MINUTE_MS, exc.person, "att.answer", exc.rid, attendance.AnswerException(s.words["att_appeal"], appeal=True))
    claim = s.at(1, "17:31")
    s.new(s.at(0, "08:45"), "staff", "att.correct", attendance.PunchCorrect(s.days[1], 1, "out", claim, s.words["att_forgot"]))
    if s.has("leader"):
        lines = [attendance.Listed(uid, s.at(2, "14:20")) for uid in s.colleagues(s.others()[0].rid)]
        listed = attendance.HandList(s.others()[0].rid, s.days[2], 1, "in", lines, "power", s.words["att_power"])
        s.new(s.at(2, "14:40"), lines[0].person, "att.hand_list", listed)
        storm = attendance.ExcuseAll(s.at(3, "08:00"), s.at(3, "09:30"), "weather", s.words["att_storm"], [u.rid for u in s.others()[:2]])
        s.new(s.at(3, "10:00"), "office", "att.excuse", storm)


def _read(s: Scene) -> None:
    """Some have read the handbook, most have not (LNG-06)."""
    for n, uid in enumerate(s.colleagues(s.own.rid)[:5] + [unit.head for unit in s.others()[:9]]):
        at = s.at(6, "09:00") + 7 * n * MINUTE_MS
        s.say(at, uid, "norm.read", "1", ReadHandbook(at))


def _next_week(s: Scene) -> None:
    """The roster after this one, as a draft (ORG-02)."""
    post = s.post_of(s.own.rid).rid
    a, b = s.duty(post, s.today)
    day = s.coming_day(5)
    s.say(s.at(0, "09:00"), "office", "roster.draft", day, roster.PutDraft([roster.DutyCell(day, post, b, a)]))
