"""Mystery visits through their handlers: sealed until the lead publishes exactly what the lead saw (CHK-05, CHK-09)."""

from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.norms.rules import shipped_checklists as checklists
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit, Void
from server.domain.visit.rules import items_of
from tests.server.scenes.small_hall import ACTORS, PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall

SEALED = {"u:wu", "u:zheng", "u:sun"}


def record(hall: MemoryHall, who: str = "wu", rid: str = "v1", **more: Any) -> Outcome:
    """A whole visit: everything well but two items, with what only the lead may read."""
    marks = {"MS01": ItemAnswer("MS01", "fail", "响了八声"), "MS12": ItemAnswer("MS12", "half")}
    answers = [marks.get(i, ItemAnswer(i, "full")) for i in items_of(checklists()["ms-1"])]
    args: dict[str, Any] = {"mission": "m1", "checklist": "ms-1", "arrived_at": at("9:00"), "left_at": at("9:20"), "answers": answers}
    args |= {"badge": "1001", "said": "请稍等", "story": "想开店"} | more
    return hall.send(ACTORS[who], "visit.record", rid, RecordVisit(**args), received=at("10:00"))


def publish(hall: MemoryHall, who: str = "sun", version: int | None = None, **more: Any) -> Outcome:
    """The lead publishes what the lead sees."""
    present = hall.tx.version("visit", "v1") if version is None else version
    return hall.send(ACTORS[who], "visit.publish", "v1", Publish("请整改"), guard={"v1": present or 0}, received=at("10:10"), **more)


def test_before_publication_only_the_visitors_and_the_lead_see_anything() -> None:
    hall = small_hall()
    others = {f"u:{uid}" for uid in PEOPLE} - SEALED
    shared = {"hall", "pub", "unit:u1", "head:u1", "role:OFF", "role:INS", "role:EFF", "role:LEAD", "role:TEAM", "role:CHECK", "role:ADM"}
    before = hall.seen_by(*others, *shared)
    assert record(hall).st == "applied"
    assert hall.seen_by(*others, *shared) == before
    assert hall.buckets("visit", "v1") == SEALED
    assert hall.buckets("mission", "m1") == SEALED
    assert hall.row("mission", "m1")["state"] == "recorded"


def test_the_score_stands_on_the_row() -> None:
    hall = small_hall()
    record(hall)
    assert hall.row("visit", "v1")["score"] == {
        "tenths": 965,
        "got_halves": 193,
        "possible": 100,
        "capped": False,
        "vetoes": [],
        "grade": "good",
    }


def test_publishing_opens_it_to_the_head_the_office_and_the_leaders_without_the_visitor() -> None:
    hall = small_hall()
    record(hall)
    assert publish(hall).st == "applied"
    assert hall.buckets("visit.unit", "v1") == {"head:u1", "role:OFF", "role:LEAD", "role:DIS", "u:sun"}
    body = hall.row("visit.unit", "v1")
    assert (body["unit"], body["day"], body["window"], body["text"]) == ("u1", "2026-11-23", "w1", "请整改")
    assert [i["id"] for i in body["failed"]] == ["MS01"]
    assert [n["note"] for n in body["notes"]] == ["响了八声"]
    text = hall.tx.rows["visit.unit", "v1"].body
    assert not any(secret in text for secret in ("wu", "吴", "1001", "请稍等", "想开店"))
    assert hall.buckets("visit", "v1") == SEALED
    assert hall.row("mission", "m1")["state"] == "published"


@pytest.mark.parametrize("who", ["wang", "zhao", "zhou", "ma", "lin"])
def test_a_stranger_learns_nothing_from_an_answer(who: str) -> None:
    hall = small_hall()
    before = dict(hall.tx.rows)
    assert record(hall, who) == Outcome("held", "NO_RIGHT")
    assert record(hall, who, mission="no such mission") == Outcome("held", "NO_RIGHT")
    assert hall.tx.rows == before
    record(hall)
    assert publish(hall, who) == publish(small_hall(), who) == Outcome("refused", "NO_RIGHT")


def test_only_the_lead_of_the_mission_decides() -> None:
    hall = small_hall()
    record(hall)
    other = ACTORS["chen"]._replace(roles=frozenset({"CHECK"}))
    assert hall.send(other, "visit.publish", "v1", Publish(), guard={"v1": 1}) == Outcome("refused", "NO_RIGHT")
    assert publish(hall, "wu") == Outcome("refused", "NO_RIGHT")
    demoted = ACTORS["sun"]._replace(roles=frozenset({"STF"}))
    assert hall.send(demoted, "visit.void", "v1", Void("错"), guard={"v1": 1}) == Outcome("refused", "NO_RIGHT")


def test_publishing_another_version_than_the_present_one_is_stale() -> None:
    hall = small_hall()
    record(hall)
    present = hall.tx.version("visit", "v1") or 0
    assert publish(hall, version=present + 1) == Outcome("refused", "STALE", present)
    assert hall.send(ACTORS["sun"], "visit.publish", "v1", Publish()) == Outcome("refused", "STALE", present)
    assert hall.row("visit.unit", "v1") is None


def test_what_is_published_is_not_published_twice_and_may_still_be_declared_void() -> None:
    hall = small_hall()
    record(hall)
    publish(hall)
    assert publish(hall).code == "GONE"
    version = hall.tx.version("visit", "v1") or 0
    assert hall.send(ACTORS["sun"], "visit.void", "v1", Void("身份暴露"), guard={"v1": version}).st == "applied"
    assert hall.row("visit.unit", "v1") is None
    assert (hall.row("visit", "v1")["state"], hall.row("mission", "m1")["state"]) == ("void", "void")
    assert hall.send(ACTORS["sun"], "visit.void", "v1", Void("再次"), guard={"v1": hall.tx.version("visit", "v1") or 0}).code == "GONE"


def test_a_visit_that_does_not_exist_is_answered_as_one_of_another_lead() -> None:
    assert publish(small_hall()) == Outcome("refused", "NO_RIGHT")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"checklist": "ms-9"}, "CHECKLIST_UNKNOWN"),
        ({"checklist": "fa-1"}, "CHECKLIST_UNKNOWN"),
        ({"answers": []}, "INVALID"),
        ({"left_at": at("8:00")}, "INVALID"),
        ({"answers": [ItemAnswer("MS01", "full")] * 2}, "INVALID"),
        ({"answers": [ItemAnswer("MS01", "full"), ItemAnswer("FA01", "full")]}, "ITEM_UNKNOWN"),
        ({"answers": [ItemAnswer("MS01", "fail", photos=["a" * 64])]}, "INVALID"),
    ],
)
def test_an_inconsistent_visit_is_kept_for_a_person(wrong: dict[str, Any], code: str) -> None:
    """CHK-07: a version nobody has published, items it does not have, a photo nobody sends; held with its reason, nothing lost."""
    hall = small_hall()
    assert record(hall, **wrong) == Outcome("held", code)
    assert hall.row("visit", "v1") is None


def test_both_visitors_may_record_and_neither_overwrites_the_other() -> None:
    hall = small_hall()
    record(hall)
    assert record(hall, "zheng", "v2").st == "applied"
    assert record(hall, "zheng", "v1") == Outcome("held", "INVALID")
    assert hall.row("visit", "v1")["visitor"] == "wu"


def test_visitors_and_check_leads_get_the_checklist() -> None:
    assert small_hall().buckets("checklist", "ms-1") == {"role:TEAM", "role:CHECK", "role:SUP"}
