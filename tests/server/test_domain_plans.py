"""Inspection plans through their handlers: bound before the period, seen by nobody, repeatable by everybody (CHK-02..05)."""

import hashlib
import hmac
import json
from typing import Any

import msgspec
import pytest

from server.domain.base import Actor, Outcome
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.ops import Phase, PutCampaign
from server.domain.hall.handlers import put_person
from server.domain.hall.tables import PersonRecord
from server.domain.norms.rules import shipped_checklists as checklists
from server.domain.patrol.ops import Tie
from server.domain.visit.coverage import MEASURES, CoverageRecord
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit, Void
from server.domain.visit.plan_ops import CommitPlan, DrawPlan, DropPlan, ReplaceVisit, RevealPlan
from server.domain.visit.rules import items_of
from server.domain.visit.tables import PlanRecord
from tests.server.scenes.small_hall import ACTORS, DOMAINS, PEOPLE, at, small_hall
from tests.support.draw_tool import tool
from tests.support.memory_tx import MemoryHall

SECRET = "5a" * 32
SHARED = {"hall", "pub", "unit:u1", "head:u1", "role:OFF", "role:INS", "role:EFF", "role:LEAD", "role:TEAM", "role:CHECK", "role:ADM"}


def commit(hall: MemoryHall, who: str = "sun", **more: Any) -> Outcome:
    """Two units, one visitor with a tie to one of them; the period begins tomorrow."""
    args: dict[str, Any] = {"title": "验收检查", "method": "covert", "checklist": "ms-1", "units": ["u1", "u2"], "secret": SECRET}
    args |= {
        "visitors": ["wu", "zheng", "he"],
        "recused": {"he": ["u1"]},
        "from_day": "2026-11-24",
        "to_day": "2026-11-27",
        "slots": ["上午"],
    }
    third_visitor(hall)
    return hall.send(ACTORS[who], "plan.commit", "p1", CommitPlan(**(args | {"coverage_percent": 100} | more)), received=at("10:00"))


def third_visitor(hall: MemoryHall) -> None:
    put_person(hall.tx, PersonRecord(rid="he", name="何", badge="he", unit="", title={"zh_Hans": "职员"}, roles=["TEAM"], outside=True))


def act(hall: MemoryHall, kind: str, args: msgspec.Struct, who: str = "sun", **how: Any) -> Outcome:
    guard = {"p1": hall.tx.version("plan", "p1") or 0}
    return hall.send(ACTORS[who], kind, "p1", args, **({"guard": guard} | how))


def drawn(**more: Any) -> MemoryHall:
    """A plan that was drawn."""
    hall = small_hall()
    assert commit(hall, **more).st == "applied"
    hall.tx.minutes = [(at("10:00"), b"before"), (at("10:02"), b"after")]
    hall.tick(at("10:03"))
    return hall


def visit(hall: MemoryHall, mission: str, who: str) -> None:
    answers = [ItemAnswer(i, "full") for i in items_of(checklists()["ms-1"])]
    day = hall.row("mission", mission)["from_day"]
    args = RecordVisit(mission, "ms-1", at("9:00", day), at("9:20", day), answers)
    assert hall.send(ACTORS[who], "visit.record", f"v-{mission}", args, received=at("10:00", day)).st == "applied"
    guard = {f"v-{mission}": hall.tx.version("visit", f"v-{mission}") or 0}
    assert hall.send(ACTORS["sun"], "visit.publish", f"v-{mission}", Publish(""), guard=guard).st == "applied"


def test_the_draw_happens_by_itself_with_the_first_minute_of_the_log_that_began_after_the_commitment() -> None:
    """CHK-04: neither the lead nor the site could know what it will be, and nobody decides whether it is made."""
    hall = small_hall()
    commit(hall)
    hall.tx.minutes = [(at("10:00"), b"before"), (at("10:01") - 1, b"begun before")]
    hall.tick(at("10:01"))
    assert act(hall, "plan.draw", DrawPlan()).code == "TOO_EARLY"
    assert (hall.row("plan", "p1")["state"], hall.row("plan", "p1")["ready"]) == ("committed", False)
    hall.tx.minutes.append((at("10:02"), b"after"))
    hall.tick(at("10:02"))
    assert (hall.row("plan", "p1")["state"], hall.row("plan", "p1")["ready"]) == ("drawn", True)


