"""The screens of the app: the addresses its features declare, and for each somebody who opens it and how it is filled.

Every kind of row in braces stands for one such row of that person, e.g. /leave/{leave}.
"""

import re
from pathlib import Path

SRC = Path(__file__).resolve().parent.parent.parent / "pwa" / "src"
SCREENS: dict[str, tuple[str, ...]] = {
    "staff": (
        *(
            "/post",
            "/me",
            "/todo",
            "/messages",
            "/outbox",
            "/outbox/{outbox}",
            "/storage",
            "/settings",
            "/pin",
            "/password",
            "/nowhere",
            "/time-code",
        ),
        *("/incident", "/incidents", "/records", "/records/{finding.own}", "/attendance", "/attendance/x/{att.exc}", "/attendance/list"),
        *("/leave", "/leave/new", "/leave/unit", "/leave/{leave}", "/handover", "/handover/new", "/handover/{handover}", "/roster"),
        *("/repairs", "/repairs/new", "/repairs/{repair}", "/own", "/papers", "/papers/leave_slip/{leave}", "/paper-check"),
        *("/draws", "/draws/{plan.public}", "/visit-own", "/visit-own/{visit.own.visit}", "/phrases", "/handbook"),
    ),
    "head": (
        *("/post", "/overview", "/attendance/unit", "/adjustments", "/unanswered", "/problems", "/problems/{problem}", "/approve"),
        *("/campaigns/{campaign}/self-check", "/campaigns/{campaign}/output", "/visit-results", "/visit-results/{visit.unit}"),
    ),
    "inspector": (
        "/patrol",
        "/findings",
        "/findings/{finding}",
        "/facility",
        "/facility/{facility}",
        "/facility/new/cp-1",
        "/zone",
        "/incidents/{incident}",
    ),
    "efficiency": (
        *("/irregular", "/irregular/new", "/irregular/{irregular}", "/ties", "/rounds", "/video", "/reports", "/reports/{sup.report}"),
        *("/supervisors", "/supervisors/new", "/supervisors/{supervisor}", "/problems/new", "/problem-board"),
    ),
    "leader": ("/overview", "/visit-results", "/indices", "/approve"),
    "shopper": ("/missions", "/missions/{mission}", "/cases", "/cases/{case}", "/me"),
    "supervisor": ("/reports", "/reports/new", "/missions"),
    "checklead": (
        *("/visits", "/visits/{visit}", "/plans", "/plans/new", "/plans/{plan}", "/cases", "/cases/{case}", "/devices", "/held"),
        *("/visitors", "/visitors/{check.visitor}"),
        "/campaigns/new",
        "/campaigns/{campaign}/edit",
    ),
    "director": ("/leads",),
    "discipline": ("/overview", "/records/{finding.own}", "/registers", "/visit-results", "/approve"),
    "office": (
        *("/overview", "/findings", "/findings/{finding}", "/incidents/{incident}", "/registers", "/registers/away", "/indices"),
        *("/bulletins", "/bulletins/{bulletin}", "/bulletins/{bulletin}/edit", "/board", "/board/{board.item}", "/attendance/grid"),
        *("/leave/policy", "/leave/policy/types", "/leave/policy/types/annual", "/leave/{leave}", "/calendar", "/roster/week"),
        *("/parameters", "/parameters/about", "/parameters/evd.vacancy_min_minutes"),
        *(
            "/campaigns",
            "/campaigns/{campaign}",
            "/hot",
            "/hot/{hot.order}",
            "/incident-plans",
            "/zone-codes",
            "/visit-results/{visit.unit}",
        ),
        *("/handover", "/repairs/{repair}", "/unanswered", "/adjustments"),
    ),
    "admin": (
        *("/pair", "/devices", "/devices/{device.state}", "/held", "/held/{op.held}", "/rescue", "/organisation", "/organisation/import"),
        *("/organisation/posts", "/organisation/posts/A01", "/norms", "/norms/codes", "/norms/codes/F01"),
    ),
}
DESKS = ("leader", "checklead", "office", "admin")
"""Those who sit at one."""


def declared() -> list[str]:
    """The address of every screen, in the order in which the app looks for them, e.g. /leave/:id.

    Raises `ValueError` when a feature declares its screens in a way this does not read.
    """
    found: list[str] = []
    for path in sorted(SRC.rglob("*.ts")):
        text = path.read_text(encoding="utf-8")
        if "screens: [" not in text and "SCREENS:" not in text:
            continue
        here = re.findall(r'\{ path: "(/[^"]*)", title: ', text)
        if len(here) != text.count(" title: ("):
            raise ValueError(f"{path.name} declares a screen in other words")
        found += here
    return found


def opened_by(path: str, addresses: list[str]) -> str:
    """Which of `addresses` the app opens at `path`, "" for none."""
    parts = path.split("/")
    for address in addresses:
        wanted = address.split("/")
        if len(wanted) == len(parts) and all(want.startswith(":") or want == part for want, part in zip(wanted, parts, strict=True)):
            return address
    return ""
