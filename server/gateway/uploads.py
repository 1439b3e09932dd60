"""tus 1.0.0 at `/s/{site}/blobs`: core, creation-with-upload, checksum, expiration, termination (PROTOCOL.md, section 7).

An upload answers its own person only; to everybody else it is not there. A phone that was ended has no session: its signature lets in
what ops of its person name and the site lacks, and for anything else, whatever the site has of it, there is one answer.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any, NamedTuple

from server.domain.hall.blobs import blob_rid
from server.gateway.access import reader
from server.gateway.blobroom import BlobRoom
from server.gateway.gate import Gate
from server.gateway.media import PHOTOS, SOUNDS, is_sound
from server.gateway.parts import Part, Upload
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.push import known_device, refuse_stolen
from server.gateway.wire import AsgiReceive, AsgiScope, AsgiSend, header, read_body, respond
from server.store.blobs import is_missing
from server.store.contract import Sql
from sync.keys import bytes_of
from sync.ops import upload_bytes, verify
from sync.units import DAY_MS

TUS = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CHECKSUMS = ("sha256", "sha1")
OFFSET_STREAM = "application/offset+octet-stream"
DEVICE_HEADER = b"zaigang-device"
SIGNATURE_HEADER = b"zaigang-signature"
PIECE_BYTES = 256 * 1024
CHECKED_BYTES_MAX = 4 * 1024 * 1024
THUMB_BYTES_MAX = 20 * 1024
WRITERS_MAX = 32
PARKED_MAX = 40
MONTH_MS = 30 * DAY_MS
MB = 1_000_000


class Wanted(NamedTuple):
    """What a creation asks for."""

    sha256: str
    part: Part
    mime: str
    size: int


class Told(NamedTuple):
    """What the database says of it. `until_at`: how long its person is told so; 0 no more."""

    state: str
    code: str
    size: int
    named: bool
    until_at: int
    used: int
    parked: int


async def uploads(gate: Gate, place: Place, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
    """Serve one request to the uploads of a site."""
    room = gate.rooms[place.id]
    upload_id = scope["path"].split("/", 4)[4] if scope["path"].count("/") > 3 else ""
    method = scope["method"]
    if method == "OPTIONS":
        await _answer(send, 204, [("tus-version", TUS), ("tus-extension", EXTENSIONS), *_limits(room)])
        return
    if method not in (("HEAD", "PATCH", "DELETE") if upload_id else ("POST",)):
        raise ProblemError("method_not_allowed")
    if header(scope, b"tus-resumable") != TUS:
        raise ProblemError("upload_version", headers=[("tus-version", TUS)])
    upload = room.parts.find(upload_id)
    uid = await place.store.read(lambda sql: _sender(sql, gate, place, scope, upload))
    if not upload_id:
        await _create(room, uid, scope, receive, send)
        return
    if upload is None or upload.uid != uid:
        raise ProblemError("not_found")
    if upload.until_at <= place.clock():
        room.parts.drop(upload)
        raise ProblemError("upload_gone")
    if method == "HEAD":
        await _answer(send, 200, [("upload-length", str(upload.size)), *_standing(room, upload)])
    elif method == "PATCH":
        await _patch(room, upload, scope, receive, send)
    else:
        with writing(room, upload):
            room.parts.drop(upload)
        await _answer(send, 204, [])


def _sender(sql: Sql, gate: Gate, place: Place, scope: AsgiScope, upload: Upload | None) -> str:
    """The person who sends: signed in, or, on a phone that was ended, by its signature over the file (PROTOCOL §6)."""
    dev = header(scope, DEVICE_HEADER)
    if signature := header(scope, SIGNATURE_HEADER):
        device = known_device(sql, dev)
        sha256 = upload.sha256 if upload else _metadata(header(scope, b"upload-metadata")).get("sha256", "")
        if not verify(device.key, upload_bytes(place.id, dev, sha256), bytes_of(signature)):
            raise ProblemError("signature_bad")
        refuse_stolen(device)
        if device.revoked_at is not None:
            if not is_missing(sql, blob_rid(device.uid, sha256)):
                raise ProblemError("device_revoked")
            return device.uid
    return reader(sql, scope, gate.jar(place), dev, place.clock()).who.uid


def _limits(room: BlobRoom) -> list[tuple[str, str]]:
    largest = max(room.settings.photo_mb, room.settings.audio_mb) * MB
    return [("tus-max-size", str(largest)), ("tus-checksum-algorithm", ",".join(CHECKSUMS))]


def _standing(room: BlobRoom, upload: Upload) -> list[tuple[str, str]]:
    return [
        ("upload-offset", str(room.parts.offset(upload))),
        ("upload-expires", formatdate(upload.until_at / 1000, usegmt=True)),
    ]


async def _answer(send: AsgiSend, status: int, headers: list[tuple[str, str]]) -> None:
    await respond(send, status, [("tus-resumable", TUS), *headers], b"")


# --- creation --------------------------------------------------------------------------------------------------------


async def _create(room: BlobRoom, uid: str, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
    """A new upload, with its first bytes if the request carries some."""
    wanted = _wanted(room, scope)
    told = await known(room, uid, wanted)
    carries = header(scope, b"content-type") == OFFSET_STREAM
    if carries and (told.state == "stored" or (told.state == "partial" and wanted.part == "thumb")):
        # The same person has sent it: there is nothing more to send.
        await _drain(receive, wanted.size)
        if told.named and not told.until_at:
            await room.tell_again(uid, wanted.sha256)
        await _answer(send, 201, [("location", f"/s/{room.place.id}/blobs/{'0' * 32}"), ("upload-offset", str(wanted.size))])
        return
    admit(room, uid, wanted, told)
    if carries:
        _turn(room)
    upload = room.parts.begin(uid, *wanted)
    headers = [("location", f"/s/{room.place.id}/blobs/{upload.id}")]
    if carries:
        with writing(room, upload):
            await _take(room, upload, scope, receive)
            # Read before the upload is finished, and so gone.
            headers += _standing(room, upload)
            await _finish_if_whole(room, upload)
    else:
        headers += _standing(room, upload)
    await _answer(send, 201, headers)


async def known(room: BlobRoom, uid: str, wanted: Wanted) -> Told:
    """What the site has of a file of this person, or the problem why it takes none."""
    room.parts.scan()
    told = await room.place.store.read(lambda sql: _told(sql, uid, wanted, room.place.clock()))
    if told.state == "refused":
        raise ProblemError(told.code)
    if told.named and wanted.part == "full" and told.size != wanted.size:
        raise ProblemError("blob_hash")
    return told


def admit(room: BlobRoom, uid: str, wanted: Wanted, told: Told) -> None:
    """Raises `blob_quota` when this person may send no more."""
    if not told.named and told.parked + room.parts.count(uid) >= PARKED_MAX:
        raise ProblemError("blob_quota")
    if told.used + room.parts.bytes_open(uid) + wanted.size > room.settings.blob_person_mb * MB:
        raise ProblemError("blob_quota")


def sane(room: BlobRoom, wanted: Wanted) -> Wanted:
    """What is asked for, if it is a file this site takes; otherwise the problem with it."""
    if not re.fullmatch(r"[0-9a-f]{64}", wanted.sha256) or wanted.size < 1:
        raise ProblemError("malformed")
    if wanted.mime not in (PHOTOS if wanted.part == "thumb" else (*PHOTOS, *SOUNDS)):
        raise ProblemError("blob_type")
    largest = (room.settings.audio_mb if is_sound(wanted.mime) else room.settings.photo_mb) * MB
    if wanted.size > (THUMB_BYTES_MAX if wanted.part == "thumb" else largest):
        raise ProblemError("too_large")
    return wanted


def _wanted(room: BlobRoom, scope: AsgiScope) -> Wanted:
    """The headers of a creation, or the problem with them."""
    given = _metadata(header(scope, b"upload-metadata"))
    length, part, mime, sha256 = header(scope, b"upload-length"), given.get("part", "full"), given.get("mime", ""), given.get("sha256", "")
    if not re.fullmatch(r"[1-9]\d{0,15}", length) or part not in ("thumb", "full"):
        raise ProblemError("malformed")
    return sane(room, Wanted(sha256, "thumb" if part == "thumb" else "full", mime, int(length)))


def _metadata(text: str) -> dict[str, str]:
    """`key base64, key base64`."""
    given: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            given[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            raise ProblemError("malformed") from None
    return given


def _told(sql: Sql, uid: str, wanted: Wanted, now: int) -> Told:
    row = sql.one("SELECT state, code, size, named, until_at, thumb FROM blob WHERE rid = ?", (blob_rid(uid, wanted.sha256),))
    used, parked = sql.one(
        "SELECT coalesce(sum(CASE WHEN file <> '' THEN size ELSE 0 END), 0), coalesce(sum(CASE WHEN named THEN 0 ELSE 1 END), 0)"
        " FROM blob WHERE uid = ? AND at > ? AND (file <> '' OR thumb <> '')",
        (uid, now - MONTH_MS),
    ) or (0, 0)
    state, code, size, named, until_at, thumb = row or ("", "", 0, False, 0, "")
    if state == "partial" and not thumb:
        state = "named"
    return Told(state, code, size, bool(named), until_at, used, parked)


# --- bytes -----------------------------------------------------------------------------------------------------------


async def _patch(room: BlobRoom, upload: Upload, scope: AsgiScope, receive: AsgiReceive, send: AsgiSend) -> None:
    """More bytes, from exactly where the last ones ended."""
    if header(scope, b"content-type") != OFFSET_STREAM:
        raise ProblemError("unsupported")
    with writing(room, upload):
        if header(scope, b"upload-offset") != str(room.parts.offset(upload)):
            raise ProblemError("upload_offset")
        await _take(room, upload, scope, receive)
        standing = _standing(room, upload)
        await _finish_if_whole(room, upload)
    await _answer(send, 204, standing)


def _turn(room: BlobRoom) -> None:
    """So many write at once, the others come again: before anything is begun for them."""
    if len(room.busy) >= WRITERS_MAX:
        raise ProblemError("busy", retry_after_s=5)


@contextmanager
def writing(room: BlobRoom, upload: Upload) -> Iterator[None]:
    """The upload to oneself."""
    if upload.id in room.busy:
        raise ProblemError("upload_busy")
    _turn(room)
    with room.parts.alone(upload) as mine:
        if not mine:
            raise ProblemError("upload_busy")
        room.busy.add(upload.id)
        try:
            yield
        finally:
            room.busy.discard(upload.id)


async def _take(room: BlobRoom, upload: Upload, scope: AsgiScope, receive: AsgiReceive) -> None:
    """Append the body. With a checksum all of it or nothing; without, what arrived stays when the line breaks."""
    start = room.parts.offset(upload)
    room_left = upload.size - start
    announced = header(scope, b"content-length")
    if announced.isdigit() and int(announced) > room_left:
        raise ProblemError("too_large")
    if checksum := header(scope, b"upload-checksum"):
        body = await read_body(scope, receive, min(room_left, CHECKED_BYTES_MAX))
        if not _matches(checksum, body):
            raise ProblemError("upload_checksum")
        room.parts.append(upload, body)
        return
    try:
        async for piece in _pieces(receive):
            room_left -= len(piece)
            if room_left < 0:
                room.parts.cut(upload, start)
                raise ProblemError("too_large")
            room.parts.append(upload, piece)
    except ProblemError as problem:
        # A body that came too slowly is no fault of its bytes: they stay, and the rest may follow.
        raise problem if problem.id == "too_large" else ProblemError("busy") from None


async def _pieces(receive: AsgiReceive) -> AsyncIterator[bytes]:
    """The body in pieces worth a write; what came before the line broke comes before the problem."""
    held = bytearray()
    more, broken = True, None
    while more:
        try:
            event: Any = await receive()
        except ProblemError as problem:
            event, broken = {}, problem
        if event.get("type") == "http.disconnect":
            broken = ProblemError("malformed")
        held += event.get("body", b"")
        more = bool(event.get("more_body"))
        if held and (len(held) >= PIECE_BYTES or not more):
            yield bytes(held)
            held.clear()
    if broken is not None:
        raise broken


def _matches(checksum: str, body: bytes) -> bool:
    """Whether `Upload-Checksum` (`algorithm base64`) is the body's."""
    name, _, value = checksum.partition(" ")
    if name not in CHECKSUMS:
        raise ProblemError("malformed")
    try:
        return hmac.compare_digest(base64.b64decode(value, validate=True), hashlib.new(name, body).digest())
    except (binascii.Error, ValueError):
        raise ProblemError("malformed") from None


async def _drain(receive: AsgiReceive, bytes_max: int) -> None:
    """Read a body nobody needs."""
    async for piece in _pieces(receive):
        bytes_max -= len(piece)
        if bytes_max < 0:
            raise ProblemError("too_large")


async def _finish_if_whole(room: BlobRoom, upload: Upload) -> None:
    if room.parts.offset(upload) == upload.size:
        await room.finish(upload)
