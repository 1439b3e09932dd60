"""Several reports of one thing, the log of what was done, the messages of the lobby, what is suspended (CON-40, EMG-03..11)."""

import random
from collections.abc import Callable
from itertools import permutations
from typing import Any, get_args

import pytest

from server.domain.base import Outcome
from server.domain.hall.rules import FOREVER
from server.domain.incident.evacuation import EvacuationRecord
from server.domain.incident.ops import AllClear, Duty, Kind, LinkIncident, NoteStep, PutIncidentPlan, Report, TellLobby, Tick
from server.domain.incident.registers import REGISTERS
from server.domain.incident.rules import mains
from server.domain.incident.tables import IncidentRecord
from server.domain.patrol.ops import Observe, RoundStart
from tests.server.scenes.small_hall import ACTORS, DAY, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

REPORTS = {"i1": ("wang", "10:00"), "i2": ("lin", "10:04"), "i3": ("li", "10:01")}


def report(hall: MemoryHall, rid: str, who: str, said: str, *, received: str = "", **more: Any) -> Outcome:
    """A dispute at w1, reported at `said`, received then or later."""
    args = {"kind": "dispute", "place": "w1", "found_at": at(said), "level": 3} | more
    return hall.send(ACTORS[who], "incident.report", rid, Report(**args), at=at(said), received=at(received or said))


def note(hall: MemoryHall, who: str, step: Any, text: str = "已办", clock: str = "10:05", **more: Any) -> Outcome:
    return hall.send(ACTORS[who], "incident.note", "i1", NoteStep(step, at(clock), text, **more), received=at(clock))


def act(hall: MemoryHall, who: str, args: TellLobby | AllClear, rid: str = "i1") -> Outcome:
    kind = "incident.clear" if isinstance(args, AllClear) else "incident.announce"
    return hall.send(ACTORS[who], kind, rid, args)


@pytest.mark.parametrize("order", list(permutations(REPORTS)), ids=" ".join)
def test_three_reports_in_any_order_are_one_incident_and_the_earliest_report_is_its_time(order: tuple[str, ...]) -> None:
    """CON-40: the head of the place is first responsible, once."""
    hall = small_hall()
    for rid in order:
        who, said = REPORTS[rid]
        assert report(hall, rid, who, said, received="10:20").st == "applied"
    rows = dict(hall.rows("incident"))
    assert {rid: row.get("main", "") for rid, row in rows.items()} == {"i1": "", "i2": "i1", "i3": "i1"}
    assert (rows["i1"]["reports"], rows["i1"]["first_at"]) == (3, at("10:00"))
    assert {row["responder"] for row in rows.values()} == {"zhao"}


def test_what_is_done_about_one_report_is_done_about_all() -> None:
    hall = small_hall()
    for rid, (who, said) in REPORTS.items():
        report(hall, rid, who, said)
    for rid, duty in (("i1", "handling"), ("i2", "report"), ("i3", "feedback")):
        hall.send(ACTORS["zhao"], "incident.tick", rid, Tick(duty, at("10:10")), received=at("10:10"))  # type: ignore[arg-type]
    assert {row["state"] for _, row in hall.rows("incident")} == {"resolved"}
    assert {len(row["done"]) for _, row in hall.rows("incident")} == {3}


@pytest.mark.parametrize("other", [{"kind": "power"}, {"place": "w2"}, {"said": "10:31"}, {"drill": True}])
def test_another_thing_place_or_time_is_another_incident(other: dict[str, Any]) -> None:
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    report(hall, "i2", "lin", **({"said": "10:05"} | other))
    assert hall.row("incident", "i2").get("main", "") == ""


