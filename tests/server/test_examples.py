"""The examples of a demo hall: something in every list of every role, the same from the same seed, nobody real (catalogue §14)."""

import asyncio
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server import examples
from server.app import DOMAINS, system_clock
from server.domain.base import Handler, Op, Outcome, Tx
from server.domain.demo import DemoUser, seed
from server.domain.hall.rules import buckets_of
from server.domain.past import words
from server.domain.visit.draw import draw, seed_of
from server.domain.visit.tables import PlanRecord
from server.seed import open_sites
from server.settings import Settings
from server.store.institutions import Institutions
from tests.support.memory_tx import MemoryHall

ZONE = ZoneInfo("Asia/Shanghai")
MORNING, NIGHT, MONDAY = "2026-11-24T10:50", "2026-11-22T02:00", "2026-03-02T00:10"
LISTS = {
    *("away.unit", "round", "obs", "finding", "irregular", "leave", "handover", "att.exc", "att.correction", "att.list", "att.excuse"),
    *("facility", "repair", "incident", "problem", "campaign", "camp.output", "hot.order", "bulletin", "bulletin.in", "bulletin.pub"),
    *(
        "plan",
        "plan.public",
        "mission",
        "visit",
        "visit.team",
        "visit.unit",
        "visit.own",
        "case",
        "case.permit",
        "supervisor",
        "sup.report",
    ),
    *("duty.draft", "zone.codes", "handbook.read", "board.item"),
}


def lived(site: str = "yunting", when: str = MORNING, number: int = 1) -> tuple[MemoryHall, list[DemoUser]]:
    """A demo hall with its examples, in memory."""
    local = datetime.fromisoformat(when).replace(tzinfo=ZONE)
    hall = MemoryHall(DOMAINS, int(local.timestamp() * 1000))
    users = seed(hall.tx, site, number, local.date(), hall.found)
    personas = {user.persona: user.uid for user in users if user.persona}
    examples.play(examples.Scene(hall.tx, _hands(hall), personas, number))
    hall.tick(hall.tx.now + 1)
    return hall, users


def _hands(hall: MemoryHall) -> examples.Hands:
    handlers: dict[str, Handler] = {kind: handler for d in DOMAINS for kind, handler in d.handlers.items()}

    def clock(at: int) -> None:
        hall.tx.now = at

    def minute(at: int) -> None:
        hall.tx.minutes.append((at, at.to_bytes(32, "big")))

    return examples.Hands(clock, minute, handlers.__getitem__, hall.settle)


@pytest.fixture(scope="module")
def morning() -> tuple[MemoryHall, list[DemoUser]]:
    """The large hall on a Tuesday morning."""
    return lived()


def states(hall: MemoryHall, kind: str) -> set[str]:
    """In which states rows of a kind are."""
    return {body["state"] for _, body in hall.rows(kind)}


def test_every_list_has_something_in_it(morning: tuple[MemoryHall, list[DemoUser]]) -> None:
    hall, _ = morning
    there = Counter(kind for kind, _ in hall.tx.rows)
    assert not LISTS - there.keys()


def test_things_stand_in_every_state(morning: tuple[MemoryHall, list[DemoUser]]) -> None:
    hall, _ = morning
    assert states(hall, "problem") == {"found", "ordered", "rectifying", "claimed", "returned", "verified", "not_done", "lifted"}
    assert {body["source"] for _, body in hall.rows("problem")} >= {
        "patrol",
        "complaint",
        "covert",
        "rating",
        "evaluation",
        "meeting",
        "media",
    }
    assert states(hall, "repair") == {"reported", "assigned", "repaired", "checked", "dropped"}
    assert states(hall, "plan") == {"committed", "drawn", "revealed"}
    assert states(hall, "hot.order") == {"ordered", "answered", "returned", "settled"}
    assert states(hall, "bulletin") == {"draft", "issued"}
    assert states(hall, "supervisor") == {"nominated", "appointed", "active", "resigned"}
    assert states(hall, "incident") >= {"handling", "closed", "mistaken"}
    assert states(hall, "visit.unit") == {"checking", "published"}
    assert any(body.get("disputed") for _, body in hall.rows("problem"))
    assert any(body.get("late_return") for _, body in hall.rows("leave"))
    assert any(body["cover"] == "silent" for _, body in hall.rows("away.office"))
    assert [sum(body.get("struck", {}).values()) for _, body in hall.rows("plan.public")] == [1]
    for kind in ("repair", "problem", "hot.order", "sup.report"):
        assert any(body.get("overdue") for _, body in hall.rows(kind)), kind


def test_the_published_draw_can_be_repeated_by_anybody(morning: tuple[MemoryHall, list[DemoUser]]) -> None:
    """CHK-04."""
    hall, _ = morning
    (rid,) = (rid for rid, _ in hall.rows("plan.public"))
    plan, public = hall.tx.get(PlanRecord, rid), hall.row("plan.public", rid)
    assert plan is not None
    again = draw(plan.inputs, seed_of(plan.inputs, bytes.fromhex(public["secret"]), bytes.fromhex(public["entry"])))
    assert again == plan.drawn


