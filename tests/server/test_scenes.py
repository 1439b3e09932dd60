"""The offline conflicts of the catalogue as named scenes (§2.2): two to four phones, scripted offline, through real push and pull in every
order of arrival; outcome and sentence in zh-Hans and zh-Hant-TW from what was pulled, and one end state on every phone (EVD-01, EVD-11).
"""

import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest

from server.app import DOMAINS
from server.domain.base import Actor
from server.store.people import audience
from tests.requirements import ROOT, asked
from tests.server.scenes.every import PLAYS
from tests.server.scenes.play import Play, Read, Said, value
from tests.server.scenes.shown import kept, shown
from tests.server.scenes.small_hall import ACTORS, PEOPLE, POSTS, small_hall
from tests.support.memory import folder
from tests.support.memory_tx import MemoryHall
from tests.support.sentences import explains, sentence
from tests.support.theatre import SCREEN, WAITS, Rows, Theatre

NAMES = {uid: name for uid, (name, _, _) in PEOPLE.items()}
AUDIENCE = {uid: audience(actor) for uid, actor in (ACTORS | {SCREEN: Actor(SCREEN, "", frozenset({"BOARD"}))}).items()}
NUMBERS = {post: post for post in POSTS}
ORDERS_MAX = 8


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with TemporaryDirectory(prefix="zaigang-theatre-", dir=folder()) as place:
        stage = Theatre(Path(place))
        yield stage
        stage.close()


def check(read: Read, body: Any, about: object) -> None:
    """A row is as it must be, and says so in both scripts."""
    if read.fields is None:
        assert body is None, about
        return
    assert body is not None, (read.kind, read.rid, about)
    assert {field: value(body, field, wanted) for field, wanted in read.fields.items()} == read.fields, (about, body)
    for locale, said in (("zh_Hans", [one.hans for one in read.says]), ("zh_Hant_TW", [one.hant for one in read.says])):
        found = [sentence(one, locale, NAMES, NUMBERS) for one in explains(body)]
        assert [one for one in said if one not in found] == [], (about, found)


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.id)
def test_a_conflict_said_offline_ends_alike_in_every_order_and_explains_itself(theatre: Theatre, play: Play) -> None:
    """CON-01..24, CON-35, CON-36, CON-40..44, EVD-01, EVD-02, EVD-03, EVD-11."""
    ends = theatre.ends(play)
    first, *_ = ends.values()
    assert list(shown(play, first)) == [one for one in kept() if one["scene"] == play.id], "python -m tests.server.scenes.shown"
    for order, end in ends.items():
        for read in play.reads:
            text = end[read.who].get((read.kind, read.rid))
            check(read, None if text is None else msgspec.json.decode(text), (play.id, order, read.who))
        for phone, rows in end.items():
            assert differing(rows, first[phone]) == {}, (play.id, order, phone)


def differing(rows: Rows, first: Rows) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Rows that are not the same after two orders of arrival."""
    return {key: (rows.get(key), first.get(key)) for key in rows.keys() | first.keys() if rows.get(key) != first.get(key)}


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.id)
def test_it_ends_alike_too_when_every_fact_arrives_alone(play: Play) -> None:
    """EVD-01: what arrives alone, in whatever order, comes to the same rows for everybody, and to those of the scene."""
    first: dict[Any, Any] = {}
    for order in orders(play):
        hall = in_memory(play, order)
        rows = {key: (shown.buckets, shown.body) for key, shown in hall.tx.rows.items()}
        first = first or rows
        assert rows == first, (play.id, [said.rid for said in order])
        for read in play.reads:
            seen = AUDIENCE[read.who] & hall.buckets(read.kind, read.rid)
            check(read, hall.row(read.kind, read.rid) if seen else None, (play.id, "in memory"))


def orders(play: Play) -> list[tuple[Said, ...]]:
    """All orders of few facts; of many the given one, its reverse and some drawn from the name of the scene."""
    if len(play.facts) <= 3:
        return list(permutations(play.facts))
    dice = random.Random(play.id)
    return [play.facts, play.facts[::-1], *(tuple(dice.sample(play.facts, len(play.facts))) for _ in range(ORDERS_MAX - 2))]


def in_memory(play: Play, order: tuple[Any, ...]) -> MemoryHall:
    """The scene through the handlers alone."""
    hall = small_hall("07:30", domains=DOMAINS)
    steps = sorted([*((one.at, one) for one in play.before), *((when, None) for when in play.looks)], key=lambda step: step[0])
    for when, one in steps:
        if one is None:
            hall.tick(when)
        else:
            assert hall.run(one.op(hall, one.at)).st == "applied", (play.id, one)
    hall.tick(play.arrives)
    for said in order:
        outcome = hall.run(said.op(hall, play.arrives))
        assert outcome.st == "applied" or outcome.code in WAITS, (play.id, said, outcome)
    for said in play.after:
        assert hall.run(said.op(hall, said.at)).st == "applied", (play.id, said)
    hall.tick(play.ends)
    return hall


def test_every_case_that_is_claimed_is_a_scene_of_two_to_four_phones() -> None:
    """CON-01..24, CON-35, CON-36, CON-40..44: what docs/requirements.csv claims, docs/fairness.md names and scenes play is one."""
    claimed = {one.id for one in asked() if one.id.startswith("CON-") and not one.missing}
    scenes = Counter(play.case for play in PLAYS)
    assert scenes.keys() == claimed
    assert [play.id for play in PLAYS if not 2 <= len(play.phones) <= 4] == []
    assert claimed - {play.case for play in PLAYS for read in play.reads if read.says or read.shows} == set()
    table = (ROOT / "docs" / "fairness.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (CON-\d\d) .* \| `\w+\.py` \((\d+)\)(?:;.*)? \|$", table)
    assert {case: int(number) for case, number in rows} == scenes
