"""What the office has put on the lobby board beside the windows (DSP-01)."""

from server.domain.board import ops
from server.domain.hall.rules import add_days
from server.examples.scene import Scene
from sync.units import MINUTE_MS

NO_PHONE = "0000-00000000"


def play(s: Scene) -> None:
    """A notice, Saturdays by appointment (§14), a promise, who is on duty, where to complain, last month in numbers."""
    at = s.at(1, "08:40")
    month = add_days(f"{s.today[:7]}-01", -1)[:7]
    items = (
        ops.PutBoardItem("notice", s.days[1], s.coming_day(8), s.names("board_notice"), s.names("board_notice_text"), checked=True),
        ops.PutBoardItem("notice", s.days[1], "", s.names("board_saturday"), s.names("board_saturday_text"), checked=True),
        ops.PutBoardItem("promise", s.days[1], "", s.names("board_promise"), s.names("board_promise_text"), checked=True),
        ops.PutBoardItem("leader", s.today, s.coming_day(4), person=s.who("leader" if s.has("leader") else "office")),
        ops.PutBoardItem("channel", s.days[1], phone=s.hall.phone or NO_PHONE),
        ops.PutBoardItem("figures", totals=ops.BoardTotals(month, 4120, 4107, 1630, 1602)),
    )
    for n, item in enumerate(items):
        s.new(at + n * MINUTE_MS, "office", "board.put", item)
