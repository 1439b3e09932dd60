"""One of a unit that is away comes back alone: his post serves again, the others stay away (AWY-02, AWY-09, EVD-02)."""

from typing import Any

import pytest

from server.app import DOMAINS
from server.domain.hall.handlers import put_duty
from server.domain.hall.ops import LUNCH, SessionDuty
from server.domain.hall.tables import DutyRecord
from server.domain.presence.ops import Announce, Answer, Return, StepUp
from server.domain.presence.tables import NoticeRecord
from tests.server.scenes.conflicts import look
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.server.test_lunch_duty import lunch_hall
from tests.support.memory_tx import MemoryHall
from tests.support.orders import orders

GONE = Announce([], "meeting", at("09:58"), at("11:00"), "zhao", unit="u1", contact="1", destination="政府")


def send(hall: MemoryHall, who: str, kind: str, rid: str, args: Any, clock: str, **how: Any) -> Any:
    """Say it at that time; the server has it at once."""
    return hall.send(ACTORS[who], kind, rid, args, received=at(clock), **how)


def lobby(hall: MemoryHall, post: str) -> tuple[str, str, str]:
    """What the public reads of a post, who stands in, and why the whole unit is away."""
    row = hall.row("post.pub", post)
    return row["label"], row.get("stand_in", ""), row.get("all_away", "")


def away(now: str = "10:05") -> MemoryHall:
    """u1 has been away as a whole since 9:58."""
    hall = small_hall("09:00")
    assert send(hall, "zhao", "away.announce", "u", GONE, "09:50").st == "applied"
    hall.tick(at(now))
    return hall


def test_his_post_serves_again_and_the_others_stay_away() -> None:
    """AWY-02, AWY-09."""
    hall = away()
    assert lobby(hall, "w2") == ("suspended", "", "meeting_training")
    assert send(hall, "qian", "away.return", "u", Return(at("10:15")), "10:15").st == "applied"
    assert (lobby(hall, "w2"), lobby(hall, "w1")) == (("on_post", "", ""), ("suspended", "", "meeting_training"))
    assert hall.row("post.pub", "w2")["since"] == at("10:15")
    for face in ("away.office", "away.unit", "away.ins"):
        assert (hall.row(face, "u")["state"], hall.row(face, "u")["back_alone"]) == ("active", ["qian"])
    send(hall, "zhao", "away.return", "u", Return(at("10:40")), "10:40")
    assert lobby(hall, "w1") == ("on_post", "", "")


@pytest.mark.parametrize("who", ["feng", "wu"])
def test_nobody_of_another_unit_says_so(who: str) -> None:
    """AWY-02."""
    assert send(away(), who, "away.return", "u", Return(at("10:15")), "10:15").code == "NO_RIGHT"


def test_he_stands_in_again_where_he_had_promised_to() -> None:
    """AB-05: 钱 of u1 had promised w3."""
    hall = small_hall("09:00")
    send(hall, "feng", "away.announce", "f", Announce(["w3"], "trip", at("10:00"), at("11:30"), "feng", stand_in="qian"), "09:05")
    send(hall, "qian", "away.answer", "f", Answer(True), "09:10")
    send(hall, "zhao", "away.announce", "u", GONE, "09:20")
    hall.tick(at("10:05"))
    assert lobby(hall, "w3") == ("official_out", "", "")
    send(hall, "qian", "away.return", "u", Return(at("10:15")), "10:15")
    assert lobby(hall, "w3") == ("covered", "钱", "")


def test_whoever_served_for_him_is_relieved() -> None:
    """AB-06: 李 has come back and taken w2; 钱 comes back."""
    hall = away()
    send(hall, "li", "cover.step_up", "k", StepUp("w2", at("10:10")), "10:10")
    assert lobby(hall, "w2") == ("covered", "李", "")
    send(hall, "qian", "away.return", "u", Return(at("10:15")), "10:15")
    assert lobby(hall, "w2") == ("on_post", "", "")


Fact = tuple[str, str, str, Any, str, str]
LEAVES: Fact = ("zhao", "away.announce", "u", GONE, "09:50", "A")
BACK: Fact = ("qian", "away.return", "u", Return(at("10:15")), "10:15", "A")
UNPROVEN: Fact = ("qian", "away.return", "u", Return(at("10:15")), "10:15", "C")
STAYED: Fact = ("qian", "away.return", "u", Return(at("09:55")), "09:55", "A")
Seen = tuple[tuple[str, str], ...]


