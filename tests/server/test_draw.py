"""The draw holds its rules for any scope, prefers nobody, and every change of what it rests on is found (CHK-02..04)."""

import copy
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.domain.visit.draw import (
    Candidate,
    CannotDraw,
    Drawn,
    Inputs,
    Replaced,
    ScopeUnit,
    canonical,
    commitment_of,
    draw,
    needed,
    seed_of,
    shares,
    substitutes,
)
from tests.support.draw_tool import TOOL, tool

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "server/domain/visit/draw_vectors.json"
SCOPES, REPLACED_SCOPES = 10_000, 1_000
CHI_SQUARE_MAX = 73.4
"""33 degrees of freedom: exceeded once in 15,000 fair draws; the seeds are fixed."""


ZAIGANG_DRAW = tool()


def scope(chance: random.Random, units: int | None = None) -> Inputs:
    """Any scope that allows a draw."""
    count = units or chance.randint(1, 40)
    ids = [f"u{i:02d}" for i in range(count)]
    team = chance.randint(1, 3)
    free = [Candidate(f"v{i}", []) for i in range(team)]
    tied = [Candidate(f"w{i}", chance.sample(ids, chance.randint(0, count))) for i in range(chance.randint(0, 8))]
    categories = [f"c{i}" for i in range(chance.randint(1, 5))]
    chosen = [ScopeUnit(one, chance.choice(categories), [f"{one}-{w}" for w in range(chance.randint(1, 4))]) for one in ids]
    days = [f"2026-09-{day:02d}" for day in range(1, chance.randint(2, 12))]
    return Inputs(chosen, free + tied, chance.randint(1, 100), team, days, ["am", "pm"][: chance.randint(1, 2)])


def published(inputs: Inputs, secret: bytes, entry: bytes, replaced: list[Replaced] | None = None) -> dict[str, Any]:
    """What the lead publishes."""
    seed = seed_of(inputs, secret, entry)
    drawn = draw(inputs, seed)
    said = {"inputs": inputs, "secret": secret.hex(), "entry": entry.hex(), "commitment": commitment_of(inputs, secret), "drawn": drawn}
    if replaced:
        made = zip(replaced, substitutes(inputs, seed, replaced), strict=True)
        said["replaced"] = [{"unit": one.unit, "day": one.day, "text": one.text, "visit": visit} for one, visit in made]
    found: dict[str, Any] = json.loads(msgspec.json.encode(said))
    return found


@pytest.mark.parametrize(("units", "percent", "want"), [(34, 30, 11), (33, 30, 10), (10, 30, 3), (1, 30, 1), (34, 100, 34), (7, 1, 1)])
def test_a_coverage_is_rounded_up(units: int, percent: int, want: int) -> None:
    """CHK-02."""
    assert needed(units, percent) == want


def test_coverage_strata_recusal_and_team_rules_hold_for_ten_thousand_scopes_and_both_programs_agree() -> None:
    """CHK-02, CHK-03, CHK-04."""
    chance = random.Random(20260922)
    for _ in range(SCOPES):
        inputs = scope(chance)
        secret, entry = chance.randbytes(32), chance.randbytes(32)
        seed = seed_of(inputs, secret, entry)
        drawn = draw(inputs, seed)
        _holds(inputs, drawn)
        again = ZAIGANG_DRAW.repeat(msgspec.to_builtins(inputs), seed)
        assert again == {d.unit: (d.window, d.day, d.slot, d.team) for d in drawn}


def _holds(inputs: Inputs, drawn: list[Drawn]) -> None:
    units = {u.id: u for u in inputs.units}
    assert len({d.unit for d in drawn}) == len(drawn) == needed(len(units), inputs.coverage_percent)
    sizes = Counter(u.category for u in inputs.units)
    taken = Counter(units[d.unit].category for d in drawn)
    for name, size in sizes.items():
        assert taken[name] > 0 or len(drawn) < len(sizes)
        assert all(taken[name] <= taken[other] + 1 for other, larger in sizes.items() if larger >= size)
    recused = {v.id: set(v.recused) for v in inputs.visitors}
    for one in drawn:
        assert one.window in units[one.unit].windows
        assert len(set(one.team)) == inputs.team_size
        assert all(one.unit not in recused[visitor] for visitor in one.team)
    times = Counter((d.day, d.slot) for d in drawn)
    every = [times[day, slot] for day in inputs.days for slot in inputs.slots]
    assert max(every) - min(every) <= 1


