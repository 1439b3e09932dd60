"""Where the bytes of photos and sounds are: a folder or an S3-compatible store behind one library, each file encrypted."""

import asyncio
import os
from pathlib import Path

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from obstore.store import LocalStore, ObjectStore, from_url

from server.store.contract import Sql, StoreTrouble

NONCE_BYTES = 12
FOLDER = "file://"
SELF_KEEPING = ("s3://", "gs://", "az://")
"""Stores that keep copies of their own: what is in them counts as durable."""


class BlobStore:
    """The encrypted files of one site. `url` as the setting `blob_store_url`; without one, `folder`. `file://` names another folder."""

    def __init__(self, url: str, folder: Path, site: str, seal_key: bytes) -> None:
        if url.startswith(FOLDER):
            url, folder = "", Path(url.removeprefix(FOLDER))
        self.keeps_itself = url.startswith(SELF_KEEPING)
        self._folder = None if url else folder / site
        self._store: ObjectStore
        if self._folder is None:
            self._store = from_url(f"{url.rstrip('/')}/{site}" if url != "memory:///" else url)
        else:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(self._folder)
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=f"zg-blob\n{site}".encode()).derive(seal_key))

    async def put(self, name: str, data: bytes) -> None:
        """Keep bytes under a name of the server's making, in place of what was there. On a local disk they are flushed."""
        nonce = os.urandom(NONCE_BYTES)
        encrypted = nonce + await asyncio.to_thread(self._cipher.encrypt, nonce, data, name.encode())
        try:
            await obstore.put_async(self._store, _path(name), encrypted)
            if self._folder is not None:
                await asyncio.to_thread(_flush, self._folder / _path(name))
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreTrouble("No space left" in str(error), f"the blob store took nothing: {error}") from error

    async def get(self, name: str) -> bytes | None:
        """The bytes under a name; None when they are not there or not what was put."""
        try:
            found = await obstore.get_async(self._store, _path(name))
            encrypted = bytes(await found.bytes_async())
        except (obstore.exceptions.NotFoundError, FileNotFoundError):
            return None
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreTrouble(False, f"the blob store gave nothing: {error}") from error
        try:
            return await asyncio.to_thread(self._cipher.decrypt, encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            return None

    async def copy_to(self, name: str, folder: Path) -> None:
        """Lay an encrypted file beside the backups, flushed; one that is there already stays. Raises `OSError` too."""
        copy = folder / _path(name)
        if copy.is_file():
            return
        try:
            found = await obstore.get_async(self._store, _path(name))
            encrypted = bytes(await found.bytes_async())
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreTrouble(False, f"the blob store gave nothing: {error}") from error
        await asyncio.to_thread(_write, copy, encrypted)

    async def delete_copy(self, name: str, folder: Path) -> None:
        """Take away what `copy_to` laid there."""
        await asyncio.to_thread((folder / _path(name)).unlink, missing_ok=True)

    async def delete(self, name: str) -> None:
        """Forget a file; one that is gone already is no trouble."""
        try:
            await obstore.delete_async(self._store, _path(name))
        except (obstore.exceptions.NotFoundError, FileNotFoundError):
            return
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreTrouble(False, f"the blob store kept a file: {error}") from error


def _path(name: str) -> str:
    return f"{name[:2]}/{name}"


def _write(path: Path, data: bytes) -> None:
    """A whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        # Before it has its name: a file of that name is never written again, so it must never be less than whole.
        os.fsync(file.fileno())
    part.rename(path)
    _flush(path)


def _flush(path: Path) -> None:
    """On disk, the file and its name."""
    for one in (path, path.parent, path.parent.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def undurable(sql: Sql, limit: int) -> list[tuple[str, list[str]]]:
    """Stored and named blobs whose rows are in a verified backup, and which are not yet said to be durable: (rid, names of files)."""
    rows = sql.all(
        "SELECT o.rid, o.file, o.view, o.thumb FROM blob o JOIN view_row v ON v.rid = o.rid AND v.kind = 'blob.state'"
        " WHERE o.dur = ? AND o.state = 'stored' AND o.named = ?"
        " AND (SELECT max(cid) FROM bucket_row b WHERE b.n = v.n) <= (SELECT durable FROM site) LIMIT ?",
        (False, True, limit),
    )
    return [(rid, [name for name in names if name]) for rid, *names in rows]


def is_missing(sql: Sql, rid: str) -> bool:
    """Whether an op of its person names a blob whose bytes have not come."""
    return sql.one("SELECT 1 FROM blob WHERE rid = ? AND named = ? AND state IN ('named', 'partial')", (rid, True)) is not None


def forget(sql: Sql, rid: str) -> None:
    """No record named these bytes in time: they leave no trace."""
    sql.run("DELETE FROM blob WHERE rid = ?", (rid,))
