"""`GET /s/{site}/blobs/{rid}/{sha256}[?thumb]`: a photo or sound, to whom a record that names it is open now (I32).

No record in sight, none that names it, nothing arrived yet: one answer, from the same work.
"""

from typing import NamedTuple

import msgspec

from server.gateway import access
from server.gateway.cookies import Jar
from server.gateway.gate import Gate
from server.gateway.media import is_sound
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.wire import AsgiReceive, AsgiScope, AsgiSend, header, respond
from server.store import people
from server.store.contract import Sql

KEPT_SECONDS = 3600
EXTENSIONS = {"image/jpeg": "jpg", "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg"}


class _One(msgspec.Struct):
    sha256: str


class _Naming(msgspec.Struct):
    blobs: list[_One] = []


class Found(NamedTuple):
    """A file of the blob store and what it is. `whole`: not merely a preview of what is still to come."""

    file: str
    mime: str
    whole: bool


_naming = msgspec.json.Decoder(_Naming)


async def read_blob(gate: Gate, place: Place, scope: AsgiScope, _: AsgiReceive, send: AsgiSend) -> None:
    """Serve one file."""
    if scope["method"] not in ("GET", "HEAD"):
        raise ProblemError("method_not_allowed")
    rid, sha256 = scope["path"].split("/")[4:6]
    jar, thumb = gate.jar(place), scope["query_string"] == b"thumb"
    found = await place.store.read(lambda sql: _find(sql, _audience(sql, scope, place, jar), rid, sha256, thumb))
    etag = f'"{sha256[:32]}{"-t" if thumb else ""}{"" if found and found.whole else "-p"}"'
    headers = [
        ("cache-control", f"private, max-age={KEPT_SECONDS if found and found.whole else 0}"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("etag", etag),
    ]
    if found and header(scope, b"if-none-match") == etag:
        await respond(send, 304, headers, b"", head_only=True)
        return
    body = await gate.rooms[place.id].store.get(found.file) if found else None
    if found is None or body is None:
        raise ProblemError("not_found")
    how = "attachment" if is_sound(found.mime) else "inline"
    headers += [
        ("content-type", found.mime),
        ("content-disposition", f'{how}; filename="{sha256[:12]}.{EXTENSIONS[found.mime]}"'),
    ]
    await respond(send, 200, headers, body, head_only=scope["method"] == "HEAD")


def _audience(sql: Sql, scope: AsgiScope, place: Place, jar: Jar) -> frozenset[str]:
    """Every bucket the person of this request may read."""
    who = access.signed_in(sql, scope, jar, place.clock())
    if who is None:
        raise ProblemError("login_required")
    return people.audience(who.actor)


def _find(sql: Sql, audience: frozenset[str], rid: str, sha256: str, thumb: bool) -> Found | None:
    """The file, if a row of this record that these buckets see names it."""
    bodies = {
        body
        for body, bucket in sql.all(
            "SELECT v.body, b.bucket FROM view_row v JOIN bucket_row b ON b.n = v.n AND b.live = 1 WHERE v.rid = ? AND v.body IS NOT NULL",
            (rid,),
        )
        if bucket in audience
    }
    named = any(one.sha256 == sha256 for body in bodies for one in _naming.decode(body).blobs)
    row = sql.one(
        "SELECT o.state, o.mime, o.view, o.thumb FROM blob_bound d JOIN blob o ON o.rid = d.blob WHERE d.rid = ?",
        (f"{rid}.{sha256}",),
    )
    if row is None or not named:
        return None
    state, mime, view, small = row
    whole = state == "stored"
    if is_sound(mime):
        return Found(view, mime, True) if whole and view and not thumb else None
    name = small if thumb else view
    return Found(name, "image/jpeg", whole) if name and (whole or (thumb and state == "partial")) else None
