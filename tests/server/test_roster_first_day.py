"""A roster published after its day has begun: it counts from then on, and stands as it was published (ORG-02, ORG-06, ORG-07)."""

import msgspec
import pytest

from server.domain.roster.ops import CopyRoster, DutyCell, PublishRoster, PutDraft
from tests.server.scenes.small_hall import ACTORS, DAY, POSTS, at, small_hall
from tests.support.memory_tx import MemoryHall

WED, NEXT = "2026-11-25", "2026-12-02"


def first_day(clock: str) -> MemoryHall:
    """A hall whose first roster is published at `clock` of a day for which there was none."""
    hall = small_hall()
    everybody = [DutyCell(WED, post, a, b) for post, (_, _, a, b) in POSTS.items()]
    assert said(hall, "roster.draft", PutDraft(everybody), clock, WED) == "applied"
    assert said(hall, "roster.publish", PublishRoster(WED, WED), clock, WED) == "applied"
    return hall


def said(hall: MemoryHall, kind: str, args: msgspec.Struct, clock: str, day: str = DAY) -> str:
    outcome = hall.send(ACTORS["zhou"], kind, "r", args, received=at(clock, day))
    return outcome.code or outcome.st


@pytest.mark.parametrize("clock", ["10:00", "13:00", "15:00"])
def test_what_was_published_late_is_no_gap_and_the_next_change_goes_through(clock: str) -> None:
    """ORG-02, ORG-06: the contact post was filled; nobody is held up by the hour before."""
    hall = first_day(clock)
    assert said(hall, "roster.draft", PutDraft([DutyCell(WED, "w1", "zhao", "li")]), "16:00", WED) == "applied"
    assert not hall.row("roster.check", WED).get("gaps")
    assert said(hall, "roster.publish", PublishRoster(WED, WED, text="王开会"), "16:00", WED) == "applied"
    assert hall.tx.ask("on_duty", post="w1", at=at("08:31", WED)).a == "", "nobody answers for the hours before"
    assert hall.tx.ask("on_duty", post="w1", at=at("16:00", WED)).a == "zhao"


def test_a_change_of_today_can_be_taken_back_and_is_told_both_times() -> None:
    """ORG-07: the draft that says the morning's plan again is a change of what was published since."""
    hall = small_hall("09:00")
    for a, clock in (("zhao", "10:00"), ("wang", "11:00")):
        assert said(hall, "roster.draft", PutDraft([DutyCell(DAY, "w1", a, "li")]), clock) == "applied"
        assert said(hall, "roster.publish", PublishRoster(DAY, DAY, text="换人"), clock) == "applied"
    assert [hall.tx.ask("on_duty", post="w1", at=at(clock)).a for clock in ("09:30", "10:30", "11:30")] == ["wang", "zhao", "wang"]
    told = sorted((row["at"], row["before"][0], row["after"][0]) for _, row in hall.rows("roster.change") if row["post"] == "w1")
    assert [names for _, *names in told] == [["wang", "zhao"], ["zhao", "wang"]]


def test_a_first_day_is_copied_as_it_was_published() -> None:
    hall = first_day("10:00")
    assert said(hall, "roster.copy", CopyRoster(WED, NEXT, 1), "17:00", WED) == "applied"
    assert hall.row("duty.draft", f"{NEXT}:w1")["a"] == "wang"
