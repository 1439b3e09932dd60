"""The zoo: every hostile file ends as a registered refusal, told to its sender; only the hash in its record stays."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from server.domain.incident.ops import Report
from sync.errors import PROBLEMS
from tests.support.cast import Cast
from tests.support.photos import Tus, blob_of, fetch, huge_png, jpeg, picture, webm_sound
from tests.support.server import RunningServer

HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def zip_bomb() -> bytes:
    """Ten megabytes of nothing in ten kilobytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * 10_000_000)
    return out.getvalue()


def cut(data: bytes, share: float = 0.5) -> bytes:
    """The beginning of a file."""
    return data[: int(len(data) * share)]


ZOO: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "html called a photo": (lambda: HTML, "image/jpeg", "blob_type"),
    "svg with a script": (lambda: SVG, "image/png", "blob_type"),
    "html behind a jpeg's first bytes": (lambda: b"\xff\xd8\xff\xe0" + HTML, "image/jpeg", "blob_type"),
    "html behind a png's first bytes": (lambda: b"\x89PNG\r\n\x1a\n" + HTML, "image/png", "blob_damaged"),
    "zip bomb": (zip_bomb, "image/jpeg", "blob_type"),
    "gif": (lambda: picture("GIF"), "image/jpeg", "blob_type"),
    "bmp": (lambda: picture("BMP"), "image/png", "blob_type"),
    "tiff": (lambda: picture("TIFF"), "image/jpeg", "blob_type"),
    "heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"x" * 500, "image/jpeg", "blob_type"),
    "heic called a sound": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"x" * 500, "audio/mp4", "blob_type"),
    "elf": (lambda: b"\x7fELF" + b"\0" * 500, "image/jpeg", "blob_type"),
    "pdf": (lambda: b"%PDF-1.7\n" + b"x" * 500, "image/jpeg", "blob_type"),
    "png called a jpeg": (lambda: picture("PNG"), "image/jpeg", "blob_type"),
    "jpeg called a sound": (lambda: jpeg(seed=21), "audio/webm", "blob_type"),
    "matroska that is no webm": (lambda: b"\x1a\x45\xdf\xa3" + b"matroska" * 20, "audio/webm", "blob_type"),
    "one byte": (lambda: b"\xff", "image/jpeg", "blob_type"),
    "three bytes": (lambda: b"\xff\xd8\xff", "image/jpeg", "blob_type"),
    "jpeg cut in its head": (lambda: jpeg(seed=22)[:120], "image/jpeg", "blob_damaged"),
    "jpeg cut in its middle": (lambda: cut(jpeg(seed=23)), "image/jpeg", "blob_damaged"),
    "png cut in its middle": (lambda: cut(picture("PNG", 400, 400)), "image/png", "blob_damaged"),
    "webp cut in its middle": (lambda: cut(picture("WEBP", 400, 400)), "image/webp", "blob_damaged"),
    "900 million pixels": (huge_png, "image/png", "blob_pixels"),
    "50 million pixels and a few": (lambda: huge_png(10_000, 5_001), "image/png", "blob_pixels"),
    "a side of two billion": (lambda: huge_png(2**31 - 1, 2**31 - 1), "image/png", "blob_pixels"),
    "noise behind a riff": (lambda: b"RIFF\xff\xff\xff\xffWEBP" + bytes(range(256)) * 4, "image/webp", "blob_damaged"),
}


@pytest.mark.parametrize("name", ZOO)
def test_a_hostile_file_is_refused_told_and_not_kept(cast: Cast, server: RunningServer, name: str) -> None:
    make, mime, told = ZOO[name]
    data = make()
    wang, rid = cast["王"], ""
    rid = wang.replica.new_id(wang.replica.time.now())
    assert wang.do("incident.report", Report("dispute", "B", wang.replica.time.now(), 3), rid, blobs=[blob_of(data, mime)]).st == "applied"
    before = files(server)
    answer = Tus(wang).upload(data, mime=mime)
    assert answer.status_code < 500
    assert answer.json()["type"] in (told, *OTHER_ENDS.get(name, ()))
    assert PROBLEMS[answer.json()["type"]].status == answer.status_code
    assert files(server) == before, "nothing of it is kept"
    states = [msgspec.json.decode(row.body) for (kind, _), row in wang.pull().replica.rows.items() if kind == "blob.state"]
    assert [(s["state"], s["code"]) for s in states if s["sha256"] == blob_of(data).sha256] == [("refused", answer.json()["type"])]
    assert fetch(wang, rid, data).status_code == 404
    shown = wang.replica.rows["incident", rid].body
    assert blob_of(data).sha256 in shown, "what the record names stays named"
    assert Tus(wang).upload(data, mime=mime).json()["type"] == answer.json()["type"], "and stays refused"


OTHER_ENDS = {
    "html behind a jpeg's first bytes": ("blob_damaged",),
    "html behind a png's first bytes": ("blob_type",),
    "three bytes": ("blob_damaged",),
    "jpeg cut in its head": ("blob_type",),
    "a side of two billion": ("blob_damaged", "blob_type"),
    "noise behind a riff": ("blob_type",),
}
"""Where the decoder, not this project, decides between no photo and a damaged one."""


def files(server: RunningServer) -> set[str]:
    """Everything in the upload and blob folders."""
    root = Path(server.settings.data)
    return {str(p) for folder in ("uploads", "blobs") for p in (root / folder).rglob("*") if p.is_file()}


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_what_is_served_is_always_a_jpeg_of_our_own_making(cast: Cast, kind: str, mime: str) -> None:
    """A polyglot: a photo with a page behind it. The pixels stay, the page does not."""
    data = picture(kind, 80, 60) + HTML
    wang = cast["王"]
    rid = wang.replica.new_id(wang.replica.time.now())
    wang.do("incident.report", Report("dispute", "B", wang.replica.time.now(), 3), rid, blobs=[blob_of(data, mime)])
    assert Tus(wang).upload(data, mime=mime).is_success
    shown = fetch(wang, rid, data)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.content[:3] == b"\xff\xd8\xff"
    assert b"script" not in shown.content
    assert b"script" not in fetch(wang, rid, data, "?thumb").content


def test_a_sound_is_served_as_what_it_is_and_never_opened_in_place(cast: Cast) -> None:
    data = webm_sound() + HTML
    wang = cast["王"]
    rid = wang.replica.new_id(wang.replica.time.now())
    wang.do("incident.report", Report("dispute", "B", wang.replica.time.now(), 3), rid, blobs=[blob_of(data, "audio/webm")])
    assert Tus(wang).upload(data, mime="audio/webm").is_success
    served = fetch(wang, rid, data)
    assert len(served.content) == len(data)
    assert served.content.startswith(webm_sound())
    assert HTML not in served.content
    assert served.headers["content-type"] == "audio/webm"
    assert served.headers["content-disposition"].startswith("attachment")
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in served.headers.get_list("content-security-policy", split_commas=False)[0]


def test_originals_lie_sealed(cast: Cast, server: RunningServer) -> None:
    """The original is kept and never served; whoever copies the folder holds no photo."""
    photo = jpeg(seed=77)
    wang = cast["王"]
    wang.do("incident.report", Report("dispute", "B", wang.replica.time.now(), 3), blobs=[blob_of(photo)])
    assert Tus(wang).upload(photo).is_success
    kept = [Path(name).read_bytes() for name in files(server) if "blobs" in name]
    assert any(len(data) == len(photo) + 28 for data in kept), "as long as the original, its nonce and its tag"
    assert not any(b"JFIF" in data[:200] for data in kept)