def test_a_persons_word_joins_and_parts_reports_and_every_report_stays() -> None:
    """CON-40."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    report(hall, "i2", "lin", "10:05", place="w2")
    assert hall.send(ACTORS["zhou"], "incident.link", "i2", LinkIncident("i1")).st == "applied"
    assert hall.row("incident", "i2")["main"] == "i1"
    assert hall.row("incident", "i1")["reports"] == 2
    assert hall.send(ACTORS["zhou"], "incident.link", "i2", LinkIncident("")).st == "applied"
    assert hall.row("incident", "i2").get("main", "") == ""
    assert "reports" not in hall.row("incident", "i1")


@pytest.mark.parametrize(("who", "to", "code"), [("wang", "i1", "NO_RIGHT"), ("zhou", "i2", "INVALID"), ("zhou", "i9", "INVALID")])
def test_a_link_that_makes_no_sense_is_refused(who: str, to: str, code: str) -> None:
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    report(hall, "i2", "lin", "10:05", place="w2")
    assert hall.send(ACTORS[who], "incident.link", "i2", LinkIncident(to)) == Outcome("refused", code)


def test_the_log_is_in_the_order_of_what_was_done_whoever_wrote_it_and_when() -> None:
    """EMG-03, EMG-05."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    note(hall, "zhou", "cause", "叫号机断网", "10:40")
    note(hall, "zhao", "action", "分流到 w2", "10:06")
    note(hall, "zhao", "report_up", "电话报告", "10:08", to="马")
    assert [(one["step"], one["by"]) for one in hall.row("incident", "i1")["log"]] == [
        ("action", "zhao"),
        ("report_up", "zhao"),
        ("cause", "zhou"),
    ]


@pytest.mark.parametrize(("who", "permitted", "want"), [("zhao", None, "applied"), ("zhao", True, "held"), ("ma", False, "applied")])
def test_only_a_superior_permits_an_interview(who: str, permitted: bool | None, want: str) -> None:
    """EMG-04."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    assert note(hall, who, "media", "记者要求采访", to="某报", permitted=permitted).st == want


@pytest.mark.parametrize(("wrong", "code"), [({"text": " "}, "INVALID"), ({"permitted": True}, "INVALID")])
def test_an_entry_that_says_nothing_is_kept_for_a_person(wrong: dict[str, Any], code: str) -> None:
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    assert note(hall, "ma", "action", **wrong) == Outcome("held", code)


def test_lobby_screens_say_a_closed_message_until_all_is_clear() -> None:
    """EMG-08, DSP-02: no place, no person, no text."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00", text="张某与窗口争执")
    assert act(hall, "zhou", TellLobby("system", "B", ["w2"])).st == "applied"
    assert hall.buckets("emergency.pub", "i1") == {"pub"}
    assert hall.row("emergency.pub", "i1") == {"message": "system", "since": at("10:00"), "go_to": "B", "paper_posts": ["w2"]}
    assert act(hall, "zhou", AllClear()).st == "applied"
    assert hall.row("emergency.pub", "i1") is None
    assert act(hall, "zhou", AllClear()).code == "GONE"


def test_the_lobby_is_cleared_by_a_word_on_any_report_of_the_incident_though_an_earlier_one_came_since() -> None:
    """EMG-08, CON-40: what was told belongs to the incident; a report made before becomes its main one."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    assert act(hall, "zhou", TellLobby("evacuate")).st == "applied"
    report(hall, "i0", "li", "9:58", received="10:20")
    assert {rid: row.get("shown", False) for rid, row in hall.rows("incident")} == {"i0": True, "i1": False}
    assert [rid for rid, _ in hall.rows("emergency.pub")] == ["i0"]
    assert act(hall, "zhou", TellLobby("system"), "i1").st == "applied"
    assert [(rid, row["message"]) for rid, row in hall.rows("emergency.pub")] == [("i0", "system")], "one incident says one thing"
    assert act(hall, "zhou", AllClear(), "i1").st == "applied"
    assert list(hall.rows("emergency.pub")) == []
    assert all(one.cleared_at < FOREVER for one in hall.tx.find(EvacuationRecord))


@pytest.mark.parametrize("order", list(permutations(("i1", "i2", "done"))), ids=" ".join)
def test_two_reporters_witness_each_other_in_any_order(order: tuple[str, ...]) -> None:
    """EMG-05, CON-40: whoever reported first may end it, once another has reported the same thing."""
    hall = small_hall()
    for step in order:
        if step != "done":
            report(hall, step, {"i1": "zhao", "i2": "wang"}[step], {"i1": "10:00", "i2": "10:01"}[step], received="10:20")
            continue
        for duty in ("handling", "report", "feedback"):
            rid = "i1" if order.index("i1") < order.index("done") else "i2"
            hall.send(ACTORS["zhao"], "incident.tick", rid, Tick(duty, at("10:05")), received=at("10:20"))  # type: ignore[arg-type]
    assert {row["state"] for _, row in hall.rows("incident")} == {"resolved"}


def test_an_ended_incident_stays_ended_when_the_earlier_report_of_whoever_handled_it_arrives() -> None:
    """EMG-03, EMG-07, CON-40: nobody is called for it again."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00", level=1)
    for duty in ("handling", "report", "feedback"):
        hall.send(ACTORS["zhao"], "incident.tick", "i1", Tick(duty, at("10:05")), received=at("10:05"))  # type: ignore[arg-type]
    report(hall, "i2", "zhao", "9:59", received="11:00", level=1)
    assert (hall.row("incident", "i2")["state"], hall.row("emergency", "i2")) == ("resolved", None)
    (main,) = [one for one in hall.tx.find(IncidentRecord) if one.rid == one.main]
    assert (main.rid, main.in_time, main.ended_at) == ("i2", True, at("10:05"))


