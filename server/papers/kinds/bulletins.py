"""DOC-13 巡查周报 and 月报, DOC-15 检查通报, in two versions (PTL-10, CHK-10). rid: the bulletin; what is withdrawn is printed no more."""

from functools import partial

from server.domain.bulletin.ops import BulletinCase, BulletinDetail, BulletinIssued, BulletinLine
from server.papers.faces import Kind, Reader
from server.papers.kinds.rectification import code_name
from server.papers.values import Value, Values, at, day, word

OTHER, UNATTENDED = "other", "unattended"
TENTHS = 10


def data(row: str, reader: Reader, rid: str) -> Values | None:
    """An issued bulletin as this reader has it; `row`: of which version."""
    body = reader.faces.get(row, rid, BulletinIssued)
    if body is None or body.withdrawn:
        return None
    year, _, n = body.number.partition("-")
    return {
        "name": body.title,
        "kind": word(f"kind.{body.kind}"),
        "issue": word("issue_of", year=year, n=n),
        "period": word("period_of", **{"from": day(body.from_day), "to": day(body.to_day)}),
        "issued": at(body.issued_at),
        "method": body.method or None,
        "overall": body.overall or None,
        "numbers": _numbers(body),
        "good": [_case(reader, one) for one in body.good] or None,
        "units": [_line(reader, one) for one in body.lines] or None,
        "cases": [_case(reader, one) for one in body.cases] or None,
        "demands": body.demands or None,
        "terms": body.terms or None,
        "annex": body.annex or None,
        "details": [_detail(reader, one) for one in body.details] or None,
        "sign_office": None,
    }


def _numbers(body: BulletinIssued) -> list[Values]:
    n = body.numbers
    of = {"slots": (n.slots_done, n.slots_due), "served": (n.served, n.looks), "covered": (n.reached, n.scope)}
    one = {"late": n.slots_late, "partial": n.slots_partial, "gap": n.gap_min, "reminders": n.reminders, "findings": n.findings}
    one |= {"problems": n.problems, "rounds": n.rounds, "results": n.results}
    checks = ("results", "covered", "problems")
    shown = checks if body.kind == "check" else ("slots", "partial", "rounds", "late", "gap", "served", "reminders", "findings", "problems")
    return [{"what": word(f"n.{key}"), "count": _of(*of[key]) if key in of else str(one[key])} for key in shown]


def _of(part: int, whole: int) -> Value:
    return word("of", part=str(part), whole=str(whole))


def _code(reader: Reader, code: str) -> Value:
    return word("code.other") if code == OTHER else code_name(reader, code)


def _line(reader: Reader, line: BulletinLine) -> Values:
    codes = [word("code_of", what=_code(reader, code), n=str(n)) for code, n in line.codes.items()]
    score = f"{line.tenths // TENTHS}.{line.tenths % TENTHS}"
    parts = {"n": str(line.results), "score": score}
    results = word("veto_of", m=str(line.vetoes), **parts) if line.vetoes else word("result_of", **parts)
    return {
        "unit": reader.unit(line.unit),
        "findings": str(line.findings) if line.findings else None,
        "problems": codes or None,
        "results": results if line.results else None,
    }


def _case(reader: Reader, one: BulletinCase) -> Values:
    return {"unit": reader.unit(one.unit), "case": one.title, "story": one.text or None}


def _detail(reader: Reader, one: BulletinDetail) -> Values:
    return {
        "unit": reader.unit(one.unit),
        "post": reader.post(one.post) if one.post else None,
        "at": at(one.at, "short"),
        "fact": word("fact.unattended") if one.what == UNATTENDED else _code(reader, one.what),
        "minutes": str(one.minutes) if one.minutes else None,
    }


INSIDE = Kind("bulletin_in", partial(data, "bulletin.in"))
PUBLIC = Kind("bulletin_pub", partial(data, "bulletin.pub"))
