"""The doors of printed documents (DOC): the PDF for whoever may see what it says, and the public page behind its QR code."""

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.domain.hall.ops import Hall
from server.domain.hall.rules import text
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.session import AnyRequest, signed_in
from server.gateway.wire import header, plain
from server.papers import check, register
from server.papers.faces import Reader
from server.papers.kinds import KINDS
from server.papers.layout import SIZES, Issue, sheet_of
from server.papers.press import PressBusy, PressFailed, Sheet
from server.papers.register import Asked, PaperRecord
from server.papers.template import LOCALES, mark_of, template
from server.papers.values import Values
from server.store import evidence, ledger, people
from server.store.contract import Sql, Unit
from server.store.people import SignedIn
from sync import stamp
from sync.ops import receipt_code
from sync.stamp import BadStamp, Stamp

B = TypeVar("B", bound=msgspec.Struct)
STYLE = "paper.css"
_ROWS = (
    "SELECT v.rid, v.body, b.bucket FROM view_row v JOIN bucket_row b ON b.n = v.n AND b.live = 1 WHERE v.kind = ? AND v.body IS NOT NULL"
)


class _Seen:
    """The rows in the buckets of one person (server/papers/faces.py)."""

    def __init__(self, sql: Sql, audience: frozenset[str]) -> None:
        self._sql, self._audience = sql, audience
        self._known: dict[str, dict[str, Any]] = {}

    def get(self, kind: str, rid: str, shape: type[B]) -> B | None:
        if kind in self._known:
            body = self._known[kind].get(rid)
        else:
            rows = self._sql.all(f"{_ROWS} AND v.rid = ?", (kind, rid))
            body = next((body for _, body, bucket in rows if bucket in self._audience), None)
        return msgspec.json.decode(body, type=shape) if body is not None else None

    def all(self, kind: str, shape: type[B]) -> Mapping[str, B]:
        if kind not in self._known:
            self._known[kind] = {rid: body for rid, body, bucket in self._sql.all(_ROWS, (kind,)) if bucket in self._audience}
        return {rid: msgspec.json.decode(body, type=shape) for rid, body in self._known[kind].items()}


class _Wanted(NamedTuple):
    kind: str
    rid: str
    locale: str
    size: str
    minguo: bool


def _wanted(request: AnyRequest, kind: str, name: str) -> _Wanted:
    """What is asked for; the locale "" is the hall's own."""
    query = request.query_params
    if kind not in KINDS or not name.endswith(".pdf"):
        raise ProblemError("not_found")
    locale, sizes = query.get("locale", ""), template(kind).sizes
    size = query.get("size", sizes[0])
    if (locale and locale not in LOCALES) or size not in sizes or size not in SIZES:
        raise ProblemError("malformed")
    return _Wanted(kind, name.removesuffix(".pdf"), locale, size, query.get("era") == "minguo")