def test_a_closed_incident_leaves_the_lobby_by_itself() -> None:
    """EMG-08."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    act(hall, "ma", TellLobby("power"))
    for duty in ("handling", "report", "feedback"):
        hall.send(ACTORS["zhao"], "incident.tick", "i1", Tick(duty, at("10:10")), received=at("10:10"))  # type: ignore[arg-type]
    assert hall.row("emergency.pub", "i1") is None
    assert hall.row("incident", "i1")["state"] == "resolved"
    late = act(hall, "ma", TellLobby("power"))
    assert late == Outcome("refused", "GONE", hall.tx.version("incident", "i1")), "nothing would be shown"


@pytest.mark.parametrize(
    ("who", "args", "code"),
    [
        ("wang", TellLobby("system"), "NO_RIGHT"),
        ("zhao", TellLobby("system"), "NO_RIGHT"),
        ("zhou", TellLobby("system", "nowhere"), "INVALID"),
        ("zhou", TellLobby("system", "", ["w9"]), "INVALID"),
    ],
)
def test_who_may_speak_to_the_lobby_and_what_is_no_message(who: str, args: TellLobby, code: str) -> None:
    """EMG-08."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    assert act(hall, who, args) == Outcome("refused", code)


def test_nobody_at_the_place_is_counted_while_it_lasts_and_an_exercise_suspends_nothing() -> None:
    """EMG-11."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00", place="A")
    note(hall, "zhou", "action")
    asked = {(post, clock): hall.tx.ask("suspended", post=post, at=at(clock)) for post in ("w1", "w3") for clock in ("9:59", "10:30")}
    assert asked == {("w1", "9:59"): None, ("w1", "10:30"): "i1", ("w3", "9:59"): None, ("w3", "10:30"): None}
    for duty in ("handling", "report", "feedback"):
        hall.send(ACTORS["zhou"], "incident.tick", "i1", Tick(duty, at("10:40")), received=at("10:40"))  # type: ignore[arg-type]
    assert hall.tx.ask("suspended", post="w1", at=at("10:45")) is None
    quiet = small_hall()
    report(quiet, "i1", "wang", "10:00", drill=True)
    note(quiet, "zhao", "action")
    assert quiet.tx.ask("suspended", post="w1", at=at("10:30")) is None
    assert act(quiet, "zhou", TellLobby("power")) == Outcome("refused", "INVALID")
    quiet.tick(at("11:30"))
    assert quiet.row("incident", "i1")["escalated"] == ""


def suspended(hall: MemoryHall, clock: str, day: str = DAY) -> bool:
    """Whether nobody is counted at w1 at that time; both answers agree on it."""
    one = hall.tx.ask("suspended", post="w1", at=at(clock, day)) is not None
    assert one is bool(hall.tx.ask("suspensions", post="w1", from_at=at(clock, day), to_at=at(clock, day) + 1))
    return one


def close(hall: MemoryHall, who: str, clock: str, **how: Any) -> None:
    """All three duties, by one person."""
    for duty in ("handling", "report", "feedback"):
        args = Tick(duty, at(clock))  # type: ignore[arg-type]
        assert hall.send(ACTORS[who], "incident.tick", "i1", args, **({"received": at("10:40")} | how)).st == "applied"


def test_nobody_clears_himself_with_an_incident_of_his_own() -> None:
    """EMG-11, EVD-03: reported, ticked and written down by one person it frees nobody; with the first step of another it does."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00", kind="other", level=4)
    close(hall, "wang", "10:35")
    note(hall, "wang", "action")
    assert hall.row("incident", "i1")["state"] == "handling"
    assert not suspended(hall, "10:20")
    note(hall, "zhao", "action")
    assert suspended(hall, "10:20")
    assert not suspended(hall, "10:36")