def test_a_phone_of_an_older_release_that_asks_for_the_draw_gets_the_one_there_is() -> None:
    """CHK-04: asked before the server looked, twice, or with the version it knew; it changes nothing."""
    hall = small_hall()
    commit(hall)
    hall.tx.minutes = [(at("10:02"), b"after")]
    assert act(hall, "plan.draw", DrawPlan(), received=at("10:03")).st == "applied"
    after = dict(hall.tx.rows)
    hall.tick(at("10:04"))
    assert act(hall, "plan.draw", DrawPlan(), guard={"p1": 1}).st == "applied"
    assert hall.tx.rows == after
    assert [kind.guarded for domain in DOMAINS for kind in domain.ops if kind.kind.startswith("plan.")].count(False) == 1


def six(hall: MemoryHall, *drop_before: str) -> list[str]:
    """A lead lays down six plans of one period and keeps the first; those in `drop_before` he gives up before the log has its minute."""
    third_visitor(hall)
    rids = [f"p{n}" for n in range(1, 7)]
    for n, rid in enumerate(rids):
        args = CommitPlan(
            **{"title": "验收", "method": "covert", "checklist": "ms-1", "units": ["u1", "u2"], "secret": f"{n:02x}" * 32},
            **{"visitors": ["wu", "zheng", "he"], "from_day": "2026-11-24", "to_day": "2026-11-27", "slots": ["上午"]},
            coverage_percent=50,
        )
        assert hall.send(ACTORS["sun"], "plan.commit", rid, args, received=at("10:00")).st == "applied"
    give_up(hall, *drop_before)
    hall.tx.minutes = [(at("10:02"), b"after")]
    hall.tick(at("10:03"))
    give_up(hall, *(rid for rid in rids[1:] if rid not in drop_before))
    return rids


def give_up(hall: MemoryHall, *rids: str) -> None:
    for rid in rids:
        guard = {rid: hall.tx.version("plan", rid) or 0}
        assert hall.send(ACTORS["sun"], "plan.drop", rid, DropPlan(" "), guard=guard) == Outcome("refused", "INVALID")
        assert hall.send(ACTORS["sun"], "plan.drop", rid, DropPlan(f"不要 {rid}"), guard=guard).st == "applied"


def test_whoever_lays_down_six_plans_and_keeps_the_one_that_pleases_shows_all_six() -> None:
    """CHK-02, CHK-04: what every one of them drew, and why five were given up, is there for everybody once the period is over."""
    hall = small_hall()
    rids = six(hall, "p2", "p3")
    missions = [row["state"] for rid, row in hall.rows("mission") if rid != "m1"]
    assert sorted(missions) == ["open", "void", "void", "void"]
    hall.tick(at("23:59", "2026-11-27"))
    assert list(hall.rows("plan.public")) == []
    hall.tick(at("0:01", "2026-11-28"))
    hall.tick(at("0:01", "2026-12-12"))
    shown = dict(hall.rows("plan.public"))
    assert sorted(shown) == rids
    assert {rid: (row.get("dropped", False), row.get("text", "")) for rid, row in shown.items()} == {
        "p1": (False, ""),
        **{rid: (True, f"不要 {rid}") for rid in rids[1:]},
    }
    for row in shown.values():
        assert row["drawn"]
        assert list(tool().differences(row)) == []


def test_a_draw_its_lead_leaves_unread_is_revealed_by_itself_two_weeks_after_its_period() -> None:
    """CHK-04: nobody draws several plans, uses one, and is silent about the others."""
    hall = drawn()
    hall.tick(at("23:00", "2026-12-11"))
    assert hall.row("plan.public", "p1") is None
    hall.tick(at("0:01", "2026-12-12"))
    assert hall.row("plan", "p1")["state"] == "revealed"
    assert list(tool().differences(hall.row("plan.public", "p1"))) == []
    assert len(hall.tx.find(CoverageRecord)) == 2