@get("/s/{site:str}/paper/{kind:str}/{name:str}")
async def paper(
    request: AnyRequest, kind: FromPath[str], name: FromPath[str], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> Response[bytes]:
    """A document as PDF. It counts as a printed copy; reading what is sensitive leaves a trace (VIS-03)."""
    wanted = _wanted(request, kind, name)
    who = await signed_in(gate, place, request)
    gate.prints.check(f"paper:{who.uid}")
    found = await place.store.read(lambda sql: _values(sql, place, who, wanted))
    if found is None:
        raise ProblemError("not_found")
    hall, values = found
    wanted = wanted._replace(locale=wanted.locale or hall.locale)
    record = await place.store.write(partial(_enter, who=who, wanted=wanted, values=values, tz=hall.tz))
    address = f"{_origin(request, gate)}/s/{place.id}/p/{_code(place, record)}"
    issue = Issue(kind, record.number, receipt_code(wanted.rid), record.copy, record.at, who.name, address)
    sheet = sheet_of(issue, values, hall, wanted.locale, wanted.size, gate.press.missing, wanted.minguo)
    made = await printed(gate, sheet)
    shown = quote(f"{sheet.title} {sheet.number}.pdf")
    disposition = f"inline; filename=\"{kind}-{record.number}.pdf\"; filename*=UTF-8''{shown}"
    return Response(made, media_type="application/pdf", headers={"content-disposition": disposition})


async def printed(gate: Gate, sheet: Sheet) -> bytes:
    """The PDF of a sheet, or the problem that there is none."""
    try:
        return await gate.press.print(sheet)
    except PressBusy:
        raise ProblemError("busy", retry_after_s=5) from None
    except PressFailed:
        raise ProblemError("internal") from None


def _values(sql: Sql, place: Place, who: SignedIn, wanted: _Wanted) -> tuple[Hall, Values] | None:
    """What the document says to this reader; None when it says nothing to him."""
    faces = _Seen(sql, people.audience(who.actor))
    hall = faces.get("hall", "hall", Hall)
    values = KINDS[wanted.kind].data(Reader(who.actor, faces, hall, place.clock()), wanted.rid) if hall else None
    return (hall, values) if hall and values else None


def _enter(unit: Unit, *, who: SignedIn, wanted: _Wanted, values: Values, tz: str) -> PaperRecord:
    """Number and copy; in the audit what was printed, and under which class."""
    kind = wanted.kind
    hashed = stamp.digest(kind, wanted.rid, values)
    form, of_kind = template(kind), KINDS[kind]
    asked = Asked(
        *(secrets.token_urlsafe(16), kind, wanted.rid, who.uid, wanted.locale, form.version, hashed, tz),
        each=of_kind.each,
        sealed=of_kind.sealed,
    )
    with unit.step() as tx:
        record = register.enter(tx, asked)
        if (mark := mark_of(kind, values)) != "P0":
            people.audit(tx, who.uid, "paper.print", f"{kind}:{wanted.rid}", f"{mark} {record.number} {record.copy}")
    return record


def _code(place: Place, record: PaperRecord) -> str:
    made = Stamp(place.id, record.rid, record.kind, record.number, record.copy, record.at, record.digest)
    return stamp.sign(made, evidence.signer_of(place.store.facts)).code


def _origin(request: AnyRequest, gate: Gate) -> str:
    """The address people reach this server by."""
    given = next((origin for origin in gate.settings.origins if "://" in origin), "")
    return given or f"{'https' if gate.settings.secure else 'http'}://{header(plain(request.scope), b'host')}"


# --- the public page -------------------------------------------------------------------------------------------------


@get("/s/{site:str}/p/{code:str}")
async def verify(request: AnyRequest, code: FromPath[str], gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[str]:
    """Whether a document is this hall's."""
    gate.prints.check(f"check:{request.client.host if request.client else ''}")
    checked, locale = await place.store.read(lambda sql: _checked(sql, place, code, request))
    base = f"/s/{place.id}"
    body = check.page(checked, locale, f"{base}/p/{quote(code)}", f"{base}/{STYLE}")
    return Response(body, media_type="text/html")


def _checked(sql: Sql, place: Place, code: str, request: AnyRequest) -> tuple[check.Checked, str]:
    facts = place.store.facts
    row = sql.one("SELECT body FROM view_row WHERE kind = 'hall' AND rid = 'hall' AND body IS NOT NULL")
    hall = msgspec.json.decode(row[0], type=Hall) if row else None
    locale = check.wished(
        request.query_params.get("locale"), header(plain(request.scope), b"accept-language"), hall.locale if hall else facts.locale
    )
    result, read, newest = _result(sql, place, code)
    name = text(hall.names if hall else facts.names, locale)
    return check.Checked(result, read, name, hall.phone if hall else "", hall.tz if hall else "Asia/Shanghai", newest), locale


def _result(sql: Sql, place: Place, code: str) -> tuple[check.Result, Stamp | None, int]:
    """The verdict, the stamp as read, and the count of the newest copy."""
    try:
        signed = stamp.read(place.id, code)
    except BadStamp:
        return "forged", None, 0
    made = signed.stamp
    if made.dev:
        device = ledger.device(sql, made.dev)
        if device is None or not stamp.holds(signed, device.key):
            return "forged", made, 0
        return "device" if device.revoked_at is None else "stopped", made, 0
    if not stamp.holds(signed, evidence.vkey(place.store.facts).public):
        return "forged", made, 0
    table = place.institutions.tables[PaperRecord]
    kept: PaperRecord | None = table.get(sql, made.id)
    same = table.find(sql, "kind = ? AND about = ? AND number = ?", [kept.kind, kept.about, kept.number], "copy") if kept else []
    newest = same[-1] if same else None
    return register.compare(made, kept, newest), made, newest.copy if newest else 0


@get("/s/{site:str}/paper.css")
async def style(place: NamedDependency[Place]) -> Response[bytes]:
    """How the public page looks."""
    return Response(check.STYLE, media_type="text/css")
