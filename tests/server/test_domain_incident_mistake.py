"""误报: what was reported by mistake stays as it was said, is told to its reporter, and counts for nothing (EMG-07, EMG-11, CON-40)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.base import Actor, Outcome
from server.domain.hall.rules import FOREVER
from server.domain.incident.evacuation import EvacuationRecord
from server.domain.incident.ops import LinkIncident, MarkMistake, NoteStep, Report, TellLobby, Tick
from server.domain.incident.registers import MEASURES
from server.domain.incident.tables import IncidentRecord
from server.domain.patrol.ops import Observe
from server.domain.presence.ops import Announce
from tests.server.scenes.small_hall import ACTORS, KNEW, at, small_hall
from tests.support.memory_tx import MemoryHall

LEVEL_1 = {"from_at": at("10:00"), "to_at": at("12:00"), "level": 2}


def report(hall: MemoryHall, rid: str = "i1", who: str = "wang", said: str = "10:00", **more: Any) -> Outcome:
    """A fire at w1, as it seemed."""
    args = {"kind": "fire", "place": "w1", "found_at": at(said), "level": 1} | more
    return hall.send(ACTORS[who], "incident.report", rid, Report(**args), at=at(said), received=at(said))


def mark(hall: MemoryHall, rid: str = "i1", who: str = "zhou", clock: str = "10:10", **more: Any) -> Outcome:
    guard = {rid: hall.tx.version("incident", rid) or 0}
    args = MarkMistake(**({"text": "消防测试，没有火情"} | more))
    return hall.send(ACTORS[who], "incident.mistake", rid, args, **{"at": at(clock), "received": at(clock), "guard": guard})


def standing(hall: MemoryHall) -> set[str]:
    """Incidents the hall counts (IDX-37)."""
    (measure,) = MEASURES
    return {one.rid for one in hall.tx.find(IncidentRecord, measure.where)}


def test_a_mistaken_report_is_no_emergency_any_more_and_says_why() -> None:
    """EMG-07, AWY-12, IDX-37: its ladder ends, nothing counts, the report stays with its reason for whoever made it."""
    hall = small_hall()
    report(hall)
    assert hall.row("emergency", "i1")
    assert mark(hall).st == "applied"
    row = hall.row("incident", "i1")
    assert (row["state"], row["text"], row["mistake"]["by"]) == ("mistaken", "", "zhou")
    assert row["mistake"] == {"by": "zhou", "at": at("10:10"), "text": "消防测试，没有火情"}
    assert "u:wang" in hall.buckets("incident", "i1")
    assert hall.row("emergency", "i1") is None
    assert (hall.tx.ask("emergencies", **LEVEL_1), standing(hall)) == ([], set())
    hall.tick(at("11:30"))
    assert "calls" not in hall.row("incident", "i1")
    hall.send(ACTORS["zhao"], "incident.note", "i1", NoteStep("action", at("10:20"), "看过"), received=at("11:31"))
    assert hall.row("incident", "i1")["state"] == "mistaken", "what is still said of it is kept"


@pytest.mark.parametrize(
    ("who", "more", "outcome"),
    [
        ("lin", {}, Outcome("refused", "NO_RIGHT")),
        ("wang", {}, Outcome("refused", "NO_RIGHT")),
        ("zhou", {"text": " "}, Outcome("refused", "INVALID")),
        ("zhou", {"stands": True}, Outcome("refused", "INVALID")),
    ],
)
def test_it_takes_the_office_and_a_reason(who: str, more: dict[str, Any], outcome: Outcome) -> None:
    hall = small_hall()
    report(hall)
    assert mark(hall, who=who, **more) == outcome


def test_nobody_takes_back_his_own_report_this_way_and_a_mistake_is_taken_back() -> None:
    """EMG-05: the leader does what the office may not; what was a mistake may turn out to be none."""
    hall = small_hall()
    report(hall, who="zhou")
    assert mark(hall) == Outcome("refused", "OWN_WORK")
    assert mark(hall, who="ma").st == "applied"
    assert mark(hall, who="ma", text="确有火情", stands=True).st == "applied"
    assert (hall.row("incident", "i1")["state"], standing(hall)) == ("reported", {"i1"})
    assert hall.row("emergency", "i1")


def test_that_it_was_a_mistake_and_was_none_after_all_stand_in_its_log_with_who_said_so_and_when() -> None:
    """EMG-03, EMG-11: others have acted on it then, and whoever left for it is not counted; it may be over by its reporter's own word."""
    hall = small_hall()
    report(hall)
    seen(hall, "o1", "w1", "10:02")
    seen(hall, "o2", "w1", "10:16")
    mark(hall, clock="10:20")
    assert mark(hall, who="ma", clock="10:40", text="确有火情", stands=True).st == "applied"
    row = hall.row("incident", "i1")
    assert row["log"] == [
        {"step": "mistaken", "by": "zhou", "at": at("10:20"), "text": "消防测试，没有火情"},
        {"step": "stands", "by": "ma", "at": at("10:40"), "text": "确有火情"},
    ]
    assert "mistake" not in row
    hall.tick(at("10:50"))
    assert counted(hall) == {}
    for duty in ("handling", "report", "feedback"):
        hall.send(ACTORS["wang"], "incident.tick", "i1", Tick(duty, at("10:45")), at=at("10:45"), received=hall.tx.now)
    assert hall.row("incident", "i1")["state"] == "resolved"


