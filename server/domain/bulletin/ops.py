"""通报 bulletins (PTL-10, CHK-10, DOC-13, DOC-15): what can be said, and who reads what of it.

A draft is made of confirmed facts only; people add what it means. It is issued in two versions: inside the hall by unit and window, for
everybody by unit alone. No version of it names a person by itself.
"""

from typing import Literal

import msgspec

from sync.ops import RowKind, command

Kind = Literal["patrol_week", "patrol_month", "check"]
"""巡查周报, 巡查月报, 检查通报."""
State = Literal["draft", "issued", "withdrawn", "dropped"]


class DraftBulletin(msgspec.Struct):
    """`bulletin.draft`, rid = new bulletin, or a draft whose numbers are made anew: `from_day`, `to_day` ISO, both in it.

    A week begins on a Monday, a month is a calendar month.
    """

    kind: Kind
    from_day: str
    to_day: str


class BulletinCase(msgspec.Struct, omit_defaults=True):
    """A typical case, or a good practice (CHK-10). `public`: it stands in the public version, too; `referred`: it looks like wrong-doing,
    goes to those who are for it, and stands in neither version.
    """

    unit: str
    title: str
    text: str
    public: bool = False
    referred: bool = False


class BulletinWording(msgspec.Struct, omit_defaults=True):
    """What people write. `overall` for the hall, `public_overall` for everybody; `annex` for the hall alone."""

    title: str = ""
    method: str = ""
    overall: str = ""
    public_overall: str = ""
    good: list[BulletinCase] = []
    cases: list[BulletinCase] = []
    demands: str = ""
    terms: str = ""
    annex: str = ""


class EditBulletin(msgspec.Struct):
    """`bulletin.edit`, rid = bulletin, `if` its version: all of the wording, as it is from now on."""

    wording: BulletinWording


class IssueBulletin(msgspec.Struct):
    """`bulletin.issue`, rid = bulletin, `if` its version: it gets its number and is read by those it is for."""


class WithdrawBulletin(msgspec.Struct):
    """`bulletin.withdraw`, rid = bulletin: a draft is dropped; what was issued is taken back with the reason, which its readers see."""

    text: str


class BulletinLine(msgspec.Struct, omit_defaults=True):
    """A unit in the bulletin: confirmed findings of patrols, published results of checks (`tenths` of a point, mean), problems by code."""

    unit: str
    findings: int = 0
    results: int = 0
    tenths: int = 0
    vetoes: int = 0
    codes: dict[str, int] = {}


class BulletinDetail(msgspec.Struct, omit_defaults=True):
    """One confirmed fact, for the internal version: where, when (ms), and what: "unattended", or the code of a problem."""

    unit: str
    at: int
    what: str
    post: str = ""
    minutes: int = 0


class BulletinNumbers(msgspec.Struct, omit_defaults=True):
    """What the period came to, frozen when the draft was made (`made_at` ms).

    Patrol: hours due, with a round of every post, with a late one, with a round of some posts; hourly rounds walked; longest time without
    one (minutes); looks, those that met somebody; reminders.
    Check: `scope` units of the revealed plans, `reached` of them with a published result. `waiting`: facts that are not confirmed yet and
    therefore not in it; the public version does not say.
    """

    made_at: int
    slots_due: int = 0
    slots_done: int = 0
    slots_late: int = 0
    slots_partial: int = 0
    gap_min: int = 0
    looks: int = 0
    served: int = 0
    rounds: int = 0
    reminders: int = 0
    findings: int = 0
    results: int = 0
    problems: int = 0
    scope: int = 0
    reached: int = 0
    waiting: int = 0


class Bulletin(msgspec.Struct, omit_defaults=True):
    """Row `bulletin`: the work copy, for its editors: the office, and the efficiency group or those who lead checks. `fallen`: units of
    which it tells what was taken back after it was issued (CON-44).
    """

    kind: Kind
    from_day: str
    to_day: str
    state: State
    by: str
    numbers: BulletinNumbers
    lines: list[BulletinLine]
    details: list[BulletinDetail]
    wording: BulletinWording
    number: str = ""
    issued_at: int = 0
    issued_by: str = ""
    text: str = ""
    fallen: list[str] = []


class BulletinIssued(msgspec.Struct, omit_defaults=True):
    """Rows `bulletin.in` (internal: by unit and window, for those who answer for units and those who look) and `bulletin.pub` (by unit, for
    everybody): an issued bulletin. A withdrawn one says why, and nothing else.
    """

    kind: Kind
    from_day: str
    to_day: str
    number: str
    issued_at: int
    title: str
    numbers: BulletinNumbers
    lines: list[BulletinLine]
    method: str = ""
    overall: str = ""
    good: list[BulletinCase] = []
    cases: list[BulletinCase] = []
    demands: str = ""
    terms: str = ""
    annex: str = ""
    details: list[BulletinDetail] = []
    withdrawn: str = ""


class BulletinReferred(msgspec.Struct):
    """Row `bulletin.referred`, rid = bulletin: what an issued bulletin left out because it looks like wrong-doing; for the discipline
    section alone, to which the check leads belong (CHK-10).
    """

    kind: Kind
    number: str
    issued_at: int
    by: str
    cases: list[BulletinCase]


OPS = (
    command("bulletin.draft", 1, DraftBulletin),
    command("bulletin.edit", 1, EditBulletin),
    command("bulletin.issue", 1, IssueBulletin),
    command("bulletin.withdraw", 1, WithdrawBulletin),
)
REFERRED = (RowKind("bulletin.referred", BulletinReferred),)
ROWS = (RowKind("bulletin", Bulletin), RowKind("bulletin.in", BulletinIssued), RowKind("bulletin.pub", BulletinIssued), *REFERRED)
