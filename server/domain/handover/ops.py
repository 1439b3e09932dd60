"""工作移交 handover (AB, catalogue §4.6): what A and B say about the work that changes hands, and the faces others see.

`at`-like fields are ms, `due` is an ISO day ("" for none); what a time is worth is decided by the op's window (sync/clock.py).
"""

from typing import Literal

import msgspec

from sync.ops import RowKind, evidence

HandoverReason = Literal["leave", "trip", "meeting", "training", "rotation", "sudden", "other"]
HandoverState = Literal["prepared", "delivered", "accepted", "declined", "in_force", "handed_back", "closed", "withdrawn"]
HandoverTrouble = Literal["", "declined", "away", "leave", "silent", "unreached", "busy"]
"""Why HEAD must name somebody or stand in: B said no, is away or on leave then, keeps silent, or was not reached (CON-11..13), or has
another post by a sheet of the same time (ORG-05).
"""
ItemState = Literal["open", "doing", "done"]


class HandoverItem(msgspec.Struct, omit_defaults=True):
    """One matter: how far it is, when it is due, its papers, and when its applicant comes (ms, 0: no appointment)."""

    matter: str
    state: ItemState = "open"
    due: str = ""
    materials: str = ""
    appointment: int = 0
    note: str = ""


class Prepare(msgspec.Struct, omit_defaults=True):
    """`handover.prepare`, rid = the new sheet: `person` hands `post` to `to` from `from_at` until `to_at` (AB-02).

    `keys`: keys, seals and accounts that change hands; `why`: the reason when it is not a day ahead; `notice`, `leave`: what it goes with.
    `paper`: number of the paper form it was first written on (补录, EMG-10).
    """

    post: str
    person: str
    to: str
    from_at: int
    to_at: int
    reason: HandoverReason
    items: list[HandoverItem]
    keys: list[str] = []
    notes: str = ""
    why: str = ""
    notice: str | None = None
    leave: str | None = None
    paper: str = ""


class SheetReceived(msgspec.Struct):
    """`handover.received`, rid = sheet: B's phone has it, and says so by itself (CON-11, CON-12)."""


class SheetAnswer(msgspec.Struct, omit_defaults=True):
    """`handover.answer`, rid = sheet: B accepts, or declines with a reason."""

    accept: bool
    text: str = ""


class SheetAssign(msgspec.Struct, omit_defaults=True):
    """`handover.assign`, rid = sheet: HEAD, the office or A names (another) B."""

    to: str
    text: str = ""


class ItemNote(msgspec.Struct, omit_defaults=True):
    """`handover.item`, rid = sheet: how far matter number `item` is now; whoever says it did it (AB-03)."""

    item: int
    state: ItemState
    text: str = ""


class Back(msgspec.Struct, omit_defaults=True):
    """`handover.back`, rid = sheet: B hands everything back with a report; what is open returns to A (AB-06)."""

    at: int
    report: str = ""


class SheetClose(msgspec.Struct, omit_defaults=True):
    """`handover.close`, rid = sheet: A (or HEAD) has everything back."""

    text: str = ""


class SheetWithdraw(msgspec.Struct, omit_defaults=True):
    """`handover.withdraw`, rid = sheet: A takes it back before it is in force."""

    text: str = ""


class HandoverRow(msgspec.Struct, omit_defaults=True):
    """Row `handover`: the whole sheet, for A, B and HEAD of the unit. `planned`: at least a day ahead (AB-02).

    Times are trusted ms: `delivered_at` since when B's phone has it, `taken_at` since when B serves, `forced`: without having said yes.
    `open_items`: numbers of the matters that are not done. `trouble`: why HEAD is asked. `report`: what B says was done.
    `a_back`: A has come back from the absence it was made for, so that B hands back (AB-06).
    """

    post: str
    unit: str
    a: str
    b: str
    from_at: int
    to_at: int
    reason: HandoverReason
    items: list[HandoverItem]
    state: HandoverState
    planned: bool
    made_at: int
    grade: Literal["A", "B", "C"]
    by: str
    keys: list[str] = []
    notes: str = ""
    why: str = ""
    notice: str = ""
    leave: str = ""
    delivered_at: int | None = None
    accepted_at: int | None = None
    declined_text: str = ""
    taken_at: int | None = None
    forced: bool = False
    back_at: int | None = None
    report: str = ""
    trouble: HandoverTrouble = ""
    open_items: list[int] = []
    a_back: bool = False
    paper: str = ""


class HandoverCover(msgspec.Struct, omit_defaults=True):
    """Row `handover.cover`: the cover state alone, for those who patrol and for the office, who names a B when HEAD does not."""

    post: str
    a: str
    b: str
    from_at: int
    to_at: int
    state: HandoverState
    planned: bool
    trouble: HandoverTrouble = ""


OPS = (
    evidence("handover.prepare", 1, Prepare),
    evidence("handover.received", 1, SheetReceived),
    evidence("handover.answer", 1, SheetAnswer),
    evidence("handover.assign", 1, SheetAssign),
    evidence("handover.item", 1, ItemNote),
    evidence("handover.back", 1, Back),
    evidence("handover.close", 1, SheetClose),
    evidence("handover.withdraw", 1, SheetWithdraw),
)
ROWS = (RowKind("handover", HandoverRow), RowKind("handover.cover", HandoverCover))
