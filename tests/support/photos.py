"""Photos, sounds and hostile files made for tests, and a tus client of twenty lines."""

import base64
import hashlib
import io
import struct
import zlib
from typing import Any

import httpx
from PIL import Image

from sync.ops import Blob
from tests.support.cast import Device

CHUNK = 256 * 1024
GPS_MARK = b"GPS-MARK-30.2741N"


def jpeg(width: int = 320, height: int = 240, *, seed: int = 1, exif: Image.Exif | None = None, quality: int = 80) -> bytes:
    """A photo with something on it; every seed another one."""
    photo = Image.effect_noise((width, height), 40 + seed % 60).convert("RGB")
    photo.putpixel((0, 0), (seed % 256, seed // 256 % 256, 7))
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=quality, **({"exif": exif} if exif else {}))
    return out.getvalue()


def picture(kind: str, width: int = 64, height: int = 48) -> bytes:
    """A small image of another format."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, kind)
    return out.getvalue()


def jpeg_of_a_place() -> bytes:
    """A photo turned by its EXIF, carrying a place and a camera's name."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = GPS_MARK.decode()
    exif.get_ifd(0x8825)[2] = (30.0, 16.0, 26.0)
    return jpeg(320, 200, exif=exif)


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """A few kilobytes that would be gigabytes of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    squeeze = zlib.compressobj(9)
    rows = b"".join(squeeze.compress(b"\0" * min(width // 8 + 1, 8_000)) for _ in range(64)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def element(number: int, body: bytes) -> bytes:
    """One element of WebM."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big") + b"\x01" + len(body).to_bytes(7, "big") + body


def webm_sound(size: int = 5_000, info: bytes = b"", behind: bytes = b"") -> bytes:
    """A WebM as a phone records it: a segment and a cluster of unknown length, one block of noise. `info`, `behind`: elements put in."""
    head = element(0x1A45DFA3, element(0x4282, b"webm"))
    tracks = element(0x1654AE6B, element(0xAE, element(0xD7, b"\x01") + element(0x86, b"A_OPUS")))
    segment, cluster = b"\x18\x53\x80\x67\x01" + b"\xff" * 7, b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7
    block = element(0xE7, b"\0") + element(0xA3, b"\x55" * size)
    return head + segment + element(0x1549A966, element(0x4D80, b"phone") + info) + tracks + cluster + block + behind


def box(kind: bytes, body: bytes) -> bytes:
    """One box of MP4."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def mp4_sound(size: int = 5_000, inside: bytes = b"", behind: bytes = b"") -> bytes:
    """An MP4 as a phone records it. `inside` its movie, `behind` all: boxes put in."""
    movie = box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", box(b"tkhd", bytes(84)) + inside))
    return box(b"ftyp", b"isom\0\0\0\1isom") + movie + box(b"mdat", b"\x55" * size) + behind


def ogg_sound(size: int = 5_000, comment: bytes = b"") -> bytes:
    """An Ogg with Opus in it, `comment` in its second packet."""
    tags = b"OpusTags" + struct.pack("<I", 5) + b"phone" + struct.pack("<II", 1, len(comment)) + comment
    packets = (b"OpusHead\1\1\0\0\x80\xbb\0\0\0\0\0", tags, b"\x55" * size)
    return b"".join(_pages(packet, n) for n, packet in enumerate(packets))


def _pages(packet: bytes, number: int) -> bytes:
    """A packet on pages of its own; checksums are not looked at."""
    lengths = [255] * (len(packet) // 255) + [len(packet) % 255]
    made, at = b"", 0
    for first in range(0, len(lengths), 255):
        some = lengths[first : first + 255]
        head = b"OggS\0" + bytes([0 if first == 0 else 1]) + bytes(8) + b"zaig" + struct.pack("<I", number) + bytes(4)
        made += head + bytes([len(some)]) + bytes(some) + packet[at : at + sum(some)]
        at += sum(some)
    return made


def blob_of(data: bytes, mime: str = "image/jpeg", taken: int = 1_760_000_000_000) -> Blob:
    """How an op names these bytes."""
    return Blob(hashlib.sha256(data).hexdigest(), len(data), mime, taken)


class Tus:
    """Uploads of one device. `sent`: how many body bytes it has sent."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.sent = 0
        self.headers = {"Tus-Resumable": "1.0.0", "Zaigang-Device": device.replica.dev, "Content-Type": "application/offset+octet-stream"}

    def create(
        self, data: bytes, *, mime: str = "image/jpeg", part: str = "full", first: bytes | None = None, **changes: str
    ) -> httpx.Response:
        """A creation for these bytes; `first`: what goes with it. `changes` to headers; an empty one is left out."""
        given = {"sha256": hashlib.sha256(data).hexdigest(), "mime": mime, "part": part}
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in given.items())
        headers: dict[str, str] = {**self.headers, "Upload-Length": str(len(data)), "Upload-Metadata": metadata, **changes}
        if first is None:
            headers.pop("Content-Type")
        self.sent += len(first or b"")
        kept = {k: v for k, v in headers.items() if v}
        return self.device.http.post(f"/s/{self.device.site}/blobs", content=first or b"", headers=kept)

    def patch(self, url: str, offset: int, piece: Any, **changes: str) -> httpx.Response:
        """One chunk."""
        self.sent += len(piece) if isinstance(piece, bytes) else 0
        return self.device.http.patch(url, content=piece, headers={**self.headers, "Upload-Offset": str(offset), **changes})

    def offset(self, url: str) -> int:
        """Where to go on."""
        return int(self.device.http.head(url, headers=self.headers).raise_for_status().headers["upload-offset"])

    def upload(self, data: bytes, *, mime: str = "image/jpeg", part: str = "full") -> httpx.Response:
        """All of it in chunks; the last answer, or the first that is no success."""
        answer = self.create(data, mime=mime, part=part, first=data[:CHUNK])
        url = answer.headers.get("location", "")
        while answer.is_success and (at := int(answer.headers["upload-offset"])) < len(data):
            answer = self.patch(url, at, data[at : at + CHUNK])
        return answer


def fetch(device: Device, rid: str, data: bytes, query: str = "") -> httpx.Response:
    """A device asks for a file of a record."""
    return device.http.get(f"/s/{device.site}/blobs/{rid}/{hashlib.sha256(data).hexdigest()}{query}")
