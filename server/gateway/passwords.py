"""Passwords: argon2id at OWASP's minimum, in a thread, few at a time; and the back-off that answers guessing."""

import asyncio
from typing import NamedTuple

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from server.store.people import Attempts

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX = 8, 128
AT_ONCE = 2
# A hash nobody has the password of: an unknown account costs the same time as a wrong password.
DECOY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$5Ahhgrq2lxo6IYWq9OGPXcNqAgOSAYPwW5AmD4ZxDkM"


class Limit(NamedTuple):
    """After `free` failures in a row every further one locks for `base_s`, doubled each time, up to `cap_s`."""

    free: int
    base_s: int
    cap_s: int


BY_ACCOUNT = Limit(5, 30, 15 * 60)
BY_KNOWN_BROWSER = Limit(10, 30, 5 * 60)
# A whole hall may share one address.
BY_ADDRESS = Limit(40, 30, 15 * 60)


def after_failure(before: Attempts, limit: Limit, now: int) -> Attempts:
    """One more failure."""
    failures = before.failures + 1
    if failures < limit.free:
        return Attempts(failures, 0)
    lock_s = min(limit.cap_s, limit.base_s * 2 ** min(failures - limit.free, 20))
    return Attempts(failures, now + lock_s * 1000)


class Passwords:
    """Hashing and checking off the event loop."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def matches(self, stored: str | None, given: str) -> bool:
        """Whether the password is right; takes as long when there is no account."""
        async with self._turns:
            return await asyncio.to_thread(_matches, stored, given)

    async def hash(self, password: str) -> str:
        """What the database keeps."""
        async with self._turns:
            return await asyncio.to_thread(HASHER.hash, password)


def _matches(stored: str | None, given: str) -> bool:
    try:
        return HASHER.verify(stored or DECOY, given[:PASSWORD_CHARS_MAX]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
