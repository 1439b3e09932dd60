"""CON-20 and CON-21 as scenes: two phones, every order of arrival, and the sentence each reader gets (EVD-11)."""

import itertools
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server import locales
from server.domain.attendance.explain import EXPLANATIONS, PARAMS
from tests.server.scenes.attendance import SCENES, Scene, attendance_hall, exc, state
from tests.server.scenes.small_hall import at
from tests.support.memory_tx import MemoryHall

CLEARED = ("ok", "cleared", False)
READERS = ("zh_Hans", "zh_Hant_TW", "zh_Hant_HK")


def played(scene: Scene, order: tuple[Any, ...]) -> MemoryHall:
    """The scene with its facts in this order; time passes as it says before and after them."""
    hall = attendance_hall()
    for moment in scene.before:
        hall.tick(at(moment))
    for said in order:
        hall.run(said.op(hall))
    for day, clock in scene.after:
        hall.tick(at(clock, day))
    return hall


def spoken(explain: dict[str, Any], locale: str) -> str:
    """The sentence as a reader of `locale` reads it."""
    msgid = EXPLANATIONS[explain["key"]]
    message = locales.read(locale).get(msgid)
    text = str(message.string) if message and message.string else msgid
    zone = ZoneInfo("Asia/Shanghai")
    values = {
        name: datetime.fromtimestamp(value / 1000, zone).strftime("%H:%M") if PARAMS[name] == "time" else value
        for name, value in explain["params"].items()
    }
    return text.format(**values)


@pytest.mark.parametrize("scene", SCENES, ids=[scene.id for scene in SCENES])
def test_a_conflict_ends_alike_in_every_order_and_says_why_in_each_language(scene: Scene) -> None:
    """CON-20, CON-21, EVD-01, EVD-11."""
    for order in itertools.permutations(scene.facts):
        hall = played(scene, order)
        row = hall.row("att.exc", exc(scene.way))
        if scene.found is None:
            assert state(hall, exc(scene.way)) in (None, CLEARED)
        else:
            assert state(hall, exc(scene.way)) == scene.found
        if row:
            simplified, traditional = scene.sentence
            assert [spoken(row["explain"], locale) for locale in READERS] == [simplified, traditional, traditional]


def test_an_untrusted_clock_counts_for_nobody_until_a_person_has_decided() -> None:
    """CON-21, EVD-03: neither in the person's totals nor towards the limit."""
    (scene,) = (s for s in SCENES if s.id.startswith("CON-21 a clock that was set back"))
    hall = played(scene, scene.facts)
    hall.tick(at("12:01", "2026-11-24"))
    totals = hall.row("att.sheet", "2026-11:wang")["totals"]
    assert "late" not in totals
    assert totals["open"] >= 1