def come_to_nothing(chance: random.Random, inputs: Inputs, seed: bytes) -> list[Replaced]:
    """Some visits of a draw, and of its substitutes, that come to nothing one after another, while there is anything left."""
    replaced: list[Replaced] = []
    standing = [one.unit for one in draw(inputs, seed)]
    day = ""
    for _ in range(chance.randint(1, 8)):
        day = max(day, chance.choice(["2026-08-31", *inputs.days]))
        one = Replaced(chance.choice(standing), day, "身份已暴露")
        if day == max(inputs.days) or len(inputs.units) == needed(len(inputs.units), inputs.coverage_percent) + len(replaced):
            with pytest.raises(CannotDraw, match="SPENT"):
                substitutes(inputs, seed, [*replaced, one])
            return replaced
        *_, made = substitutes(inputs, seed, [*replaced, one])
        standing.remove(one.unit)
        standing.append(made.unit)
        replaced.append(one)
    return replaced


def test_substitutes_keep_coverage_strata_recusal_and_team_rules_and_both_programs_agree() -> None:
    """CHK-02, CHK-03, CHK-04: of 1,000 scopes; what stands after any number of replacements is worth what the draw was."""
    chance, seen = random.Random(20261123), 0
    for _ in range(REPLACED_SCOPES):
        inputs = scope(chance)
        seed = seed_of(inputs, chance.randbytes(32), chance.randbytes(32))
        drawn, replaced = draw(inputs, seed), come_to_nothing(chance, inputs, seed)
        made = substitutes(inputs, seed, replaced)
        again = ZAIGANG_DRAW.instead(msgspec.to_builtins(inputs), seed, [(one.unit, one.day) for one in replaced])
        assert again == [(d.unit, d.window, d.day, d.slot, d.team) for d in made]
        _stands_for(inputs, drawn, replaced, made)
        seen += len(made)
    assert seen > REPLACED_SCOPES


def _stands_for(inputs: Inputs, drawn: list[Drawn], replaced: list[Replaced], made: list[Drawn]) -> None:
    units, recused = {u.id: u for u in inputs.units}, {v.id: set(v.recused) for v in inputs.visitors}
    visited = {one.unit for one in drawn}
    for one, new in zip(replaced, made, strict=True):
        own = units[one.unit].category
        assert new.unit not in visited
        assert units[new.unit].category == own or all(u.id in visited for u in inputs.units if u.category == own)
        visited.add(new.unit)
        assert (new.window in units[new.unit].windows, new.day in inputs.days, new.slot in inputs.slots) == (True, True, True)
        assert new.day > one.day
        assert len(set(new.team)) == inputs.team_size
        assert all(new.unit not in recused[visitor] for visitor in new.team)
    standing = visited - {one.unit for one in replaced}
    assert len(standing) == needed(len(units), inputs.coverage_percent)


def test_a_substitute_is_the_next_of_its_stratum_whichever_of_it_was_replaced() -> None:
    """CHK-04: what a lead gives up does not choose what he gets."""
    units = [ScopeUnit(f"u{i}", "ab"[i % 2], ["w"]) for i in range(12)]
    inputs = Inputs(units, [Candidate("a", []), Candidate("b", [])], 50, 2, ["2026-09-01", "2026-09-02"], ["am"])
    seed = seed_of(inputs, b"s" * 32, b"e" * 32)
    drawn = {one.unit for one in draw(inputs, seed)}
    for name in "ab":
        mine = [unit.id for unit in units if unit.category == name and unit.id in drawn]
        given = {substitutes(inputs, seed, [Replaced(one, "2026-09-01", "")])[0].unit for one in mine}
        (next_one,) = given
        assert next_one in {unit.id for unit in units if unit.category == name} - drawn


