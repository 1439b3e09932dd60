"""CON-10..13 played: every order of arrival, both ledgers, B's own part, and the sentence in both scripts (EVD-11)."""

from itertools import islice, permutations

import pytest

from server import locales
from server.domain.trail.explain import EXPLANATIONS
from tests.server.scenes.conflicts import Ledger, Said, Scene, accepts
from tests.server.scenes.handover import LEAVE, LEFT, SCENES, SEEN, li_leaves, li_steps_up_elsewhere, received
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.support.memory_tx import MemoryHall

ORDERS_MAX = 24


def play(scene: Scene, facts: tuple[Said, ...]) -> MemoryHall:
    """The scene with its facts arriving in this order."""
    hall = small_hall("08:35")
    for said in facts:
        outcome = hall.run(said.op(hall))
        assert outcome.st == "applied" or outcome.code == "REF_WAIT", (said, outcome)
    hall.tick(at("15:30"))
    return hall


def ledgers(hall: MemoryHall) -> dict[str, Ledger]:
    """Every finding as a scene states it."""
    return {rid: Ledger(b["state"], b["post_count"], b["person_count"], b["explain"]["key"]) for rid, b in hall.rows("finding")}


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.id)
def test_a_handover_that_failed_ends_as_the_catalogue_says_in_every_order(scene: Scene) -> None:
    for order in islice(permutations(scene.facts), ORDERS_MAX):
        assert ledgers(play(scene, order)) == scene.findings, [s.kind for s in order]


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant_TW", "zh_Hant_HK"])
def test_each_of_these_sentences_is_said_in_both_scripts(locale: str) -> None:
    texts = {str(m.id): str(m.string or m.id) for m in locales.messages(locales.read(locale))}
    for key in sorted({found.key for scene in SCENES for found in scene.findings.values()}):
        said = texts[EXPLANATIONS[key]]
        assert locales.placeholders(said) == locales.placeholders(EXPLANATIONS[key]), key
        assert ("岗" in said) is (locale == "zh_Hans"), said


def test_who_has_taken_another_post_is_not_counted_for_not_standing_in() -> None:
    """CON-12: 李 stood in at w2 already; a promise given since then binds him all the same (CON-10)."""
    busy = li_steps_up_elsewhere("9:30")
    for said, counted in (((busy, LEFT, received("9:59")), 0), ((LEFT, received("9:59")), 1), ((busy, LEFT, accepts("9:59")), 1)):
        for order in islice(permutations((*said, *SEEN)), ORDERS_MAX):
            hall = play(Scene("", (), {}), order)
            assert hall.row("finding", "o1").get("cover_count", 0) == counted, [s.kind for s in order]


def test_a_gap_reaches_head_at_once() -> None:
    """CON-11..13: 交接未达 and a stand-in on leave, away or at another post are HEAD's to settle; A is told on sync."""
    there = li_steps_up_elsewhere("9:30")
    gaps = (
        ((LEFT,), "unreached"),
        ((LEFT, *LEAVE), "leave"),
        ((LEFT, li_leaves("9:50")), "away"),
        ((there, LEFT), "busy"),
        ((LEFT, there), "busy"),
    )
    for facts, trouble in gaps:
        hall = small_hall("08:35")
        for said in facts:
            hall.run(hall.op(ACTORS[said.who], said.kind, said.rid, said.args, at=at(said.clock), received=at("10:00")))
        hall.tick(at("10:05"))
        assert hall.row("away.told", "n1")["trouble"] == trouble
        assert {"u:wang", "head:u1", "role:OFF"} <= hall.buckets("away.told", "n1")
