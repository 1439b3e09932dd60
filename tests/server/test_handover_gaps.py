"""CON-11..13 beside the scenes: a stand-in who is at another post, and what HEAD is asked at once."""

from itertools import islice, permutations

from tests.server.scenes.conflicts import accepts
from tests.server.scenes.handover import LEAVE, LEFT, SEEN, li_leaves, li_steps_up_elsewhere, received
from tests.server.scenes.small_hall import ACTORS, at, small_hall

ORDERS_MAX = 24


def test_who_has_taken_another_post_is_not_counted_for_not_standing_in() -> None:
    """CON-12: 李 stood in at w2 already; a promise given since then binds him all the same (CON-10)."""
    busy = li_steps_up_elsewhere("9:30")
    for said, counted in (((busy, LEFT, received("9:59")), 0), ((LEFT, received("9:59")), 1), ((busy, LEFT, accepts("9:59")), 1)):
        for order in islice(permutations((*said, *SEEN)), ORDERS_MAX):
            hall = small_hall("08:35")
            for one in order:
                assert hall.run(one.op(hall)).code in (None, "REF_WAIT")
            hall.tick(at("15:30"))
            assert hall.row("finding", "o1").get("cover_count", 0) == counted, [s.kind for s in order]


def test_a_gap_reaches_head_at_once() -> None:
    """CON-11..13: 交接未达 and a stand-in on leave, away or at another post are HEAD's to settle; A is told on sync."""
    there = li_steps_up_elsewhere("9:30")
    gaps = (
        ((LEFT,), "unreached"),
        ((LEFT, *LEAVE), "leave"),
        ((LEFT, li_leaves("9:50")), "away"),
        ((there, LEFT), "busy"),
        ((LEFT, there), "busy"),
    )
    for facts, trouble in gaps:
        hall = small_hall("08:35")
        for said in facts:
            hall.run(hall.op(ACTORS[said.who], said.kind, said.rid, said.args, at=at(said.clock), received=at("10:00")))
        hall.tick(at("10:05"))
        assert hall.row("away.told", "n1")["trouble"] == trouble
        assert {"u:wang", "head:u1", "role:OFF"} <= hall.buckets("away.told", "n1")