@pytest.mark.parametrize(
    ("replaced", "code"),
    [
        ([Replaced("u9", "2026-09-01", "")], "UNKNOWN"),
        ([Replaced("u0", "2026-09-01", ""), Replaced("u0", "2026-09-01", "")], "UNKNOWN"),
        ([Replaced("u0", "2026-09-02", "")], "SPENT"),
        ([Replaced("u0", "2026-09-01", ""), Replaced("u1", "2026-09-01", "")], "SPENT"),
    ],
)
def test_what_cannot_be_replaced_is_named(replaced: list[Replaced], code: str) -> None:
    """CHK-04: what was not drawn, twice, on the last day, where no unit is left."""
    units = [ScopeUnit("u0", "a", ["w"]), ScopeUnit("u1", "b", ["w"]), ScopeUnit("u2", "b", ["w"])]
    inputs = Inputs(units, [Candidate("a", [])], 60, 1, ["2026-09-01", "2026-09-02"], ["am"])
    assert draw(inputs, SEED)[0].unit == "u0"
    substitute = substitutes(inputs, SEED, [Replaced("u0", "2026-09-01", "")])[0].unit
    said = [one if one.unit != "u1" else msgspec.structs.replace(one, unit=substitute) for one in replaced]
    with pytest.raises(CannotDraw) as refused:
        substitutes(inputs, SEED, said)
    assert refused.value.code == code


def test_no_unit_is_drawn_more_often_than_another() -> None:
    """CHK-04: chi-square over 3,000 seeds."""
    inputs = Inputs(
        [ScopeUnit(f"u{i:02d}", "c", ["w"]) for i in range(34)], [Candidate("a", []), Candidate("b", [])], 30, 2, ["2026-09-01"], ["am"]
    )
    chance = random.Random(7)
    counts: Counter[str] = Counter()
    rounds = 3_000
    for _ in range(rounds):
        counts.update(d.unit for d in draw(inputs, chance.randbytes(32)))
    expected = rounds * 11 / 34
    # Drawing without replacement: the statistic is scaled by (N-1)/(N-n), so that it follows chi-square with N-1 degrees of freedom.
    assert sum((counts[u.id] - expected) ** 2 for u in inputs.units) / expected * 33 / 34 / (1 - 11 / 34) < CHI_SQUARE_MAX


def test_the_order_in_which_inputs_are_given_says_nothing() -> None:
    chance = random.Random(3)
    inputs = scope(chance, units=20)
    turned = Inputs(
        inputs.units[::-1], inputs.visitors[::-1], inputs.coverage_percent, inputs.team_size, inputs.days[::-1], inputs.slots[::-1]
    )
    assert canonical(turned) == canonical(inputs)
    seed = seed_of(inputs, b"s" * 32, b"e" * 32)
    assert draw(turned, seed) == draw(inputs, seed)


