"""热点难点 hot and hard issues (EMG-06, RCT-04): what of a period was found to be frequent, an order to a section, and its answer.

The order keeps the figures it was given for: what the analysis counts later changes nothing about them.
"""

from typing import Literal

import msgspec

from sync.ops import RowKind, command, evidence

Source = Literal["incident", "problem", "finding"]
State = Literal["ordered", "answered", "returned", "settled"]


class Counted(msgspec.Struct):
    """How often something was there in the section: `kind` is that of an incident, the code of a problem, the state of a finding."""

    source: Source
    kind: str
    count: int


class OrderSection(msgspec.Struct, omit_defaults=True):
    """`hot.order`, rid = new order: the section `unit` is told to act on what was frequent from `from_day` to `to_day` (ISO).

    `days`: term in working days; 0: the hall's own (`emg.order_days`).
    """

    unit: str
    topic: str
    demand: str
    from_day: str
    to_day: str
    counted: list[Counted]
    days: int = 0


class AnswerOrder(msgspec.Struct):
    """`hot.answer`, rid = order: what the section found and does; by its head."""

    text: str


class SettleOrder(msgspec.Struct, omit_defaults=True):
    """`hot.settle`, rid = order: the answer is enough, or (with a reason) it is not. Never by somebody of the section."""

    accept: bool
    text: str = ""


class OrderStep(msgspec.Struct, omit_defaults=True):
    """One step of an order, by whom and when (ms, trusted time)."""

    step: Literal["ordered", "answered", "returned", "settled"]
    by: str
    at: int
    text: str = ""


class HotOrder(msgspec.Struct, omit_defaults=True):
    """Row `hot.order`: for the head of the section and those who may give orders. `overdue`: not answered by the end of the term.

    `due_at` ms, `due_day` ISO; `provisional`: the term reaches a year whose calendar is not published; `was_due_day`: before it was.
    """

    unit: str
    topic: str
    demand: str
    from_day: str
    to_day: str
    counted: list[Counted]
    by: str
    at: int
    due_at: int
    due_day: str
    state: State
    steps: list[OrderStep]
    provisional: bool = False
    overdue: bool = False
    was_due_day: str = ""


OPS = (
    command("hot.order", 1, OrderSection),
    evidence("hot.answer", 1, AnswerOrder),
    command("hot.settle", 1, SettleOrder),
)
ROWS = (RowKind("hot.order", HotOrder),)