def test_a_persons_word_that_it_is_the_same_thing_is_a_word_for_it() -> None:
    """EMG-11, CON-40."""
    hall = small_hall()
    report(hall, "i2", "lin", "9:50", place="w2")
    report(hall, "i1", "wang", "10:00")
    assert not suspended(hall, "10:20")
    hall.send(ACTORS["zhou"], "incident.link", "i1", LinkIncident("i2"))
    assert suspended(hall, "10:20")
    hall.send(ACTORS["zhou"], "incident.link", "i1", LinkIncident(""))
    assert not suspended(hall, "10:20")


def test_an_incident_counts_from_what_can_be_proven_and_keeps_what_was_said() -> None:
    """EMG-11, EVD-02, EVD-03: found at 8:30 as said at 10:00 on a phone heard of at 9:59; of an unknown clock its arrival counts."""
    for grade, before, since in (("A", "9:58", "9:59"), ("C", "9:59", "10:00")):
        hall = small_hall()
        claim = Report("other", "w1", at("8:30"), 4)
        hall.send(ACTORS["wang"], "incident.report", "i1", claim, received=at("10:00"), not_before=at("9:59"), grade=grade)
        note(hall, "zhao", "action")
        assert hall.row("incident", "i1")["found_at"] == at("8:30")
        assert (suspended(hall, before), suspended(hall, since)) == (False, True)


def test_an_end_that_was_said_counts_as_far_as_it_can_be_proven() -> None:
    """EMG-11, IDX-37: no tick lies after its own arrival, and none reaches back to be in time."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    close(hall, "zhao", "23:00")
    assert suspended(hall, "10:39")
    assert not suspended(hall, "10:41")
    for not_before, in_time in (("10:01", True), ("10:40", False)):
        hall = small_hall()
        report(hall, "i1", "wang", "10:00")
        close(hall, "zhao", "10:05", not_before=at(not_before))
        (one,) = hall.tx.find(IncidentRecord)
        assert one.in_time is in_time
        assert {done["at"] for done in hall.row("incident", "i1")["done"]} == {at("10:05")}


def test_an_incident_nobody_closes_frees_nobody_on_the_next_day() -> None:
    """EMG-11."""
    hall = small_hall()
    report(hall, "i1", "wang", "10:00")
    note(hall, "zhao", "action")
    assert suspended(hall, "17:00")
    assert not suspended(hall, "8:30", "2026-11-24")


@pytest.mark.parametrize("order", list(permutations(("report", "note", "seen"))), ids=" ".join)
def test_an_empty_post_in_an_incident_is_no_finding_in_whatever_order_it_becomes_known(order: tuple[str, ...]) -> None:
    """EMG-11: the report, another's step and the look arrive in any order."""
    hall = small_hall()
    hall.send(ACTORS["lin"], "patrol.start", "r1", RoundStart("2026-11-23T10", "hourly", at("10:00")), received=at("10:00"))
    seen = Observe("r1", "w1", "empty_no_notice", at("10:05"), KNEW, reminded=False, waited=True)
    steps: dict[str, Callable[[], Outcome]] = {
        "report": lambda: report(hall, "i1", "li", "10:01", received="10:20", place="A", kind="fire"),
        "note": lambda: note(hall, "zhou", "action", clock="10:20"),
        "seen": lambda: hall.send(ACTORS["lin"], "patrol.observe", "o1", seen, at=at("10:05"), received=at("10:20")),
    }
    for step in order:
        steps[step]()
    assert hall.row("finding", "o1") is None