def found(facts: list[Any], post: str, seen: Seen) -> list[tuple[Any, ...]]:
    """The findings of the post once a hall has heard all of it at a quarter to eleven, in this order."""
    hall = small_hall("10:45", domains=DOMAINS)
    waiting = []
    for fact in facts:
        if len(fact) > 2:
            who, kind, rid, args, clock, grade = fact
            op = hall.op(ACTORS[who], kind, rid, args, at=at(clock), received=at("10:45"), op_id=f"{kind}{who}{clock}", grade=grade)
        else:
            op = look(fact[0], fact[1], "empty_no_notice", "lin", post=post).op(hall, at("10:45"))
        waiting.append(op)
        for _ in range(2):  # what waits for its notice is tried again once that is there
            waiting = [one for one in waiting if hall.run(one).code == "REF_WAIT"]
    assert waiting == []
    rows = [hall.row("finding", rid) for rid, _ in seen]
    return [(r["state"], r["person"], r["person_count"], r["explain"]["key"]) for r in rows if r]


def in_every_order(facts: list[Fact], post: str, seen: Seen) -> list[tuple[Any, ...]]:
    ends = {tuple(found(list(order), post, seen)) for order in orders([*facts, *seen])}
    assert len(ends) == 1, ends
    return list(ends.pop())


AFTER: Seen = (("o1", "10:20"), ("o2", "10:31"))
BEFORE: Seen = (("o1", "10:03"), ("o2", "10:14"))


def test_the_notice_protects_him_until_he_is_back_and_the_others_longer() -> None:
    """EVD-02, EVD-07: in every order of arrival."""
    assert in_every_order([LEAVES, BACK], "w2", AFTER) == [("unattended", "qian", 1, "explain.unattended")]
    assert in_every_order([LEAVES, BACK], "w2", BEFORE) == [("explained", "zhao", 0, "explain.notice_before")]
    assert in_every_order([LEAVES, BACK], "w1", AFTER) == [("explained", "zhao", 0, "explain.notice_before")]


def test_by_a_clock_nobody_can_believe_he_is_not_back() -> None:
    """EVD-03: it takes no protection back."""
    assert in_every_order([LEAVES, UNPROVEN], "w2", AFTER) == [("explained", "zhao", 0, "explain.notice_before")]


def test_whoever_has_not_gone_with_his_unit_says_so_before_it_leaves() -> None:
    """EVD-02: a member who stays is missed at his window."""
    assert in_every_order([LEAVES, STAYED], "w2", AFTER) == [("unattended", "qian", 1, "explain.unattended")]


# --- an absence of his own in that of his unit: who is back is back from both -------------------------------------------

OWN = Announce(["w2"], "trip", at("09:30"), at("10:10"), "qian", destination="政府")
OUT: Fact = ("qian", "away.announce", "n2", OWN, "09:20", "A")
BACK_FROM_OWN: Fact = ("qian", "away.return", "n2", Return(at("10:15")), "10:15", "A")


@pytest.mark.parametrize("rid", ["u", "n2"])
def test_a_single_look_after_he_has_said_that_he_is_back_accuses_nobody(rid: str) -> None:
    """AWY-07, EVD-08: whichever of the two he ends, and whatever arrives first."""
    back = BACK_FROM_OWN if rid == "n2" else BACK
    assert in_every_order([LEAVES, OUT, back], "w2", (("o1", "10:40"),)) == [("glance", "qian", 0, "explain.glance")]


@pytest.mark.parametrize("rid", ["u", "n2"])
def test_both_are_over_for_him_and_his_post_serves_again(rid: str) -> None:
    """AWY-02, AWY-07, AB-06: 李 has come back and taken w2 for him; until 赵 is back the others stay away."""
    hall = small_hall("09:00")
    for who, kind, notice, args, clock, _ in (OUT, LEAVES):
        assert send(hall, who, kind, notice, args, clock).st == "applied"
    hall.tick(at("10:05"))
    send(hall, "li", "cover.step_up", "k", StepUp("w2", at("10:10")), "10:10")
    assert lobby(hall, "w2")[:2] == ("covered", "李")
    send(hall, "qian", "away.return", rid, Return(at("10:15")), "10:15")
    hall.tick(at("10:50"))
    assert lobby(hall, "w2") == ("on_post", "", "")
    assert hall.row("cover", "k")["until_at"] == at("10:15")
    assert hall.row("away.office", "n2")["state"] == "returned"
    assert (hall.row("away.office", "u")["state"], hall.row("away.office", "u")["back_alone"]) == ("active", ["qian"])
    assert lobby(hall, "w1") == ("suspended", "", "meeting_training")