def test_a_draw_with_a_sealed_result_is_not_revealed_by_itself_for_a_quarter_of_a_year() -> None:
    """CHK-04, CHK-05: the draw would tell a unit of a visit it does not know of; for ever nobody can keep it to himself."""
    hall = drawn()
    rid, mission = next((rid, row) for rid, row in hall.rows("mission") if rid.startswith("p1:"))
    answers = [ItemAnswer(i, "full") for i in items_of(checklists()["ms-1"])]
    args = RecordVisit(rid, "ms-1", at("9:00", "2026-11-24"), at("9:20", "2026-11-24"), answers)
    assert hall.send(ACTORS[mission["team"][0]], "visit.record", "v1", args, received=at("10:00", "2026-11-24")).st == "applied"
    hall.tick(at("0:01", "2026-12-12"))
    hall.tick(at("9:00", "2027-02-25"))
    assert hall.row("plan.public", "p1") is None
    hall.tick(at("9:00", "2027-02-26"))
    assert hall.row("plan.public", "p1") is not None


def test_a_plan_whose_minute_came_after_its_period_sends_nobody_and_says_why() -> None:
    """CHK-04: days gone by cannot be visited; what it would have drawn is there to be read."""
    hall = small_hall()
    assert commit(hall).st == "applied"
    hall.tick(at("9:00", "2026-11-28"))
    public = hall.row("plan.public", "p1")
    assert (public["dropped"], public["lapsed"], public["entry"], public["drawn"]) == (True, True, "", [])
    assert list(tool().differences(public)) == []
    hall.tx.minutes = [(at("9:02", "2026-11-28"), b"after")]
    assert act(hall, "plan.draw", DrawPlan(), received=at("9:02", "2026-11-28")).code == "GONE"
    hall.tick(at("9:03", "2026-11-28"))
    public = hall.row("plan.public", "p1")
    assert (public["lapsed"], public["entry"], len(public["drawn"])) == (True, b"after".hex(), 2)
    assert list(tool().differences(public)) == []
    assert [rid for rid, _ in hall.rows("mission") if rid.startswith("p1:")] == []
    assert (hall.row("plan", "p1")["state"], hall.row("plan", "p1")["lapsed"]) == ("dropped", True)


def test_every_visit_becomes_a_mission_of_its_team_and_recusal_holds() -> None:
    """CHK-04."""
    hall = drawn()
    missions = {row["unit"]: row for rid, row in hall.rows("mission") if rid.startswith("p1:")}
    assert missions.keys() == {"u1", "u2"}
    assert set(missions["u1"]["team"]) == {"wu", "zheng"}
    assert all(len(set(m["team"])) == 2 for m in missions.values())
    for rid, row in hall.rows("mission"):
        assert hall.buckets("mission", rid) == {"u:sun", *(f"u:{uid}" for uid in row["team"])}


def test_nobody_but_the_lead_and_the_teams_sees_anything_until_it_is_revealed() -> None:
    """CHK-05."""
    quiet = small_hall()
    third_visitor(quiet)
    hall = drawn()
    others = {f"u:{uid}" for uid in PEOPLE} - {"u:sun", "u:wu", "u:zheng"}
    assert hall.seen_by(*others, *SHARED) == quiet.seen_by(*others, *SHARED)


def test_what_is_revealed_can_be_repeated_and_names_no_visitor() -> None:
    """CHK-04, CHK-05."""
    hall = drawn()
    assert act(hall, "plan.reveal", RevealPlan(), received=at("10:00", "2026-11-27")).code == "TOO_EARLY"
    assert act(hall, "plan.reveal", RevealPlan("按期公布"), received=at("10:00", "2026-11-30")).st == "applied"
    assert hall.buckets("plan.public", "p1") == {"hall"}
    public = hall.row("plan.public", "p1")
    assert list(tool().differences(public)) == []
    text = json.dumps(public, ensure_ascii=False)
    assert not any(f'"{uid}"' in text or PEOPLE[uid][0] in text for uid in ("wu", "zheng"))
    public["inputs"]["units"][0]["windows"].append("w9")
    assert list(tool().differences(public)) != []


