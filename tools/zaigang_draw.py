#!/usr/bin/env python3
"""zaigang-draw: repeats the draw of an inspection from its public inputs; says "equal", or where it differs. One file; Python 3.11.

    python zaigang_draw.py draw.json

`draw.json` is what the lead publishes after the period: {"inputs": …, "secret": hex, "entry": hex, "commitment": hex, "drawn": […]}.
The secret and the inputs were fixed before the period (the commitment is the hash of both, and the record that holds them stands in the
evidence log: zaigang_verify.py --proof tells since when); `entry` is the root of the first minute of that log which began after it.
Visitors stand under aliases: they are made with what that record holds, which is not published, and nothing in this file leads back to it.

Exit codes: 0 equal · 20 the file cannot be read as a draw · 40 it differs: the lines say where.
"""

import hashlib
import hmac
import json
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

EQUAL, UNREADABLE, DIFFERS = 0, 20, 40
NAME = b"zaigang-draw-1"


def text_of(inputs):
    """The bytes that are hashed, whatever order the file has."""
    ordered = {
        "coverage_percent": inputs["coverage_percent"],
        "days": sorted(inputs["days"]),
        "format": NAME.decode(),
        "slots": sorted(inputs["slots"]),
        "team_size": inputs["team_size"],
        "units": sorted(({"category": u["category"], "id": u["id"], "windows": sorted(u["windows"])} for u in inputs["units"]), key=by_id),
        "visitors": sorted(({"id": v["id"], "recused": sorted(v["recused"])} for v in inputs["visitors"]), key=by_id),
    }
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()


def by_id(one):
    return one["id"]


def repeat(inputs, seed):
    """Every visit the seed asks for: {unit: (window, day, slot, team)}."""

    def lot(*about):
        return hmac.new(seed, "\n".join(about).encode(), hashlib.sha256).digest()

    def lots(question, ids):
        return sorted(ids, key=lambda one: (lot(question, one), one))

    categories = {}
    for unit in inputs["units"]:
        categories.setdefault(unit["category"], []).append(unit["id"])
    count = len(inputs["units"])
    total = (count * inputs["coverage_percent"] + 99) // 100
    # Every category has its first visit before any has a second, the n-th visit of one weighs its size / (2n - 1): highest weights win.
    visits = [
        (n > 1, -Fraction(len(ids), 2 * n - 1), lot("stratum", name), name)
        for name, ids in categories.items()
        for n in range(1, len(ids) + 1)
    ]
    given = Counter(name for *_, name in sorted(visits)[:total])
    chosen = [unit for name, ids in categories.items() for unit in lots("unit", ids)[: given[name]]]

    times = {f"{day}\n{slot}": (day, slot) for day in inputs["days"] for slot in inputs["slots"]}
    cycle = lots("slot", times)
    when = {unit: times[cycle[i % len(cycle)]] for i, unit in enumerate(lots("time", chosen))}
    windows = {unit["id"]: unit["windows"] for unit in inputs["units"]}
    free = {unit: [v["id"] for v in inputs["visitors"] if unit not in v["recused"]] for unit in chosen}
    gone = {v["id"]: 0 for v in inputs["visitors"]}
    result = {}
    for unit in sorted(chosen, key=lambda one: (len(free[one]), one)):
        team = sorted(free[unit], key=lambda one: (gone[one], lot("team", unit, one)))[: inputs["team_size"]]
        for one in team:
            gone[one] += 1
        result[unit] = (lots(f"window\n{unit}", windows[unit])[0], *when[unit], sorted(team))
    return result


def differences(said):
    """What does not follow from the inputs and the secret, a line each."""
    digest = hashlib.sha256(text_of(said["inputs"])).digest()
    secret, entry = bytes.fromhex(said["secret"]), bytes.fromhex(said["entry"])
    if hashlib.sha256(NAME + b"\ncommit\n" + digest + secret).hexdigest() != said["commitment"]:
        yield "commitment: not the hash of these inputs and this secret"
    expected = repeat(said["inputs"], hashlib.sha256(NAME + b"\nseed\n" + digest + secret + entry).digest())
    drawn = {one["unit"]: (one["window"], one["day"], one["slot"], one["team"]) for one in said["drawn"]}
    if len(drawn) != len(said["drawn"]):
        yield "drawn: a unit stands there twice"
    for unit in sorted(expected.keys() | drawn.keys()):
        if drawn.get(unit) != expected.get(unit):
            yield f"unit {unit}: published {drawn.get(unit, 'nothing')}, the draw gives {expected.get(unit, 'nothing')}"


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return UNREADABLE
    try:
        said = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        found = list(differences(said))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, ZeroDivisionError, RecursionError) as wrong:
        print(f"not a draw: {type(wrong).__name__}: {wrong}")
        return UNREADABLE
    print("\n".join(found) if found else f"equal: {len(said['drawn'])} visits follow from the inputs, the secret and the log")
    return DIFFERS if found else EQUAL


if __name__ == "__main__":
    sys.exit(main())