def test_who_is_back_from_an_absence_that_names_no_post_is_back_at_his() -> None:
    """AB-06: 李 had taken w2, which only the notice of the unit names."""
    hall = small_hall("09:00")
    send(hall, "qian", "away.announce", "n2", Announce([], "trip", at("09:30"), at("10:10"), "qian", destination="政府"), "09:20")
    send(hall, "zhao", "away.announce", "u", GONE, "09:50")
    send(hall, "li", "cover.step_up", "k", StepUp("w2", at("10:10")), "10:10")
    send(hall, "qian", "away.return", "n2", Return(at("10:15")), "10:15")
    assert (lobby(hall, "w2"), hall.row("cover", "k")["until_at"]) == (("on_post", "", ""), at("10:15"))
    assert hall.row("post.pub", "w2")["since"] == at("10:15")


@pytest.mark.parametrize(
    ("who", "grade", "clock", "by"),
    [("zhao", "A", "10:15", "zhao"), ("qian", "C", "10:15", "qian"), ("qian", "A", "09:52", "zhao")],
    ids=["head", "clock", "before"],
)
def test_the_absence_of_the_unit_goes_on_for_whom_it_takes_along(who: str, grade: Any, clock: str, by: str) -> None:
    """EVD-03, EVD-04: others say that his own is over; his clock is not believed; or he came back before his unit left."""
    back: Fact = (who, "away.return", "n2", Return(at(clock)), clock, grade)
    assert in_every_order([LEAVES, OUT, back], "w2", AFTER) == [("explained", by, 0, "explain.notice_before")]


def test_what_he_says_the_day_after_is_not_written_into_what_is_over() -> None:
    """EVD-01: the absence of the unit ended at 10:40."""
    hall = away()
    send(hall, "zhao", "away.return", "u", Return(at("10:40")), "10:40")
    send(hall, "qian", "away.announce", "n2", Announce(["w2"], "trip", at("10:45"), at("11:10"), "qian", destination="政府"), "10:44")
    send(hall, "qian", "away.return", "n2", Return(at("11:05")), "11:05")
    hall.tick(at("12:30", "2026-11-24"))
    assert hall.tx.get(NoticeRecord, "u").backs == []


LATER: Fact = ("qian", "away.return", "u", Return(at("10:18")), "10:18", "A")


def test_a_return_by_a_clock_nobody_can_believe_hides_no_later_one() -> None:
    """EVD-03, EVD-07."""
    assert in_every_order([LEAVES, UNPROVEN, LATER], "w2", AFTER) == [("unattended", "qian", 1, "explain.unattended")]


# --- a unit that is away sends nobody else away ------------------------------------------------------------------------

U2_GONE = Said("feng", "11:00", "away.announce", "f", Announce([], "trip", at("11:30"), at("15:00"), "feng", unit="u2", contact="1"))


def lunch_of_qian() -> MemoryHall:
    """冯 is alone in u2, at w3; over lunch 钱 of u1 serves there."""
    hall = lunch_hall()
    part = SessionDuty(LUNCH, "qian")
    put_duty(hall.tx, DutyRecord(rid=f"{DAY}:w3", day=DAY, post="w3", a="feng", b="qian", later=[part]))
    return hall


def test_lunch_duty_of_another_unit_goes_on_while_the_unit_of_the_window_is_away() -> None:
    """AWY-02, AWY-09, CAL-05, AB-03."""
    hall = lunch_of_qian()
    hall.run(U2_GONE.op(hall, at("11:00")))
    for clock, label, serves in (("11:45", "suspended", ""), ("12:20", "on_post", "qian"), ("14:35", "suspended", "")):
        hall.tick(at(clock))
        assert (lobby(hall, "w3")[0], hall.tx.ask("serving", post="w3", at=at(clock)).person) == (label, serves), clock


@pytest.mark.parametrize(
    ("looks", "found"),
    [(("12:20", "12:31"), ("unattended", "qian", 1)), (("11:45", "11:56"), ("explained", "feng", 0))],
    ids=["lunch", "session"],
)
def test_the_absence_of_a_unit_speaks_of_its_own_people_only(looks: Any, found: Any) -> None:
    """AWY-02, EVD-02, CAL-05: in every order of arrival."""
    seen = [look(f"o{n}", clock, "empty_no_notice", "lin", post="w3") for n, clock in enumerate(looks, 1)]
    ends = set()
    for order in orders([U2_GONE, *seen]):
        hall = lunch_of_qian()
        hall.tick(at("15:00"))
        for said in order:
            assert hall.run(said.op(hall, at("15:00"))).st == "applied"
        row = hall.row("finding", "o1")
        ends.add((row["state"], row["person"], row["person_count"]))
    assert ends == {found}