def test_nobody_finds_a_visitor_behind_an_alias_with_what_is_published() -> None:
    """PRV-15, CHK-05: every id of the hall tried with the published secret, in every way an alias was ever made, finds nobody."""
    hall = drawn()
    act(hall, "plan.reveal", RevealPlan(), received=at("10:00", "2026-11-30"))
    public = hall.row("plan.public", "p1")
    assert SECRET not in json.dumps(public)
    aliases = {one["id"] for one in public["inputs"]["visitors"]}
    keys = [bytes.fromhex(public[name]) for name in ("secret", "entry", "commitment")]
    tried = {hashlib.sha256(b"zaigang-alias\n" + key + uid.encode()).hexdigest()[:12] for key in keys for uid in ("wu", "zheng", "he")}
    tried |= {hmac.digest(key, b"zaigang-alias\n" + uid.encode(), "sha256").hex()[:12] for key in keys for uid in ("wu", "zheng", "he")}
    assert not tried & aliases


def test_who_visits_no_more_sees_no_mission_and_hands_in_no_sheet() -> None:
    """VIS-02, CHK-05."""
    hall = drawn()
    rid, mission = next((rid, row) for rid, row in hall.rows("mission") if rid.startswith("p1:"))
    who, other = mission["team"]
    person = hall.tx.get(PersonRecord, who)
    assert person is not None
    put_person(hall.tx, msgspec.structs.replace(person, roles=[]))
    hall.tick(at("10:30"))
    assert hall.buckets("mission", rid) == {"u:sun", f"u:{other}"}
    answers = [ItemAnswer(i, "full") for i in items_of(checklists()["ms-1"])]
    sheet = RecordVisit(rid, "ms-1", at("9:00", mission["from_day"]), at("9:20", mission["from_day"]), answers)
    assert hall.send(Actor(who, "", frozenset()), "visit.record", "v9", sheet, received=at("10:00", mission["from_day"])).code == "NO_RIGHT"


def test_a_recusal_tells_units_of_the_scope_only() -> None:
    """PRV-15, CHK-04: where a visitor belongs, or has a tie elsewhere, bears on no draw."""
    hall = small_hall()
    team = {"wu": "c-office", "zheng": "", "ding": "u2"}
    for uid, unit in team.items():
        put_person(hall.tx, PersonRecord(rid=uid, name=uid, badge=uid, unit=unit, title={"zh_Hans": "职员"}, roles=["TEAM"]))
    recused = {"wu": ["c-lead"], "he": ["u1", "c-patrol"]}
    assert commit(hall, visitors=[*team, "he"], recused=recused).st == "applied"
    (plan,) = hall.tx.find(PlanRecord)
    assert {plan.aliases[one.id]: one.recused for one in plan.inputs.visitors} == {"wu": [], "zheng": [], "ding": ["u2"], "he": ["u1"]}


def test_a_tie_somebody_declared_recuses_from_a_visit_too() -> None:
    """CHK-04, PTL-07: whatever the lead knew of it."""
    hall = small_hall()
    third_visitor(hall)
    assert hall.send(ACTORS["wu"], "patrol.tie", "wu", Tie(units=["u2"], people=["wang"])).st == "applied"
    assert hall.buckets("tie", "wu") == {"u:wu", "role:CHECK"}, "who visits in secret is known to those who send him alone (PRV-15)"
    visitors = ["wu", "zheng", "he", "ding"]
    put_person(hall.tx, PersonRecord(rid="ding", name="丁", badge="ding", unit="", title={"zh_Hans": "职员"}, roles=["TEAM"], outside=True))
    assert commit(hall, visitors=visitors, recused={}).st == "applied"
    (plan,) = hall.tx.find(PlanRecord)
    assert {plan.aliases[one.id]: one.recused for one in plan.inputs.visitors} == {"wu": ["u1", "u2"], "zheng": [], "he": [], "ding": []}


