"""Inspection plans, visits and what became of them, applications that are followed, social supervisors (CHK-01..12, SUP-01..04)."""

from server.domain.hall.demo import cycle_names
from server.domain.hall.rules import add_days, at_time
from server.domain.hall.tables import UnitRecord
from server.domain.norms.ops import ItemAnswer
from server.domain.supervisor import ops as supervisor
from server.domain.visit import case_ops as case
from server.domain.visit import ops as visit
from server.domain.visit import plan_ops as plans
from server.domain.visit import result_ops as results
from server.domain.visit.lists import checklist_of
from server.domain.visit.tables import MissionRecord
from server.examples.scene import Scene
from sync.units import HOUR_MS, MINUTE_MS

CHECKLIST = "ms-1"


def play(s: Scene) -> None:
    """Supervisors, a plan that is over and published, one that is under way, one that waits for its draw."""
    if s.has("supervisor"):
        _supervisors(s)
    if s.has("checklead", "shopper", "shopper2"):
        _Checks(s).play()


def _supervisors(s: Scene) -> None:
    """Two reports and a request: answered, open, overdue; others nominated, engaged from next week on, and one who left."""
    reports: tuple[tuple[supervisor.ReportKind, int], ...] = (("seen", 8), ("suggestion", 1), ("request", 18))
    for n, (kind, back) in enumerate(reports):
        at = s.at(back, "10:20")
        report = supervisor.FileReport(kind, s.words[f"sup_{n}"], at - HOUR_MS, s.others()[n].rid if n < 2 else "")
        rid = s.new(at, "supervisor", "sup.report", report)
        if n == 0:
            s.say(s.at(6, "15:00"), "office", "sup.answer", rid, supervisor.AnswerReport(s.words["sup_answer"]))
    named = {p.name for p in s.people.values()}
    free = [name for name in cycle_names() if name not in named]
    whom: tuple[supervisor.SupervisorKind, ...] = ("deputy", "enterprise", "citizen")
    for n, who in enumerate(whom):
        at = s.at(9, "09:30") + n * MINUTE_MS
        person = supervisor.Nominate(free[n], who, s.words["sup_checked"], [s.others()[n].rid], s.words["sup_text"])
        rid = s.new(at, "office", "sup.nominate", person)
        if n:
            begin = s.coming_day(4) if n == 1 else s.days[8]
            term = supervisor.Appoint(s.words["sup_number"].format(n=20 + n), begin, add_days(begin, 364))
            s.say(at + 20 * MINUTE_MS, "leader", "sup.appoint", rid, term)
        if n == 2:
            s.say(s.at(2, "10:00"), "leader", "sup.end", rid, supervisor.EndTerm("resigned", s.words["sup_left"]))


