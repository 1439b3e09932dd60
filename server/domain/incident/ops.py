"""突发事件 incidents (EMG-01..03, EMG-07): a first report in four taps, then three in-place ticks 处理到位 报告到位 反馈到位."""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from sync.ops import RowKind, evidence

Kind = Literal["dispute", "crowd", "system", "power", "medical", "fire", "security", "media", "opinion", "other"]
Duty = Literal["handling", "report", "feedback"]


class Report(msgspec.Struct, omit_defaults=True):
    """`incident.report`, rid = new incident. `place` is a post id or a zone id; `level` 1 (gravest) to 4."""

    kind: Kind
    place: str
    found_at: int
    level: int
    people: int = 0
    text: str = ""


class Tick(msgspec.Struct, omit_defaults=True):
    """`incident.tick`, rid = incident: one in-place duty is done, by whom it was done and when."""

    duty: Duty
    at: int
    text: str = ""


class Done(msgspec.Struct, omit_defaults=True):
    """One ticked duty."""

    duty: Duty
    by: str
    at: int
    text: str = ""


class Incident(msgspec.Struct, omit_defaults=True):
    """Row `incident`: for INS, EFF, OFF, LEAD, the head of the place and the reporter. `escalated`: how far the timers went (EMG-07)."""

    kind: Kind
    place: str
    found_at: int
    received_at: int
    level: int
    reporter: str
    responder: str
    people: int
    text: str
    done: list[Done]
    escalated: Literal["", "responder", "head", "lead"]
    state: Literal["reported", "handling", "closed"]
    blobs: list[Attached] = []


OPS = (evidence("incident.report", 1, Report), evidence("incident.tick", 1, Tick))
ROWS = (RowKind("incident", Incident),)
