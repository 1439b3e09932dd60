"""What the hall's own administrators set: parameters from a day on (§16, GEN-03); its name, phone and plates (ORG-08, CON-41, DSP-06).

The rules of a day are fixed when it begins: what is judged about it comes out the same whenever, and in whatever order, its facts arrive.
"""

import re
from typing import ClassVar

import msgspec

from server.domain.base import APPLIED, Face, Handler, Op, Outcome, Record, Tx, refused
from server.domain.hall.audiences import OFFICE_AND_ADMINISTRATORS
from server.domain.hall.days import first_day, record_of
from server.domain.hall.ops import Hall, Names, PlatePolicy, Value
from server.domain.hall.params import fits
from server.domain.hall.rules import add_days, day_of, day_start, is_day, may_any, rules_on, with_rules
from server.domain.hall.tables import HallRecord
from server.domain.hall.views import hall_face
from sync.ops import RowKind, command

AHEAD_DAYS_MAX = 400
NAME_CHARS_MAX = 60
LOCALES = frozenset({"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"})
PHONE = re.compile(r"[0-9+() -]{0,30}")


class HallRules(msgspec.Struct):
    """`hall.rules`, rid `hall`: parameters from the day `valid_from` (ISO) on, and why. From tomorrow at the earliest; in a hall that never
    had a roster, where there is nobody to judge, from today.
    """

    valid_from: str
    rules: dict[str, Value]
    text: str


class HallAbout(msgspec.Struct, omit_defaults=True):
    """`hall.about`, rid `hall`: what the hall is called, the phone the public reads, what its plates say; at once. None: as it is."""

    names: Names | None = None
    phone: str | None = None
    plate: PlatePolicy | None = None
    text: str = ""


class HallSetting(msgspec.Struct, omit_defaults=True):
    """Row `hall.setting`, rid = op: what was set by whom and why, for office and administrators. `from_day`: since when `rules` hold."""

    at: int
    by: str
    text: str = ""
    from_day: str = ""
    rules: dict[str, Value] = {}
    names: Names = {}
    phone: str | None = None
    plate: PlatePolicy | None = None


class HallSettingRecord(Record):
    """One setting, rid = op."""

    TABLE: ClassVar[str] = "hall_setting"

    at: int
    by: str
    text: str = ""
    from_day: str = ""
    rules: dict[str, Value] = msgspec.field(default_factory=dict)
    names: Names = msgspec.field(default_factory=dict)
    phone: str | None = None
    plate: PlatePolicy | None = None


def set_rules(tx: Tx, op: Op[HallRules]) -> Outcome:
    """Parameters from a day on; the days before keep those they had (GEN-03)."""
    if not may_any(op.actor, "ADM", "OFF"):
        return refused("NO_RIGHT")
    record, a = record_of(tx), op.a
    hall = record.hall
    today = day_of(op.received_at, hall.tz)
    if not is_day(a.valid_from) or a.valid_from > add_days(today, AHEAD_DAYS_MAX) or not a.rules or not a.text.strip():
        return refused("INVALID")
    if not all(fits(key, value) for key, value in a.rules.items()):
        return refused("RULE_VALUE")
    if a.valid_from < first_day(tx, today):
        return refused("RULE_DAY")
    record.hall = msgspec.structs.replace(hall, dated=with_rules(hall, a.valid_from, a.rules))
    _keep(tx, HallSettingRecord(rid=op.id, at=tx.now, by=op.actor.uid, text=a.text.strip(), from_day=a.valid_from, rules=a.rules))
    _put(tx, record)
    if a.valid_from == today:
        for person in tx.ask("people"):
            tx.touch_person(person.rid, day_start(today, hall.tz), tx.now)
    return APPLIED


def set_about(tx: Tx, op: Op[HallAbout]) -> Outcome:
    """The hall's name, its phone, what plates say. Every plate that is shown is written anew."""
    if not may_any(op.actor, "ADM", "OFF"):
        return refused("NO_RIGHT")
    a = op.a
    if not is_sane(a):
        return refused("INVALID")
    record = record_of(tx)
    said = {name: value for name in ("names", "phone", "plate") if (value := getattr(a, name)) is not None}
    record.hall = msgspec.structs.replace(record.hall, **said)
    _keep(tx, HallSettingRecord(rid=op.id, at=tx.now, by=op.actor.uid, text=a.text.strip(), **said))
    _put(tx, record)
    return APPLIED


def is_sane(a: HallAbout) -> bool:
    """True when something is said, the hall has a name in its source locale, and a phone is one."""
    names = a.names if a.names is not None else {"zh_Hans": "-"}
    return (
        (a.names, a.phone, a.plate) != (None, None, None)
        and names.keys() <= LOCALES
        and "zh_Hans" in names
        and all(0 < len(name.strip()) <= NAME_CHARS_MAX for name in names.values())
        and (a.phone is None or PHONE.fullmatch(a.phone) is not None)
    )


def new_day(tx: Tx, record: HallRecord) -> None:
    """Show the parameters that have come into force today; for a `tick`."""
    if record.hall.dated and rules_on(record.hall, day_of(tx.now, record.hall.tz)) != record.hall.rules:
        _put(tx, msgspec.structs.replace(record))


def _put(tx: Tx, record: HallRecord) -> None:
    """Keep and show the hall as it is today, and have what lies ahead looked at again."""
    hall: Hall = record.hall
    record.hall = msgspec.structs.replace(hall, rules=rules_on(hall, day_of(tx.now, hall.tz)))
    tx.put(record)
    tx.project(hall_face(record))
    for post in tx.ask("posts"):
        tx.touch(post.rid, tx.now, tx.now)


def _keep(tx: Tx, said: HallSettingRecord) -> None:
    tx.put(said)
    body = HallSetting(said.at, said.by, said.text, said.from_day, said.rules, said.names, said.phone, said.plate)
    tx.project(Face("hall.setting", said.rid, OFFICE_AND_ADMINISTRATORS, body))


OPS = (command("hall.rules", 1, HallRules), command("hall.about", 1, HallAbout))
ROWS = (RowKind("hall.setting", HallSetting),)
RECORDS: tuple[type[Record], ...] = (HallSettingRecord,)
HANDLERS: dict[str, Handler] = {"hall.rules": set_rules, "hall.about": set_about}