def test_that_it_was_a_mistake_ends_nothing_by_the_word_of_its_reporter() -> None:
    """EMG-05, EMG-11: until it was marked people were free to go; what the office says of it is no witness to what was done."""
    hall = small_hall()
    report(hall)
    for duty in ("handling", "report", "feedback"):
        hall.send(ACTORS["wang"], "incident.tick", "i1", Tick(duty, at("10:05")), at=at("10:05"), received=at("10:06"))
    assert mark(hall, clock="10:20").st == "applied"
    assert hall.tx.ask("suspensions", post="w1", from_at=at("10:00"), to_at=at("12:00")) == [(at("10:00"), at("10:20"))]


@pytest.mark.parametrize("order", list(permutations(("i1", "i2", "mark"))), ids=" ".join)
def test_nothing_belongs_to_a_mistaken_report_in_any_order(order: tuple[str, ...]) -> None:
    """CON-40: another report of the same time and place is an incident of its own."""
    hall = small_hall()
    marked = False
    for step in order:
        if step != "mark":
            report(hall, step, {"i1": "wang", "i2": "li"}[step], {"i1": "10:00", "i2": "10:02"}[step])
        marked = marked or (step == "mark" and mark(hall).st == "applied")
    if not marked:
        assert mark(hall).st == "applied"
    rows = dict(hall.rows("incident"))
    assert {rid: (row["state"], row.get("main", "")) for rid, row in rows.items()} == {"i1": ("mistaken", ""), "i2": ("reported", "")}
    assert standing(hall) == {"i2"}
    joined = hall.send(ACTORS["zhou"], "incident.link", "i2", LinkIncident("i1"), at=at("10:20"), received=at("10:20"))
    assert joined == Outcome("refused", "INVALID")


def test_people_who_were_told_to_leave_are_not_counted_though_there_was_no_reason_to() -> None:
    """EMG-08, EMG-11: until it was marked; the lobby then says it no longer."""
    hall = small_hall()
    report(hall)
    hall.send(ACTORS["zhou"], "incident.announce", "i1", TellLobby("evacuate"), at=at("10:01"), received=at("10:01"))
    mark(hall)
    assert hall.row("emergency.pub", "i1") is None
    assert [one.cleared_at < FOREVER for one in hall.tx.find(EvacuationRecord)] == [True]
    freed = [hall.tx.ask("suspensions", post="w3", from_at=at(a), to_at=at(b)) for a, b in (("10:02", "10:09"), ("10:11", "10:30"))]
    assert [bool(spans) for spans in freed] == [True, False]


