"""到场凭据: codes that hang in the zones, scanned on a round; they prove where somebody stood and follow nobody about (PTL-09)."""

import base64
import hmac

from server.domain.base import APPLIED, Face, Op, Outcome, Tx, refused
from server.domain.hall.audiences import OFFICE_AND_ADMINISTRATORS
from server.domain.hall.handlers import put_screen
from server.domain.hall.here import hall_of
from server.domain.hall.rules import add_days, day_of, day_start, may_any
from server.domain.hall.tables import ScreenRecord
from server.domain.patrol.ops import PutCodes, ScanPoint, ZoneCodes
from server.domain.patrol.tables import CodesBefore, PointRecord, RoundRecord, RoundTallyRecord, ZoneCodesRecord

SECRET_BYTES = 16
TAG_CHARS = 10
EARLIER_MAX = 20
"""How many earlier sets of codes are known; a scan made offline under an older one waits for a person."""
ZONES = "zones"
MARK = "zaigang-zone"


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
    hall = hall_of(tx)
    was = tx.get(ZoneCodesRecord, ZONES)
    earlier = [*was.earlier, CodesBefore(was.codes, tx.now)][-EARLIER_MAX:] if was else []
    record = ZoneCodesRecord(rid=ZONES, codes={zone.id: code_of(secret, zone.id) for zone in hall.zones}, made_at=tx.now, earlier=earlier)
    tx.put(record)
    tx.project(Face("zone.codes", ZONES, OFFICE_AND_ADMINISTRATORS, ZoneCodes(record.codes, record.made_at)))
    for screen in tx.find(ScreenRecord):
        put_screen(tx, screen)
    return APPLIED


def mark_of(tx: Tx, *, zone: str) -> str:
    """The code that hangs in a zone now; "" while the office has made none."""
    codes = tx.get(ZoneCodesRecord, ZONES)
    return codes.codes.get(zone, "") if codes else ""


def keep(tx: Tx, op: Op[ScanPoint]) -> bool:
    """Keep a scan; False when no zone had this code as it can have been scanned at the earliest."""
    at = max(min(op.a.at, op.window.at), op.window.not_before)
    zone = _zone_of(tx, op.a.code, at)
    if zone:
        tx.put(PointRecord(rid=op.id, round=op.rid, zone=zone, by=op.actor.uid, at=at))
        tally = tx.get(RoundTallyRecord, op.rid) or RoundTallyRecord(rid=op.rid)
        tally.points = sorted({*tally.points, zone})
        tx.put(tally)
    return zone != ""


def _zone_of(tx: Tx, code: str, at: int) -> str:
    """The zone in which this code hung at a moment (ms), or hangs since; "" for none."""
    codes = tx.get(ZoneCodesRecord, ZONES)
    hung = [codes.codes, *(one.codes for one in codes.earlier if at < one.until)] if codes else []
    return next((zone for known in hung for zone, one in known.items() if hmac.compare_digest(one.encode(), code.encode())), "")


def of_round(tx: Tx, record: RoundRecord) -> list[str]:
    """The zones whose codes its own inspector has scanned on that round: not a colleague, nor on another day."""
    tally = tx.get(RoundTallyRecord, record.rid)
    if tally is None or not tally.points:
        return []
    hall = hall_of(tx)
    day_end = day_start(add_days(day_of(record.started_at, hall.tz), 1), hall.tz)
    scans = tx.find(PointRecord, "round = ? AND by = ?", [record.rid, record.inspector])
    return sorted({scan.zone for scan in scans if record.started_at <= scan.at < day_end})
