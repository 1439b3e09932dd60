"""What a person has of leave: granted, booked and used (LV-08, CAL-07)."""

from server.domain.leave.ops import LeaveDecide, LeaveRequest
from tests.server.scenes.small_hall import ACTORS, at, small_hall

NEXT = "2026-11-24"


def test_what_is_approved_and_has_not_begun_is_told_apart_from_what_is_taken() -> None:
    """LV-08, CAL-07: a day's leave of tomorrow is booked today, and used from tomorrow on; it costs the same."""
    hall = small_hall()
    for rid, from_at, to_at in (("a", at("08:30", NEXT), at("17:30", NEXT)), ("b", at("14:30"), at("17:30"))):
        hall.send(ACTORS["wang"], "leave.request", rid, LeaveRequest("wang", "annual", from_at, to_at), received=at("08:00"))
        for who in ("zhao", "zhou"):
            assert hall.send(ACTORS[who], "leave.decide", rid, LeaveDecide(True), received=at("08:30")).st == "applied"

    def annual() -> tuple[int, int, int]:
        one = next(b for b in hall.row("leave.account", "wang")["balances"] if b["type"] == "annual" and b["year"] == 2026)
        return one["used"], one.get("booked", 0), one["pending"]

    assert annual() == (150, 150, 0)
    hall.tick(at("15:00"))
    assert annual() == (150, 100, 0)
    hall.tick(at("09:00", NEXT))
    assert annual() == (150, 0, 0)