def seen(hall: MemoryHall, rid: str, post: str, clock: str, state: str = "empty_no_notice") -> None:
    args = Observe("", post, state, at(clock), KNEW)
    hall.send(ACTORS["lin"], "patrol.observe", rid, args, at=at(clock), received=max(at(clock), hall.tx.now))


def done(hall: MemoryHall, duty: str, clock: str, rid: str = "i1") -> None:
    args = Tick(duty, at(clock))
    assert hall.send(ACTORS["zhao"], "incident.tick", rid, args, at=at(clock), received=max(at(clock), hall.tx.now)).st == "applied"


def counted(hall: MemoryHall) -> dict[str, int]:
    """Findings that count for a person, by the place."""
    found: dict[str, int] = {}
    for _, row in hall.rows("finding"):
        found[row["post"]] = found.get(row["post"], 0) + row["person_count"]
    return {post: count for post, count in found.items() if count}


@pytest.mark.parametrize("order", list(permutations(("over", "seen", "mark"))), ids=" ".join)
def test_what_was_found_after_an_incident_was_over_counts_though_it_was_a_mistake(order: tuple[str, ...]) -> None:
    """EMG-11: over at 10:30, marked at 15:00; neither the place nor the hall that was told to leave is free in between."""
    hall = small_hall()
    report(hall)
    hall.send(ACTORS["zhou"], "incident.announce", "i1", TellLobby("evacuate"), at=at("10:01"), received=at("10:01"))
    done(hall, "handling", "10:05")
    done(hall, "report", "10:10")
    hall.tx.now = at("15:00")
    for step in order:
        if step == "over":
            done(hall, "feedback", "10:30")
        elif step == "mark":
            assert mark(hall, clock="15:00").st == "applied"
        else:
            for post in ("w1", "w3"):
                seen(hall, f"{post}a", post, "11:00")
                seen(hall, f"{post}b", post, "11:20")
    hall.tick(at("15:10"))
    assert hall.row("incident", "i1")["state"] == "mistaken"
    assert counted(hall) == {"w1": 1, "w3": 1}


@pytest.mark.parametrize(
    "order", [one for one in permutations(("report", "notice", "over", "seen", "mark")) if one.index("mark") > 0], ids=" ".join
)
def test_a_notice_given_while_it_seemed_a_grave_incident_stands_once_it_was_a_mistake(order: tuple[str, ...]) -> None:
    """AWY-12, EMG-11: at another post, whatever arrives first; what nobody knows of yet is marked when it has come."""
    hall, marked = small_hall("15:00"), False
    for step in order:
        if step == "report":
            report(hall)
        elif step == "notice":
            args = Announce(["w3"], "step_away", at("10:02"), at("10:12"), "feng")
            hall.send(ACTORS["feng"], "away.announce", "n1", args, at=at("10:02"), received=hall.tx.now)
        elif step == "over":
            for duty in ("handling", "report", "feedback"):
                args = Tick(duty, at("10:20"))
                hall.send(ACTORS["zhao"], "incident.tick", "i1", args, at=at("10:20"), received=hall.tx.now)
        elif step == "seen":
            seen(hall, "o1", "w3", "10:04", "empty_notice")
            seen(hall, "o2", "w3", "10:09", "empty_notice")
        else:
            marked = mark(hall, clock="15:00").st == "applied"
    if not marked:
        assert mark(hall, clock="15:00").st == "applied"
    hall.tick(at("15:10"))
    assert {row["state"] for _, row in hall.rows("finding")} == {"explained"}


