"""A campaign with its phases, problems of every source and state, orders about what is hot and hard, bulletins."""

from datetime import date

from server.domain.bulletin import ops as bulletin
from server.domain.campaign import ops
from server.domain.hall.rules import add_days
from server.domain.hot import ops as hot
from server.examples.scene import Scene
from sync.units import MINUTE_MS


def play(s: Scene) -> None:
    """Problems first, then the campaign they belong to, then the orders."""
    if not s.has("office"):
        return
    _Problems(s).play()
    if s.has("leader"):
        _campaign(s)
        _orders(s)


class _Problems:
    """`problems`: one for each source, each in another state."""

    def __init__(self, s: Scene) -> None:
        self.s = s
        self.units = [s.own, *s.others()]

    def play(self) -> None:
        """As many as the hall has units for; the first stories are the ones a small hall shows, too."""
        stories = (
            *(self._verified, self._overdue, self._fresh, self._ordered, self._rectifying, self._claimed, self._returned, self._closed),
            *(self._disputed, self._withdrawn),
        )
        for n, story in enumerate(stories[: 3 if len(self.units) < 6 else len(stories)]):
            story(n)
        if self.s.has("leader"):
            self._again()

    def _find(self, n: int, back: int, source: ops.Source, code: str, level: ops.Level = "minor") -> str:
        unit = self.units[n % len(self.units)]
        said = ops.FindProblem(unit.rid, source, code, self.s.words[f"problem_{n}"], level)
        return self.s.new(self.s.at(back, "10:30"), self._finder, "problem.find", said)

    @property
    def _finder(self) -> str:
        return "efficiency" if self.s.has("efficiency") else "inspector"

    def _order(self, n: int, rid: str, back: int) -> str:
        """Orders the head of the unit to put it right; returns the head."""
        head = self.units[n % len(self.units)].head
        self.s.say(self.s.at(back, "14:50"), "office", "problem.order", rid, ops.OrderProblem(self.s.words[f"demand_{n}"], head))
        return head

    def _claim(self, rid: str, head: str, back: int, n: int) -> None:
        self.s.say(self.s.at(back, "09:00"), head, "problem.measures", rid, ops.SetMeasures(self.s.words[f"measures_{n}"]))
        self.s.say(self.s.at(back, "16:00"), head, "problem.claim", rid, ops.ClaimDone(self.s.words[f"claim_{n}"]))

    def _verified(self, n: int) -> None:
        rid = self._find(n, 14, "patrol", "F05")
        self._claim(rid, self._order(n, rid, 14), 12, n)
        verified = ops.VerifyProblem(True, self.s.words["verified"], self.s.words["unshown"])
        self.s.say(self.s.at(11, "10:00"), "office", "problem.verify", rid, verified)

    def _overdue(self, n: int) -> None:
        rid = self._find(n, 16, "complaint", "F20", "serious")
        self._order(n, rid, 16)

    def _fresh(self, n: int) -> None:
        self._find(n, 0, "rating", "F16")

    def _ordered(self, n: int) -> None:
        self._order(n, self._find(n, 2, "covert", "F14"), 1)

    def _rectifying(self, n: int) -> None:
        rid = self._find(n, 3, "meeting", "F21")
        head = self._order(n, rid, 2)
        self.s.say(self.s.at(1, "09:00"), head, "problem.measures", rid, ops.SetMeasures(self.s.words[f"measures_{n}"]))

    def _claimed(self, n: int) -> None:
        rid = self._find(n, 4, "evaluation", "F33")
        self._claim(rid, self._order(n, rid, 3), 1, n)

    def _returned(self, n: int) -> None:
        rid = self._find(n, 5, "media", "F11")
        self._claim(rid, self._order(n, rid, 4), 2, n)
        self.s.say(self.s.at(1, "15:00"), "office", "problem.verify", rid, ops.VerifyProblem(False, self.s.words["not_verified"]))

    def _closed(self, n: int) -> None:
        rid = self._find(n, 18, "complaint", "F23")
        self._order(n, rid, 18)
        self.s.say(self.s.at(6, "11:00"), "office", "problem.close", rid, ops.CloseProblem(self.s.words["closed"]))

    def _disputed(self, n: int) -> None:
        """It is not so, says the unit; nobody has decided since (PTL-10)."""
        rid = self._find(n, 2, "patrol", "F02")
        head = self._order(n, rid, 1)
        self.s.say(self.s.at(1, "16:20"), head, "problem.answer", rid, ops.AnswerProblem(self.s.words[f"dispute_{n}"], dispute=True))

    def _withdrawn(self, n: int) -> None:
        """Entered for the wrong unit (CON-44)."""
        rid = self._find(n, 3, "patrol", "F14")
        self.s.say(self.s.at(2, "09:40"), self._finder, "problem.withdraw", rid, ops.WithdrawProblem(self.s.words[f"withdrawn_{n}"]))

    def _again(self) -> None:
        """What was verified is there again (RCT-05)."""
        said = ops.FindProblem(self.s.own.rid, "patrol", "F05", self.s.words["problem_again"], "minor")
        self.s.new(self.s.at(1, "16:30"), "efficiency", "problem.find", said)


