"""The provable draw (CHK-02..04): which units, windows and times are visited, and by whom, follows from public inputs and one seed alone.

Nobody chooses. The lead commits to a secret; the site's log supplies a number that did not exist then; the seed is the hash of both and
of the frozen inputs. Lots are HMACs: whoever holds the lowest wins, so neither the order of the inputs nor anything left out of
them has a say. `tools/zaigang_draw.py` says the same in a file of its own; tests/server/test_draw.py holds the two together.
"""

import hashlib
import hmac
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

FORMAT = "zaigang-draw-1"
SECRET_BYTES = 32


class ScopeUnit(msgspec.Struct, frozen=True):
    """A unit that may be visited: its category is its stratum (CHK-03), `windows` are where."""

    id: str
    category: str
    windows: list[str]


class Candidate(msgspec.Struct, frozen=True):
    """Somebody who may go. `recused`: units he or she has a tie to (CHK-04)."""

    id: str
    recused: list[str]


class Inputs(msgspec.Struct, frozen=True):
    """Everything the draw depends on besides the seed, frozen at the commitment. `days` ISO, `slots` names of times of day."""

    units: list[ScopeUnit]
    visitors: list[Candidate]
    coverage_percent: int
    team_size: int
    days: list[str]
    slots: list[str]


class Drawn(msgspec.Struct, frozen=True):
    """One visit the draw asks for."""

    unit: str
    window: str
    day: str
    slot: str
    team: list[str]


class Replaced(msgspec.Struct, frozen=True):
    """A drawn visit that came to nothing (void, or its `unit` cannot be visited) and on which `day` (ISO) its lead said so, and why."""

    unit: str
    day: str
    text: str


class CannotDraw(ValueError):
    """The inputs allow no draw. `code`: EMPTY (no unit, window, day or slot), COVERAGE (no percentage), TWICE (an id stands there twice),
    TEAM (too few may go to `unit`); of a substitute: UNKNOWN (no visit to `unit` stands), SPENT (no unit or no later day is left).
    """

    def __init__(self, code: str, unit: str = "") -> None:
        super().__init__(f"{code} {unit}".strip())
        self.code = code
        self.unit = unit

    @property
    def refused_as(self) -> str:
        """The code of sync/errors.py by which whoever asked for the draw is told."""
        return {"EMPTY": "DRAW_EMPTY", "TEAM": "DRAW_TEAM", "SPENT": "DRAW_SPENT"}.get(self.code, "INVALID")


def canonical(inputs: Inputs) -> bytes:
    """The exact bytes that are hashed: ids in order, no spaces; what order they were given in says nothing."""
    ordered = {
        "coverage_percent": inputs.coverage_percent,
        "days": sorted(inputs.days),
        "format": FORMAT,
        "slots": sorted(inputs.slots),
        "team_size": inputs.team_size,
        "units": [{"category": u.category, "id": u.id, "windows": sorted(u.windows)} for u in sorted(inputs.units, key=lambda u: u.id)],
        "visitors": [{"id": v.id, "recused": sorted(v.recused)} for v in sorted(inputs.visitors, key=lambda v: v.id)],
    }
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()


def commitment_of(inputs: Inputs, secret: bytes) -> str:
    """What is laid down before the period (hex): binds to inputs and secret, tells neither."""
    return hashlib.sha256(FORMAT.encode() + b"\ncommit\n" + hashlib.sha256(canonical(inputs)).digest() + secret).hexdigest()


def seed_of(inputs: Inputs, secret: bytes, entry: bytes) -> bytes:
    """The seed. `entry`: the root of the first minute of the evidence log after the commitment, which nobody could know then."""
    return hashlib.sha256(FORMAT.encode() + b"\nseed\n" + hashlib.sha256(canonical(inputs)).digest() + secret + entry).digest()


