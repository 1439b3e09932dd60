"""Wall screens: nobody types on them.

The screen shows six digits, an administrator confirms them on a phone, and from then on its key renews its session.
"""

import secrets

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.domain.hall.handlers import put_screen
from server.domain.hall.tables import PostRecord, ScreenRecord
from server.gateway import cookies
from server.gateway.devices import LABEL_CHARS_MAX, proven_key
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.session import AnyRequest, open_for, signed_in, view
from server.store import ledger, people, vitals
from server.store.contract import Unit
from server.store.people import Account, Paired
from sync.keys import bytes_of
from sync.messages import DeviceProof, Pairing, PairingAsk, PairingConfirm, Session
from sync.ops import first_link, hello_bytes, verify
from sync.units import MINUTE_MS

CODE_MS = 10 * MINUTE_MS
PROOF_MS = 2 * MINUTE_MS
MAY_PAIR = frozenset(("ADM", "OFF"))


def _view(asked: Paired) -> Pairing:
    return Pairing(asked.code, asked.until_at, asked.paired_at is not None)


@post("/s/{site:str}/displays", status_code=200)
async def ask(request: AnyRequest, data: JSONBody[PairingAsk], gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Pairing:
    """A screen asks for a code. Asking again while the code holds repeats it."""
    gate.brake.check(f"pair:{request.client.host if request.client else ''}")
    dev, key = proven_key(place.id, data.key, data.sig, "pair")

    def unit(unit: Unit) -> Pairing:
        asked = people.pairing(unit.sql, dev)
        if asked is None or (asked.paired_at is None and asked.until_at <= unit.now):
            code = next(c for c in iter(_code, "") if people.pairing_of(unit.sql, c) is None)
            asked = Paired(dev, key, code, unit.now + CODE_MS, None)
            with unit.step() as tx:
                people.put_pairing(tx, asked)
        return _view(asked)

    return await place.store.write(unit)


def _code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


@get("/s/{site:str}/displays/{dev:str}")
async def poll(dev: FromPath[str], place: NamedDependency[Place]) -> Response[Pairing]:
    """Whether the code has been confirmed."""
    asked = await place.store.read(lambda sql: people.pairing(sql, dev))
    if asked is None:
        raise ProblemError("pairing_unknown")
    if asked.paired_at is None and asked.until_at <= place.clock():
        raise ProblemError("pairing_expired")
    return Response(_view(asked))


@post("/s/{site:str}/displays/confirm", status_code=200)
async def confirm(
    request: AnyRequest, data: JSONBody[PairingConfirm], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> Pairing:
    """An administrator or the office confirms the digits on the wall."""
    who = await signed_in(gate, place, request, MAY_PAIR)
    gate.brake.check(f"confirm:{who.uid}")

    def unit(unit: Unit) -> Pairing:
        asked = people.pairing_of(unit.sql, data.code)
        if asked is None:
            raise ProblemError("pairing_unknown")
        if asked.paired_at is not None:
            return _view(asked)
        if asked.until_at <= unit.now:
            raise ProblemError("pairing_expired")
        uid, label = f"board-{asked.dev[:8]}", data.label.strip()[:LABEL_CHARS_MAX]
        known = ledger.device(unit.sql, asked.dev)
        if known is not None and known.uid != uid:
            # Somebody's phone is no screen: confirming a code must not take a disabled one back.
            raise ProblemError("pairing_unknown")
        with unit.step() as tx:
            if data.layout == "door" and tx.ask("unit", unit=data.unit) is None:
                raise ProblemError("unit_unknown")
            window: PostRecord | None = tx.ask("post", post=data.post) if data.post else None
            if data.post and (data.layout != "door" or window is None or window.unit != data.unit):
                raise ProblemError("unit_unknown")
            if data.zone and data.zone not in {zone.id for zone in tx.ask("hall").zones}:
                raise ProblemError("unit_unknown")
            people.confirm_pairing(tx, asked.dev)
            inside = ("INSIDE",) if data.layout == "overview" else ()
            people.put_account(tx, Account(uid, None, label, None, "", ("BOARD", *inside)))
            put_screen(tx, ScreenRecord(rid=uid, layout=data.layout, unit=data.unit, zone=data.zone, post=data.post))
            if known is None:
                ledger.add_device(tx, asked.dev, asked.key, uid, label, first_link(place.id, asked.dev))
            ledger.readmit(tx, asked.dev)
            vitals.show(tx, ledger.known_device(tx.sql, asked.dev))
            people.audit(tx, who.uid, "display.pair", asked.dev, label)
        return _view(asked._replace(paired_at=unit.now))

    return await place.store.write(unit)


@post("/s/{site:str}/displays/session", status_code=200)
async def renew(data: JSONBody[DeviceProof], gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[Session]:
    """A paired screen proves its key and gets a session in a cookie of its own."""
    device = await place.store.read(lambda sql: ledger.device(sql, data.dev))
    account = await place.store.read(lambda sql: people.by_uid(sql, device.uid)) if device else None
    if device is None or account is None or "BOARD" not in account.roles:
        raise ProblemError("device_unknown")
    if device.revoked_at is not None:
        raise ProblemError("device_revoked")
    fresh = abs(data.at - place.clock()) <= PROOF_MS
    if not fresh or not verify(device.key, hello_bytes(place.id, device.dev, str(data.at)), bytes_of(data.sig)):
        raise ProblemError("signature_bad", {"now": place.clock()})
    token, who = await open_for(place, account, "display.session", device.dev)
    jar = gate.jar(place)
    cookie = jar.set(jar.board, token, cookies.SESSION_SECONDS)
    return Response(view(who), cookies=[cookie])