def changes(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Everything somebody might change, one thing at a time."""
    made: dict[str, dict[str, Any]] = {}

    def changed(name: str) -> dict[str, Any]:
        made[name] = copy.deepcopy(said)
        return made[name]

    changed("secret")["secret"] = "00" * 32
    changed("entry")["entry"] = "11" * 32
    changed("commitment")["commitment"] = "22" * 32
    changed("percent")["inputs"]["coverage_percent"] += 1
    changed("a unit left out")["inputs"]["units"].pop()
    changed("a category")["inputs"]["units"][0]["category"] = "other"
    changed("a window")["inputs"]["units"][0]["windows"].append("new")
    changed("a visitor")["inputs"]["visitors"].append({"id": "friend", "recused": []})
    changed("a recusal")["inputs"]["visitors"][0]["recused"].append("u00")
    changed("the size of a team")["inputs"]["team_size"] += 1
    changed("a time of day")["inputs"]["slots"].append("night")
    changed("a day")["inputs"]["days"].append("2026-10-09")
    changed("a unit not visited")["drawn"].pop()
    changed("another window")["drawn"][0]["window"] = "elsewhere"
    changed("another time")["drawn"][0]["day"] = "2026-12-31"
    changed("another team")["drawn"][0]["team"] = ["friend", "other"]
    changed("a unit twice")["drawn"].append(copy.deepcopy(said["drawn"][0]))
    changed("a replacement left out")["replaced"].pop(0)
    changed("a replacement of what was not drawn")["replaced"][0]["unit"] = said["replaced"][0]["visit"]["unit"]
    changed("the same replaced twice")["replaced"].append(copy.deepcopy(said["replaced"][0]))
    changed("a substitute's unit")["replaced"][0]["visit"]["unit"] = said["drawn"][0]["unit"]
    changed("a substitute's window")["replaced"][0]["visit"]["window"] = "elsewhere"
    changed("a substitute's time")["replaced"][0]["visit"]["slot"] = "night"
    changed("a substitute's team")["replaced"][0]["visit"]["team"] = ["friend", "other"]
    changed("the order of replacements")["replaced"].reverse()
    return made


SEED = b"seed"
FROM = scope(random.Random(11), units=34)
SAID = published(FROM, b"s" * 32, b"e" * 32, come_to_nothing(random.Random(1), FROM, seed_of(FROM, b"s" * 32, b"e" * 32)))


@pytest.mark.parametrize("what", sorted(changes(SAID)))
def test_one_changed_thing_is_found(what: str) -> None:
    """CHK-04: the draw can be repeated by anybody."""
    assert list(ZAIGANG_DRAW.differences(SAID)) == []
    assert list(ZAIGANG_DRAW.differences(changes(SAID)[what])) != []


def test_the_command_says_equal_or_where_it_differs(tmp_path: Path) -> None:
    file = tmp_path / "draw.json"

    def run(said: object) -> tuple[int, str]:
        file.write_text(json.dumps(said), encoding="utf-8")
        done = subprocess.run([sys.executable, str(TOOL), str(file)], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    code, text = run(SAID)
    assert (code, text.split(":")[0]) == (10, "equal")
    assert text.count("replaced on 20") == len(SAID["replaced"]) > 1
    assert "NOT PROVEN log:" in text
    code, text = run(changes(SAID)["another window"])
    assert code == 40
    assert f"unit {SAID['drawn'][0]['unit']}" in text
    assert run({"inputs": []})[0] == 20


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"units": []}, "EMPTY"),
        ({"days": []}, "EMPTY"),
        ({"slots": []}, "EMPTY"),
        ({"coverage_percent": 0}, "COVERAGE"),
        ({"coverage_percent": 101}, "COVERAGE"),
        ({"team_size": 0}, "TEAM"),
        ({"team_size": 3}, "TEAM"),
        ({"days": ["2026-09-01", "2026-09-01"]}, "TWICE"),
        ({"visitors": [Candidate("a", []), Candidate("a", [])]}, "TWICE"),
    ],
)
def test_inputs_that_allow_no_draw_are_named(wrong: dict[str, Any], code: str) -> None:
    right = Inputs([ScopeUnit("u", "c", ["w"])], [Candidate("a", []), Candidate("b", [])], 30, 2, ["2026-09-01"], ["am"])
    with pytest.raises(CannotDraw) as refused:
        draw(msgspec.structs.replace(right, **wrong), b"seed")
    assert refused.value.code == code


def test_shares_fill_every_stratum_first() -> None:
    """CHK-03: 34 units in three strata, 11 visits."""
    assert shares(b"s", {"town": 4, "department": 25, "utility": 5}, 11) == {"town": 1, "department": 8, "utility": 2}
    assert shares(b"s", {"town": 1, "department": 60, "utility": 1}, 3) == {"town": 1, "department": 1, "utility": 1}


@pytest.mark.parametrize("said", json.loads(VECTORS.read_text()), ids=lambda said: f"{len(said['inputs']['units'])} units")
def test_the_vectors_shared_with_the_page_hold(said: dict[str, Any]) -> None:
    """CHK-04: server, command and page say the same."""
    inputs = msgspec.convert(said["inputs"], Inputs)
    replaced = [Replaced(one["unit"], one["day"], one["text"]) for one in said.get("replaced", [])]
    assert published(inputs, bytes.fromhex(said["secret"]), bytes.fromhex(said["entry"]), replaced) == said
