"""Uploads in progress: each a file that only grows and a note of what it is to become. They outlive a restart, not their time.

Several processes of one hall may share the folder: notes are never rewritten, and whoever adds to an upload holds its lock file.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import msgspec

from server.store.contract import StoreTrouble
from sync.units import DAY_MS

LIFE_MS = 7 * DAY_MS
OPEN_PER_PERSON_MAX = 20
Part = Literal["thumb", "full"]


class Upload(msgspec.Struct):
    """One upload: its person, the expected hash and the full length. `until_at`: when it is thrown away unfinished (ms)."""

    id: str
    uid: str
    sha256: str
    part: Part
    mime: str
    size: int
    until_at: int


class Parts:
    """The uploads of one site under a folder."""

    def __init__(self, folder: Path, clock: Callable[[], int]) -> None:
        self._folder = folder
        self._clock = clock
        self.open: dict[str, Upload] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.scan()

    def scan(self) -> None:
        """Look at the folder anew: another process may serve the same site. Bytes without a note belong to nobody."""
        there = [Path(name) for name in os.listdir(self._folder)]
        noted = {name.stem for name in there if name.suffix == ".json"}
        self.open = {upload_id: upload for upload_id, upload in self.open.items() if upload_id in noted}
        for upload_id in noted - self.open.keys():
            self.find(upload_id)
        for name in there:
            if name.stem not in noted and not self._folder.joinpath(name).with_suffix(".json").exists():
                self._folder.joinpath(name).unlink(missing_ok=True)

    def find(self, upload_id: str) -> Upload | None:
        """The upload of this id, whichever process began it."""
        if not re.fullmatch(r"[0-9a-f]{32}", upload_id):
            return None
        try:
            upload = msgspec.json.decode((self._folder / f"{upload_id}.json").read_bytes(), type=Upload)
        except (OSError, msgspec.MsgspecError):
            self.open.pop(upload_id, None)
            return None
        self.open[upload_id] = upload
        return upload

    @contextmanager
    def alone(self, upload: Upload) -> Iterator[bool]:
        """Whether an upload is there and this request's alone, whichever process the others are at, for the length of a `with`.

        Raises `StoreTrouble`.
        """
        lock = self._lock(upload)
        try:
            handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreTrouble(True, str(error)) from error
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            # Given up while this waited at the door? Then its lock goes with it.
            there = self.find(upload.id) is not None
            if not there:
                lock.unlink(missing_ok=True)
            yield there
        finally:
            os.close(handle)

    def begin(self, uid: str, sha256: str, part: Part, mime: str, size: int) -> Upload:
        """A new upload; an earlier one of the same file is given up for it. Raises `StoreTrouble`."""
        for other in [u for u in self.open.values() if (u.uid, u.sha256, u.part) == (uid, sha256, part)]:
            self.drop(other)
        if self.count(uid) >= OPEN_PER_PERSON_MAX:
            raise StoreTrouble(False, "too many uploads of one person are open")
        upload = Upload(secrets.token_hex(16), uid, sha256, part, mime, size, self._clock() + LIFE_MS)
        try:
            self._note(upload).write_bytes(msgspec.json.encode(upload))
            self.path(upload).write_bytes(b"")
        except OSError as error:
            raise StoreTrouble(True, str(error)) from error
        self.open[upload.id] = upload
        return upload

    def path(self, upload: Upload) -> Path:
        """Where its bytes are."""
        return self._folder / f"{upload.id}.part"

    def offset(self, upload: Upload) -> int:
        """How many bytes are there."""
        try:
            return self.path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload: Upload, piece: bytes) -> None:
        """Add bytes at the end, all or none; none to an upload that was given up meanwhile. Raises `StoreTrouble`."""
        if self.find(upload.id) is None:
            raise StoreTrouble(False, "the upload was given up")
        before = self.offset(upload)
        try:
            with self.path(upload).open("ab") as file:
                file.write(piece)
        except OSError as error:
            with suppress(OSError):
                self.cut(upload, before)
            raise StoreTrouble(True, str(error)) from error

    def cut(self, upload: Upload, size: int) -> None:
        """Take back everything after `size` bytes."""
        os.truncate(self.path(upload), size)

    def read(self, upload: Upload) -> bytes:
        """All of it. Raises `StoreTrouble`: it may have been given up for another."""
        try:
            return self.path(upload).read_bytes()
        except OSError as error:
            raise StoreTrouble(False, str(error)) from error

    def drop(self, upload: Upload) -> None:
        """Forget an upload and its bytes."""
        self.open.pop(upload.id, None)
        for path in (self._note(upload), self.path(upload), self._lock(upload)):
            path.unlink(missing_ok=True)

    def expired(self) -> list[Upload]:
        """Uploads whose time is over."""
        return [u for u in self.open.values() if u.until_at <= self._clock()]

    def count(self, uid: str) -> int:
        """How many uploads a person has open."""
        return sum(u.uid == uid for u in self.open.values())

    def bytes_open(self, uid: str) -> int:
        """What a person's open uploads will take."""
        return sum(u.size for u in self.open.values() if u.uid == uid)

    def _note(self, upload: Upload) -> Path:
        return self._folder / f"{upload.id}.json"

    def _lock(self, upload: Upload) -> Path:
        return self._folder / f"{upload.id}.lock"
