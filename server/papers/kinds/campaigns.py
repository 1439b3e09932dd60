"""DOC-23 专项行动总结 (CAMP-07): numbers by unit, coverage, typical problems, good practice. rid: the campaign."""

from collections.abc import Mapping
from typing import Any

from server.domain.campaign.ops import Campaign, CheckCoverage, OutputRow, Progress, Summary
from server.domain.visit.plan_ops import Covered
from server.papers.faces import Kind, Reader
from server.papers.kinds.rectification import code_name
from server.papers.values import Value, Values, day, word

CODES_MAX = 12
TENTHS_A_POINT = 10
CATEGORIES = frozenset({"department", "utility", "town", ""})
"""The kinds of units a hall begins with; one of its own is told as typed."""


def data(reader: Reader, rid: str) -> Values | None:
    """The summary, for those who lead."""
    campaign, summary = reader.faces.get("campaign", rid, Campaign), reader.faces.get("camp.summary", rid, Summary)
    if campaign is None or summary is None:
        return None
    outputs: Mapping[str, OutputRow] = reader.faces.all("camp.output", OutputRow)
    mine = sorted((one.day, key, one) for key, one in outputs.items() if one.campaign == rid)

    def count(n: int) -> Value:
        return word("count_of", n=str(n))

    def share(n: int, m: int) -> Value:
        return word("of", n=str(n), m=str(m))

    return {
        "campaign": campaign.title,
        "period": word("period_of", **{"from": day(campaign.phases[0].from_day), "to": day(campaign.phases[-1].to_day)}),
        "scope": word("scope_of", n=str(summary.units)),
        "first": reader.name(campaign.first),
        "deputy": reader.name(campaign.deputy),
        "targets": campaign.targets or None,
        "reported": share(summary.reported, summary.units),
        "found": count(summary.found),
        "verified": share(summary.verified, summary.found),
        "on_time": share(summary.on_time, summary.with_term),
        "returned": count(summary.returned),
        "recurred": count(summary.recurred),
        "found_since": count(summary.found_since) if summary.found_since else None,
        "extended": count(summary.extended) if summary.extended else None,
        "units": str(summary.units),
        "reached": str(summary.reported),
        "verified_n": str(summary.verified),
        "found_n": str(summary.found),
        "units_rows": [_unit(reader, unit, campaign.progress[unit]) for unit in campaign.units if unit in campaign.progress],
        "codes": [{"code": code_name(reader, code), "count": str(n)} for code, n in summary.codes[:CODES_MAX]] or None,
        "sources": [{"source": word(f"source.{source}"), "count": str(n)} for source, n in summary.sources] or None,
        "checks": [row for one in (summary.coverage, *summary.checks) if one for row in _checked(one)] or None,
        "outputs": [_output(reader, one) for _, _, one in mine] or None,
        "sign_office": None,
        "sign_first": reader.name(campaign.first),
    }


def _unit(reader: Reader, unit: str, one: Progress) -> dict[str, Any]:
    check = "zero" if one.zero else "yes" if one.reported else "no"
    return {
        "unit": reader.unit(unit),
        "check": word(f"check.{check}"),
        "n_found": str(one.found),
        "n_rectified": str(one.rectified),
        "n_verified": str(one.verified),
    }


def _checked(one: CheckCoverage) -> list[dict[str, Any]]:
    """An inspection plan, or all of them, in all, then by category (CHK-02, CHK-03)."""

    def row(scope: Value, need: str, covered: Covered) -> dict[str, Any]:
        units = word("of", n=str(covered.reached), m=str(covered.units))
        windows = word("of", n=str(covered.windows_reached), m=str(covered.windows))
        return {"scope_of_plan": scope, "need": need, "units_seen": units, "windows_seen": windows}

    def category(name: str) -> Value:
        return word(f"category.{name or 'none'}") if name in CATEGORIES else name

    strata = [row(category(name), "", covered) for name, covered in sorted(one.categories.items())] if len(one.categories) > 1 else []
    return [row(one.title or word("all_plans"), str(one.needed), one.covered), *strata]


def _output(reader: Reader, one: OutputRow) -> dict[str, Any]:
    points = None if one.figure is None else f"{one.figure / TENTHS_A_POINT:.1f}"
    return {
        "kind": word(f"kind.{one.kind}"),
        "title_of": word("scored", title=one.title, points=points) if points else one.title,
        "unit": reader.unit(one.unit),
        "day": day(one.day, "short"),
    }


KIND = Kind("campaign_summary", data)
