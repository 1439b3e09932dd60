"""Whoever keeps the checkpoints of a log: devices that compare, and witnesses that also cosign (PROTOCOL.md section 8).

The log can only grow. A keeper remembers the largest head it has seen, takes only heads that continue it, and keeps both texts when
one does not: two checkpoints signed by the same key that contradict each other are the proof of a rewritten log.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.merkle import verify_consistency
from sync.messages import LogView
from sync.notes import BadNote, Checkpoint, Signature, Vkey, cosign, open_checkpoint, std_unb64

PROOF_HASHES_MAX = 64

Verdict = Literal["first", "same", "grown", "shorter", "diverged", "restarted"]
"""`shorter`: fewer entries than were seen before: either a stale cached answer, or the log was truncated.

`restarted`: the log of another origin: the site was restored from a backup and says so; a person should know of it.
"""


class Seen(NamedTuple):
    """A checkpoint kept: its head and the very text that was signed."""

    checkpoint: Checkpoint
    note: str


class Diverged(NamedTuple):
    """Two signed texts that cannot both be of one log that only grows."""

    kept: str
    shown: str


class Keeper:
    """Keeps the last head of a log. `key`: the raw Ed25519 key of the site; `seen`: what was kept before, if anything."""

    def __init__(self, key: bytes, seen: Seen | None = None) -> None:
        self._key = key
        self.seen = seen
        self.diverged: Diverged | None = None

    @property
    def size(self) -> int:
        """What to ask for: `GET …/log/checkpoint?from=size`."""
        return self.seen.checkpoint.size if self.seen else 0

    def take(self, view: LogView) -> Verdict:
        """Compare with what is kept, and keep what continues it. Raises `BadNote` for what the site has not signed."""
        shown = opened(view.checkpoint, self._key)
        if self.seen is None:
            self.seen = Seen(shown, view.checkpoint)
            return "first"
        kept = self.seen.checkpoint
        if shown.origin != kept.origin:
            return "restarted"
        if shown == kept:
            return "same"
        if shown.size < kept.size:
            return "shorter"
        if not verify_consistency(kept.size, kept.root, shown.size, shown.root, hashes(view.proof)):
            self.diverged = Diverged(self.seen.note, view.checkpoint)
            return "diverged"
        self.seen = Seen(shown, view.checkpoint)
        return "grown"

    def restart(self, view: LogView) -> None:
        """A person has accepted that the log begins anew under another origin. Under the one it had it is compared as before."""
        shown = opened(view.checkpoint, self._key)
        if self.seen is not None and shown.origin != self.seen.checkpoint.origin:
            self.seen = Seen(shown, view.checkpoint)


def opened(note: str, key: bytes) -> Checkpoint:
    """The checkpoint in a note that the raw key has signed under the name of its origin. Raises `BadNote`."""
    return open_checkpoint(note, Vkey(note.partition("\n")[0], 1, key))


def hashes(texts: Sequence[str]) -> list[bytes]:
    """A proof as it travels. Raises `BadNote`."""
    found = [std_unb64(text) for text in texts[:PROOF_HASHES_MAX]]
    if any(len(one) != 32 for one in found):
        raise BadNote("not a hash")
    return found


def witness(keeper: Keeper, view: LogView, private: Ed25519PrivateKey, name: str, time_s: int) -> tuple[Verdict, Signature | None]:
    """What a witness says of a head: its signature line, or None for one that contradicts what it has signed before."""
    verdict = keeper.take(view)
    if verdict not in ("first", "same", "grown") or keeper.seen is None:
        return verdict, None
    return verdict, cosign(keeper.seen.checkpoint.text, private, name, time_s)
