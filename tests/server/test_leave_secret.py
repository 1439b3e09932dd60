"""Suspension, detention, investigation (P4): for the person, the principal leader and the discipline section; everybody else sees
somebody who is not there today.

§8, VIS-01, LV-09, LVT-04.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.hall.rules import buckets_of
from server.domain.leave.handlers import sealed
from server.domain.leave.ops import (
    LeaveConvert,
    LeaveDecide,
    LeaveOpen,
    LeaveRecall,
    LeaveRequest,
    LeaveReturn,
    LeaveSetType,
    LeaveWithdraw,
)
from server.domain.leave.policy import type_on
from server.domain.leave.registers import MEASURES, REGISTERS
from server.domain.leave.tables import LeaveRecord
from sync.units import DAY_MS
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.server.test_domain_leave import NEXT, approve, ask, leave, send
from tests.support.cast import Cast, Device
from tests.support.clock import DeviceClocks
from tests.support.memory_tx import MemoryHall
from tests.support.registers import ask as read
from tests.support.registers import columns

TOP = ACTORS["ma"]._replace(uid="dong", roles=frozenset({"TOP", "HEAD"}))
DIS = ACTORS["ma"]._replace(uid="bao", unit="c-discipline", roles=frozenset({"DIS"}))
OTHERS = ("zhao", "zhou", "ma", "li", "lin", "chen", "feng")
"""The head of the unit, the office, an ordinary leader, the partner, those who patrol, another head."""


def suspended(type: str = "suspension", hall: MemoryHall | None = None) -> MemoryHall:
    """王 is suspended for a week by the principal leader, who decides it, too."""
    hall = hall or small_hall()
    args = LeaveRequest("wang", type, at("08:30"), at("17:30", "2026-11-27"), "配合调查，另案处理")
    assert by_top(hall, "leave.request", "s", args).st == "applied"
    assert by_top(hall, "leave.decide", "s", LeaveDecide(True)).st == "applied"
    return hall


def by_top(hall: MemoryHall, kind: str, rid: str, args: Any) -> Outcome:
    return hall.send(TOP, kind, rid, args, received=at("08:10"))


def heard_by(hall: MemoryHall, who: str) -> dict[tuple[str, str], Any]:
    """Everything this person's devices get, without the list of types there are."""
    actor = ACTORS[who]
    seen = hall.seen_by(*buckets_of(who, actor.unit, actor.roles))
    return {key: body for key, body in seen.items() if key[0] != "leave.type"}


def test_it_is_entered_decided_and_seen_by_the_principal_leader_and_seen_by_the_person() -> None:
    hall = small_hall()
    for who in ("wang", "zhao", "zhou", "ma"):
        assert ask(hall, "x", type="suspension", by=who) == Outcome("held", "NO_RIGHT")
    hall = suspended()
    assert hall.buckets("leave", "s") == {"u:wang", "role:TOP", "role:DIS"}
    assert (leave(hall, "s")["state"], [s["role"] for s in leave(hall, "s")["steps"]]) == ("running", ["TOP"])
    assert "role:TOP" in buckets_of("dong", "c-lead", TOP.roles)


def test_where_nobody_holds_top_the_discipline_section_enters_and_decides_it() -> None:
    """§8: it sees the same as the principal leader, whose word stands over its own; about any other leave it has no word."""
    hall = small_hall()
    ask(hall, "b")
    args = LeaveRequest("wang", "suspension", at("08:30", "2026-12-01"), at("17:30", "2026-12-07"), "配合调查")
    for kind, rid, said in (
        ("leave.request", "s", args),
        ("leave.decide", "s", LeaveDecide(True)),
        ("leave.open", "s", LeaveOpen("核对决定")),
    ):
        assert hall.send(DIS, kind, rid, said, received=at("08:10")).st == "applied", kind
    shown = leave(hall, "s")
    assert (shown["state"], [d["role"] for d in shown["decisions"]]) == ("approved", ["DIS"])
    assert ("leave", "s") in hall.seen_by(*buckets_of("bao", "c-discipline", DIS.roles))
    for kind, said in (
        ("leave.decide", LeaveDecide(True)),
        ("leave.convert", LeaveConvert("personal", "改")),
        ("leave.withdraw", LeaveWithdraw()),
    ):
        assert hall.send(DIS, kind, "b", said, received=at("08:20")).code == "NO_RIGHT", kind
    assert ("leave", "b") not in hall.seen_by(*buckets_of("bao", "c-discipline", DIS.roles))
    assert by_top(hall, "leave.decide", "s", LeaveDecide(False)).st == "applied"
    assert leave(hall, "s")["state"] == "refused"


