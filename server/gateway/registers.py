"""The doors of the desk: `/s/{site}/registers`, `…/register/…`, `…/indices` (VIS-01, VIS-03..05). Read only, for whoever is signed in.

Every export, and every reading that a purpose opened, is in the audit log before its answer leaves.
"""

import asyncio
from collections.abc import Callable
from typing import Any, get_args
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.gateway.gate import Gate
from server.gateway.papers import printed
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.session import AnyRequest, signed_in
from server.papers.layout import visible
from server.papers.press import Sheet
from server.papers.values import Speaker
from server.reports import export, words
from server.reports.desk import File, Opened, Reader
from server.reports.query import BadQuery
from server.store import people
from server.store.contract import Sql, T, Unit
from server.store.people import SignedIn
from sync.desk import IndexPage, RegisterDetail, RegisterList, RegisterPage

PRIVATE = {"cache-control": "no-store"}
DETAIL_CHARS_MAX = 2000


@get("/s/{site:str}/registers")
async def registers(request: AnyRequest, gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[RegisterList]:
    """The registers this person may read."""
    who = await signed_in(gate, place, request)
    return Response(await _read(place, who, request, lambda reader: reader.registers()), headers=PRIVATE)


@get("/s/{site:str}/register/{name:str}")
async def register(request: AnyRequest, name: FromPath[str], gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[Any]:
    """A page of a register; with .xlsx, .csv or .pdf behind its name, all of it as a file."""
    who = await signed_in(gate, place, request)
    stem, dot, kind = name.partition(".")
    asked = dict(request.query_params)
    if not dot:
        page, opened = await _read(place, who, request, lambda reader: reader.page(stem, asked))
        await _leave_trace(place, who, "register.read", stem, opened)
        return Response[RegisterPage](page, headers=PRIVATE)
    if kind not in get_args(export.Format):
        raise ProblemError("not_found")
    gate.brake.check(f"export:{who.uid}")
    with gate.exports:
        file: File = await _read(place, who, request, lambda reader: reader.export(stem, kind, asked, who.name))  # type: ignore[arg-type]
        body = file.body if isinstance(file.body, bytes) else await _on_paper(gate, place, request, file.body)
    await _note(place, who, "register.export", f"{stem}.{kind}", file.trace)
    headers = {**PRIVATE, "content-disposition": f"attachment; filename=\"{stem}.{kind}\"; filename*=UTF-8''{quote(file.name)}"}
    return Response(body, media_type=export.MEDIA[file.kind], headers=headers)


@get("/s/{site:str}/register/{name:str}/{rid:str}")
async def register_row(
    request: AnyRequest, name: FromPath[str], rid: FromPath[str], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> Response[RegisterDetail]:
    """One row, and where the facts behind it are."""
    who = await signed_in(gate, place, request)
    asked = dict(request.query_params)
    detail, opened = await _read(place, who, request, lambda reader: reader.detail(name, rid, asked))
    await _leave_trace(place, who, "register.read", name, opened)
    return Response(detail, headers=PRIVATE)


@get("/s/{site:str}/indices")
async def indices(request: AnyRequest, gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[IndexPage]:
    """The indices of §11 over a period, with what they rest on and where the facts are."""
    who = await signed_in(gate, place, request)
    asked = dict(request.query_params)
    return Response(await _read(place, who, request, lambda reader: reader.indices(asked)), headers=PRIVATE)


async def _on_paper(gate: Gate, place: Place, request: AnyRequest, sheet: Sheet) -> bytes:
    """A register as PDF; a character no font has is printed as its code point (GEN-07)."""
    says = Speaker(_locale(place, request), "", {})
    return await printed(gate, await asyncio.to_thread(visible, sheet, says, gate.press.missing))


def _locale(place: Place, request: AnyRequest) -> str:
    return words.known(request.query_params.get("locale", place.store.facts.locale))


async def _read(place: Place, who: SignedIn, request: AnyRequest, ask: Callable[[Reader], T]) -> T:
    """Ask in a reader's own thread and consistent state, and tell what cannot be answered as a problem."""
    locale = _locale(place, request)

    def query(sql: Sql) -> T:
        return ask(Reader(sql, place.institutions, who.actor, locale, place.clock()))

    try:
        return await place.store.read(query)
    except BadQuery as bad:
        raise ProblemError(bad.id, bad.params) from None
    except LookupError:
        raise ProblemError("not_found") from None


async def _leave_trace(place: Place, who: SignedIn, act: str, about: str, opened: Opened) -> None:
    """A reading leaves a trace when a purpose opened something (VIS-03, VIS-05)."""
    if opened.columns:
        await _note(place, who, act, about, opened)


async def _note(place: Place, who: SignedIn, act: str, about: str, opened: Opened) -> None:
    detail = f"rows {opened.rows}; columns {','.join(opened.columns)}; purpose {opened.purpose}; query {opened.asked}"

    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            people.audit(tx, who.uid, act, about, detail[:DETAIL_CHARS_MAX])

    await place.store.write(unit)
