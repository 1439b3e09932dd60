"""公示屏内容 what the lobby board says beside the windows (DSP-01): texts, duty leader, contacts and last month's totals.

Dated data of the office: nothing of it follows from a record about a person, and nothing else reaches the board as free text (DSP-02).
"""

from typing import Literal

import msgspec

from server.domain.hall.ops import Names
from sync.ops import RowKind, command

Kind = Literal["notice", "promise", "procedure", "basis", "term", "result", "leader", "channel", "figures"]
"""通知 · 服务承诺 · 四公开: 程序, 依据, 时限, 结果 · 值班领导 · 监督方式 · 上月统计."""
PublicKind = Literal["notice", "promise", "procedure", "basis", "term", "result", "leader", "channel", "figures", "progress"]
"""And 整改进度, which nobody writes: it is counted (RCT-05)."""


class BoardTotals(msgspec.Struct):
    """A `month` (YYYY-MM) as the office counted it: `cases` completed, of these `in_time`; of these `rated`, of those `satisfied`."""

    month: str
    cases: int
    in_time: int
    rated: int
    satisfied: int


class PutBoardItem(msgspec.Struct, omit_defaults=True):
    """`board.put`, rid = new item or the one that is changed: stands on the board from the day `first` to `until` (ISO, "" for no end).

    Texts have `title` and `words` and were `checked` against the list of DIS-01; 值班领导 has `person`; 监督方式 `phone` and `link`;
    上月统计 has `totals`, and its days follow from the month.
    """

    kind: Kind
    first: str = ""
    until: str = ""
    title: Names = {}
    words: Names = {}
    checked: bool = False
    person: str = ""
    phone: str = ""
    link: str = ""
    totals: BoardTotals | None = None


class EndBoardItem(msgspec.Struct):
    """`board.end`, rid = item: it leaves the board at once."""


class BoardItem(msgspec.Struct, omit_defaults=True):
    """Row `board.item`: an item for the office, with who put it there and when (ms). `ended`: it was taken off before its time."""

    kind: Kind
    first: str
    until: str
    by: str
    at: int
    title: Names = {}
    words: Names = {}
    person: str = ""
    phone: str = ""
    link: str = ""
    totals: BoardTotals | None = None
    ended: bool = False


class Share(msgspec.Struct):
    """`part` of `whole`."""

    part: int
    whole: int


class BoardProgress(msgspec.Struct):
    """How far rectification has come (RCT-05): problems `found` since a day (ISO), of them `rectified`, `verified`; of the `units`
    concerned, how many are `done`.
    """

    since: str
    found: int
    rectified: int
    verified: int
    units: int
    done: int


class BoardPublic(msgspec.Struct, omit_defaults=True):
    """Row `board.pub`, for lobby screens: the same without who wrote it, from a few days before `first` on.

    `at`: when it was put there (ms), of several in force the newest counts. `plate`: the duty leader, as the hall's plate policy writes it.
    Of the totals of a `month` only shares of `idx.min_n` cases or more (SAT-08); `answered`: how many of all gave a rating at all.
    """

    kind: PublicKind
    first: str
    until: str
    at: int
    title: Names = {}
    words: Names = {}
    plate: str = ""
    phone: str = ""
    link: str = ""
    month: str = ""
    in_time: Share | None = None
    satisfied: Share | None = None
    answered: Share | None = None
    progress: BoardProgress | None = None


OPS = (command("board.put", 1, PutBoardItem), command("board.end", 1, EndBoardItem))
ROWS = (RowKind("board.item", BoardItem), RowKind("board.pub", BoardPublic))
