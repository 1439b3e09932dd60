"""到场凭据: codes that hang in the zones, scanned on a round; they prove where somebody stood and follow nobody about (PTL-09)."""

import base64
import hmac

from server.domain.base import APPLIED, Face, Op, Outcome, Tx, refused
from server.domain.hall.handlers import put_screen
from server.domain.hall.ops import Hall
from server.domain.hall.rules import may_any
from server.domain.hall.tables import ScreenRecord
from server.domain.patrol.ops import PutCodes, ScanPoint, ZoneCodes
from server.domain.patrol.tables import PointRecord, RoundTallyRecord, ZoneCodesRecord

SECRET_BYTES = 16
TAG_CHARS = 10
ZONES = "zones"
MARK = "zaigang-zone"
AUDIENCE = frozenset({"role:OFF", "role:ADM"})


def code_of(secret: bytes, zone: str) -> str:
    """What the code of a zone says: nobody can make one up who has not stood before it."""
    tag = base64.b32encode(hmac.digest(secret, zone.encode(), "sha256")).decode()[:TAG_CHARS]
    return f"{MARK}:{zone}:{tag}"


def make_codes(tx: Tx, op: Op[PutCodes]) -> Outcome:
    """The office makes the codes of all zones anew, and prints them."""
    if not may_any(op.actor, "OFF", "ADM"):
        return refused("NO_RIGHT")
    try:
        secret = bytes.fromhex(op.a.secret)
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES or op.rid != ZONES:
        return refused("INVALID")
    hall: Hall = tx.ask("hall")
    record = ZoneCodesRecord(rid=ZONES, codes={zone.id: code_of(secret, zone.id) for zone in hall.zones}, made_at=tx.now)
    tx.put(record)
    tx.project(Face("zone.codes", ZONES, AUDIENCE, ZoneCodes(record.codes, record.made_at)))
    for screen in tx.find(ScreenRecord):
        put_screen(tx, screen)
    return APPLIED


def mark_of(tx: Tx, *, zone: str) -> str:
    """The code that hangs in a zone now; "" while the office has made none."""
    codes = tx.get(ZoneCodesRecord, ZONES)
    return codes.codes.get(zone, "") if codes else ""


def keep(tx: Tx, op: Op[ScanPoint]) -> bool:
    """Keep a scan; False when no zone has this code."""
    codes = tx.get(ZoneCodesRecord, ZONES)
    zone = next((zone for zone, code in codes.codes.items() if hmac.compare_digest(code.encode(), op.a.code.encode())), "") if codes else ""
    if zone:
        tx.put(PointRecord(rid=op.id, round=op.rid, zone=zone, by=op.actor.uid, at=min(op.a.at, op.window.at)))
        tally = tx.get(RoundTallyRecord, op.rid) or RoundTallyRecord(rid=op.rid)
        tally.points = sorted({*tally.points, zone})
        tx.put(tally)
    return zone != ""
