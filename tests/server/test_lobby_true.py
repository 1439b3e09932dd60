"""The lobby says what the trail knows: who is away though no post was named, a post nobody keeps just now, which neighbour serves the same
(AWY-09, DSP-01, ORG-01)."""

import pytest

from server.domain.presence.ops import Announce, Reason, Return
from server.domain.roster.ops import PutPost, PutSwap
from sync.units import MINUTE_MS
from tests.server.scenes.attendance import NEXT
from tests.server.scenes.conflicts import look
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import ACTORS, DAY, at, small_hall
from tests.support.memory_tx import MemoryHall

LATER = "2026-11-25"


def label(hall: MemoryHall, post: str) -> str:
    """What the public reads of a post."""
    found: str = hall.row("post.pub", post)["label"]
    return found


def go_to(hall: MemoryHall, post: str) -> str:
    """Where a post sends people."""
    found: str = hall.row("post.pub", post).get("go_to", "")
    return found


def gone(hall: MemoryHall, who: str, rid: str, *posts: str, clock: str = "09:06") -> None:
    """Somebody is off from then on for the day."""
    args = Announce([*posts], "off_today", at(clock), at("17:00"), who)
    assert hall.send(ACTORS[who], "away.announce", rid, args, received=at(clock)).st == "applied"


def put(hall: MemoryHall, post: str, unit: str, **more: object) -> None:
    """The office says what a post is."""
    args = PutPost(**({"number": post, "zone": "A", "unit": unit, "kind": "window", "required": True} | more))  # type: ignore[arg-type]
    assert hall.send(ACTORS["zhou"], "org.post", post, args, received=at("09:01")).st == "applied"


# --- neighbours -------------------------------------------------------------------------------------------------------


def test_a_post_without_a_group_sends_people_to_a_common_service_of_its_unit_or_nowhere() -> None:
    """DSP-08, ORG-10: an import without the column of groups makes no one group of the whole hall."""
    hall = small_hall("09:00")
    for post, unit in (("w1", "u1"), ("w2", "u1"), ("w3", "u2"), ("d1", "c-office")):
        put(hall, post, unit, group="")
    gone(hall, "wang", "n1", "w1")
    assert go_to(hall, "w1") == "w2", "the same unit, the same service"
    gone(hall, "qian", "n2", "w2")
    assert (go_to(hall, "w1"), go_to(hall, "w2")) == ("", "")


# --- who is away ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("posts", [(), ("w2",)], ids=["no post", "a post of an old roster"])
def test_a_notice_that_does_not_name_the_post_shows_there_all_the_same(posts: tuple[str, ...]) -> None:
    """AWY-09, CON-42: it clears the person, and nobody is sent to him; back is back."""
    hall = small_hall("09:00")
    gone(hall, "wang", "n1", *posts)
    assert label(hall, "w1") == "off_today"
    gone(hall, "qian", "n2", "w2", clock="09:07")
    assert go_to(hall, "w2") != "w1"
    assert hall.send(ACTORS["wang"], "away.return", "n1", Return(at("09:30")), received=at("09:30")).st == "applied"
    assert (label(hall, "w1"), go_to(hall, "w2")) == ("on_post", "w1")


@pytest.mark.parametrize(
    ("reason", "day", "clock", "said"),
    [("trip", DAY, "16:58", "17:00"), ("trip", NEXT, "10:00", None), ("trip", NEXT, "00:00", None), ("off_today", DAY, "17:00", None)],
    ids=["today", "tomorrow", "midnight", "off for the day"],
)
def test_the_lobby_names_an_hour_only_of_today(reason: Reason, day: str, clock: str, said: str | None) -> None:
    """AWY-09, DSP-01: a clock time without a day means today; "about 00:00" tells nobody anything."""
    hall = small_hall("09:00")
    args = Announce(["w1"], reason, at("09:06"), at(clock, day), "wang", destination="市局")
    assert hall.send(ACTORS["wang"], "away.announce", "n1", args, received=at("09:06")).st == "applied"
    assert hall.row("post.pub", "w1").get("back_at") == (at(said) if said else None)


def test_a_notice_for_another_of_his_posts_of_today_says_nothing_of_this_one() -> None:
    """AWY-09: 王 has two posts and left one of them."""
    hall = small_hall("09:00")
    assert hall.send(ACTORS["wang"], "roster.swap", "s", PutSwap("w2", DAY, "wang", "qian"), received=at("09:05")).st == "applied"
    gone(hall, "wang", "n1", "w2")
    assert (label(hall, "w1"), label(hall, "w2")) == ("on_post", "off_today")


def test_a_swap_to_somebody_who_is_away_shows_nobody_there() -> None:
    """ORG-09, AWY-09."""
    hall = small_hall("09:00")
    gone(hall, "li", "n1")
    assert hall.send(ACTORS["zhao"], "roster.swap", "s", PutSwap("w1", DAY, "li", "wang"), received=at("09:10")).st == "applied"
    assert label(hall, "w1") == "off_today"


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_post_that_is_kept_in_the_mornings_is_not_served_in_the_afternoon() -> None:
    """ORG-01, DSP-01: nobody is due there, and nobody is sent there; a server that stood still over noon says so, too."""
    hall = small_hall("09:00")
    put(hall, "w1", "u1", sessions=[0], group="all")
    hall.tick(at("09:00", NEXT))
    assert label(hall, "w1") == "on_post"
    hall.tick(at("14:31", NEXT))
    assert label(hall, "w1") == "suspended"
    assert go_to(hall, "w1") == "w2"


# --- a patrol says otherwise --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [("10:02", "10:30"), ("11:50", "15:00")], ids=["back in between", "the afternoon"])
def test_a_window_seen_empty_once_more_is_noticed_again(first: str, second: str) -> None:
    """DSP-08: 王 was away and came back, or it was noon; what a patrol sees after that counts anew."""
    hall = small_hall("09:00")
    facts = [
        Said("wang", "09:58", "away.announce", "n1", Announce(["w1"], "step_away", at("09:58"), at("10:20"), "wang")),
        Said("wang", "10:10", "away.return", "n1", Return(at("10:10"))),
        look("o1", first, "empty_no_notice"),
    ]
    for said in sorted(facts, key=lambda one: one.at):
        hall.tick(said.at)
        assert hall.run(said.op(hall, said.at)).st == "applied"
    hall.tick(at(second))
    assert label(hall, "w1") == "on_post"
    hall.run(look("o2", second, "empty_no_notice").op(hall, at(second)))
    hall.tick(at(second) + 11 * MINUTE_MS)
    assert label(hall, "w1") == "suspended"
