"""Pure decisions about bulletins: is it a week, what stands in the public version, does it name anybody (PTL-10, CHK-09, DOC-15).

Answer of this domain, for `Tx.ask`: `told_moved`(day): something of that day may have been taken back, what was issued of it is looked at.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from server.domain.bulletin.ops import BulletinCase, BulletinDetail, BulletinLine, BulletinNumbers, BulletinWording, Kind
from server.domain.hall.rules import add_days, is_day

CHECK_DAYS_MAX = 366
TEXT_CHARS_MAX = 8_000
TITLE_CHARS_MAX = 120
CASES_MAX = 40
NAME_CHARS_MIN = 2
UNATTENDED = "unattended"
OTHER = "other"
"""Codes whose name is not told to everybody."""


def is_period(kind: Kind, first: str, last: str) -> bool:
    """Whether the days are one week from a Monday, one calendar month, or for a check any days of at most a year."""
    if not is_day(first) or not is_day(last):
        return False
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    if kind == "patrol_week":
        return begin.isoweekday() == 1 and (end - begin).days == 6
    if kind == "patrol_month":
        return begin.day == 1 and first[:7] == last[:7] and add_days(last, 1)[8:] == "01"
    return 0 <= (end - begin).days < CHECK_DAYS_MAX


def is_sane(wording: BulletinWording, units: frozenset[str]) -> bool:
    """Texts of a length that can be read, cases of units there are."""
    texts = (wording.method, wording.overall, wording.public_overall, wording.demands, wording.terms, wording.annex)
    cases = [*wording.good, *wording.cases]
    told = (t for case in cases for t in (case.title, case.text))
    short = len(wording.title) <= TITLE_CHARS_MAX and all(len(text) <= TEXT_CHARS_MAX for text in (*texts, *told))
    return short and len(cases) <= CASES_MAX and all(case.unit in units and case.title.strip() for case in cases)


def lines_of(details: Iterable[BulletinDetail], results: Iterable[tuple[str, int, int]]) -> list[BulletinLine]:
    """The units with anything to tell, those with most of it first. `results`: (unit, tenths, vetoes) of published checks."""
    found: dict[str, BulletinLine] = {}
    for detail in details:
        line = found.setdefault(detail.unit, BulletinLine(detail.unit))
        if detail.what == UNATTENDED:
            line.findings += 1
        else:
            line.codes = dict(sorted((Counter(line.codes) + Counter([detail.what])).items()))
    totals: Counter[str] = Counter()
    for unit, tenths, vetoes in results:
        line = found.setdefault(unit, BulletinLine(unit))
        line.results += 1
        line.vetoes += vetoes
        totals[unit] += tenths
        line.tenths = totals[unit] // line.results
    weight = {unit: line.findings + sum(line.codes.values()) for unit, line in found.items()}
    return [found[unit] for unit in sorted(found, key=lambda unit: (-weight[unit], found[unit].tenths, unit))]


def fallen(
    was: Iterable[BulletinDetail], told: Iterable[BulletinLine], now: Iterable[BulletinDetail], standing: Iterable[BulletinLine]
) -> list[str]:
    """The units of which something was told, fact by fact or as a published result, that does not stand any more (PTL-10, CON-44)."""

    def facts(details: Iterable[BulletinDetail]) -> set[tuple[str, int, str, str]]:
        return {(one.unit, one.at, one.what, one.post) for one in details}

    left = {line.unit: line for line in standing}

    def less(line: BulletinLine) -> bool:
        same = left.get(line.unit, BulletinLine(line.unit))
        return same.results < line.results or same.vetoes < line.vetoes

    return sorted({unit for unit, *_ in facts(was) - facts(now)} | {line.unit for line in told if less(line)})


def public_wording(wording: BulletinWording) -> BulletinWording:
    """What everybody may read: no annex, only the cases that were marked for it (CHK-09)."""
    return BulletinWording(
        title=wording.title,
        method=wording.method,
        overall=wording.public_overall,
        good=_public(wording.good),
        cases=_public(wording.cases),
        demands=wording.demands,
        terms=wording.terms,
    )


def _public(cases: Sequence[BulletinCase]) -> list[BulletinCase]:
    return [case for case in cases if case.public and not case.referred]


def told_wording(wording: BulletinWording) -> BulletinWording:
    """What the hall reads inside: all but what was referred (CHK-10)."""
    cases = [case for case in wording.cases if not case.referred]
    return msgspec.structs.replace(wording, cases=cases, good=[case for case in wording.good if not case.referred])


def referred(wording: BulletinWording) -> list[BulletinCase]:
    """Cases that look like wrong-doing."""
    return [case for case in (*wording.cases, *wording.good) if case.referred]


def public_lines(lines: Iterable[BulletinLine], told: frozenset[str]) -> list[BulletinLine]:
    """The units with the codes whose name may be told; the others are counted as such."""
    found = []
    for line in lines:
        codes = Counter({code: n for code, n in line.codes.items() if code in told})
        if hidden := sum(line.codes.values()) - codes.total():
            codes[OTHER] = hidden
        found.append(msgspec.structs.replace(line, codes=dict(codes)))
    return found


def public_numbers(numbers: BulletinNumbers) -> BulletinNumbers:
    """The numbers without what is not decided yet."""
    return msgspec.structs.replace(numbers, waiting=0)


def named_in(wording: BulletinWording, names: Iterable[str]) -> list[str]:
    """People of the hall whose name stands in these texts."""
    cases = [text for case in (*wording.good, *wording.cases) for text in (case.title, case.text)]
    return names_in("\n".join([wording.title, wording.method, wording.overall, wording.demands, wording.terms, *cases]), names)


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """People of the hall whose name stands in a text; one character alone names nobody."""
    return sorted({name for name in names if len(name) >= NAME_CHARS_MIN and name in text})