def test_the_discipline_section_reads_what_was_told_and_published_and_no_more(morning: tuple[MemoryHall, list[DemoUser]]) -> None:
    """VIS-01, §7, column DIS: beside what any colleague has, whole findings, problems, published results, absences by class and times."""
    hall, users = morning
    one = next(user for user in users if user.persona == "discipline")
    plain = hall.seen_by(*buckets_of(one.uid, one.unit, ["STF"]))
    more = {key: body for key, body in hall.seen_by(*buckets_of(one.uid, one.unit, one.roles)).items() if key not in plain}
    assert {kind for kind, _ in more} - {"coded"} == {"finding.own", "problem", "visit.unit", "away.ins", "bulletin.in"}
    seen = {kind: {rid for of, rid in more if of == kind} for kind in ("finding.own", "problem", "visit.unit", "away.ins", "coded")}
    assert seen["finding.own"] == {rid for rid, body in hall.rows("finding") if body["state"] != "glance"} != set()
    assert seen["problem"] == {rid for rid, _ in hall.rows("problem")}
    assert seen["visit.unit"] == {rid for rid, body in hall.rows("visit.unit") if body["state"] == "published"}
    assert seen["away.ins"] == {rid for rid, _ in hall.rows("away.ins")}
    assert seen["coded"] == {rid for rid, body in hall.rows("coded") if not body.get("ended")}


def test_the_same_seed_gives_the_same_examples(morning: tuple[MemoryHall, list[DemoUser]]) -> None:
    assert lived()[0].tx.rows == morning[0].tx.rows


@pytest.mark.parametrize("when", [NIGHT, MONDAY])
def test_examples_do_not_depend_on_the_hour_of_the_start(when: str) -> None:
    hall, _ = lived(when=when)
    assert not LISTS - {kind for kind, _ in hall.tx.rows}
    now = hall.tx.now
    assert all(body["started_at"] < now for _, body in hall.rows("round"))


def test_the_small_hall_speaks_as_taiwan_writes() -> None:
    """GEN-04."""
    hall, _ = lived("jinghu")
    there = {kind for kind, _ in hall.tx.rows}
    assert there >= {"round", "finding", "leave", "handover", "facility", "repair", "incident", "problem", "bulletin.pub"}
    texts = " ".join(body["text"] for kind in ("repair", "problem") for _, body in hall.rows(kind))
    assert "印表機" in texts or "螢幕" in texts
    assert not set(texts) & set("业务时发号样诺证与")
    assert words("zh_Hant_TW").answered == "可以代理"


def test_nobody_in_it_is_real(morning: tuple[MemoryHall, list[DemoUser]]) -> None:
    hall, users = morning
    known = {user.name for user in users}
    named = {body["name"] for _, body in hall.rows("supervisor")}
    assert named
    assert all(name in known or re.fullmatch("[演示][甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]", name) for name in named)
    everything = "".join(shown.body for shown in hall.tx.rows.values())
    phones = re.findall(r"\d{4}-\d{8}", everything)
    assert phones
    assert all(re.fullmatch(r"0000-0000\d{4}", phone) for phone in phones)


def test_an_example_that_the_hall_would_not_accept_is_told() -> None:
    def refused(_tx: Tx, _op: Op[Any]) -> Outcome:
        return Outcome("refused", "NO_RIGHT")

    hall = MemoryHall(DOMAINS, int(datetime.fromisoformat(MORNING).replace(tzinfo=ZONE).timestamp() * 1000))
    users = seed(hall.tx, "jinghu", 1, datetime.fromisoformat(MORNING).date(), hall.found)
    hands = _hands(hall)._replace(handler=lambda kind: refused)
    scene = examples.Scene(hall.tx, hands, {user.persona: user.uid for user in users if user.persona}, 1)
    with pytest.raises(RuntimeError, match="does not accept its own"):
        examples.play(scene)


def test_a_demo_hall_opens_without_examples_when_one_of_them_does_not_suit_the_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """All of them or none: what was played before the one that failed is gone with it."""

    def fails(_: examples.Scene) -> None:
        raise RuntimeError("not today")

    monkeypatch.setattr(examples, "STORIES", (examples.board.play, fails))

    async def kinds() -> set[str]:
        found: set[str] = set()
        for store in await open_sites(Settings(data=tmp_path), Institutions(DOMAINS), system_clock):
            found |= {
                kind for (kind,) in await store.read(lambda sql: sql.all("SELECT DISTINCT kind FROM view_row WHERE body IS NOT NULL"))
            }
            await store.close()
        return found

    shown = asyncio.run(kinds())
    assert {"hall", "post", "leave.type"} <= shown
    assert "board.item" not in shown
    assert "begins without examples" in caplog.text
