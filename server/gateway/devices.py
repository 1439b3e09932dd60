"""Devices: enrolment by proof of the key, and their end."""

import hmac

from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from server.gateway import access, cookies
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.session import AnyRequest, signed_in
from server.gateway.wire import plain
from server.store import ledger, people, vitals
from server.store import site as sites
from server.store.contract import Sql, Unit
from server.store.ledger import Device
from server.store.people import SignedIn
from sync.keys import b64, bytes_of
from sync.messages import Before, Enrol, Enrolled
from sync.ops import device_id, first_link, hello_bytes, verify

LABEL_CHARS_MAX = 80
MAY_REVOKE = frozenset(("ADM",))
FRESH_MS = 120_000
"""A sign-in is fresh this long: the app enrols right after it."""


def proven_key(site: str, key: str, sig: str, nonce: str) -> tuple[str, bytes]:
    """Device id and raw key, if `sig` shows that the sender holds it."""
    raw = bytes_of(key)
    dev = device_id(raw)
    if not verify(raw, hello_bytes(site, dev, nonce), bytes_of(sig)):
        raise ProblemError("signature_bad")
    return dev, raw


def enrolled(place: Place, device: Device, unlock: str = "", before: Before | None = None) -> Enrolled:
    """A device as the site answers it."""
    beacon = place.beacon(device.link.hex())
    return Enrolled(device.dev, place.epoch, device.head, beacon, beacon.t, place.server_key, place.rescue_key, unlock, before)


def unlock_secret(place: Place, who: SignedIn) -> str:
    """The person's secret that opens a vault beside its PIN, while the sign-in is fresh (docs/security.md); otherwise nothing.

    It is made, not kept: the same for every device of the person, useless without the device's own files.
    """
    signed_in_at = who.until_at - cookies.SESSION_SECONDS * 1000
    if place.clock() - signed_in_at > FRESH_MS:
        return ""
    return b64(hmac.digest(place.store.facts.seal_key, f"unlock\n{place.id}\n{who.uid}".encode(), "sha256"))


@post("/s/{site:str}/devices", status_code=200)
async def enrol(
    request: AnyRequest, data: JSONBody[Enrol], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> Response[Enrolled]:
    """Make this browser a device of the person signed in. Asking again changes nothing."""
    who = await signed_in(gate, place, request)
    dev, key = proven_key(place.id, data.key, data.sig, who.nonce)
    jar = gate.jar(place)
    was = cookies.sent(plain(request.scope)).get(jar.device(who.uid), "")

    def unit(unit: Unit) -> tuple[Device, Before | None]:
        # Its device may have ended since it was looked up: it has no other one to go on with.
        here = people.session(unit.sql, who.token, unit.now)
        if here is None:
            raise ProblemError("login_required")
        if access.is_ended(unit.sql, here, was):
            raise ProblemError("device_revoked")
        known = ledger.device(unit.sql, dev)
        if known is None:
            with unit.step() as tx:
                ledger.add_device(tx, dev, key, who.uid, data.label[:LABEL_CHARS_MAX], first_link(place.id, dev))
                people.audit(tx, who.uid, "device.enrol", dev)
                known = ledger.known_device(tx.sql, dev)
                if not sites.restored_lately(tx.sql, tx.now):
                    # It had no op before it existed, whatever its ops claim; unless it existed before a restore.
                    ledger.add_contact(tx, known, 0, known.link)
                vitals.show(tx, known)
        before = known_before(unit, known, data.after or was, evicted=not data.after) if known.uid == who.uid else None
        if data.after and known.uid == who.uid:
            replace(unit, known, data.after)
        if known.uid == who.uid and known.revoked_at is None and dev != who.dev:
            with unit.step() as tx:
                people.bind_session(tx, who.token, dev)
        return ledger.known_device(unit.sql, dev), before

    device, before = await place.store.write(unit)
    if device.uid != who.uid:
        raise ProblemError("forbidden")
    if device.revoked_at is not None:
        raise ProblemError("device_revoked")
    is_now = jar.set(jar.device(who.uid), dev, cookies.DEVICE_SECONDS)
    return Response(enrolled(place, device, unlock_secret(place, who), before), cookies=[is_now])


def known_before(unit: Unit, new: Device, dev: str, *, evicted: bool) -> Before | None:
    """What is known of the device this browser was before, if it was one of the same person.

    `evicted`: nobody says that a chain goes on; the browser has lost its database, and what it had not sent may be gone (I34).
    """
    old = ledger.device(unit.sql, dev) if dev != new.dev else None
    if old is None or old.uid != new.uid or old.revoked_at is not None or (evicted and old.closed_at is not None):
        return None
    told = max((contact.seq for contact in ledger.all_contacts(unit.sql, old)), default=0)
    if evicted:
        with unit.step() as tx:
            people.audit(tx, new.uid, "device.evicted", old.dev, f"{old.seq} {max(old.seq, told)}")
    return Before(old.dev, old.seq, max(old.seq, told))


def replace(unit: Unit, new: Device, after: str) -> None:
    """Close the chain that a device goes on from, if it is one of the same person; of any other nothing is told (PROTOCOL §6)."""
    old = ledger.device(unit.sql, after)
    if old is None or old.uid != new.uid or old.n == new.n or new.replaces == old.n:
        return
    with unit.step() as tx:
        ledger.close_chain(tx, old, new.dev)
        vitals.show(tx, ledger.known_device(tx.sql, old.dev))
        people.audit(tx, new.uid, "device.close", old.dev, new.dev)


def may_end(sql: Sql, device: Device, who: SignedIn) -> bool:
    """Its owner or an administrator ends a device; the check leads those of their team, of which administrators may not know (I18)."""
    leads = "CHECK" in who.roles and bool(vitals.roles_of(sql, device) & vitals.CHECK_TEAM)
    return device.uid == who.uid or bool(MAY_REVOKE & set(who.roles)) or leads


@delete("/s/{site:str}/devices/{dev:str}", status_code=204)
async def revoke(
    request: AnyRequest, dev: FromPath[str], gate: NamedDependency[Gate], place: NamedDependency[Place], stolen: FromQuery[bool] = False
) -> None:
    """A lost or replaced device ends, its socket closes. `stolen`: nothing it sends is taken, and its person is signed out everywhere,
    as whoever holds a phone holds its cookies and need not show which phone they came with.
    """
    who = await signed_in(gate, place, request)
    device = await place.store.read(lambda sql: ledger.device(sql, dev))
    if device is None or not await place.store.read(lambda sql: may_end(sql, device, who)):
        raise ProblemError("not_found")

    def unit(unit: Unit) -> list[str]:
        with unit.step() as tx:
            ledger.revoke(tx, dev, stolen)
            vitals.show(tx, ledger.known_device(tx.sql, dev))
            people.drop_pairing(tx, dev)
            people.audit(tx, who.uid, "device.revoke", dev, "stolen" if stolen else "")
            return people.end_sessions(tx, device.uid, keep=who.token) if stolen and device.uid else people.sessions_of(tx.sql, dev)

    tokens = await place.store.write(unit)
    place.hub.close_device(dev)
    for token in tokens:
        place.hub.close_session(token)