def replacement_of(commitment: str, number: int, one: Replaced) -> bytes:
    """What the log bears out of the `number`-th replacement (from 1 on) of the draw that was committed to: which, when and why."""
    said = json.dumps([commitment, number, one.unit, one.day, one.text], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(FORMAT.encode() + b"\nreplace\n" + said.encode()).digest()


def lot(seed: bytes, *about: str) -> bytes:
    """The lot of one thing in one question; the lowest wins."""
    return hmac.digest(seed, "\n".join(about).encode(), "sha256")


def by_lot(seed: bytes, question: str, ids: Iterable[str]) -> list[str]:
    """The ids in the order of their lots."""
    return sorted(ids, key=lambda one: (lot(seed, question, one), one))


def needed(count: int, percent: int) -> int:
    """How many distinct units a coverage asks for: always rounded up (34 → 11, 33 → 10, 10 → 3, 1 → 1 at 30 %; CHK-02)."""
    return -(-count * percent // 100)


def shares(seed: bytes, sizes: dict[str, int], total: int) -> dict[str, int]:
    """How many of `total` each stratum gives: one each as long as they last, the largest first, then as their sizes ask (Sainte-Laguë).

    Lots decide among equals (CHK-03: the coverage cannot be reached with easy ones only).
    """
    given = dict.fromkeys(sizes, 0)
    for _ in range(total):
        given[_next_share(seed, sizes, given)] += 1
    return given


def _next_share(seed: bytes, sizes: Mapping[str, int], given: Mapping[str, int]) -> str:
    """The stratum that gives one more, of those that have one left."""
    open_ = [name for name in sizes if given[name] < sizes[name]]
    return min(open_, key=lambda name: (given[name] > 0, -Fraction(sizes[name], 2 * given[name] + 1), lot(seed, "stratum", name)))


def check(inputs: Inputs) -> None:
    """Raises `CannotDraw` for inputs that allow no draw."""
    if not inputs.units or not inputs.days or not inputs.slots or any(not unit.windows for unit in inputs.units):
        raise CannotDraw("EMPTY")
    if not 1 <= inputs.coverage_percent <= 100:
        raise CannotDraw("COVERAGE")
    lists = [[u.id for u in inputs.units], [v.id for v in inputs.visitors], inputs.days, inputs.slots, *(u.windows for u in inputs.units)]
    if any(len(set(ids)) != len(ids) for ids in lists):
        raise CannotDraw("TWICE")
    for unit in inputs.units:
        if inputs.team_size < 1 or len(_may_go(inputs.visitors, unit.id)) < inputs.team_size:
            raise CannotDraw("TEAM", unit.id)


def draw(inputs: Inputs, seed: bytes) -> list[Drawn]:
    """The visits, in the order of their units' ids. Raises `CannotDraw`."""
    check(inputs)
    return _teams(inputs, seed, _visits(inputs, seed))


def substitutes(inputs: Inputs, seed: bytes, replaced: Iterable[Replaced]) -> list[Drawn]:
    """A visit in the place of each, in the order in which they were replaced: nobody chooses these either. Raises `CannotDraw`.

    The unit is the next of the same stratum in the order of its lots, whoever of them was replaced; of the stratum that gives the next
    share once that one is used up. A unit is drawn once only. The day is a later one; a time at which few others are, lots decide.
    """
    visits = {one.unit: one for one in draw(inputs, seed)}
    standing, made = set(visits), []
    for one in replaced:
        if one.unit not in standing:
            raise CannotDraw("UNKNOWN", one.unit)
        standing.remove(one.unit)
        made.append(_substitute(inputs, seed, list(visits.values()), standing, one))
        visits[made[-1].unit] = made[-1]
        standing.add(made[-1].unit)
    return made


def _substitute(inputs: Inputs, seed: bytes, visits: Sequence[Drawn], standing: set[str], one: Replaced) -> Drawn:
    """`visits`: all there were, `standing`: the units of those that count."""
    units = {unit.id: unit for unit in inputs.units}
    sizes = Counter(unit.category for unit in inputs.units)
    given = Counter(units[visit.unit].category for visit in visits)
    days = [day for day in inputs.days if day > one.day]
    if not days or len(visits) == len(units):
        raise CannotDraw("SPENT", one.unit)
    own = units[one.unit].category
    name = own if given[own] < sizes[own] else _next_share(seed, sizes, given)
    drawn = {visit.unit for visit in visits}
    unit = by_lot(seed, "unit", (rid for rid in units if units[rid].category == name and rid not in drawn))[0]
    used = Counter((visit.day, visit.slot) for visit in visits if visit.unit in standing)
    times = [(day, slot) for day in days for slot in inputs.slots]
    day, slot = min(times, key=lambda time: (used[time], lot(seed, "slot", "\n".join(time))))
    gone = Counter(uid for visit in visits for uid in visit.team)
    return Drawn(unit, by_lot(seed, f"window\n{unit}", units[unit].windows)[0], day, slot, _team(inputs, seed, unit, gone))


class _Visit(NamedTuple):
    unit: str
    window: str
    day: str
    slot: str


def _visits(inputs: Inputs, seed: bytes) -> list[_Visit]:
    """Units by stratum, a window each, days and slots spread evenly over them."""
    strata: dict[str, list[str]] = defaultdict(list)
    for unit in inputs.units:
        strata[unit.category].append(unit.id)
    total = needed(len(inputs.units), inputs.coverage_percent)
    given = shares(seed, {name: len(ids) for name, ids in strata.items()}, total)
    chosen = [unit for name in sorted(strata) for unit in by_lot(seed, "unit", strata[name])[: given[name]]]
    windows = {unit.id: unit.windows for unit in inputs.units}
    times = _times(inputs, seed, len(chosen))
    when = dict(zip(by_lot(seed, "time", chosen), times, strict=True))
    return [_Visit(unit, by_lot(seed, f"window\n{unit}", windows[unit])[0], *when[unit]) for unit in sorted(chosen)]


def _times(inputs: Inputs, seed: bytes, count: int) -> list[tuple[str, str]]:
    """So many times of the period: every one is used as often as every other, give or take one."""
    every = {f"{day}\n{slot}": (day, slot) for day in inputs.days for slot in inputs.slots}
    order = [every[one] for one in by_lot(seed, "slot", every)]
    return [order[i % len(order)] for i in range(count)]


def _teams(inputs: Inputs, seed: bytes, visits: Sequence[_Visit]) -> list[Drawn]:
    """For each visit those who may go and have gone least often so far; lots decide among equals.

    Visits that few may go to choose first, so that recusal does not fall on the same people.
    """
    gone: Counter[str] = Counter()
    teams: dict[str, list[str]] = {}
    for visit in sorted(visits, key=lambda v: (len(_may_go(inputs.visitors, v.unit)), v.unit)):
        teams[visit.unit] = _team(inputs, seed, visit.unit, gone)
        gone.update(teams[visit.unit])
    return [Drawn(v.unit, v.window, v.day, v.slot, teams[v.unit]) for v in visits]


def _team(inputs: Inputs, seed: bytes, unit: str, gone: Counter[str]) -> list[str]:
    ready = sorted(_may_go(inputs.visitors, unit), key=lambda one: (gone[one], lot(seed, "team", unit, one)))
    return sorted(ready[: inputs.team_size])


def _may_go(visitors: Iterable[Candidate], unit: str) -> list[str]:
    return [visitor.id for visitor in visitors if unit not in visitor.recused]