def test_an_empty_post_in_an_incident_is_no_finding_however_late_the_report_of_it_arrives() -> None:
    """EMG-11."""
    hall = small_hall()
    hall.send(ACTORS["lin"], "patrol.start", "r1", RoundStart("2026-11-23T10", "hourly", at("10:00")), received=at("10:00"))
    seen = Observe("r1", "w1", "empty_no_notice", at("10:05"), KNEW, reminded=False, waited=True)
    assert hall.send(ACTORS["lin"], "patrol.observe", "o1", seen, received=at("10:20")).st == "applied"
    assert hall.row("finding", "o1")["state"] == "unattended"
    report(hall, "i1", "li", "10:01", received="11:30", place="A", kind="fire")
    assert hall.row("finding", "o1")["state"] == "unattended", "by one person's word nobody is freed"
    note(hall, "zhou", "action", clock="11:40")
    assert hall.row("finding", "o1") is None


@pytest.mark.parametrize("seed", range(12))
def test_reports_of_several_things_in_any_order_are_joined_alike(seed: int) -> None:
    """CON-40: the step for a report that comes in order ends where sorting everything anew does."""
    chance = random.Random(seed)
    said = [
        (f"i{n}", chance.choice(["wang", "li", "lin"]), f"10:{chance.randrange(60):02d}", chance.choice(["w1", "w2"])) for n in range(9)
    ]
    ends = []
    for _ in range(4):
        hall = small_hall()
        for rid, reporter, clock, place in chance.sample(said, len(said)):
            report(hall, rid, reporter, clock, received="11:00", place=place)
        rows = dict(hall.rows("incident"))
        ends.append({rid: (row.get("main", ""), row.get("reports", 1), row["first_at"]) for rid, row in rows.items()})
        kept = hall.tx.find(IncidentRecord)
        assert {one.rid: one.main for one in kept} == mains(kept, 30 * 60_000)
    assert ends == ends[:1] * 4


@pytest.mark.parametrize("order", [o for o in permutations(range(5)) if o.index(0) < min(o.index(n) for n in (1, 2, 3))][::2])
def test_what_is_found_after_an_incident_was_over_is_another_one_in_any_order(order: tuple[int, ...]) -> None:
    """EMG-07, CON-40: a second brawl a quarter of an hour after the first was settled calls people anew, whatever becomes known when."""
    hall = small_hall()

    def done(duty: Duty) -> None:
        assert hall.send(ACTORS["zhao"], "incident.tick", "i1", Tick(duty, at("10:05"), "已劝离"), received=at("10:06")).st == "applied"

    said: list[Callable[[], object]] = [
        lambda: report(hall, "i1", "wang", "9:58", received="10:00"),
        lambda: done("handling"),
        lambda: done("report"),
        lambda: done("feedback"),
        lambda: report(hall, "i2", "li", "10:20", level=1),
    ]
    for n in order:
        said[n]()
    hall.tick(at("10:40"))
    first, second = hall.row("incident", "i1"), hall.row("incident", "i2")
    assert (first["state"], second["state"], second.get("main", "")) == ("resolved", "reported", "")
    assert [call["step"] for call in second["calls"]] == ["responder", "head", "lead"]
    assert hall.row("emergency", "i2") is not None
    assert act(hall, "zhou", TellLobby("security"), "i2").st == "applied"


def test_what_is_found_before_its_end_belongs_to_it_however_late_it_is_said() -> None:
    """CON-40."""
    hall = small_hall()
    report(hall, "i1", "wang", "9:58")
    for duty in get_args(Duty):
        hall.send(ACTORS["zhao"], "incident.tick", "i1", Tick(duty, at("10:05"), ""), received=at("10:06"))
    report(hall, "i2", "li", "10:04", received="11:00")
    assert hall.row("incident", "i2")["main"] == "i1"


def test_a_tick_of_another_year_is_kept_for_a_person_and_what_was_done_is_in_the_register_of_the_main_report() -> None:
    """EMG-03, EMG-04."""
    hall = small_hall()
    report(hall, "i1", "wang", "9:58")
    report(hall, "i2", "li", "9:59")
    assert hall.send(ACTORS["zhao"], "incident.tick", "i2", Tick("handling", 0, ""), received=at("10:02")).code == "INVALID"
    assert hall.send(ACTORS["zhao"], "incident.tick", "i2", Tick("handling", at("10:02"), ""), received=at("10:02")).st == "applied"
    (column,) = (c for c in REGISTERS[0].columns if c.key == "handled_at")
    assert column.value is not None
    assert [column.value(hall.tx.get(IncidentRecord, rid)) for rid in ("i1", "i2")] == [at("10:02"), None]


