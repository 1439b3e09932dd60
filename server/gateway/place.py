"""One site as the endpoints meet it: its store, its tokens, its beacons, its listeners."""

import asyncio
import logging
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.gateway.hub import Hub
from server.store import ledger
from server.store.contract import Store, Unit
from server.store.institutions import Institutions
from server.store.ledger import Device
from sync.cursor import BeaconMark, Seal
from sync.messages import Beacon, Head, beacon_bytes
from sync.replica import b64

alarm = logging.getLogger("zaigang.alarm")
SEQ_MAX = 2**53
"""No chain gets this far; browsers cannot count further."""


class Place:
    """Everything an endpoint under `/s/{site}/` works with."""

    def __init__(self, store: Store, institutions: Institutions, clock: Callable[[], int]) -> None:
        self.store = store
        self.id = store.facts.id
        self.epoch = store.facts.epoch
        self.institutions = institutions
        self.clock = clock
        self.seal = Seal(store.facts.seal_key, self.id, self.epoch)
        self.hub = Hub(self.seal)
        self._signer = Ed25519PrivateKey.from_private_bytes(store.facts.sign_key)
        self.server_key = b64(self._signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        # Keys by device id, which is their hash: they can be kept, for they cannot change.
        self.keys: dict[str, bytes] = {}
        self._reported: dict[str, Head] = {}
        self._notes: set[asyncio.Future[None]] = set()
        store.listen(self.hub.publish)

    def beacon(self, head: str) -> Beacon:
        """A signed time mark that answers a chain head (hex; empty in the lobby)."""
        now = self.clock()
        beacon_id = self.seal.beacon_id(BeaconMark(now, bytes.fromhex(head[:16]).ljust(8, b"\0")))
        return Beacon(beacon_id, now, head, b64(self._signer.sign(beacon_bytes(self.id, beacon_id, now, head))))

    def contact(self, device: Device, head: Head) -> None:
        """A device reported its chain head: kept when it is news, for it bounds the time of the ops it covers (A8).

        Nobody waits for it: a contact that is lost only makes a window wider.
        """
        if self._reported.get(device.dev) == head or not device.seq <= head.seq <= SEQ_MAX or not _is_link(head.hash):
            return
        self._reported[device.dev] = head

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