@pytest.mark.parametrize("mistaken", ["i1", "i2"])
@pytest.mark.parametrize("later", [False, True], ids=["first report first", "first report last"])
def test_what_screens_say_goes_on_for_the_report_that_stands(mistaken: str, later: bool) -> None:
    """EMG-08, EMG-11: 误报 of one of two ends neither the message nor the evacuation; of both it does."""
    hall = small_hall()
    first, second = (("i2", "li", "10:02"), ("i1", "wang", "10:00")) if later else (("i1", "wang", "10:00"), ("i2", "li", "10:02"))
    report(hall, *first)
    hall.send(ACTORS["zhou"], "incident.announce", first[0], TellLobby("evacuate"), at=at("10:04"), received=at("10:04"))
    report(hall, *second)
    stands = {"i1": "i2", "i2": "i1"}[mistaken]
    assert mark(hall, mistaken).st == "applied"
    assert [rid for rid, _ in hall.rows("emergency.pub")] == [stands]
    assert hall.row("incident", stands)["shown"]
    seen(hall, "o1", "w3", "10:15")
    seen(hall, "o2", "w3", "10:35")
    hall.tick(at("10:40"))
    assert counted(hall) == {}
    assert mark(hall, stands, clock="10:45").st == "applied"
    assert not list(hall.rows("emergency.pub"))
    assert {one.cleared_at <= at("10:45") for one in hall.tx.find(EvacuationRecord)} == {True}
    seen(hall, "o3", "w3", "10:50")
    seen(hall, "o4", "w3", "11:10")
    hall.tick(at("11:20"))
    assert counted(hall) == {"w3": 1}


def test_what_screens_said_of_an_incident_that_is_over_begins_nothing_anew() -> None:
    """EMG-08, EMG-11: nor does another message empty the hall."""
    for message, over in (("evacuate", True), ("power", False)):
        hall = small_hall()
        report(hall)
        report(hall, "i2", "li", "10:02")
        hall.send(ACTORS["zhou"], "incident.announce", "i1", TellLobby(message), at=at("10:04"), received=at("10:04"))
        for duty in ("handling", "report", "feedback") if over else ():
            done(hall, duty, "10:08")
        assert mark(hall).st == "applied"
        assert [rid for rid, _ in hall.rows("emergency.pub")] == ([] if over else ["i2"])
        assert hall.tx.ask("suspensions", post="w3", from_at=at("10:09"), to_at=at("12:00")) == []


@pytest.mark.parametrize("marked", [False, True])
def test_who_left_for_what_he_reported_is_not_counted_though_the_office_only_says_it_was_a_mistake(marked: bool) -> None:
    """EMG-11: its word is an act of another than the reporter; until then alone."""
    hall = small_hall()
    report(hall)
    seen(hall, "o1", "w1", "10:02")
    seen(hall, "o2", "w1", "10:16")
    if marked:
        assert mark(hall, clock="10:20").st == "applied"
    hall.tick(at("10:30"))
    assert counted(hall).get("w1", 0) == (0 if marked else 1)
    spans = hall.tx.ask("suspensions", post="w1", from_at=at("10:00"), to_at=at("12:00"))
    assert spans == ([(at("10:00"), at("10:20"))] if marked else [])


def test_the_director_of_the_hall_marks_a_mistake_and_joins_reports() -> None:
    """EMG-05, CON-40: as he speaks to the lobby."""
    director = Actor("shou", "c-lead", frozenset({"TOP"}))
    hall = small_hall()
    report(hall, who="zhou")
    report(hall, "i2", "li", "10:02", place="w2")
    joined = hall.send(director, "incident.link", "i2", LinkIncident("i1"), at=at("10:05"), received=at("10:05"))
    assert (joined.st, hall.row("incident", "i2")["main"]) == ("applied", "i1")
    guard = {"i1": hall.tx.version("incident", "i1") or 0}
    args = MarkMistake("消防测试")
    assert hall.send(director, "incident.mistake", "i1", args, at=at("10:10"), received=at("10:10"), guard=guard).st == "applied"