class _Checks:
    def __init__(self, s: Scene) -> None:
        self.s = s
        self.team = [s.who("shopper"), s.who("shopper2")]
        listed = checklist_of(s.tx, CHECKLIST)
        self.items = [item for group in listed.groups for item in group.items] if listed else []

    def play(self) -> None:
        """In the order of time: the evidence log rises with them."""
        s = self.s
        over = self._plan(12, s.days[10], s.days[5], [s.own, *s.others()[:2]], "plan_over")
        missions = sorted(s.tx.find(MissionRecord, "plan = ?", [over]), key=lambda m: (m.unit != s.own.rid, m.from_day, m.rid))
        for n, mission in enumerate(missions):
            self._visit(n, mission)
        s.say(s.at(3, "16:40"), "checklead", "plan.reveal", over, plans.RevealPlan(s.words["plan_text"]))
        running = self._plan(4, s.days[2], s.coming_day(6), s.others()[4:12], "plan_running")
        gone = [m for m in s.tx.find(MissionRecord, "plan = ?", [running], "from_day, rid") if m.from_day < s.today]
        sheets = [self._record(mission, mission.team[0], 1, at_time(mission.from_day, "10:05", s.hall.tz)) for mission in gone[:2]]
        self._commit(0, s.coming_day(9), s.coming_day(18), s.units[20:30], "plan_next", "09:05")
        if sheets:
            s.say(s.at(0, "09:15"), "checklead", "visit.check", sheets[0], results.FactCheck(s.words["visit_check"]), seen="visit")
        self._follow()

    # --- plans --------------------------------------------------------------------------------------------------------

    def _commit(self, back: int, first: str, last: str, units: list[UnitRecord], title: str, clock: str = "16:20") -> str:
        s = self.s
        told = plans.CommitPlan(
            s.words[title],
            "covert",
            CHECKLIST,
            [unit.rid for unit in units],
            self.team,
            first,
            last,
            ["am", "pm"],
            s.secret(),
            coverage_percent=100,
            team_size=2,
            story=s.words["story"],
        )
        return s.new(s.at(back, clock), "checklead", "plan.commit", told)

    def _plan(self, back: int, first: str, last: str, units: list[UnitRecord], title: str) -> str:
        """Laid down, and drawn from the first minute of the log after that (CHK-04)."""
        s = self.s
        rid, at = self._commit(back, first, last, units, title), s.at(back, "16:20")
        s.minute(at + 3 * MINUTE_MS)
        s.say(at + 5 * MINUTE_MS, "checklead", "plan.draw", rid, plans.DrawPlan())
        return rid

    # --- visits -------------------------------------------------------------------------------------------------------

    def _record(self, mission: MissionRecord, who: str, failed: int, arrived: int, shift: int = 0) -> str:
        """A whole sheet: `failed` items badly, beginning at the `shift`-th."""
        s = self.s
        marks = [
            ItemAnswer(item.id, "fail", s.words[f"visit_note_{n % 3}"], at=arrived + n * MINUTE_MS)
            if shift <= n < shift + failed and not item.veto
            else ItemAnswer(item.id, "full", at=arrived + n * MINUTE_MS)
            for n, item in enumerate(self.items)
        ]
        left = arrived + 35 * MINUTE_MS
        told = visit.RecordVisit(mission.rid, CHECKLIST, arrived, left, marks, s.words["badge"], mission.story, s.words["visit_said"])
        return s.new(min(left + 10 * MINUTE_MS, s.now), who, "visit.record", told)

    def _visit(self, n: int, mission: MissionRecord) -> None:
        """Published and answered, reviewed, to be reviewed; of one, a sheet was taken back and written anew (CON-44)."""
        s = self.s
        arrived = at_time(mission.from_day, "09:50", s.hall.tz)
        first = self._record(mission, mission.team[0], 4 + 3 * n, arrived, n)
        if n == 0:
            wrong = self._record(mission, mission.team[1], 1, arrived - 30 * MINUTE_MS)
            s.say(arrived + 50 * MINUTE_MS, mission.team[1], "visit.withdraw", wrong, results.WithdrawVisit(s.words["visit_again"]))
        self._record(mission, mission.team[1], 3 + 3 * n, arrived + 2 * MINUTE_MS, n)
        at = s.at(4, "09:00") + n * 10 * MINUTE_MS
        if n % 2:
            item = self.items[4 + 4 * n - 1].id
            said = results.SettleItem(item, "half", s.words["settled"])
            s.say(at, "checklead", "visit.settle", mission.rid, said, seen="visit.team")
        s.say(at + 2 * MINUTE_MS, "checklead", "visit.publish", first, visit.Publish(s.words["visit_published"]), seen="visit")
        head = s.tx.ask("unit", unit=mission.unit).head
        if n == 0:
            s.say(s.at(3, "10:00"), head, "visit.tell", first, results.TellPerson(s.who("staff")))
            s.say(s.at(3, "15:00"), "staff", "visit.answer", first, results.AnswerVisit(s.words["visit_answer_0"]))
        else:
            s.say(s.at(3, "11:00"), head, "visit.answer", first, results.AnswerVisit(s.words[f"visit_answer_{n}"], review=True))
        if n == 1:
            review = results.ReviewVisit(s.words["visit_review"])
            s.say(s.at(2, "10:00"), "leader", "visit.review", first, review, seen="visit.unit")

    # --- applications -------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """A test application that is still open, and a real one that came to its end (CHK-08)."""
        s = self.s
        missions = s.tx.find(MissionRecord, "plan = ''")
        test, real = missions[0].rid, missions[-1].rid
        number, at = s.words["permit_number"].format(year=s.today[:4]), s.at(0, "09:20")
        allowed = case.PermitCase(test, number, s.words["case_matter"], s.coming_day(15))
        s.new(s.at(1, "16:00"), "checklead", "case.permit", allowed)
        rid = s.new(at, "shopper", "case.open", case.OpenCase(test, "test", s.words["case_matter"], number))
        receipt = case.StepCase("receipt", at, s.words["case_receipt"], s.words["case_number"].format(year=s.today[:4]), s.coming_day(3))
        s.say(at + 5 * MINUTE_MS, "shopper", "case.step", rid, receipt)
        told = case.StepCase("notice", at + 6 * MINUTE_MS, s.words["case_notice"], equal="no")
        s.say(at + 8 * MINUTE_MS, "shopper", "case.step", rid, told)
        at = s.at(1, "10:30")
        rid = s.new(at, "shopper2", "case.open", case.OpenCase(real, "real", s.words["case_real"]))
        s.say(at + 9 * MINUTE_MS, "shopper2", "case.step", rid, case.StepCase("notice", at + 8 * MINUTE_MS, equal="yes"))
        s.say(s.at(0, "09:40"), "shopper2", "case.step", rid, case.StepCase("finished", s.at(0, "09:38"), s.words["case_done"]))