@pytest.mark.parametrize("decided", [False, True], ids=["while it waits", "once it is decided"])
@pytest.mark.parametrize("who", OTHERS)
def test_no_byte_tells_anybody_else_what_it_is(who: str, decided: bool) -> None:
    """Code, words and balances; what the unit sees is the same as of any other approved absence."""
    hall = small_hall()
    by_top(hall, "leave.request", "s", LeaveRequest("wang", "suspension", at("08:30"), at("17:30", "2026-11-27"), "配合调查"))
    if decided:
        by_top(hall, "leave.decide", "s", LeaveDecide(True))
    ask(hall, "a")
    approve(hall, "a", clock="08:40")
    heard = heard_by(hall, who)
    everything = json.dumps([[*key, body] for key, body in heard.items()], ensure_ascii=False)
    assert [word for word in ("suspension", "停职", "停職", "配合调查") if word in everything] == []
    assert {key[0] for key in heard if key[1] == "s"} <= {"leave.unit", "leave.ins"}
    plain = small_hall()
    ask(plain, "a")
    approve(plain, "a", clock="08:40")
    before = heard_by(plain, who)
    own = [(kind, rid) for kind, rid in heard if kind in ("leave", "leave.account")]
    assert {key: heard[key] for key in own} == {key: before[key] for key in own}, "balances and other leave are as without it"


def test_it_is_no_ones_business_to_end_convert_or_open_it() -> None:
    hall = suspended()
    for who in ("zhao", "zhou", "ma"):
        for kind, args in (
            ("leave.decide", LeaveDecide(False)),
            ("leave.withdraw", LeaveWithdraw()),
            ("leave.return", LeaveReturn(at("08:40"))),
            ("leave.convert", LeaveConvert("annual", "改")),
            ("leave.recall", LeaveRecall(at("09:00"), "回来")),
            ("leave.open", LeaveOpen("看看")),
        ):
            assert send(hall, who, kind, "s", args).code == "NO_RIGHT", (who, kind)
    assert send(hall, "wang", "leave.withdraw", "s", LeaveWithdraw()).code == "NO_RIGHT", "nobody lifts his own suspension"
    ask(hall, "b")
    assert send(hall, "zhou", "leave.convert", "b", LeaveConvert("suspension", "改")).code == "NO_RIGHT"
    assert by_top(hall, "leave.open", "s", LeaveOpen("核对决定")).st == "applied"
    assert hall.buckets("leave.sealed", "s") == {"u:wang", "u:dong"}
    assert by_top(hall, "leave.convert", "b", LeaveConvert("suspension", "改")).st == "applied"
    assert hall.buckets("leave", "b") == {"u:wang", "role:TOP", "role:DIS"}, "who saw it as something else sees it no more"


def test_what_is_held_of_it_waits_for_those_who_may_see_it() -> None:
    hall = suspended()
    assert sealed(hall.tx, "x", b'{"type":"suspension"}', "ma") == {"role:TOP", "role:DIS"}
    assert sealed(hall.tx, "s", b'{"text":"..."}', "zhao") == {"role:TOP", "role:DIS"}
    assert sealed(hall.tx, "x", b'{"type":"sick"}', "wang") == sealed(hall.tx, "x", b"\xff", "wang") == {"role:OFF"}


def record(hall: MemoryHall, rid: str) -> LeaveRecord:
    found = hall.tx.get(LeaveRecord, rid)
    assert found is not None
    return found


