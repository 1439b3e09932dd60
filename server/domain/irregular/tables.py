"""How the plan of irregular rounds is kept (PTL-05): P5, for ever."""

from typing import ClassVar

import msgspec

from server.domain.base import Record
from server.domain.hall.rules import FOREVER
from server.domain.irregular.ops import DueRound, PlanState
from server.domain.visit.rules import Drawn, Inputs


class IrregularRecord(Record):
    """A period of irregular rounds. `entry`: root of the minute of the log the seed was made with, hex; `drawn`: as the draw said it.

    `look_at`: when a drawn round is to be looked at again (ms): has it been walked?
    """

    TABLE: ClassVar[str] = "irregular_plan"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("state", "look_at"),)

    by: str
    from_day: str
    to_day: str
    per_zone: int
    percent: int
    committed_at: int
    inputs: Inputs
    secret: str
    commitment: str
    state: PlanState = "committed"
    entry: str = ""
    drawn: list[Drawn] = msgspec.field(default_factory=list)
    rounds: list[DueRound] = msgspec.field(default_factory=list)
    look_at: int = FOREVER
    text: str = ""
