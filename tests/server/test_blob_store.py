"""The blob store's contract: the same over a folder, a memory store and an S3-compatible service; what lies there is sealed."""

import asyncio
import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from server.store.blobs import BlobStore
from server.store.contract import StoreTrouble

KEY = b"k" * 64
NAME = f"{'ab' * 16}.file"


class S3(BaseHTTPRequestHandler):
    """As much of S3 as a store of whole files needs."""

    kept: dict[str, bytes]
    broken = False

    def do_PUT(self) -> None:
        self.kept[self.path] = self.rfile.read(int(self.headers["content-length"]))
        assert "AWS4-HMAC-SHA256" in self.headers["authorization"]
        self._answer(403 if self.broken else 200)

    def do_GET(self) -> None:
        found = self.kept.get(self.path)
        self._answer(404 if found is None else 200, found or b"")

    def do_DELETE(self) -> None:
        self.kept.pop(self.path, None)
        self._answer(204)

    def do_POST(self) -> None:
        """Several to delete at once, named in XML."""
        text = self.rfile.read(int(self.headers["content-length"])).decode()
        keys = re.findall("<Key>(.*?)</Key>", text)
        for key in keys:
            self.kept.pop(f"/photos/{key}", None)
        told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f'<?xml version="1.0"?><DeleteResult>{told}</DeleteResult>'.encode())

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("etag", '"x"')
        self.send_header("last-modified", "Tue, 24 Nov 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[S3]]:
    """A service of one test."""
    service = type("OneS3", (S3,), {"kept": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    given = {
        "ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "ALLOW_HTTP": "true",
        "REGION": "r",
        "ACCESS_KEY_ID": "a",
        "SECRET_ACCESS_KEY": "s",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["folder", "another folder", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "s3":
        request.getfixturevalue("s3")
    url = {"folder": "", "another folder": f"file://{tmp_path}/elsewhere", "memory": "memory:///", "s3": "s3://photos/of-halls"}[
        request.param
    ]
    return BlobStore(url, tmp_path / "blobs", "hall", KEY)


def test_what_is_put_is_got_until_it_is_deleted(blobs: BlobStore) -> None:
    async def use() -> None:
        await blobs.put(NAME, b"a photo")
        assert await blobs.get(NAME) == b"a photo"
        await blobs.put(NAME, b"again")
        assert await blobs.get(NAME) == b"again"
        await blobs.delete(NAME)
        await blobs.delete(NAME)
        assert await blobs.get(NAME) is None

    asyncio.run(use())


def test_a_copy_is_the_sealed_file(blobs: BlobStore, tmp_path: Path) -> None:
    async def use() -> None:
        await blobs.put(NAME, b"a photo")
        await blobs.copy_to(NAME, tmp_path / "backup")
        with pytest.raises(StoreTrouble):
            await blobs.copy_to("cd" * 16, tmp_path / "backup")

    asyncio.run(use())
    sealed = (tmp_path / "backup" / NAME[:2] / NAME).read_bytes()
    assert b"a photo" not in sealed
    assert len(sealed) == 7 + 28


def test_a_copy_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that is there is never made again, and phones let go of what is copied: a power cut may leave none, but no half one."""
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("flushed"), fsync(handle))[1])
    monkeypatch.setattr(Path, "rename", lambda path, to: (done.append("named"), rename(path, to))[1])

    async def use() -> None:
        store = BlobStore("memory:///", tmp_path, "hall", KEY)
        await store.put(NAME, b"a photo")
        await store.copy_to(NAME, tmp_path / "backup")

    asyncio.run(use())
    assert done[:3] == ["flushed", "named", "flushed"]


def test_one_byte_changed_one_name_swapped_or_another_key_gives_nothing(tmp_path: Path) -> None:
    async def use() -> None:
        store = BlobStore("", tmp_path, "hall", KEY)
        await store.put(NAME, b"a photo")
        path = tmp_path / "hall" / NAME[:2] / NAME
        right = path.read_bytes()
        path.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
        assert await store.get(NAME) is None
        other = "ab" + NAME[2:-1] + "x"
        (path.parent / other).write_bytes(right)
        assert await store.get(other) is None
        path.write_bytes(right)
        assert await BlobStore("", tmp_path, "hall", b"x" * 64).get(NAME) is None
        assert await store.get(NAME) == b"a photo"

    asyncio.run(use())


def test_a_service_that_refuses_is_trouble_and_keeps_itself_only_when_it_is_one(s3: type[S3], tmp_path: Path) -> None:
    s3.broken = True
    store = BlobStore("s3://photos", tmp_path, "hall", KEY)
    with pytest.raises(StoreTrouble):
        asyncio.run(store.put(NAME, b"a photo"))
    assert store.keeps_itself
    assert not BlobStore("", tmp_path, "hall", KEY).keeps_itself
    assert not BlobStore("memory:///", tmp_path, "hall", KEY).keeps_itself