def test_only_a_revealed_plan_counts_in_the_register_and_the_index_and_a_unit_once() -> None:
    """IDX-25, CHK-02: what was given up is not "not reached"."""
    hall = drawn()
    act(hall, "plan.drop", DropPlan("停电"))
    assert hall.tx.find(CoverageRecord) == []
    hall = drawn()
    act(hall, "plan.reveal", RevealPlan(), received=at("10:00", "2026-11-30"))
    assert {one.unit: one.reached for one in hall.tx.find(CoverageRecord)} == {"u1": "no", "u2": "no"}
    first = hall.tx.get(CoverageRecord, "p1:u1")
    assert first is not None
    hall.tx.put(msgspec.structs.replace(first, rid="p2:u1", plan="p2", reached="yes"))
    (measure,) = MEASURES
    assert hall.tx.sums(measure) == {"u1": {"once_in_scope": 1, "once_reached": 1}, "u2": {"once_in_scope": 1, "once_reached": 0}}


def test_coverage_counts_distinct_units_of_the_scope_with_a_published_visit() -> None:
    """CHK-02, CHK-03: a second visit to a unit adds nothing."""
    hall = drawn()
    rid, mission = next((rid, row) for rid, row in hall.rows("mission") if rid.startswith("p1:") and row["unit"] == "u1")
    assert hall.row("plan", "p1")["covered"]["reached"] == 0
    visit(hall, rid, mission["team"][0])
    assert hall.row("plan", "p1")["covered"] == {"units": 2, "drawn": 2, "reached": 1, "windows": 3, "windows_reached": 1}
    visit(hall, "m1", "wu")
    assert hall.row("plan", "p1")["covered"]["reached"] == 1


def of_plan(hall: MemoryHall) -> dict[str, Any]:
    """The missions of the plan by unit."""
    return {row["unit"]: row | {"rid": rid} for rid, row in hall.rows("mission") if rid.startswith("p1:")}


def half_drawn() -> tuple[MemoryHall, str, str]:
    """One of two units is drawn: the hall, that unit and the other."""
    hall = drawn(coverage_percent=50)
    (unit,) = of_plan(hall)
    return hall, unit, "u1" if unit == "u2" else "u2"


def replace(hall: MemoryHall, unit: str, clock: str = "10:00", day: str = "2026-11-24", text: str = "身份已暴露", **how: Any) -> Outcome:
    return act(hall, "plan.replace", ReplaceVisit(unit, text), **({"received": at(clock, day)} | how))


def made_void(hall: MemoryHall, unit: str) -> None:
    """The visit to the unit was made, and is void."""
    mission = of_plan(hall)[unit]
    answers = [ItemAnswer(i, "full") for i in items_of(checklists()["ms-1"])]
    args = RecordVisit(mission["rid"], "ms-1", at("9:00", "2026-11-24"), at("9:20", "2026-11-24"), answers)
    assert hall.send(ACTORS[mission["team"][0]], "visit.record", "v1", args, received=at("9:30", "2026-11-24")).st == "applied"
    guard = {"v1": hall.tx.version("visit", "v1") or 0}
    assert hall.send(ACTORS["sun"], "visit.void", "v1", Void("身份已暴露"), guard=guard).st == "applied"


@pytest.mark.parametrize("made", [True, False], ids=["void", "impossible"])
def test_a_visit_that_came_to_nothing_is_replaced_by_what_the_draw_gives_and_the_coverage_counts_that(made: bool) -> None:
    """CHK-02, CHK-04: the void one stays readable and counts nowhere; anybody can repeat it once it is published."""
    hall, unit, other = half_drawn()
    if made:
        made_void(hall, unit)
    assert replace(hall, unit).st == "applied"
    missions = of_plan(hall)
    assert {one: row["state"] for one, row in missions.items()} == {unit: "void", other: "open"}
    assert missions[other]["from_day"] > "2026-11-24"
    assert len(set(missions[other]["team"])) == 2
    plan = hall.row("plan", "p1")
    assert (plan["replaced"], plan["covered"]["drawn"], plan["needed"]) == ({unit: "身份已暴露"}, 1, 1)
    visit(hall, missions[other]["rid"], missions[other]["team"][0])
    assert hall.row("plan", "p1")["covered"]["reached"] == 1
    assert act(hall, "plan.reveal", RevealPlan(), received=at("10:00", "2026-11-30")).st == "applied"
    public = hall.row("plan.public", "p1")
    assert (public["covered"]["drawn"], public["covered"]["reached"]) == (1, 1)
    assert public.get("struck", {}) == ({unit: 1} if made else {}), (
        "who strikes what he does not like is seen to, and no reason names a visitor"
    )
    assert [(one["unit"], one["day"], one["text"], one["visit"]["unit"]) for one in public["replaced"]] == [
        (unit, "2026-11-24", "身份已暴露", other)
    ]
    assert list(tool().differences(public)) == []
    assert {one.unit: (one.drawn, one.reached) for one in hall.tx.find(CoverageRecord)} == {unit: (False, "no"), other: (True, "yes")}
    public["replaced"][0]["visit"]["window"] = "w9"
    assert list(tool().differences(public)) != []


