#!/usr/bin/env python3
"""zaigang-draw: repeats the draw of an inspection from its public inputs; says "equal", or where it differs. One file; Python 3.11.

    python zaigang_draw.py draw.json --key 'zaigang/HALL/…+…'

`draw.json` is what is published after the period: {"inputs": …, "secret": hex, "entry": hex, "commitment": hex, "drawn": […], "log": …,
"replaced": […]}, the last: drawn visits that came to nothing, in their order, each with its day and reason, and the visit in its place.
The secret and the inputs were fixed before the period: the commitment is the hash of both, and the record that held them carries it,
hidden in its salt, in the evidence log. `entry` is the root of the first minute of that log which began after it. `log` proves both, down
to a checkpoint signed by the key of the hall's log (--key, from your own notes; needs the package `cryptography`; a witness's key as well).
Visitors stand under aliases: they are made with what that record holds, which is not published, and nothing in this file leads back to it.

Exit codes: 0 equal and proven · 10 equal, but a part is not proven · 20 cannot be read as a draw · 40 it differs. The lines say what.
"""

import argparse
import base64
import hashlib
import hmac
import json
import struct
import sys
from collections import Counter
from datetime import datetime
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

EQUAL, UNPROVEN, UNREADABLE, DIFFERS = 0, 10, 20, 40
NAME = b"zaigang-draw-1"
DEPTH, MINUTE_MS = 20, 60_000
LOG_KEY = b"\x01"


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


def lots_of(seed):
    """(the lot of one thing in one question; things in the order of their lots)."""

    def lot(*about):
        return hmac.new(seed, "\n".join(about).encode(), hashlib.sha256).digest()

    def lots(question, ids):
        return sorted(ids, key=lambda one: (lot(question, one), one))

    return lot, lots


def by_category(inputs):
    categories = {}
    for unit in inputs["units"]:
        categories.setdefault(unit["category"], []).append(unit["id"])
    return categories


def repeat(inputs, seed):
    """Every visit the seed asks for: {unit: (window, day, slot, team)}."""
    lot, lots = lots_of(seed)
    categories = by_category(inputs)
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


def instead(inputs, seed, units):
    """What the seed gives in the place of each visit in [(unit, day it was said), …]: [(unit, window, day, slot, team), …]; ends with None
    where there is no such visit, or nothing left.
    """
    lot, lots = lots_of(seed)
    categories, windows = by_category(inputs), {unit["id"]: unit["windows"] for unit in inputs["units"]}
    visits, found = repeat(inputs, seed), []
    counting = set(visits)
    for gone, said_on in units:
        days = [day for day in inputs["days"] if day > said_on]
        left = {name: [unit for unit in ids if unit not in visits] for name, ids in categories.items()}
        own = next((name for name, ids in categories.items() if gone in ids), None)
        # The own category first; else the one whose next visit weighs most, as in the draw itself.
        names = [
            (name != own, len(ids) > len(left[name]), -Fraction(len(ids), 2 * (len(ids) - len(left[name])) + 1), lot("stratum", name), name)
            for name, ids in categories.items()
            if left[name]
        ]
        if gone not in counting or not days or not names:
            return [*found, None]
        counting.remove(gone)
        unit = lots("unit", left[min(names)[-1]])[0]
        used = Counter(visits[one][1:3] for one in counting)
        times = [(day, slot) for day in days for slot in inputs["slots"]]
        day, slot = min(times, key=lambda time: (used[time], lot("slot", "\n".join(time))))
        trips = Counter(one for *_, team in visits.values() for one in team)
        free = [v["id"] for v in inputs["visitors"] if unit not in v["recused"]]
        team = sorted(sorted(free, key=lambda one: (trips[one], lot("team", unit, one)))[: inputs["team_size"]])
        visits[unit] = (lots(f"window\n{unit}", windows[unit])[0], day, slot, team)
        counting.add(unit)
        found.append((unit, *visits[unit]))
    return found


def differences(said):
    """What does not follow from the inputs and the secret, a line each."""
    digest = hashlib.sha256(text_of(said["inputs"])).digest()
    secret, entry = bytes.fromhex(said["secret"]), bytes.fromhex(said["entry"])
    if hashlib.sha256(NAME + b"\ncommit\n" + digest + secret).hexdigest() != said["commitment"]:
        yield "commitment: not the hash of these inputs and this secret"
    seed = hashlib.sha256(NAME + b"\nseed\n" + digest + secret + entry).digest()
    expected = repeat(said["inputs"], seed) if entry else {}
    drawn = {one["unit"]: (one["window"], one["day"], one["slot"], one["team"]) for one in said["drawn"]}
    if len(drawn) != len(said["drawn"]):
        yield "drawn: a unit stands there twice"
    for unit in sorted(expected.keys() | drawn.keys()):
        if drawn.get(unit) != expected.get(unit):
            yield f"unit {unit}: published {drawn.get(unit, 'nothing')}, the draw gives {expected.get(unit, 'nothing')}"
    replaced = said.get("replaced", [])
    given = instead(said["inputs"], seed, [(one["unit"], one["day"]) for one in replaced]) if entry else []
    for number, one in enumerate(replaced):
        visit = tuple(one["visit"][name] for name in ("unit", "window", "day", "slot", "team"))
        follows = given[number] if number < len(given) else None
        if visit != follows:
            yield f"in the place of unit {one['unit']}: published {visit}, the draw gives {follows or 'nothing'}"