def test_every_kind_has_a_plan_from_the_first_day_and_the_office_lays_down_the_halls_own() -> None:
    """EMG-02, EMG-09: on every phone of the hall; what is shipped is marked as an example."""
    hall = small_hall()
    plans = dict(hall.rows("incident.plan"))
    assert set(plans) == set(get_args(Kind))
    assert {plan.get("by", "") for plan in plans.values()} == {""}
    assert all({"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"} == set(step) for plan in plans.values() for step in plan["steps"])
    assert hall.buckets("incident.plan", "fire") == {"hall"}
    own = PutIncidentPlan([{"zh_Hans": "先按警报"}])
    assert hall.send(ACTORS["zhou"], "incident.plan", "fire", own).st == "applied"
    hall.tick(at("12:00"))
    assert hall.row("incident.plan", "fire") == {"steps": [{"zh_Hans": "先按警报"}], "by": "zhou"}


@pytest.mark.parametrize(
    ("who", "kind", "steps", "code"),
    [
        ("wang", "fire", [{"zh_Hans": "跑"}], "NO_RIGHT"),
        ("zhou", "flood", [{"zh_Hans": "跑"}], "INVALID"),
        ("zhou", "fire", [], "INVALID"),
        ("zhou", "fire", [{"zh_Hans": " "}], "INVALID"),
        ("zhou", "fire", [{"zh_Hans": "跑" * 201}], "INVALID"),
        ("zhou", "fire", [{"zh_Hans": "跑"}] * 21, "INVALID"),
    ],
)
def test_a_plan_that_is_none_is_refused(who: str, kind: str, steps: list[dict[str, str]], code: str) -> None:
    """EMG-09."""
    assert hall_refuses(PutIncidentPlan(steps), who, kind) == Outcome("refused", code)


def hall_refuses(plan: PutIncidentPlan, who: str, kind: str) -> Outcome:
    return small_hall().send(ACTORS[who], "incident.plan", kind, plan)


@pytest.mark.parametrize("order", list(permutations(("first", "second", "fire"))), ids=" ".join)
def test_another_thing_at_the_place_tears_no_report_from_its_incident(order: tuple[str, ...]) -> None:
    """CON-40: a crowd at 9:03, reported again at 9:25; a fire there an hour later is another thing, whatever arrives first."""
    said = {"first": ("qian", "crowd", "9:03"), "second": ("wang", "crowd", "9:25"), "fire": ("li", "fire", "10:13")}
    hall = small_hall("13:50")
    for rid in order:
        who, kind, clock = said[rid]
        sent = hall.send(ACTORS[who], "incident.report", rid, Report(kind, "w1", at(clock), 3), at=at(clock), received=at("13:50"))
        assert sent.st == "applied"
    assert {rid: row.get("main", "") for rid, row in hall.rows("incident")} == {"first": "", "second": "first", "fire": ""}
    assert {one.rid: one.whole.reports for one in hall.tx.find(IncidentRecord) if one.whole} == {"first": 2, "fire": 1}


@pytest.mark.parametrize("order", list(permutations(("earlier", "later", "done"))), ids=" ".join)
def test_what_was_done_stands_with_the_incident_and_not_with_a_report_that_joined_it(order: tuple[str, ...]) -> None:
    """IDX-37, CON-40: in the register, too, whichever report came first."""
    hall = small_hall("13:50")
    for step in order:
        if step == "done":
            args: Any = Tick("handling", at("9:20"))
            hall.send(ACTORS["zhao"], "incident.tick", "later", args, at=at("9:20"), received=at("13:50"))
            continue
        who, clock = {"earlier": ("qian", "9:03"), "later": ("wang", "9:10")}[step]
        hall.send(ACTORS[who], "incident.report", step, Report("crowd", "w1", at(clock), 3), at=at(clock), received=at("13:50"))
    done = {one.rid: (one.handled_at, one.whole is None) for one in hall.tx.find(IncidentRecord)}
    assert done == {"earlier": (at("9:20"), False), "later": (0, True)}
