"""Who leads checks and who visits is given and taken in the hall itself, and leaves no trace for anybody else (CHK-05, CHK-06, VIS-02)."""

from typing import Any

import pytest

from server.domain.base import Actor, Outcome
from server.domain.hall.handlers import put_person
from server.domain.hall.rules import buckets_of, is_visitor_number, visitor_number
from server.domain.hall.tables import PersonRecord, RoleTerm, UnitTerm
from server.domain.roster.ops import PutPerson
from server.domain.roster.rules import turned
from server.domain.supervisor.ops import Appoint, Nominate
from server.domain.visit.people_ops import AppointLead, PutVisitor
from server.domain.visit.plan_ops import CommitPlan
from tests.server.scenes.small_hall import ACTORS, DAY, PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall

NEXT, LATER, AFTER = "2026-11-24", "2026-11-27", "2026-11-28"
TOP = Actor("top", "c-lead", frozenset({"TOP"}))
ADM = Actor("adm", "", frozenset({"ADM"}))
ALL = ACTORS | {"top": TOP, "adm": ADM}
CHECKERS, DIRECTOR = {"role:CHECK"}, {"role:TOP"}


def hall_with() -> MemoryHall:
    hall = small_hall()
    for one in (TOP, ADM):
        put_person(hall.tx, PersonRecord(rid=one.uid, name=one.uid, badge=one.uid, unit=one.unit, title={}, roles=sorted(one.roles)))
    return hall


def guard(hall: MemoryHall, kind: str, rid: str) -> dict[str, int]:
    seen = hall.tx.version(kind, rid)
    return {rid: seen} if seen else {}


def appoint(hall: MemoryHall, uid: str = "han", who: str = "top", day: str = DAY, *, ends: bool = False) -> Outcome:
    return hall.send(ALL[who], "check.appoint", uid, AppointLead(day, ends), guard=guard(hall, "check.lead", uid))


def visitor(hall: MemoryHall, uid: str = "xin", who: str = "sun", name: str = "辛某", last: str = LATER, *, ends: bool = False) -> Outcome:
    return hall.send(ALL[who], "check.visitor", uid, PutVisitor(name, last, ends), guard=guard(hall, "check.visitor", uid))


def of_the_hall(hall: MemoryHall, uid: str = "li", who: str = "sun", last: str = "", *, ends: bool = False) -> Outcome:
    return visitor(hall, uid, who, "", last, ends=ends)


def record(hall: MemoryHall, uid: str) -> PersonRecord:
    found = hall.tx.get(PersonRecord, uid)
    assert found is not None
    return found


def seen_by_others(hall: MemoryHall, *about: str) -> dict[str, dict[tuple[str, str], tuple[int, str]]]:
    """All rows with their versions, by person, of everybody but director, leads, and whom it is about."""
    left_out = {"top", "sun", *about}
    readers = {uid: buckets_of(uid, one.unit, one.roles) for uid, one in ALL.items() if uid not in left_out}
    rows = hall.tx.rows.items()
    return {uid: {key: (one.version, one.body) for key, one in rows if one.buckets & mine} for uid, mine in readers.items()}


# --- who leads --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", sorted(ALL.keys() - {"top"}))
@pytest.mark.parametrize("uid", ["han", "sun", "wu", "nobody"])
def test_only_the_director_appoints_and_all_others_hear_the_same(who: str, uid: str) -> None:
    """CHK-05, VIS-02: neither office, administrator, efficiency group, leaders nor a lead himself; whoever it is about."""
    hall = hall_with()
    before = dict(hall.tx.rows)
    for ends in (False, True):
        assert appoint(hall, uid, who, ends=ends) == Outcome("refused", "NO_RIGHT")
    assert hall.tx.rows == before


def test_an_appointed_lead_may_do_what_a_lead_does_and_the_director_sees_him() -> None:
    """CHK-05, VIS-02."""
    hall = hall_with()
    assert appoint(hall).st == "applied"
    assert hall.tx.accounts["han"] == ("han", "韩", "c-office", ("STF", "CHECK"), True)
    assert hall.row("me", "han")["roles"] == ["STF", "CHECK"]
    assert hall.row("check.lead", "han") == {"name": "韩", "unit": "c-office", "from_day": DAY}
    assert hall.buckets("check.lead", "han") == CHECKERS | DIRECTOR
    han = Actor("han", "c-office", frozenset({"STF", "CHECK"}))
    plan = CommitPlan("验收", "covert", "ms-1", ["u1", "u2"], ["wu", "zheng"], NEXT, NEXT, ["上午"], "5a" * 32)
    assert hall.send(han, "plan.commit", "p1", plan).st == "applied"