def test_a_type_the_hall_makes_secret_or_sensitive_is_so_from_then_on() -> None:
    """LVT-02: by the privacy of the type when the leave begins, not by what was shipped."""
    hall = small_hall()
    ask(hall, "a", type="personal")
    kind = type_on(hall.tx, "personal", NEXT)
    assert kind is not None
    column = next(c for c in REGISTERS[0].columns if c.key == "class")
    assert column.value is not None
    assert (record(hall, "a").privacy, column.value(record(hall, "a"))) == ("P2", "personal")
    for privacy, shown, seen in (("P3", "sealed", {"u:wang", "head:u1", "role:OFF"}), ("P4", "sealed", {"u:wang", "role:TOP", "role:DIS"})):
        kind.privacy, kind.valid_from = privacy, NEXT  # type: ignore[assignment]
        assert send(hall, "zhou", "leave.type", f"personal@{NEXT}", LeaveSetType(kind)).st == "applied"
        assert (record(hall, "a").privacy, column.value(record(hall, "a"))) == (privacy, shown)
        assert hall.buckets("leave", "a") == seen


def test_it_is_counted_in_no_index_of_a_unit() -> None:
    """IDX-07, IDX-08: a number that grows by one tells as much as a word."""
    hall = suspended()
    by_top(hall, "leave.return", "s", LeaveReturn(at("08:10")))
    found = [hall.tx.find(LeaveRecord, measure.where) for measure in MEASURES if measure.record is LeaveRecord]
    assert found == [[] for _ in found]


# --- through the doors ------------------------------------------------------------------------------------------------


@pytest.fixture
def told(cast: Cast) -> Iterator[dict[str, Device]]:
    """One leave of 王 that is secret, at a running server, and a sick leave beside it."""
    wang, top = cast["王"].pull(), Device(cast.url, DeviceClocks(cast.world))
    badge = next(row["badge"] for row in wang.replica.bodies("person").values() if "TOP" in row["roles"])
    top.sign_in_as(str(badge))
    top.enrol()
    begin = top.pull().replica.time.now() + DAY_MS
    assert top.do("leave.request", LeaveRequest(wang.uid, "suspension", begin, begin + 2 * DAY_MS, "另案处理"), "s" * 22).st == "applied"
    assert wang.do("leave.request", LeaveRequest(wang.uid, "sick", begin + 5 * DAY_MS, begin + 6 * DAY_MS), "t" * 22).st == "applied"
    assert top.do("leave.decide", LeaveDecide(True), "s" * 22).st == "applied"
    yield {"top": top, "head": cast["赵"], "office": cast["周"], "leader": cast["领"]}
    top.close()


def test_the_desk_shows_it_to_the_principal_leader_alone(told: dict[str, Device]) -> None:
    """VIS-01, VIS-03: neither pulls nor registers, with or without a purpose, in pages, totals or files."""
    span = {"from": "2026-01-01", "to": "2026-12-31"}
    for who in ("head", "office", "leader"):
        device = told[who]
        rows = [line for line in device.pull_text(cur="").decode().splitlines() if json.loads(line).get("k") != "leave.type"]
        answers = [read(device, "register/leave", **span, **more) for more in ({}, {"purpose": "核对考勤"})]
        bodies = [answer.raise_for_status().json() for answer in answers]
        assert [row["rid"] for body in bodies for row in body["rows"]] == ["t" * 22] * 2, who
        assert [body["totals"]["rows"] for body in bodies] == [1, 1]
        text = "".join(rows) + json.dumps([body["rows"] for body in bodies], ensure_ascii=False)
        assert [word for word in ("suspension", "停职", "另案") if word in text] == [], who
        assert read(device, f"register/leave/{'s' * 22}", purpose="核对考勤").status_code == 404
        assert "停职" not in read(device, "register/leave.csv", **span, purpose="核对考勤").raise_for_status().text
    seen = read(told["top"], "register/leave", **span, purpose="核对决定").raise_for_status().json()
    assert {row["rid"] for row in seen["rows"]} == {"s" * 22, "t" * 22}
    at_type = columns(told["top"], "leave").index("type")
    assert {row["cells"][at_type] for row in seen["rows"]} == {"suspension", None}