# --- what the evidence log proves ------------------------------------------------------------------------------------


class Wrong(ValueError):
    """What does not hold, in words."""


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(text):
    return base64.b64decode(text, validate=True)


def opened(text):
    """A `.tlog-proof` taken apart: (what it proves, number of the entry, path up the tree, the signed note)."""
    head, _, note = text.partition("\n\n")
    first, extra, index, *path = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1":
        raise Wrong("not a proof")
    return b64(extra.removeprefix("extra ")), int(index.removeprefix("index ")), [b64(one) for one in path], note


def is_in(entry, index, path, note):
    """Whether the entry is the one of this number in the tree of the note (RFC 9162, section 2.1.3.2)."""
    _, size, root = note.split("\n")[:3]
    here, last, found = index, int(size) - 1, sha(b"\x00", entry)
    if not 0 <= here <= last:
        return False
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = sha(b"\x01", sibling, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = sha(b"\x01", found, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and found == b64(root)


class Record(NamedTuple):
    """Where the op with the commitment stands. `at`: when the site took it (ms); `entry`: its minute, packed; `entered_at`: its end."""

    salt: bytes
    at: int
    entry: bytes
    entered_at: int


def record_of(extra):
    version, slot, entered_at, at, salt, body, link = struct.unpack(">BIQQ32s32s32s", extra[:117])
    if version != 1 or len(extra) != 117 + 32 * DEPTH or slot >> DEPTH:
        raise Wrong("not the opening of a record")
    found = sha(b"\x02", salt, body, link, at.to_bytes(8, "big"))
    for height in range(DEPTH):
        sibling = extra[117 + 32 * height : 149 + 32 * height]
        found = sha(b"\x01", sibling, found) if slot >> height & 1 else sha(b"\x01", found, sibling)
    return Record(salt, at, entered_at.to_bytes(8, "big") + found, entered_at)


def minute_of(extra):
    """(end in ms, root) of an entry."""
    if len(extra) != 40:
        raise Wrong("not an entry")
    return int.from_bytes(extra[:8], "big"), extra[8:]


def day_of(ms, tz):
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(tz)).date().isoformat()


def log_differences(said):
    """What the file says and the evidence log does not bear out, a line each. Signatures are `signed`'s."""
    log, committed_at = said["log"], said["committed_at"]
    days = [day for day in said["inputs"]["days"] if not said["from_day"] <= day <= said["to_day"]]
    if days:
        yield f"period: {', '.join(days)} is not in {said['from_day']} … {said['to_day']}"
    extra, place, path, note = opened(log["record"])
    record = record_of(extra)
    if record.salt != sha(b"zaigang-bound-salt\n", bytes.fromhex(said["commitment"]), bytes.fromhex(log["nonce"])):
        yield "commitment: the record in the log was bound to something else"
    if record.at != committed_at:
        yield f"committed_at: the log says {record.at}"
    if not is_in(record.entry, place, path, note):
        yield "log: the record is not in the tree of its checkpoint"
    if (entered := day_of(record.entered_at - 1, said["tz"])) >= said["from_day"]:
        yield f"period: it began on {said['from_day']}, the commitment entered the log on {entered} only"
    extra, number, path, other = opened(log["minute"])
    end, root = minute_of(extra)
    if other != note or not is_in(extra, number, path, note):
        yield "log: the minute of the draw is not in the tree of the checkpoint"
    if root.hex() != said["entry"]:
        yield "entry: not the root of that minute of the log"
    if end - MINUTE_MS < committed_at or place > number:
        yield "entry: that minute began before the commitment was in the log"
    if said.get("lapsed") and day_of(end, said["tz"]) <= said["to_day"]:
        yield "lapsed: the minute of the draw came within the period"
    if number == 0:
        return
    extra, earlier, path, other = opened(log["before"])
    if earlier != number - 1 or other != note or not is_in(extra, earlier, path, note):
        yield "log: the minute before that of the draw is not in the tree of the checkpoint"
    if minute_of(extra)[0] - MINUTE_MS >= committed_at:
        yield "entry: not the first minute after the commitment"


def replaced_differences(said):
    """What the file says of replaced visits and the evidence log does not bear out: which, when and why, a line each."""
    proofs = said["log"].get("replaced", [])
    if len(proofs) != len(said.get("replaced", [])):
        yield "replaced: not one record of the log for each"
        return
    last = 0
    for number, (one, proof) in enumerate(zip(said.get("replaced", []), proofs, strict=True), start=1):
        name = f"in the place of unit {one['unit']}"
        words = json.dumps([said["commitment"], number, one["unit"], one["day"], one["text"]], ensure_ascii=False, separators=(",", ":"))
        extra, place, path, note = opened(proof["record"])
        record = record_of(extra)
        if record.salt != sha(b"zaigang-bound-salt\n", sha(NAME, b"\nreplace\n", words.encode()), bytes.fromhex(proof["nonce"])):
            yield f"{name}: the record in the log was bound to something else"
        if record.at != one["at"] or day_of(record.at, said["tz"]) != one["day"] or record.at < last:
            yield f"{name}: the log says {record.at}"
        if not is_in(record.entry, place, path, note):
            yield f"{name}: the record is not in the tree of its checkpoint"
        last = record.at


def signed(note, key):
    """Whether a key (`name+id+key`, as the hall or a witness gives it) has signed a note; for a witness: when (s). Needs `cryptography`.

    A restored hall signs under another last part of its name, with the same key.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, _, packed = key.strip().split("+", 2)
    data = b64(packed)
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    kind, public = data[:1], Ed25519PublicKey.from_public_bytes(data[1:])
    origin = text.split("\n")[0]
    if kind == LOG_KEY and origin.rpartition("/")[0] == name.rpartition("/")[0]:
        name = origin
    for line in lines.splitlines():
        _, by, signature = line.split(" ")
        mark, rest = b64(signature)[:4], b64(signature)[4:]
        if by != name or mark != sha(name.encode(), b"\n", kind, data[1:])[:4] or (kind == LOG_KEY and name != origin):
            continue
        time_s = 0 if kind == LOG_KEY else int.from_bytes(rest[:8], "big")
        message = text if kind == LOG_KEY else f"cosignature/v1\ntime {time_s}\n{text}"
        try:
            public.verify(rest if kind == LOG_KEY else rest[8:], message.encode())
        except InvalidSignature:
            return None
        return time_s
    return None


def signature_differences(said, keys):
    """Keys that have not signed a checkpoint the proofs lead to, a line each."""
    notes = dict.fromkeys(opened(one["record"])[3] for one in [said["log"], *said["log"].get("replaced", [])])
    for note, key in product(notes, keys):
        time_s = signed(note, key)
        name = key.partition("+")[0]
        if time_s is None:
            yield f"checkpoint: not signed by {name}"
        elif time_s:
            print(f"cosigned by {name}: {datetime.fromtimestamp(time_s, ZoneInfo(said['tz'])).isoformat()}")


def unproven(said, keys):
    """On what nobody can rely who has only this file, a line each."""
    if not said["entry"]:
        yield "draw: the log had no minute for it when this was published; nothing was drawn"
    if not said.get("log"):
        yield "log: nothing here shows that the commitment stood in the log before the period, nor that `entry` is the minute after it"
    elif not keys:
        yield "log: the proofs lead to a checkpoint that no key was given for (--key)"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", action="append", default=[], help="name+id+key of the hall's log, or of a witness; from your own notes")
    asked = parser.parse_args()
    try:
        said = json.loads(asked.file.read_text(encoding="utf-8"))
        found = list(differences(said))
        if said.get("log"):
            found += [*log_differences(said), *replaced_differences(said), *signature_differences(said, asked.key)]
        missing = list(unproven(said, asked.key))
    except ImportError:
        print("--key needs the package cryptography")
        return UNREADABLE
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, ZeroDivisionError, RecursionError, struct.error) as wrong:
        print(f"not a draw: {type(wrong).__name__}: {wrong}")
        return UNREADABLE
    drawn, replaced = len(said["drawn"]), len(said.get("replaced", []))
    instead_of = f", {replaced} more in the place of such as came to nothing," * bool(replaced)
    print("\n".join(found) if found else f"equal: {drawn} visits{instead_of} follow from the inputs, the secret and the log")
    for one in said.get("replaced", []):
        print(f"replaced on {one['day']}: unit {one['unit']} by {one['visit']['unit']}: {one['text']}")
    for one in missing:
        print(f"NOT PROVEN {one}")
    if not found and not missing:
        beside = "title, method, text, covered, categories, unit_names, dropped, struck, revealed_at"
        held = "the commitment stood in the log before the period, and the minute is the first after it"
        print(f"proven: {held}; not of the draw, and proven by nothing: {beside}")
    return DIFFERS if found else UNPROVEN if missing else EQUAL


if __name__ == "__main__":
    sys.exit(main())
