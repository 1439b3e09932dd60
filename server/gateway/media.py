"""What a file is by its first bytes, and a photo or sound made safe in a process of its own."""

import re
from pathlib import Path
from typing import NamedTuple

from server import child
from server.gateway.problems import ProblemError
from server.store import blank, shrink

SECONDS_MAX = 30
PHOTOS = ("image/jpeg", "image/png", "image/webp")
SOUNDS = ("audio/webm", "audio/mp4", "audio/ogg")
REFUSALS = {shrink.NOT_A_PHOTO: "blob_type", shrink.TOO_MANY_PIXELS: "blob_pixels"}
_SHRINK, _BLANK = Path(shrink.__file__), Path(blank.__file__)


class Safe(NamedTuple):
    """A photo written anew, and its thumbnail, both JPEG; or a sound without what it carried besides, and nothing."""

    picture: bytes
    thumb: bytes


def is_sound(mime: str) -> bool:
    """Whether a file is said to be a sound."""
    return mime in SOUNDS


def kind_of(head: bytes) -> str:
    """The media type the first bytes of a file show, or nothing: names and headers are never believed."""
    if head[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]:
        return "audio/webm"
    if head[:4] == b"OggS":
        return "audio/ogg"
    return "audio/mp4" if re.match(rb"....ftyp(M4A |mp4[12]|isom|iso[2-6]|dash|M4AH)", head, re.DOTALL) else ""


async def make_safe(data: bytes, mime: str, part: str) -> Safe:
    """A photo written anew, or a sound without its tags; otherwise the problem that refuses it."""
    if not data or kind_of(data) != mime:
        raise ProblemError("blob_type")
    if is_sound(mime):
        return Safe(await _made(_BLANK, mime, data), b"")
    made = await _made(_SHRINK, part, data)
    size = int.from_bytes(made[:4], "big")
    return Safe(made[4 : 4 + size], made[4 + size :])


async def _made(program: Path, how: str, data: bytes) -> bytes:
    """The program's output. It dies with its time; what it dies of is the file's fault."""
    code, made = await child.run(data, SECONDS_MAX, "-I", str(program), how)
    if code != shrink.OK:
        raise ProblemError(REFUSALS.get(code, "blob_damaged"))
    return made
