"""Judging the clock claim of an op against what can be proven of it, on its own chain or on the one it was signed into first."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

import msgspec

from server.store import ledger
from server.store.contract import Unit
from server.store.institutions import Institutions
from server.store.ledger import Contact, Device
from server.store.site import hall_rules
from sync.clock import Evidence, Policy, Window, judge
from sync.cursor import BeaconMark, Seal
from sync.ops import OpBody, Orig, next_link
from sync.units import HOUR_MS


class Bounds(NamedTuple):
    """Contacts around an op: the last that did not have it yet, the first that had. ms."""

    before: int | None
    after: int | None


class Linked(NamedTuple):
    """An op of a push: its link, its content if it can be read, its exact text."""

    link: bytes
    body: OpBody | None
    text: str


class First(NamedTuple):
    """Where a re-signed op stood first, proven by hash: device, number and link."""

    device: Device
    seq: int
    link: bytes


class Judge:
    """Judges the ops of one push. `sent`: their links, contents and texts, by number."""

    def __init__(self, unit: Unit, institutions: Institutions, seal: Seal, device: Device, sent: Mapping[int, Linked]) -> None:
        self._unit = unit
        self._institutions = institutions
        self._seal = seal
        self._sent = sent
        # Which of them are on this chain does not change while the push is taken.
        contacts = [contact for contact in ledger.contacts(unit.sql, device) if self._holds(device, contact)]
        self._seqs = [contact.seq for contact in contacts]
        before = [None, *accumulate((contact.last_at for contact in contacts), max)]
        after = [*accumulate((contact.at for contact in reversed(contacts)), min)][::-1]
        self._between = [Bounds(b, a) for b, a in zip(before, [*after, None], strict=True)]
        self._policies: dict[tuple[str, int], Policy] = {}
        self._beacons: dict[str, BeaconMark | None] = {}
        self._tolerance_ms: int | None = None
        self._anchor_ms = 0
        self._firsts: dict[int, First | None] | None = None

    def window(self, device: Device, body: OpBody) -> Window:
        """What the claim is worth."""
        beacon = self._beacon(body.clk.b) if body.clk.b else None
        first = self.first(device, body) if body.orig else None
        bounds = self._bounds_first(device, first) if first else self._between[bisect_left(self._seqs, body.seq)]
        proof = Evidence(
            received_at=self._unit.now,
            beacon_at=beacon.at if beacon else None,
            contact_before=bounds.before,
            contact_after=bounds.after,
            previous_at=device.claim_at,
        )
        return judge(body.clk, proof, self._policy(body))

    def _holds(self, device: Device, contact: Contact) -> bool:
        """Whether a reported head is one of this chain."""
        if contact.seq == device.seq:
            ledger.note_link(self._unit.sql, device, device.seq, device.link)
            return contact.link == device.link
        if contact.seq in self._sent:
            return contact.link == self._sent[contact.seq].link
        return ledger.link_at(self._unit.sql, device, contact.seq) == contact.link

    # --- re-signed ops -----------------------------------------------------------------------------------------------

    def first(self, device: Device, body: OpBody) -> First | None:
        """Where an op that was signed again stood first, if its old text hashes to the link it names, going on from one known here."""
        if body.orig is None:
            return None
        if self._firsts is None:
            # All of the push at once: what comes later in it shows whether a head once reported is on this branch.
            self._firsts = {}
            for seq, one in self._sent.items():
                if one.body is not None and one.body.orig is not None:
                    self._firsts[seq] = self._proven(device, one.body.orig, one.text)
        return self._firsts.get(body.seq)

    def _proven(self, device: Device, orig: Orig, text: str) -> First | None:
        sql = self._unit.sql
        old = ledger.device(sql, orig.dev)
        if old is None or old.uid != device.uid or old.closed_at is None:
            return None
        known = {ledger.link_at(sql, old, orig.seq - 1), *ledger.orig_links(sql, old, orig.seq - 1)}
        known |= {f.link for f in (self._firsts or {}).values() if f and (f.device.n, f.seq) == (old.n, orig.seq - 1)}
        for before in known - {None}:
            assert before is not None, "taken out"
            original = original_text(text, orig.dev, orig.seq, before.hex())
            if original is not None and next_link(before, original).hex() == orig.link:
                return First(old, orig.seq, bytes.fromhex(orig.link))
        return None

    def _bounds_first(self, device: Device, first: First) -> Bounds:
        """What the old chain's contacts say: whoever breaks a chain gains no earlier time by it.

        A head reported with other bytes on this branch, or other ops received under this number, prove that it was written after them.
        """
        sql, old, seq = self._unit.sql, first.device, first.seq
        branch = {f.seq: f.link for f in (self._firsts or {}).values() if f and f.device.n == old.n}
        before: list[int] = []
        after: list[int] = []
        for contact in ledger.all_contacts(sql, old):
            here = branch.get(contact.seq) or ledger.own_orig_link(sql, device, old, contact.seq)
            if contact.seq < seq or (here is None and contact.seq <= old.seq) or (here is not None and here != contact.link):
                before.append(contact.last_at)
            elif here is not None:
                after.append(contact.at)
        if seq <= old.seq and (last := ledger.kept_at(sql, old, old.seq)):
            before.append(last.at)
        return Bounds(max(before, default=None), min(after, default=None))

    # --- policy ------------------------------------------------------------------------------------------------------

    def _beacon(self, token: str) -> BeaconMark | None:
        """Ops of one push mostly quote one beacon. This site made it: if that was later than now, its clock was set back since."""
        if token not in self._beacons:
            mark = self._beacons[token] = self._seal.open_beacon(token)
            self._unit.not_before(mark.at if mark else 0)
        return self._beacons[token]

    def _policy(self, body: OpBody) -> Policy:
        if (body.k, body.sv) not in self._policies:
            self._policies[body.k, body.sv] = self._policy_of(body)
        return self._policies[body.k, body.sv]

    def _policy_of(self, body: OpBody) -> Policy:
        known = self._institutions.known(body.k, body.sv)
        if self._tolerance_ms is None:
            rules = hall_rules(self._unit.sql)
            self._tolerance_ms = int(rules.get("evd.offset_tolerance_s", 120)) * 1000
            self._anchor_ms = int(rules.get("evd.anchor_hours", 24)) * HOUR_MS
        return Policy(self._tolerance_ms, self._anchor_ms, (known.kind.window_hours if known else 8 * 24) * HOUR_MS)


def original_text(text: str, dev: str, seq: int, prev: str) -> str | None:
    """The text of a re-signed op as it was signed first: `dev`, `seq`, `prev` back in their place after `site`, without `orig`."""
    try:
        fields = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError):
        return None
    parts: list[str] = []
    for name, raw in fields.items():
        if name not in ("dev", "seq", "prev", "orig"):
            parts.append(f'"{name}":{bytes(raw).decode()}')
        if name == "site":
            parts.append(f'"dev":"{dev}","seq":{seq},"prev":"{prev}"')
    return "{" + ",".join(parts) + "}"
