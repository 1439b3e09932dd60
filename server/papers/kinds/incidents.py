"""DOC-20 突发事件报告单 (EMG-03..05): first, follow-up or final, as far as the incident has come. rid: its main report."""

from server.domain.incident.ops import Done, Incident, Noted
from server.papers.faces import Kind, Reader
from server.papers.values import Value, Values, at, names, word

DUTIES = ("handling", "report", "feedback")


def data(reader: Reader, rid: str) -> Values | None:
    """What happened, the time line, three duties with times and names, cause, measures, feedback."""
    one = reader.faces.get("incident", rid, Incident)
    if one is None or one.main:
        return None
    done = {duty.duty: duty for duty in one.done}
    return {
        "stage": word(f"stage.{one.state}"),
        "kind": word(f"kind.{one.kind}"),
        "level": word(f"level.{one.level}"),
        "place": place(reader, one.place),
        "found": at(one.found_at),
        "reported": at(one.first_at or one.received_at),
        "reporter": reader.name(one.reporter),
        "responder": reader.name(one.responder) or "",
        "people": str(one.people) if one.people else None,
        "reports": str(one.reports) if one.reports > 1 else None,
        "drill": word("drill.yes") if one.drill else None,
        "paper": one.paper or None,
        "text": one.text,
        "lines": [_line(reader, entry) for entry in one.log],
        **{duty: _done(reader, done[duty]) if duty in done else "" for duty in DUTIES},
        "restored": _when(one, "restored"),
        "cause": _texts(one, "cause"),
        "improve": _texts(one, "improve"),
        "truthful": _when(one, "truthful"),
        "told": _texts(one, "told"),
        "media": _media(one),
        "sign_reporter": reader.name(one.reporter),
        "sign_head": reader.name(one.responder),
        "sign_lead": None,
    }


def place(reader: Reader, rid: str) -> Value:
    """A post or a zone."""
    zone = next((zone for zone in reader.hall.zones if zone.id == rid), None)
    return names(zone.names) if zone else reader.post(rid)


def _line(reader: Reader, entry: Noted) -> dict[str, Value]:
    what = word(f"step.{entry.step}")
    return {
        "at": at(entry.at, "short"),
        "what": word("what_to", what=what, to=entry.to) if entry.to else what,
        "said": entry.text,
        "who": reader.name(entry.by),
    }


def _done(reader: Reader, done: Done) -> Value:
    parts: dict[str, Value] = {"at": at(done.at), "name": reader.name(done.by) or ""}
    return word("done_text", **parts, text=done.text) if done.text else word("done_by", **parts)


def _texts(one: Incident, step: str) -> Value:
    """What was written down as this step; a line to write on while nothing was."""
    return [entry.text for entry in one.log if entry.step == step] or ""


def _when(one: Incident, step: str) -> Value:
    return next((at(entry.at) for entry in one.log if entry.step == step), "")


def _media(one: Incident) -> Value:
    """Whether an interview was permitted; nothing when nobody asked (EMG-04)."""
    asked = [entry for entry in one.log if entry.step == "media"]
    if not asked:
        return None
    decided = next((entry for entry in reversed(asked) if entry.permitted is not None), None)
    return word("step.media") if decided is None else word("step.media_yes" if decided.permitted else "step.media_no")


KIND = Kind("incident_report", data)
