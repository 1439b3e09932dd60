"""Bodies for apps of older releases: the younger shape is kept, an older one is made of it on the way out (PROTOCOL.md §2)."""

from collections.abc import Callable, Iterable

import msgspec

from sync.messages import Row
from sync.ops import Older, RowKind

Shape = Callable[[Row], Row]


class Shapes:
    """The older shapes of every row kind that has any."""

    def __init__(self, kinds: Iterable[RowKind]) -> None:
        self._older = {kind.kind: kind.older for kind in kinds if kind.older}
        self._newest = max((older.sv for steps in self._older.values() for older in steps), default=0)

    def level(self, sv: int) -> int:
        """What an app of shape release `sv` needs: 0 when it reads everything as it is, else a number to ask `shape` with."""
        return 0 if max(sv, 1) > self._newest else max(sv, 1)

    def shape(self, level: int) -> Shape | None:
        """What makes a row as an app of this level reads it; nothing when it reads everything as it is."""
        return (lambda row: self._down(row, level)) if level else None

    def _down(self, row: Row, level: int) -> Row:
        steps: list[Older] = [older for older in self._older.get(row.k, ()) if older.sv >= level]
        if not steps or row.d is None:
            return row
        body = msgspec.json.decode(row.d)
        for older in steps:
            body = older.down(body)
        return msgspec.structs.replace(row, d=msgspec.json.encode(body).decode(), p=True)
