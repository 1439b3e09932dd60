"""Devices: enrolment by proof of the key, and their end."""

from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.gateway.desk import Desk
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.session import AnyRequest, signed_in
from server.store import ledger, people
from server.store.contract import Unit
from server.store.ledger import Device
from sync.messages import Enrol, Enrolled
from sync.ops import device_id, first_link, hello_bytes, verify
from sync.session import bytes_of

LABEL_CHARS_MAX = 80
MAY_REVOKE = frozenset(("ADM",))


def proven_key(site: str, key: str, sig: str, nonce: str) -> tuple[str, bytes]:
    """Device id and raw key, if `sig` shows that the sender holds it."""
    raw = bytes_of(key)
    dev = device_id(raw)
    if not verify(raw, hello_bytes(site, dev, nonce), bytes_of(sig)):
        raise ProblemError("signature_bad")
    return dev, raw


def enrolled(place: Place, device: Device) -> Enrolled:
    """A device as the site answers it."""
    beacon = place.beacon(device.link.hex())
    return Enrolled(device.dev, place.epoch, device.head, beacon, beacon.t, place.server_key)


@post("/s/{site:str}/devices", status_code=200)
async def enrol(
    request: AnyRequest, data: JSONBody[Enrol], desk: NamedDependency[Desk], place: NamedDependency[Place]
) -> Response[Enrolled]:
    """Make this browser a device of the person signed in. Asking again changes nothing."""
    who = await signed_in(desk, place, request)
    dev, key = proven_key(place.id, data.key, data.sig, who.nonce)

    def unit(unit: Unit) -> Device:
        known = ledger.device(unit.sql, dev)
        if known is None:
            with unit.step() as tx:
                ledger.add_device(tx, dev, key, who.uid, data.label[:LABEL_CHARS_MAX], first_link(place.id, dev))
                people.audit(tx, who.uid, "device.enrol", dev)
            known = ledger.device(unit.sql, dev)
            assert known is not None, "just added"
        return known

    device = await place.store.write(unit)
    if device.uid != who.uid:
        raise ProblemError("forbidden")
    if device.revoked_at is not None:
        raise ProblemError("device_revoked")
    return Response(enrolled(place, device))


@delete("/s/{site:str}/devices/{dev:str}", status_code=204)
async def revoke(request: AnyRequest, dev: FromPath[str], desk: NamedDependency[Desk], place: NamedDependency[Place]) -> None:
    """A lost or replaced device: its owner or an administrator ends it, and its socket closes."""
    who = await signed_in(desk, place, request)
    device = await place.store.read(lambda sql: ledger.device(sql, dev))
    if device is None or (device.uid != who.uid and not MAY_REVOKE & set(who.roles)):
        raise ProblemError("not_found")

    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            ledger.revoke(tx, dev)
            people.drop_pairing(tx, dev)
            people.audit(tx, who.uid, "device.revoke", dev)

    await place.store.write(unit)
    place.hub.close_device(dev)
