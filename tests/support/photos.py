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


def webm_sound(size: int = 5_000) -> bytes:
    """The beginning of a WebM file, and noise."""
    return b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + b"\x55" * size


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