def test_a_sheet_of_a_replaced_visit_that_comes_all_the_same_is_kept_and_counts() -> None:
    """CHK-02, CON-35: it was made without a network before anybody said it could not be."""
    hall, unit, _ = half_drawn()
    assert replace(hall, unit).st == "applied"
    mission = of_plan(hall)[unit]
    visit(hall, mission["rid"], mission["team"][0])
    assert hall.row("plan", "p1")["covered"] == {"units": 2, "drawn": 2, "reached": 1, "windows": 3, "windows_reached": 1}


def test_a_visit_is_replaced_once_while_it_is_sealed_and_not_when_it_was_made() -> None:
    """CHK-04: with a reason, of a unit that was drawn, while a unit and a day are left."""
    hall, unit, other = half_drawn()
    assert replace(hall, unit, text=" ").code == "INVALID"
    assert replace(hall, other).code == "INVALID"
    assert replace(hall, unit, day="2026-11-27").code == "DRAW_SPENT"
    hall, unit, other = half_drawn()
    made = hall.copy()
    made_void(made, unit)
    mission = of_plan(made)[unit]
    visit(made, mission["rid"], mission["team"][0])
    assert replace(made, unit, "11:00").code == "GONE"
    assert replace(hall, unit).st == "applied"
    assert replace(hall, unit).code == "INVALID"
    assert replace(hall, other).code == "DRAW_SPENT"
    assert act(hall, "plan.drop", DropPlan("停电")).st == "applied"
    assert replace(hall, other).code == "GONE"
    assert {row["state"] for row in of_plan(hall).values()} == {"void"}
    late = small_hall()
    commit(late)
    assert replace(late, "u1", "10:01", "2026-11-23").code == "GONE"


def test_nobody_but_the_lead_and_the_teams_learns_of_a_replacement_until_it_is_published() -> None:
    """CHK-05: who goes to the substitute sees that mission, and nobody else a row."""
    hall, unit, other = half_drawn()
    hall.tick(at("9:59", "2026-11-24"))
    others = {f"u:{uid}" for uid in PEOPLE} - {"u:sun", "u:wu", "u:zheng"}
    before = hall.seen_by(*others, *SHARED)
    assert replace(hall, unit).st == "applied"
    assert hall.seen_by(*others, *SHARED) == before
    assert hall.buckets("mission", of_plan(hall)[other]["rid"]) == {"u:sun", *(f"u:{uid}" for uid in of_plan(hall)[other]["team"])}
    for who in ("zhao", "zhou", "wu", "lin"):
        assert replace(hall, unit, who=who, guard={}).code == "NO_RIGHT"
        assert replace(small_hall(), unit, who=who, guard={}).code == "NO_RIGHT"
    assert replace(hall, other, guard={"p1": 1}).code == "STALE"


def test_the_summary_of_a_campaign_tells_how_far_its_revealed_plans_came_and_nothing_of_a_sealed_one() -> None:
    """CAMP-07, CHK-02, CHK-05: covered of needed, in all and by category."""
    hall = small_hall(domains=(*DOMAINS, CAMPAIGN))
    phases = [Phase("acceptance", "2026-11-24", "2026-11-27")]
    assert hall.send(ACTORS["chen"], "camp.put", "c1", PutCampaign("专项整治", ["u1", "u2"], phases, "ma")).st == "applied"
    assert commit(hall, campaign="c1").st == "applied"
    hall.tx.minutes = [(at("10:02"), b"after")]
    act(hall, "plan.draw", DrawPlan(), received=at("10:03"))
    rid, mission = next((rid, row) for rid, row in hall.rows("mission") if rid.startswith("p1:") and row["unit"] == "u1")
    visit(hall, rid, mission["team"][0])
    assert hall.row("camp.summary", "c1")["checks"] == []
    assert act(hall, "plan.reveal", RevealPlan(), received=at("10:00", "2026-11-30")).st == "applied"
    (told,) = hall.row("camp.summary", "c1")["checks"]
    assert (told["title"], told["needed"], told["covered"]["reached"]) == ("验收检查", 2, 1)
    assert {name: one["units"] for name, one in told["categories"].items()} == {"": 2}


