"""The doors for spreadsheets: `POST /s/{site}/sheets` takes organisation and roster in, `GET` gives them out, and templates (ORG-10).

For the office and administrators, with the network only. A dry run is the whole import undone; a real one is one step of the writer.
"""

import asyncio
import json
import secrets
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from server import child
from server.domain.hall.here import hall_of
from server.domain.hall.rules import is_unlisted
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.session import AnyRequest, signed_in
from server.reports.export import MEDIA
from server.reports.words import known, say
from server.sheets import reader
from server.sheets.columns import BY_KEY, SHEETS
from server.sheets.intake import FAULTS, Intake, Rows
from server.sheets.outgo import book_of, to_csv, to_xlsx
from server.store import people
from server.store.contract import Unit
from server.store.people import SignedIn
from sync.errors import N_
from sync.sheets import Issued, SheetError, SheetReport

FILE_BYTES_MAX = 8 * 1024 * 1024
SECONDS_MAX = 30
MAY_KEEP = frozenset(("OFF", "ADM"))
MAY_ISSUE = frozenset(("ADM", "CHECK"))
PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No letter that is taken for another."""
_PROGRAM = Path(reader.__file__)


class NotApplied(Exception):
    """The step is undone: it was a dry run, or something was wrong."""


@post("/s/{site:str}/sheets", status_code=200, request_max_body_size=FILE_BYTES_MAX)
async def take_in(
    request: AnyRequest,
    gate: NamedDependency[Gate],
    place: NamedDependency[Place],
    locale: FromQuery[str] = "zh_Hans",
    apply: FromQuery[bool] = False,
) -> SheetReport:
    """Look at a spreadsheet, and with `apply` take it in, all of it or nothing."""
    who = await signed_in(gate, place, request, MAY_KEEP)
    data = await request.body()
    with gate.exports:
        locale = known(locale)
        answer = await _read(data)
        if "fault" in answer:
            return SheetReport(False, [_fault(answer["fault"], locale)])
        return await place.store.write(partial(_take, place, who, locale, answer["sheets"], apply))


def _fault(where: list[Any], locale: str) -> SheetError:
    code, sheet, row, column = where
    return SheetError(say(locale, FAULTS[code]), sheet, row, column)


def _take(place: Place, who: SignedIn, locale: str, sheets: list[tuple[str, Rows]], apply: bool, unit: Unit) -> SheetReport:
    """The import as one step, undone unless it is meant and nothing is wrong."""
    report = SheetReport(False)
    try:
        with unit.step() as tx:
            report = Intake(tx, who.actor, locale).take(sheets)
            if report.errors or not apply:
                report.applied = False
                raise NotApplied
            tx.settle()
            counts = "; ".join(f"{c.sheet} +{c.added} ~{c.changed} ={c.same}" for c in report.counts)
            people.audit(tx, who.uid, "sheets.import", place.id, counts)
    except NotApplied:
        pass
    return report


async def _read(data: bytes) -> dict[str, Any]:
    """The reader's answer. It dies with its time; what it dies of is the file's fault."""
    if not data:
        return {"fault": ["damaged", "", 0, ""]}
    code, made = await child.run(data, SECONDS_MAX, "-I", str(_PROGRAM))
    if code != 0 or not made:
        return {"fault": ["slow" if code in (-24, -9) else "too_large", "", 0, ""]}
    answer: dict[str, Any] = await asyncio.to_thread(json.loads, made)
    return answer


@get("/s/{site:str}/sheets/{name:str}")
async def give_out(
    request: AnyRequest,
    name: FromPath[str],
    gate: NamedDependency[Gate],
    place: NamedDependency[Place],
    locale: FromQuery[str] = "zh_Hans",
) -> Response[bytes]:
    """`hall.xlsx`: everything; `{sheet}.csv`: one table; `template.xlsx` and `template-{sheet}.csv`: the same without a line."""
    who = await signed_in(gate, place, request, MAY_KEEP)
    locale = known(locale)
    stem, _, kind = name.rpartition(".")
    empty = stem.startswith("template")
    wanted = stem.removeprefix("template").removeprefix("-") if empty else stem
    if not (kind == "xlsx" and wanted in ("", "hall")) and not (kind == "csv" and wanted in BY_KEY):
        raise ProblemError("not_found")
    gate.brake.check(f"export:{who.uid}")
    sheets = [BY_KEY[wanted]] if wanted in BY_KEY else list(SHEETS)

    def unit(unit: Unit) -> list[list[list[str]]]:
        with unit.step() as tx:
            hall = hall_of(tx)
            people.audit(tx, who.uid, "sheets.export", name)
            book = book_of(tx, hall, locale)
            return [[] if empty else book.rows(sheet) for sheet in sheets]

    with gate.exports:
        tables = list(zip(sheets, await place.store.write(unit), strict=True))
        if kind == "csv":
            body = await asyncio.to_thread(to_csv, *tables[0], locale)
        else:
            body = await asyncio.to_thread(to_xlsx, tables, locale)
    title = say(locale, N_("模板")) if empty else say(locale, N_("组织与排班"))
    shown = f"{title}-{say(locale, sheets[0].title)}.csv" if kind == "csv" else f"{title}.xlsx"
    disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(shown)}"
    headers = {"cache-control": "no-store", "content-disposition": disposition}
    return Response(body, media_type=MEDIA["csv" if kind == "csv" else "xlsx"], headers=headers)


@post("/s/{site:str}/people/{uid:str}/password", status_code=200)
async def issue_password(
    request: AnyRequest, uid: FromPath[str], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> Response[Issued]:
    """A first (or forgotten) password, told once to the administrator who hands it over; that of a visitor from outside to a check lead,
    and to an administrator as if there were none (CHK-05). Whoever is signed in with the old one is out.
    """
    who = await signed_in(gate, place, request, MAY_ISSUE)
    gate.brake.check(f"password:{who.uid}")
    account = await place.store.read(lambda sql: people.by_uid(sql, uid))
    is_visitor = account is not None and is_unlisted(account.roles)
    if "ADM" not in who.roles and not is_visitor:
        raise ProblemError("forbidden")
    if account is None or account.login is None or "BOARD" in account.roles or (is_visitor and "CHECK" not in who.roles):
        raise ProblemError("not_found")
    password = "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))
    hashed = await gate.passwords.hash(password)

    def unit(unit: Unit) -> list[str]:
        with unit.step() as tx:
            tokens = people.give_password(tx, uid, hashed)
            people.audit(tx, who.uid, "password.issue", uid)
            return tokens

    for token in await place.store.write(unit):
        place.hub.close_session(token)
    return Response(Issued(uid, account.login, password), headers={"cache-control": "no-store"})