def test_an_appointment_begins_and_ends_with_its_day_and_until_then_the_director_alone_knows() -> None:
    """CHK-05, VIS-02."""
    hall = hall_with()
    appoint(hall, day=NEXT)
    assert (record(hall, "han").roles, hall.buckets("check.lead", "han")) == (["STF"], DIRECTOR)
    hall.tick(at("0:00", NEXT))
    assert (record(hall, "han").roles, hall.buckets("check.lead", "han")) == (["STF", "CHECK"], CHECKERS | DIRECTOR)
    assert appoint(hall, day=AFTER, ends=True).st == "applied"
    assert hall.row("check.lead", "han")["to_day"] == LATER
    hall.tick(at("23:59", LATER))
    assert hall.tx.accounts["han"][3] == ("STF", "CHECK")
    hall.tick(at("0:00", AFTER))
    assert (hall.tx.accounts["han"][3], hall.row("check.lead", "han")) == (("STF",), None)


def test_one_who_led_before_there_were_appointments_is_taken_back_at_once() -> None:
    """VIS-02: of a lead of the demo nobody has said since when."""
    hall = hall_with()
    assert appoint(hall, "sun", ends=True).st == "applied"
    assert (record(hall, "sun").roles, hall.row("check.lead", "sun")) == ([], None)
    assert appoint(hall, "sun", ends=True) == Outcome("refused", "GONE")
    assert appoint(hall, "sun").st == "applied"
    assert record(hall, "sun").roles == ["CHECK"]


def test_what_makes_no_sense_is_refused() -> None:
    """CHK-05: nobody appoints himself, nobody from outside leads, nothing is said of days gone by or of what has changed since."""
    hall = hall_with()
    assert appoint(hall, "top") == Outcome("refused", "OWN_WORK")
    for uid in ("wu", "nobody"):
        assert appoint(hall, uid) == Outcome("refused", "INVALID")
    for day in ("2026-11-22", "tomorrow", ""):
        assert appoint(hall, day=day) == Outcome("refused", "INVALID")
    assert appoint(hall, ends=True) == Outcome("refused", "GONE")
    appoint(hall)
    assert appoint(hall) == Outcome("refused", "GONE")
    stale = hall.send(TOP, "check.appoint", "han", AppointLead(DAY, True), guard={"han": 7})
    assert stale == Outcome("refused", "STALE", 1)


def test_an_appointment_that_never_began_is_forgotten() -> None:
    """CHK-05."""
    hall = hall_with()
    appoint(hall, day=NEXT)
    assert appoint(hall, day=LATER).st == "applied"
    assert record(hall, "han").terms == [RoleTerm("CHECK", LATER)]
    assert appoint(hall, day=AFTER, ends=True).st == "applied"
    assert (record(hall, "han").terms, hall.row("check.lead", "han")) == ([], None)


# --- who visits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", sorted(ALL.keys() - {"sun"}))
@pytest.mark.parametrize("uid", ["xin", "wu", "li", "sun"])
def test_only_a_lead_enters_visitors_and_all_others_hear_the_same(who: str, uid: str) -> None:
    """CHK-05, VIS-02: whether there is such a visitor or not; the director neither."""
    hall = hall_with()
    before = dict(hall.tx.rows), dict(hall.tx.accounts)
    for ends in (False, True):
        assert visitor(hall, uid, who, ends=ends) == Outcome("refused", "NO_RIGHT")
    assert (hall.tx.rows, hall.tx.accounts) == before


def test_a_visitor_from_outside_has_an_account_until_the_last_day_and_keeps_its_role_afterwards() -> None:
    """CHK-06, VIS-02: whoever has no role would be somebody of the hall."""
    hall = hall_with()
    assert visitor(hall).st == "applied"
    number = visitor_number("xin")
    assert hall.tx.accounts["xin"] == (number, "辛某", "", ("TEAM",), True)
    assert hall.row("check.visitor", "xin") == {"name": "辛某", "unit": "", "number": number, "from_day": DAY, "to_day": LATER}
    assert hall.buckets("check.visitor", "xin") == hall.buckets("visitor", "xin") == CHECKERS
    assert hall.row("person", "xin") is hall.row("person.file", "xin") is None
    hall.tick(at("23:59", LATER))
    assert hall.tx.accounts["xin"][-1] is True
    hall.tick(at("0:00", AFTER))
    assert hall.tx.accounts["xin"] == (number, "辛某", "", ("TEAM",), False)
    assert (hall.row("visitor", "xin"), hall.row("check.visitor", "xin")["ended"]) == (None, True)
    assert visitor(hall, name="", last="2026-12-01").st == "applied"
    assert hall.tx.accounts["xin"] == (number, "辛某", "", ("TEAM",), True)


