"""Roster and organisation through their handlers: drafts, publishing and its refusals, swaps, people and their rights (ORG-01..09)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.base import Outcome
from server.domain.hall.ops import SessionDuty
from server.domain.hall.tables import DutyRecord, PostRecord, RoleTerm, UnitTerm
from server.domain.roster.ops import (
    Consent,
    CopyRoster,
    Discard,
    DutyCell,
    EndPerson,
    EndUse,
    PublishRoster,
    PutDraft,
    PutPerson,
    PutPost,
    PutService,
    PutSwap,
    PutUnit,
    PutZone,
    Qualify,
)
from server.domain.roster.plans import skills
from server.domain.roster.rules import cover_kind
from tests.server.scenes.small_hall import ACTORS, DAY, at, on_duty, small_hall
from tests.support.memory_tx import MemoryHall

WED = "2026-11-25"
THU = "2026-11-26"
SAT = "2026-11-28"
ALL = {"w1": ("wang", "li"), "w2": ("qian", "wang"), "w3": ("feng", "qian"), "d1": ("han", "zhou")}
OFFICE = frozenset({"role:OFF", "role:ADM"})


def say(hall: MemoryHall, who: str, kind: str, args: Any, rid: str = "r", clock: str = "10:00", **how: Any) -> Outcome:
    return hall.send(ACTORS[who], kind, rid, args, received=how.pop("received", at(clock)), **how)


def cells(day: str = WED, **other: Any) -> PutDraft:
    """Everybody as usual on a day, but for `other`."""
    people = ALL | other
    return PutDraft([DutyCell(day, post, *pair) for post, pair in people.items() if pair])


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_the_offices_and_the_heads_until_it_is_published() -> None:
    hall = small_hall()
    assert say(hall, "zhou", "roster.draft", cells()).st == "applied"
    assert hall.buckets("duty.draft", f"{WED}:w1") == OFFICE | {"head:u1"}
    assert hall.row("duty", f"{WED}:w1") is None
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED)).st == "applied"
    assert hall.row("duty.draft", f"{WED}:w1") is None
    assert hall.buckets("duty", f"{WED}:w1") == {"hall"}
    assert hall.row("duty", f"{WED}:w1")["a"] == "wang"


@pytest.mark.parametrize(("who", "post", "code"), [("zhao", "w1", None), ("zhao", "w3", "NO_RIGHT"), ("wang", "w1", "NO_RIGHT")])
def test_a_head_writes_the_roster_of_his_unit_and_staff_do_not(who: str, post: str, code: str | None) -> None:
    assert say(small_hall(), who, "roster.draft", PutDraft([DutyCell(WED, post, "li", "wang")])).code == code


@pytest.mark.parametrize(
    "cell",
    [
        DutyCell("2026-11-22", "w1", "wang", "li"),
        DutyCell("2026-11-31", "w1", "wang", "li"),
        DutyCell(WED, "w9", "wang", "li"),
        DutyCell(WED, "w1", "nobody", "li"),
        DutyCell(WED, "w1", "wu", "li"),
        DutyCell(WED, "w1", "wang", "wang"),
        DutyCell(WED, "w1", "wang", "li", "", [SessionDuty(-1, "li")]),
    ],
    ids=["yesterday", "no such day", "no such post", "no such person", "a visitor of the check team", "covers himself", "no such session"],
)
def test_a_cell_that_cannot_be_is_refused_with_all_that_came_with_it(cell: DutyCell) -> None:
    hall = small_hall()
    assert say(hall, "zhou", "roster.draft", PutDraft([*cells().cells, cell])).code == "INVALID"
    assert list(hall.rows("duty.draft")) == []


def test_a_draft_that_says_what_is_published_is_none() -> None:
    hall = small_hall()
    say(hall, "zhou", "roster.draft", PutDraft([DutyCell("2026-11-24", "w1", "li", "wang")]))
    say(hall, "zhou", "roster.draft", PutDraft([DutyCell("2026-11-24", "w1", "wang", "li")]))
    assert list(hall.rows("duty.draft")) == []
    assert hall.row("roster.check", "2026-11-24") is None


def test_a_week_is_copied_without_the_days_on_which_the_hall_is_closed() -> None:
    hall = small_hall()
    assert say(hall, "zhou", "roster.copy", CopyRoster(DAY, "2026-11-30", 7)).st == "applied"
    assert [rid for rid, _ in hall.rows("duty.draft")] == [
        f"{d}:{p}" for d in ("2026-11-30", "2026-12-01") for p in ("d1", "w1", "w2", "w3")
    ]
    assert say(hall, "zhou", "roster.copy", CopyRoster(DAY, SAT, 1)).st == "applied"
    assert not any(rid.startswith(SAT) for rid, _ in hall.rows("duty.draft"))
    say(hall, "zhou", "roster.discard", Discard("2026-11-30", "2026-11-30", ["w1"]))
    assert "2026-11-30:w1" not in dict(hall.rows("duty.draft"))


# --- publishing -------------------------------------------------------------------------------------------------------


def test_an_uncovered_required_post_is_not_published_without_a_reason() -> None:
    """ORG-02: refused, the check lists the posts, a reason for each lets it through and is kept."""
    hall = small_hall()
    say(hall, "zhou", "roster.draft", cells(w1=("wang", ""), w2=("qian", ""), w3=("", "")))
    assert hall.row("roster.check", WED)["gaps"] == [{"post": "w3", "kind": "no_a"}], "钱 and 王 cover each other in their group"
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED)) == Outcome("refused", "ROSTER_UNCOVERED")
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED, reasons={"w1": "x"})).code == "ROSTER_UNCOVERED"
    assert hall.row("duty", f"{WED}:w1") is None
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED, reasons={"w3": "单位搬迁"})).st == "applied"
    changes = {change["post"]: change for _, change in hall.rows("roster.change")}
    assert changes["w3"]["uncovered"] == "单位搬迁"
    assert hall.buckets("roster.check", WED) == set()


def test_a_day_without_any_draft_is_not_called_covered() -> None:
    """ORG-02: whoever publishes a week finds the days nobody has written."""
    hall = small_hall()
    say(hall, "zhou", "roster.draft", cells())
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, THU)).code == "ROSTER_CONTACT"


def test_nothing_excuses_an_empty_contact_post() -> None:
    """ORG-06, 000 四.2."""
    hall = small_hall()
    say(hall, "zhou", "roster.draft", PutDraft([*cells(d1=None).cells, DutyCell(WED, "d1", "han", "zhou", "", [SessionDuty(1, "")])]))
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED, reasons={"d1": "开会"})).code == "ROSTER_CONTACT"
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED, posts=["w1", "w2", "w3"])).st == "applied", "others are not held up"


def test_a_person_who_is_b_at_three_posts_needs_the_heads_consent() -> None:
    """ORG-05: HEAD of the person agrees, not the office; a head who publishes has agreed."""
    hall = small_hall()
    say(hall, "zhou", "roster.draft", cells(w1=("wang", "li"), w2=("qian", "li"), w3=("feng", "li")))
    assert hall.row("roster.check", WED)["loads"] == [{"person": "li", "posts": 3, "consent": True}]
    assert hall.row("roster.ask", f"{WED}:u1")["loads"] == [{"person": "li", "posts": 3, "consent": True}], "HEAD is told"
    assert hall.buckets("roster.ask", f"{WED}:u1") == {"head:u1"}
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED)).code == "ROSTER_OVERLOAD"
    for who in ("zhou", "feng", "li"):
        assert say(hall, who, "roster.consent", Consent("li", WED, WED, 3), "c1").code == "NO_RIGHT"
    assert say(hall, "zhao", "roster.consent", Consent("li", WED, WED, 3, "已商量"), "c1").st == "applied"
    assert hall.buckets("roster.consent", "c1") == OFFICE | {"head:u1", "u:li"}
    assert hall.row("roster.check", WED)["loads"] == [{"person": "li", "posts": 3, "consent": False}]
    assert not hall.buckets("roster.ask", f"{WED}:u1"), "nothing waits for him any more"
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED)).st == "applied"


def test_whoever_was_published_is_not_changed_without_a_reason() -> None:
    """ORG-07: every change of a person at a post is logged with reason, lead, before and after."""
    hall = small_hall()
    say(hall, "zhou", "roster.draft", PutDraft([DutyCell("2026-11-24", "w1", "zhao", "li")]))
    assert say(hall, "zhou", "roster.publish", PublishRoster("2026-11-24", "2026-11-24")).code == "REASON_MISSING"
    assert say(hall, "zhou", "roster.publish", PublishRoster("2026-11-24", "2026-11-24", text="王参加培训")).st == "applied"
    (change,) = [change for _, change in hall.rows("roster.change")]
    assert (change["before"], change["after"], change["text"]) == (["wang", "li", ""], ["zhao", "li", ""], "王参加培训")
    assert (change["lead"], change["by"]) == (1, "zhou")
    (rid,) = [rid for rid, _ in hall.rows("roster.change")]
    assert hall.buckets("roster.change", rid) == OFFICE | {"head:u1", "u:wang", "u:zhao", "u:li"}


def test_a_hall_that_wants_notice_gets_a_reason_for_every_change_at_short_notice() -> None:
    """ORG-07 with `ab.change_notice_days`: as a new day differs from what people are used to."""
    hall = small_hall(**{"ab.change_notice_days": 7})
    say(hall, "zhou", "roster.draft", cells())
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED)).st == "applied"
    say(hall, "zhou", "roster.draft", cells(THU, w1=("li", "wang")))
    assert say(hall, "zhou", "roster.publish", PublishRoster(THU, THU)).code == "REASON_MISSING"
    say(hall, "zhou", "roster.draft", cells("2026-12-09", w1=("li", "wang")))
    assert say(hall, "zhou", "roster.publish", PublishRoster("2026-12-09", "2026-12-09")).st == "applied"


def test_a_day_that_has_begun_is_changed_from_now_on_and_not_before() -> None:
    """ORG-07, EVD-05: publishing at 11:00 does not say who was there at 10:00."""
    hall = small_hall()
    say(hall, "zhou", "roster.draft", PutDraft([DutyCell(DAY, "w1", "zhao", "li")]), clock="11:00")
    assert say(hall, "zhou", "roster.publish", PublishRoster(DAY, DAY, text="王请假"), clock="11:00").st == "applied"
    assert on_duty(hall, "w1", "10:00") == ("wang", "li")
    assert on_duty(hall, "w1", "11:00") == ("zhao", "li")
    assert on_duty(hall, "w1", "15:00") == ("zhao", "li")
    assert hall.row("duty", f"{DAY}:w1")["plan"] == [{"n": 0, "a": "wang", "b": "li"}]


def test_a_session_can_be_others() -> None:
    """ORG-01: bound by date and session; the row turns with the session."""
    hall = small_hall()
    afternoon = [SessionDuty(1, "qian", "wang")]
    say(hall, "zhou", "roster.draft", PutDraft([*cells(w1=None).cells, DutyCell(WED, "w1", "wang", "li", "", afternoon)]))
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED)).code == "REASON_MISSING", "钱 would be A of two windows"
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED, text="下午人手不足")).st == "applied"
    assert [on_duty(hall, "w1", clock, WED) for clock in ("08:00", "14:29", "14:30")] == [("wang", "li"), ("wang", "li"), ("qian", "wang")]
    assert hall.tx.ask("duty_of", post="w1", day=WED).a == "wang", "the plan of the day stays what it was"
    hall.tick(at("09:00", WED))
    assert hall.row("duty", f"{WED}:w1")["a"] == "wang"
    hall.tick(at("14:31", WED))
    assert hall.row("duty", f"{WED}:w1")["a"] == "qian"


def test_publishing_raises_the_version_that_observations_name() -> None:
    """EVD-09: a phone says which roster it knew."""
    hall = small_hall()
    before = hall.row("hall", "hall")["roster_version"]
    say(hall, "zhou", "roster.draft", cells())
    say(hall, "zhou", "roster.publish", PublishRoster(WED, WED))
    assert hall.row("hall", "hall")["roster_version"] == before + 1
    assert hall.tx.ask("on_duty", post="w1", at=at("10:00", WED)).version == before + 1
    assert say(hall, "zhou", "roster.publish", PublishRoster(WED, WED)).st == "applied"
    assert hall.row("hall", "hall")["roster_version"] == before + 1, "nothing was published"


def test_a_b_from_another_unit_receives_and_registers_only() -> None:
    """ORG-04: 冯 alone in u2 has 钱 of u1 as B, with limited duties; the duty says so."""
    hall = small_hall()
    say(hall, "zhou", "roster.draft", cells())
    say(hall, "zhou", "roster.publish", PublishRoster(WED, WED))
    assert hall.row("duty", f"{WED}:w3")["cover"] == "limited"
    assert "cover" not in hall.row("duty", f"{WED}:w1")


# --- swaps ------------------------------------------------------------------------------------------------------------


def swap(hall: MemoryHall, who: str, a: str, b: str, clock: str, rid: str, **how: Any) -> Outcome:
    return say(hall, who, "roster.swap", PutSwap("w1", how.pop("day", DAY), a, b), rid, clock, **how)


def test_a_swap_counts_from_its_time_and_everybody_sees_it() -> None:
    """ORG-09: effective from the tap, visible to those who patrol."""
    hall = small_hall()
    assert swap(hall, "li", "li", "wang", "09:30", "s1").st == "applied"
    assert (on_duty(hall, "w1", "09:29"), on_duty(hall, "w1", "09:30")) == (("wang", "li"), ("li", "wang"))
    row = hall.row("duty", f"{DAY}:w1")
    assert (row["a"], row["b"]) == ("li", "wang")
    assert hall.buckets("duty", f"{DAY}:w1") == {"hall"}


def test_the_last_swap_by_trusted_time_wins_whatever_arrives_first() -> None:
    """ORG-09: three phones, any order of arrival, one roster."""
    said = [("li", "li", "wang", "09:10"), ("wang", "wang", "li", "09:20"), ("li", "li", "wang", "09:40")]
    ends = set()
    for order in permutations(said):
        hall = small_hall()
        for who, a, b, clock in order:
            assert swap(hall, who, a, b, clock, f"s{clock}", at=at(clock), received=at("15:00"), op_id=clock).st == "applied"
        ends.add(tuple(on_duty(hall, "w1", clock) for clock in ("09:05", "09:15", "09:30", "09:50")))
    assert ends == {(("wang", "li"), ("li", "wang"), ("wang", "li"), ("li", "wang"))}


def test_a_swap_whose_time_nobody_can_prove_counts_from_its_arrival() -> None:
    """EVD: grade C never accuses and never clears by itself."""
    hall = small_hall()
    assert swap(hall, "li", "li", "wang", "09:30", "s1", at=at("09:30"), received=at("14:40"), grade="C").st == "applied"
    assert (on_duty(hall, "w1", "10:00"), on_duty(hall, "w1", "14:41")) == (("wang", "li"), ("li", "wang"))
    assert hall.tx.ask("on_duty", post="w1", at=at("15:00")).grade == "C"


@pytest.mark.parametrize(
    ("who", "a", "b", "code"),
    [
        ("wang", "li", "wang", None),
        ("zhao", "li", "wang", None),
        ("zhou", "li", "wang", None),
        ("feng", "li", "wang", "NO_RIGHT"),
        ("lin", "li", "wang", "NO_RIGHT"),
        ("wang", "wang", "wang", "INVALID"),
        ("wang", "feng", "wang", "INVALID"),
        ("wang", "", "wang", "INVALID"),
    ],
)
def test_only_those_at_the_post_the_head_and_the_office_swap_and_only_those_people(who: str, a: str, b: str, code: str | None) -> None:
    outcome = swap(small_hall(), who, a, b, "09:30", "s1")
    assert outcome == (Outcome("held", code) if code else Outcome("applied"))


def test_a_swap_for_a_day_that_is_over_waits_for_a_person() -> None:
    hall = small_hall("09:00")
    assert swap(hall, "li", "li", "wang", "09:30", "s1", day="2026-11-22").code == "INVALID", "no roster"
    assert swap(hall, "li", "li", "wang", "09:30", "s2", at=at("09:30", "2026-11-25"), received=at("09:31", "2026-11-25")).code == "INVALID"


def test_a_phone_that_knew_an_older_roster_may_still_swap() -> None:
    """CON-42: 李 was published as B this morning; the office has changed that since, his phone did not know."""
    hall = small_hall()
    say(hall, "zhou", "roster.draft", PutDraft([DutyCell("2026-11-24", "w1", "wang", "zhao")]))
    say(hall, "zhou", "roster.publish", PublishRoster("2026-11-24", "2026-11-24", text="换人"))
    later = {"at": at("09:00", "2026-11-24"), "received": at("12:00", "2026-11-24")}
    assert swap(hall, "li", "li", "wang", "09:00", "s1", day="2026-11-24", **later).st == "applied"
    assert on_duty(hall, "w1", "10:00", "2026-11-24") == ("li", "wang")


def test_no_roster_is_an_answer_too() -> None:
    assert small_hall().tx.ask("on_duty", post="w1", at=at("10:00", "2027-01-01"))[:3] == ("", "", "")


# --- organisation -----------------------------------------------------------------------------------------------------


def test_old_rosters_and_drafts_leave_the_devices_and_stay_in_the_books() -> None:
    hall = small_hall()
    say(hall, "zhou", "roster.draft", cells())
    hall.tick(at("09:00", THU))
    assert hall.row("duty", f"{DAY}:w1") is None
    assert hall.row("duty.draft", f"{WED}:w1") is None
    assert hall.row("roster.check", WED) is None
    assert hall.tx.get(DutyRecord, f"{DAY}:w1") is not None


def put_person(**more: Any) -> PutPerson:
    fields: dict[str, Any] = {
        "name": "新人",
        "badge": "77",
        "units": [UnitTerm("u1", "2026-11-01")],
        "terms": [RoleTerm("STF", "2026-11-01")],
    }
    return PutPerson(**(fields | more))


@pytest.mark.parametrize("kind", ["org.unit", "org.post", "org.person", "org.service", "org.zone"])
def test_only_the_office_and_administrators_keep_the_organisation(kind: str) -> None:
    args = {
        "org.unit": PutUnit({"zh_Hans": "新单位"}, "resident"),
        "org.post": PutPost("9", "A", "u1"),
        "org.person": put_person(),
        "org.service": PutService({"zh_Hans": "户籍"}),
        "org.zone": PutZone({"zh_Hans": "丙区"}, 2, 2),
    }
    for who in ("wang", "zhao", "lin", "ma", "wu"):
        assert say(small_hall(), who, kind, args[kind], "n1").code == "NO_RIGHT"
    assert say(small_hall(), "zhou", kind, args[kind], "n1").st == "applied"


def test_a_person_comes_moves_and_goes_and_the_account_goes_along() -> None:
    """VIS-02, CON-43, PRV-08: rights follow unit and roles of the day; records keep the name."""
    hall = small_hall()
    moves = [UnitTerm("u1", "2026-11-01", "2026-11-24"), UnitTerm("u2", WED)]
    roles = [RoleTerm("STF", "2026-11-01"), RoleTerm("HEAD", WED)]
    assert say(hall, "zhou", "org.person", put_person(units=moves, terms=roles), "n1").st == "applied"
    assert hall.tx.accounts["n1"] == ("77", "新人", "u1", ("STF",), True)
    hall.tick(at("09:00", WED))
    assert hall.tx.accounts["n1"] == ("77", "新人", "u2", ("STF", "HEAD"), True)
    assert hall.tx.ask("unit_on", uid="n1", day=DAY) == "u1"
    assert say(hall, "zhou", "org.person_end", EndPerson(THU), "n1", received=at("10:00", WED)).st == "applied"
    assert hall.tx.accounts["n1"][-1] is True
    hall.tick(at("00:01", THU))
    assert hall.tx.accounts["n1"] == ("77", "新人", "", (), False)
    assert hall.row("person", "n1") == {"name": "新人", "badge": "77", "unit": "", "title": {}, "roles": [], "left": True}
    assert (
        say(hall, "zhou", "roster.draft", PutDraft([DutyCell("2026-11-27", "w1", "n1", "li")]), received=at("09:00", THU)).code == "INVALID"
    )


@pytest.mark.parametrize("role", ["OFF", "ADM", "EFF", "CHECK", "TEAM", "BOARD", "KING"])
def test_the_office_gives_no_role_above_its_own(role: str) -> None:
    """CHK-05: who works for the check team is said nowhere here."""
    assert say(small_hall(), "zhou", "org.person", put_person(terms=[RoleTerm(role, DAY)]), "n1").code == "NO_RIGHT"


def test_a_role_of_the_check_team_is_neither_shown_nor_lost() -> None:
    hall = small_hall()
    args = put_person(name="孙", badge="sun", units=[UnitTerm("c-check", "2020-01-01")], terms=[RoleTerm("HEAD", "2020-01-01")])
    assert say(hall, "zhou", "org.person", args, "sun").st == "applied"
    assert hall.row("person", "sun")["roles"] == ["HEAD"]
    assert hall.row("person.file", "sun")["terms"] == [{"role": "HEAD", "from_day": "2020-01-01"}]
    assert set(hall.row("me", "sun")["roles"]) == {"HEAD", "CHECK"}


def test_visitors_of_the_check_team_cannot_be_touched() -> None:
    hall = small_hall()
    assert say(hall, "zhou", "org.person", put_person(badge="wu"), "wu").code == "INVALID"
    assert say(hall, "zhou", "org.person_end", EndPerson(DAY), "wu").code == "GONE"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"units": [UnitTerm("u9", DAY)]},
        {"units": [UnitTerm("u1", DAY), UnitTerm("u2", DAY)]},
        {"units": [UnitTerm("u1", "2026-11-31")]},
        {"terms": [RoleTerm("STF", DAY, "2026-11-01")]},
        {"entered": "gestern"},
        {"names": {"fr": "Nouveau"}},
    ],
)
def test_a_person_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    assert say(small_hall(), "zhou", "org.person", put_person(**wrong), "n1").code == "INVALID"


def test_numbers_and_badges_are_nobody_elses() -> None:
    hall = small_hall()
    assert say(hall, "zhou", "org.person", put_person(badge="wang"), "n1").code == "TAKEN"
    assert say(hall, "zhou", "org.post", PutPost("w1", "A", "u1"), "n1").code == "TAKEN"


def test_what_is_used_is_not_ended() -> None:
    hall = small_hall()
    assert say(hall, "zhou", "org.unit_end", EndUse(), "u1").code == "IN_USE"
    assert say(hall, "zhou", "org.zone_end", EndUse(), "A").code == "IN_USE"
    assert say(hall, "zhou", "org.post_end", EndUse(), "w1").code == "IN_USE", "published tomorrow"
    assert say(hall, "zhou", "org.post_end", EndUse(), "d1").code == "ROSTER_CONTACT"
    assert say(hall, "zhou", "org.unit", PutUnit({"zh_Hans": "办公室"}, "centre", "zhou"), "c-office").code == "ROSTER_CONTACT"


def test_a_post_is_opened_and_closed() -> None:
    """ORG-01: a post is there without people; closed, it is nowhere any more."""
    hall = small_hall()
    assert say(hall, "zhou", "org.post", PutPost("9", "A", "u1"), "n1").st == "applied"
    assert hall.row("post", "n1")["number"] == "9"
    assert "n1" in [p.rid for p in hall.tx.ask("posts")]
    assert hall.row("post.pub", "n1") is not None
    assert say(hall, "zhou", "org.post_end", EndUse(), "n1").st == "applied"
    assert (hall.row("post", "n1"), hall.row("post.pub", "n1")) == (None, None)


def test_a_decision_on_an_older_version_is_not_carried_out() -> None:
    hall = small_hall()
    args = PutUnit({"zh_Hans": "一科"}, "resident", "zhao")
    version = hall.tx.version("unit", "u1")
    assert version is not None
    assert say(hall, "zhou", "org.unit", args, "u1", guard={"u1": version}).st == "applied"
    assert say(hall, "zhou", "org.unit", args, "u1", guard={"u1": version}) == Outcome("refused", "STALE", version + 1)


def test_services_are_renamed_at_every_post_that_does_them_and_qualify_who_covers() -> None:
    """ORG-03, ORG-08."""
    hall = small_hall()
    say(hall, "zhou", "org.service", PutService({"zh_Hans": "户籍"}, "u1"), "s1")
    assert say(hall, "zhou", "org.post", PutPost("w1", "A", "u1", services=["s1"], group="all"), "w1").st == "applied"
    say(hall, "zhou", "org.service", PutService({"zh_Hans": "户口登记", "en": "Household registration"}, "u1"), "s1")
    assert hall.row("post", "w1")["services"] == [{"zh_Hans": "户口登记", "en": "Household registration"}]
    assert say(hall, "li", "org.qualify", Qualify("li", "s1", True, True, True), "li.s1").code == "NO_RIGHT", "nobody qualifies himself"
    assert say(hall, "zhao", "org.qualify", Qualify("li", "s1", True, True, False), "li.s1").st == "applied"
    w1 = hall.tx.get(PostRecord, "w1")
    assert w1
    assert cover_kind(w1, "li", "u1", skills(hall.tx)) == "partial"
    assert say(hall, "zhao", "org.qualify", Qualify("li", "s1", True, True, True), "li.s1").st == "applied"
    assert cover_kind(w1, "li", "u1", skills(hall.tx)) == "full"
    assert hall.buckets("qualification", "li.s1") == OFFICE | {"head:u1", "u:li"}
    assert say(hall, "zhou", "org.service_end", EndUse(), "s1").code == "IN_USE"


def test_personnel_matters_reach_only_who_may_have_them() -> None:
    """PRV-18, §7: the file of a person is for the person, the head, the office and administrators."""
    hall = small_hall()
    say(hall, "zhou", "org.person", put_person(phone="0000-00009999", employment="聘用", entered="2020-01-01"), "n1")
    assert hall.buckets("person.file", "n1") == OFFICE | {"head:u1", "u:n1"}
    listed = "".join(shown.body for (kind, rid), shown in hall.tx.rows.items() if rid == "n1" and kind != "person.file")
    assert not any(secret in listed for secret in ("0000-00009999", "聘用", "2020-01-01"))