def _campaign(s: Scene) -> None:
    """Two phases done, one under way, one to come; every unit has reported (CAMP-01..06)."""
    units = [s.own, *s.others()[6:10]]
    kinds: tuple[tuple[ops.PhaseKind, str, str], ...] = (
        ("mobilise", s.days[20], s.days[16]),
        ("self_check", add_days(s.days[16], 1), s.days[6]),
        ("rules", add_days(s.days[6], 1), s.coming_day(6)),
        ("acceptance", add_days(s.coming_day(6), 1), s.coming_day(18)),
    )
    phases = [
        ops.Phase(kind, first, last, duties=[ops.CampaignDuty(kind, s.words[f"phase_{kind}"], units[n % len(units)].head)])
        for n, (kind, first, last) in enumerate(kinds)
    ]
    put = ops.PutCampaign(
        s.words["campaign"], [u.rid for u in units], phases, s.who("leader"), targets=[s.words["target_1"], s.words["target_2"]]
    )
    rid = s.new(s.at(20, "09:30"), "office", "camp.put", put)
    s.say(s.at(16, "16:10"), units[0].head, "camp.duty", rid, ops.ReportDuty("mobilise"))
    s.say(s.at(16, "17:00"), "office", "camp.finish", rid, ops.FinishPhase(0, s.words["phase_done"]))
    for n, unit in enumerate(units):
        at, name = s.at(12 - n % 3, "15:20"), s.people[unit.head].name
        found = [ops.FoundProblem(s.rid(at), "F33", s.words[f"self_{n}"], fixed=s.words["self_fixed"])] if n < 3 else []
        s.new(at, unit.head, "camp.self_check", ops.SelfCheck(rid, unit.rid, found, "" if found else name))
        for one in found:
            s.say(s.at(8, "10:00") + n * MINUTE_MS, "office", "problem.verify", one.rid, ops.VerifyProblem(True, s.words["verified"]))
    s.say(s.at(6, "16:30"), units[1 % len(units)].head, "camp.duty", rid, ops.ReportDuty("self_check"))
    s.say(s.at(6, "17:00"), "office", "camp.finish", rid, ops.FinishPhase(1, s.words["phase_done"]))
    outputs: tuple[ops.OutputKind, ...] = ("rule", "training", "good_practice")
    for n, kind in enumerate(outputs):
        said = ops.Output(rid, units[n].rid, kind, s.words[f"output_{kind}"], s.days[4 - n])
        s.new(s.at(4 - n, "16:40"), units[n].head, "camp.output", said)
    said = ops.Output(rid, units[1].rid, "evaluation", s.words["output_evaluation"], s.days[1], figure=912)
    s.new(s.at(1, "17:00"), "office", "camp.output", said)


def _orders(s: Scene) -> None:
    """Given, answered, sent back, settled; one is overdue (EMG-06, RCT-04)."""
    first, last = s.days[18], s.days[12]
    for n, unit in enumerate([s.own, *s.others()[2:6]]):
        at = s.at(15 if n == 4 else 5, "11:10")
        counted = [hot.Counted("incident", "crowd", 3 + n), hot.Counted("problem", "F05", 2 + n % 2)]
        order = hot.OrderSection(unit.rid, s.words[f"hot_{n}"], s.words[f"hot_demand_{n}"], first, last, counted)
        rid = s.new(at, "leader", "hot.order", order)
        if n in (1, 2, 3):
            s.say(s.at(3, "10:00"), unit.head, "hot.answer", rid, hot.AnswerOrder(s.words[f"hot_answer_{n}"]))
        if n in (2, 3):
            said = hot.SettleOrder(n == 3, s.words["hot_ok" if n == 3 else "hot_back"])
            s.say(s.at(2, "16:00"), "leader", "hot.settle", rid, said)


def bulletins(s: Scene) -> None:
    """Last week's of the patrols is out, this month's of the checks is being written (PTL-10, CHK-10)."""
    if not s.has("office"):
        return
    monday = add_days(s.days[0], -_weekday(s.days[0]) - 7)
    at = s.at(0, "09:20")
    rid = s.new(at, "office", "bulletin.draft", bulletin.DraftBulletin("patrol_week", monday, add_days(monday, 6)))
    wording = bulletin.BulletinWording(
        title=s.words["bulletin"],
        method=s.words["bulletin_method"],
        overall=s.words["bulletin_overall"],
        public_overall=s.words["bulletin_public"],
        good=[bulletin.BulletinCase(s.own.rid, s.words["bulletin_good"], s.words["bulletin_good_text"], public=True)],
        demands=s.words["bulletin_demands"],
    )
    s.say(at + 20 * MINUTE_MS, "office", "bulletin.edit", rid, bulletin.EditBulletin(wording))
    s.say(at + 30 * MINUTE_MS, "office", "bulletin.issue", rid, bulletin.IssueBulletin())
    first = f"{s.days[0][:7]}-01"
    last = add_days(f"{add_days(first, 31)[:7]}-01", -1)
    draft = s.new(at + 40 * MINUTE_MS, "office", "bulletin.draft", bulletin.DraftBulletin("patrol_month", first, last))
    wording = bulletin.BulletinWording(title=s.words["bulletin_month"], overall=s.words["bulletin_month_overall"])
    s.say(at + 50 * MINUTE_MS, "office", "bulletin.edit", draft, bulletin.EditBulletin(wording))


def _weekday(day: str) -> int:
    """0 is Monday."""
    return date.fromisoformat(day).weekday()