def test_a_visitor_can_be_ended_at_once_and_visits_no_more() -> None:
    """VIS-02."""
    hall = hall_with()
    visitor(hall)
    assert visitor(hall, ends=True).st == "applied"
    assert hall.tx.accounts["xin"][3:] == (("TEAM",), False)
    assert visitor(hall, ends=True) == Outcome("refused", "GONE")
    plan = CommitPlan("验收", "covert", "ms-1", ["u1", "u2"], ["wu", "xin"], NEXT, NEXT, ["上午"], "5a" * 32)
    assert hall.send(ACTORS["sun"], "plan.commit", "p1", plan) == Outcome("refused", "INVALID")


def test_a_visitor_of_before_is_ended_and_engaged_by_days_too() -> None:
    """CHK-06: one of the demo, of whom nobody has said any days."""
    hall = hall_with()
    assert visitor(hall, "wu", name="", ends=True).st == "applied"
    assert hall.tx.accounts["wu"][3:] == (("TEAM",), False)
    assert visitor(hall, "wu", name="").st == "applied"
    assert hall.row("check.visitor", "wu")["to_day"] == LATER


def test_a_person_of_the_hall_visits_beside_the_other_roles_and_never_the_own_unit() -> None:
    """CHK-04, VIS-02: recused by the draw itself."""
    hall = hall_with()
    assert of_the_hall(hall).st == "applied"
    assert hall.tx.accounts["li"] == ("li", "李", "u1", ("STF", "TEAM"), True)
    assert hall.row("check.visitor", "li") == {"name": "李", "unit": "u1", "from_day": DAY}
    plan = CommitPlan("验收", "covert", "ms-1", ["u1"], ["li", "wu"], NEXT, NEXT, ["上午"], "5a" * 32)
    assert hall.send(ACTORS["sun"], "plan.commit", "p1", plan) == Outcome("refused", "DRAW_TEAM")
    assert of_the_hall(hall, ends=True).st == "applied"
    assert (record(hall, "li").roles, hall.row("check.visitor", "li")) == (["STF"], None)


def test_a_person_of_the_hall_visits_until_a_last_day() -> None:
    """VIS-02."""
    hall = hall_with()
    of_the_hall(hall, last=LATER)
    hall.tick(at("0:00", AFTER))
    assert hall.tx.accounts["li"][3] == ("STF",)


def test_who_loses_every_other_role_does_not_visit_either() -> None:
    """CHK-05: an account that only visits is somebody from outside, whose phones vanish from the list of the office."""
    hall = hall_with()
    of_the_hall(hall)
    put = PutPerson("李", "li", [UnitTerm("u1", "2020-01-01")], [])
    assert hall.send(ACTORS["zhou"], "org.person", "li", put, guard=guard(hall, "person", "li")).st == "applied"
    assert record(hall, "li").roles == []
    again = small_hall()
    nobody = PersonRecord(rid="noone", name="无", badge="noone", unit="u1", title={}, roles=[])
    put_person(again.tx, nobody)
    assert of_the_hall(again, "noone") == Outcome("refused", "INVALID")


def test_a_visitor_who_makes_no_sense_is_refused() -> None:
    """CHK-05, CHK-06."""
    hall = hall_with()
    assert of_the_hall(hall, "sun") == Outcome("refused", "OWN_WORK")
    for wrong in ({"name": " "}, {"last": ""}, {"last": "2026-11-22"}, {"last": "2036-11-22"}, {"last": "soon"}, {"ends": True}):
        assert visitor(hall, **wrong) == Outcome("refused", "INVALID"), wrong
    for uid in ("a b", "", "x" * 65):
        assert visitor(hall, uid) == Outcome("refused", "INVALID"), uid
    assert visitor(hall, "li") == Outcome("refused", "INVALID"), "somebody of the hall has a name"
    engage(hall)
    assert visitor(hall, "sup1") == Outcome("refused", "INVALID"), "a supervisor is engaged by others"
    assert of_the_hall(hall, ends=True) == Outcome("refused", "GONE")
    visitor(hall)
    assert hall.send(ACTORS["sun"], "check.visitor", "xin", PutVisitor(last_day=LATER), guard={"xin": 9}) == Outcome("refused", "STALE", 1)