def test_a_plan_given_up_after_its_draw_is_shown_all_the_same() -> None:
    """CHK-04: nobody draws until the result pleases. In its time: what follows it may be sealed still."""
    hall = drawn()
    assert act(hall, "plan.drop", DropPlan("停电")).st == "applied"
    assert hall.row("plan.public", "p1") is None
    hall.tick(at("0:01", "2026-11-28"))
    assert (hall.row("plan.public", "p1")["dropped"], hall.row("plan.public", "p1")["text"]) == (True, "停电")
    assert {row["state"] for rid, row in hall.rows("mission") if rid.startswith("p1:")} == {"void"}
    assert act(hall, "plan.draw", DrawPlan()).code == "GONE"


@pytest.mark.parametrize("method", ["covert", "key", "special", "tracking", "open", "phone"])
def test_every_method_can_be_planned(method: str) -> None:
    """CHK-01."""
    hall = small_hall()
    assert commit(hall, method=method).st == "applied"
    assert hall.row("plan", "p1")["method"] == method


@pytest.mark.parametrize("who", ["zhao", "zhou", "wu", "lin"])
def test_a_stranger_learns_nothing_whether_there_is_a_plan_or_not(who: str) -> None:
    """CHK-05."""
    assert act(drawn(), "plan.draw", DrawPlan(), who, guard={}).code == "NO_RIGHT"
    assert act(drawn(), "plan.drop", DropPlan(""), who, guard={}).code == "NO_RIGHT"
    assert act(small_hall(), "plan.draw", DrawPlan(), who, guard={}).code == "NO_RIGHT"
    assert commit(small_hall(), who).code == "NO_RIGHT"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"from_day": "2026-11-23"}, "PLAN_LATE"),
        ({"units": []}, "DRAW_EMPTY"),
        ({"slots": []}, "DRAW_EMPTY"),
        ({"units": ["u1", "c-lead"]}, "DRAW_EMPTY"),
        ({"visitors": ["wu"], "recused": {}}, "DRAW_TEAM"),
        ({"recused": {"he": ["u1"], "wu": ["u1"]}}, "DRAW_TEAM"),
        ({"units": ["u1", "u1"]}, "INVALID"),
        ({"units": ["u1", "u77"]}, "INVALID"),
        ({"visitors": ["wu", "zheng", "wang"], "recused": {}}, "INVALID"),
        ({"recused": {"wang": ["u1"]}}, "INVALID"),
        ({"from_day": "2026-11-27", "to_day": "2026-11-24"}, "INVALID"),
        ({"from_day": "2026-11-28", "to_day": "2026-11-29"}, "INVALID"),
        ({"to_day": "2036-11-24"}, "INVALID"),
        ({"to_day": "morgen"}, "INVALID"),
        ({"secret": "5a"}, "INVALID"),
        ({"secret": "zz" * 32}, "INVALID"),
        ({"checklist": "ms-99"}, "INVALID"),
        ({"checklist": "cp-1"}, "INVALID"),
        ({"coverage_percent": 0}, "INVALID"),
        ({"coverage_percent": 29}, "INVALID"),
        ({"coverage_percent": 101}, "INVALID"),
        ({"team_size": 1}, "INVALID"),
        ({"team_size": 0}, "INVALID"),
        ({"campaign": "c9"}, "INVALID"),
        ({"title": " "}, "INVALID"),
    ],
)
def test_a_plan_that_allows_no_draw_is_refused_with_its_reason(wrong: dict[str, Any], code: str) -> None:
    """CHK-02, CHK-04."""
    assert commit(small_hall(), **wrong) == Outcome("refused", code)
