"""DOC-11 请假单 and 销假单 (LV-01..07). rid: the leave. What is sealed stays sealed: a slip says that a reason is kept (LV-09)."""

from server.domain.leave.ops import Leave, LeaveStep, LeaveType, LeaveTypeRule
from server.papers.faces import Kind, Reader
from server.papers.values import Value, Values, at, names, span, word

NO_RETURN = frozenset({"told", "pending", "refused", "withdrawn", "merged", "extended"})
CENTIDAYS = 100
PUBLIC_CLASS = "P2"


def slip(reader: Reader, rid: str) -> Values | None:
    """Type, from and to, days, stand-in, approvals; for the person and those who decide."""
    leave = reader.faces.get("leave", rid, Leave)
    if leave is None or leave.state in ("merged", "told"):
        return None
    return {
        **_head(reader, leave),
        "left": _days(leave.left_centidays) if leave.left_centidays is not None else None,
        "text": word("sealed") if leave.sealed else leave.text,
        "stand_in": reader.name(leave.stand_in),
        "out_of_city": leave.out_of_city or None,
        "asked": at(leave.asked_at, "short"),
        "filed_by": reader.name(leave.by) if leave.by != leave.person else None,
        "steps": [_step(reader, leave, step) for step in leave.steps],
        "cover": [
            {
                "post": reader.post(slot.post),
                "when": span(slot.from_at, slot.to_at, reader.hall.tz),
                "by": reader.name(slot.stand_in) or word("cover.none"),
            }
            for slot in leave.cover
        ]
        or None,
        "sign_person": reader.name(leave.person),
    }


def back(reader: Reader, rid: str) -> Values | None:
    """The return; lines to write on while nobody has reported it."""
    leave = reader.faces.get("leave", rid, Leave)
    if leave is None or leave.state in NO_RETURN:
        return None
    how = "result.late" if leave.late_return else "result.unproven" if leave.back_unproven else "result.on_time"
    result: Value = word(how) if leave.returned_at else ""
    return {
        **_head(reader, leave),
        "back_by": at(leave.back_by) if leave.back_by else None,
        "returned": at(leave.returned_at) if leave.returned_at else "",
        "result": word("result.recalled") if leave.state == "recalled" else result,
        "confirmed_by": reader.name(leave.confirmed_by) or "",
        "sign_person": reader.name(leave.person),
    }


def _head(reader: Reader, leave: Leave) -> Values:
    seen, rule = reader.person(leave.person), _rule(reader, leave)
    return {
        "class": rule.privacy if rule and rule.privacy == "P3" else PUBLIC_CLASS,
        "person": reader.name(leave.person),
        "unit": reader.unit(leave.unit),
        "post_title": names(seen.title) if seen and seen.title else None,
        "type": names(rule.names) if rule else leave.type,
        "span": span(leave.from_at, leave.to_at, reader.hall.tz),
        "days": _days(leave.centidays),
    }


def _rule(reader: Reader, leave: Leave) -> LeaveTypeRule | None:
    """The type's rule on the day the leave begins (LVT-02)."""
    on = reader.day(leave.from_at)
    found = [one.rule for one in reader.faces.all("leave.type", LeaveType).values() if one.code == leave.type]
    valid = [rule for rule in found if rule.valid_from <= on]
    return max(valid or found, key=lambda rule: rule.valid_from, default=None)


def _days(centidays: int) -> Value:
    whole, part = divmod(centidays, CENTIDAYS)
    return word("days_of", n=f"{whole}.{part:02d}".rstrip("0").rstrip("."))


def _step(reader: Reader, leave: Leave, step: LeaveStep) -> dict[str, Value]:
    made = next((d for d in leave.decisions if d.counts and d.role == step.role and d.by == step.by), None)
    who: Value = reader.name(step.by)
    if made and made.for_uid and who:
        who = word("deputy_for", **{"who": who, "for": reader.name(made.for_uid) or ""})
    return {
        "role": word(f"role.{step.role}"),
        "who": who,
        "decision": word(f"st.{step.st}"),
        "at": at(made.at, "short") if made else None,
        "opinion": (made.text or None) if made else None,
    }


SLIP = Kind("leave_slip", slip)
RETURN = Kind("leave_return", back)
