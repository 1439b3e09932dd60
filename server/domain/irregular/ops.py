"""不定时巡查 irregular rounds (PTL-05): when and where somebody looks follows from a draw; whoever is looked at never knows of the plan."""

from typing import Literal

import msgspec

from server.domain.visit.rules import Drawn, Inputs
from sync.ops import RowKind, command, under_seal

PlanState = Literal["committed", "drawn", "dropped"]
RoundState = Literal["due", "done", "missed"]


class CommitRounds(msgspec.Struct, omit_defaults=True):
    """`irregular.commit`, rid = new plan: a period is laid down and bound to a `secret` (64 hex digits) before it begins.

    `from_day`, `to_day` ISO, both in the period; `zones`, `inspectors`: none given means all zones, all of the efficiency group.
    `per_zone`: how often a zone may come at most; `percent`: of that many rounds, so many are drawn (else the hall's parameters).
    """

    from_day: str
    to_day: str
    secret: str
    zones: list[str] = []
    inspectors: list[str] = []
    per_zone: int | None = None
    percent: int | None = None


class DropRounds(msgspec.Struct):
    """`irregular.drop`, rid = plan: given up, with the reason; what it drew, or would have drawn, is there to be read."""

    text: str


class DueRound(msgspec.Struct, omit_defaults=True):
    """One drawn round: where, from when (ms), by whom. `round`: the one that was walked; missed only after the daily close (PTL-06)."""

    zone: str
    at: int
    who: str
    state: RoundState = "due"
    round: str = ""


class Irregular(msgspec.Struct, omit_defaults=True):
    """Row `irregular`, for the efficiency group alone, before, during and after the period (PTL-05). `committed_at` ms."""

    from_day: str
    to_day: str
    by: str
    state: PlanState
    per_zone: int
    percent: int
    commitment: str
    committed_at: int
    rounds: list[DueRound] = []
    text: str = ""


class DrawProof(msgspec.Struct):
    """Row `irregular.proof`, rid = plan, for the efficiency group: what the draw rests on, as `zaigang_draw.py` reads it.

    `inputs`: each chance of a zone is a unit of the draw (`zone/1`), its zone the stratum, times of beginning stand under `days`.
    """

    inputs: Inputs
    secret: str
    entry: str
    commitment: str
    drawn: list[Drawn]


OPS = under_seal(command("irregular.commit", 1, CommitRounds), command("irregular.drop", 1, DropRounds))
ROWS = (RowKind("irregular", Irregular, sealed=True), RowKind("irregular.proof", DrawProof, sealed=True))
