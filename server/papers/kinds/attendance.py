"""DOC-12 考勤月报 and 补签单 (ATT-06, ATT-09). rid: the person's sheet `{month}:{uid}`, or the request."""

from server.domain.attendance.ops import AttCorrection, AttException, AttSheet, DayLine, Spell
from server.papers.faces import Kind, Reader
from server.papers.values import Value, Values, at, day, word

WAYS = ("in", "out")
SHOWN_SESSIONS = 2
QUIET = frozenset({"ok", "waiting"})


def month(reader: Reader, rid: str) -> Values | None:
    """The person, every day, exceptions, what was said, and the confirmation; for the person, the head and the office."""
    sheet = reader.faces.get("att.sheet", rid, AttSheet)
    if sheet is None:
        return None
    year, _, number = sheet.month.partition("-")
    mine = [
        e
        for e in reader.faces.all("att.exc", AttException).values()
        if e.person == sheet.person and e.day.startswith(sheet.month) and e.state != "cleared"
    ]
    total = sheet.totals
    times = {"late": total.late, "early": total.early, "half_days": total.half_days, "missing": total.missing, "absent": total.absent}
    return {
        "person": reader.name(sheet.person),
        "unit": reader.unit(sheet.unit),
        "month": word("month_of", y=year, m=str(int(number))),
        "state": word(f"state.{sheet.state}"),
        **{key: word("days_of", n=str(n)) for key, n in (("days", total.days), ("leave", total.leave), ("official", total.official))},
        **{key: word("times_of", n=str(n)) for key, n in times.items()},
        "lines": [_line(sheet.month, line) for line in sheet.days],
        "exceptions": [_exception(e) for e in sorted(mine, key=lambda e: (e.day, e.session, WAYS.index(e.way)))] or None,
        "confirmed": at(sheet.confirmed_at) if sheet.confirmed_at else "",
        "said": sheet.text or None,
        "sign_person": reader.name(sheet.person),
    }


def _line(month: str, line: DayLine) -> dict[str, Value]:
    spells = line.spells
    row: dict[str, Value] = {"day": day(f"{month}-{line.day:02d}", "short")}
    for n, spell in enumerate(spells[:SHOWN_SESSIONS]):
        row[f"in_{n}"] = at(spell.in_at, "time") if spell.in_at else None
        row[f"out_{n}"] = at(spell.out_at, "time") if spell.out_at else None
    row["note"] = word("shut") if line.shut else _note(spells)
    return row


def _note(spells: list[Spell]) -> Value:
    """What was not in order that day, said once when it is the same all day (leave, official)."""
    edges = [(n, way, kind) for n, s in enumerate(spells) for way, kind in zip(WAYS, (s.in_kind, s.out_kind), strict=True)]
    kinds = {kind for _, _, kind in edges}
    if len(kinds) == 1 and not kinds & QUIET:
        return word(f"kind.{edges[0][2]}")
    odd = [edge for edge in edges if edge[2] not in QUIET]
    return [
        word("note_of", session=word(f"session.{n}"), way=word(f"way.{way}"), kind=word(f"kind.{kind}")) for n, way, kind in odd
    ] or None


def _exception(e: AttException) -> dict[str, Value]:
    kind = word(f"kind.{e.kind}")
    return {
        "day": day(e.day, "short"),
        "edge": _edge(e.session, e.way),
        "kind": word("kind_of", kind=kind, n=str(e.minutes)) if e.minutes else kind,
        "excuse": [*e.answers, *([e.appeal] if e.appeal else [])] or None,
        "outcome": word(f"outcome.{e.state}"),
    }


def _edge(session: int, way: str) -> Value:
    return word("edge_of", session=word(f"session.{session}"), way=word(f"way.{way}"))


def correction(reader: Reader, rid: str) -> Values | None:
    """A request to set a missing punch right, and what became of it."""
    asked = reader.faces.get("att.correction", rid, AttCorrection)
    if asked is None:
        return None
    decided = asked.state != "waiting"
    return {
        "person": reader.name(asked.person),
        "unit": reader.unit(asked.unit),
        "day": day(asked.day),
        "edge": _edge(asked.session, asked.way),
        "claim": at(asked.claim_at),
        "nth": word("nth_of", n=str(asked.nth)),
        "text": asked.text,
        "asked": at(asked.at),
        "state": word(f"state.{asked.state}"),
        "decided_by": reader.name(asked.decided_by) if decided else "",
        "decided": at(asked.decided_at) if decided else "",
        "opinion": asked.decision if decided else "",
        "sign_person": reader.name(asked.person),
    }


MONTH = Kind("att_month", month)
CORRECTION = Kind("att_correction", correction)
