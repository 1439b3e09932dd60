"""One site as the endpoints meet it: its store, its tokens, its beacons, its listeners."""

import asyncio
import logging
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.gateway.hub import Hub
from server.gateway.logbook import Logbook
from server.gateway.vitals import Vitals
from server.store import ledger
from server.store.contract import Committed, Store, Unit
from server.store.institutions import Institutions
from server.store.ledger import Device
from server.store.shapes import Shape, Shapes
from server.store.snapshots import Snapshots
from sync.cursor import BeaconMark, Seal
from sync.keys import b64
from sync.messages import Beacon, Head, beacon_bytes
from sync.rescue import public_of
from sync.units import MINUTE_MS

alarm = logging.getLogger("zaigang.alarm")
AGAIN_MS = MINUTE_MS
"""How often an unchanged head is noted again. Finer would prove nothing: claims may be off by more."""
BRIEF_ROWS = 32
"""A group commit with more rows than this is not small."""
SEQ_MAX = 2**53
"""No chain gets this far; browsers cannot count further."""


class Place:
    """Everything an endpoint under `/s/{site}/` works with."""

    def __init__(self, store: Store, institutions: Institutions, folder: Path) -> None:
        self.store = store
        self.id = store.facts.id
        self.epoch = store.facts.epoch
        self.institutions = institutions
        self.clock = store.now
        self.seal = Seal(store.facts.seal_key, self.id, self.epoch)
        self.shapes = Shapes(kind for domain in institutions.domains for kind in domain.rows)
        self.hub = Hub(self.seal, self.shapes)
        self.log = Logbook(store)
        self.snapshots = Snapshots(folder, self.seal)
        self._signer = Ed25519PrivateKey.from_private_bytes(store.facts.sign_key)
        self.vitals = Vitals(store, store.now)
        self.rescue_key = b64(public_of(store.facts.rescue_key))
        self.server_key = b64(self._signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        # Keys by device id, which is their hash: they can be kept, for they cannot change.
        self.keys: dict[str, bytes] = {}
        self._reported: dict[str, tuple[Head, int]] = {}
        self._notes: set[asyncio.Future[None]] = set()
        # Since this commit there were only small ones, as far as is known.
        self.small_since: int | None = None
        store.listen(self.hub.publish)
        store.listen(self._weigh)

    def beacon(self, head: str) -> Beacon:
        """A signed time mark that answers a chain head (hex; empty in the lobby)."""
        now = self.clock()
        beacon_id = self.seal.beacon_id(BeaconMark(now, bytes.fromhex(head[:16]).ljust(8, b"\0")))
        return Beacon(beacon_id, now, head, b64(self._signer.sign(beacon_bytes(self.id, beacon_id, now, head))))

    def _weigh(self, committed: Committed) -> None:
        if len(committed.rows) > BRIEF_ROWS:
            self.small_since = committed.head

    def is_near(self, pos: int) -> bool:
        """Whether little has happened since a commit: what changed since then can be read at once."""
        return self.small_since is not None and pos >= self.small_since

    def shape(self, sv: int) -> Shape | None:
        """What makes rows as an app of shape release `sv` reads them; nothing when it reads them as they are."""
        return self.shapes.shape(self.shapes.level(sv))

    def contact(self, device: Device, head: Head) -> None:
        """A device reported its chain head: kept when it is news, and once a minute that it still stood there, for the first time bounds
        the ops the head covers from above, the last time those after it from below (PROTOCOL §5).

        Nobody waits for it: a contact that is lost only makes a window wider.
        """
        known, at = self._reported.get(device.dev, (None, 0))
        now = self.clock()
        if (known == head and now - at < AGAIN_MS) or not device.seq <= head.seq <= SEQ_MAX or not _is_link(head.hash):
            return
        self._reported[device.dev] = (head, now)

        def note(unit: Unit) -> None:
            with unit.step() as tx:
                ledger.add_contact(tx, device, head.seq, bytes.fromhex(head.hash))

        task = asyncio.ensure_future(self.store.write(note))
        self._notes.add(task)
        task.add_done_callback(self._noted)

    def _noted(self, task: "asyncio.Future[None]") -> None:
        self._notes.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            alarm.warning("a contact was not kept: %s", error)


def _is_link(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