def engage(hall: MemoryHall) -> None:
    assert hall.send(ACTORS["zhou"], "sup.nominate", "sup1", Nominate("何某", "citizen", "周")).st == "applied"


# --- nobody else learns of it -----------------------------------------------------------------------------------------


def test_nothing_that_others_see_changes_neither_now_nor_when_days_come() -> None:
    """CHK-05, PRV-15: rows and versions of everybody else, with lead and visitors and without."""

    def lived(*, with_it: bool) -> MemoryHall:
        hall = hall_with()
        if with_it:
            told = (appoint(hall), appoint(hall, "qian", day=NEXT), visitor(hall), of_the_hall(hall), of_the_hall(hall, "feng", last=DAY))
            assert {one.st for one in told} == {"applied"}
        hall.tick(at("0:00", NEXT))
        if with_it:
            appoint(hall, day=NEXT, ends=True)
        for uid, (name, unit, roles) in PEOPLE.items():
            if unit and uid in ("han", "li", "zhou"):
                put = PutPerson(name, uid, [UnitTerm(unit, "2020-01-01")], [RoleTerm(role, "2020-01-01") for role in roles])
                assert hall.send(ACTORS["zhou"], "org.person", uid, put, guard=guard(hall, "person", uid)).st == "applied"
        hall.tick(at("0:00", AFTER))
        return hall

    about = ("han", "qian", "li", "feng")
    assert seen_by_others(lived(with_it=True), *about) == seen_by_others(lived(with_it=False), *about)


def test_the_office_keeps_a_person_as_before_and_takes_no_secret_role_with_it() -> None:
    """CHK-05, VIS-02: what only an administrator may give is judged alike, whether the person leads checks or not."""
    hall = hall_with()
    appoint(hall, "chen")
    put = PutPerson("陈", "chen", [UnitTerm("c-patrol", "2020-01-01")], [RoleTerm("EFF", "2020-01-01")])
    assert hall.send(ACTORS["zhou"], "org.person", "chen", put, guard=guard(hall, "person", "chen")).st == "applied"
    assert record(hall, "chen").roles == ["EFF", "CHECK"]
    assert [term["role"] for term in hall.row("person.file", "chen")["terms"]] == ["EFF"]


def test_no_answer_tells_that_a_number_is_a_visitors() -> None:
    """CHK-05: the office gets the same for every number of that form, for one that is somebody's and for one that is nobody's; a number
    that a visitor has in a hall of before is nobody's to it.
    """
    hall = hall_with()
    visitor(hall)
    taken, free = visitor_number("xin"), visitor_number("nobody")
    assert is_visitor_number(taken)
    assert is_visitor_number(f" {free}")
    assert not any(map(is_visitor_number, ("1001", "6" + free[1:], free + "1", "７" + free[1:])))
    engage(hall)
    answers = []
    for number in (taken, free):
        put = PutPerson("新人", number, [UnitTerm("u1", "2020-01-01")], [RoleTerm("STF", "2020-01-01")])
        answers.append(
            (
                hall.send(ACTORS["zhou"], "org.person", "new", put),
                hall.send(ACTORS["zhou"], "sup.appoint", "sup1", Appoint(number, DAY, LATER)),
            )
        )
    assert answers[0] == answers[1] == (Outcome("refused", "INVALID"), Outcome("refused", "INVALID"))
    put = PutPerson("新人", "wu", [UnitTerm("u1", "2020-01-01")], [RoleTerm("STF", "2020-01-01")])
    assert hall.send(ACTORS["zhou"], "org.person", "new", put).st == "applied"


@pytest.mark.parametrize(
    ("terms", "how", "then"),
    [
        ([], {"gives": True}, [RoleTerm("CHECK", NEXT)]),
        ([RoleTerm("CHECK", "")], {"gives": False}, [RoleTerm("CHECK", "", DAY)]),
        ([RoleTerm("CHECK", LATER)], {"gives": False}, []),
        ([RoleTerm("TEAM", "")], {"gives": True, "last_day": LATER}, [RoleTerm("TEAM", ""), RoleTerm("CHECK", NEXT, LATER)]),
        ([RoleTerm("CHECK", "2026-01-01", "2026-02-01")], {"gives": False}, [RoleTerm("CHECK", "2026-01-01", "2026-02-01")]),
    ],
)
def test_terms_of_a_role_once_it_is_given_or_taken(terms: list[RoleTerm], how: dict[str, Any], then: list[RoleTerm]) -> None:
    """VIS-02."""
    assert turned(terms, "CHECK", DAY, NEXT, **({"last_day": ""} | how)) == then
