"""Coverage of a campaign over its own units, by all its plans, in its phase of acceptance (CHK-02, CHK-03, CAMP-07)."""

from typing import Any

from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.ops import Phase, PutCampaign
from server.domain.hall.handlers import put_person, put_post, put_unit
from server.domain.hall.tables import PersonRecord, PostRecord, UnitRecord
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from server.domain.visit.plan_ops import CommitPlan, RevealPlan
from server.domain.visit.result_ops import WithdrawVisit
from tests.server.scenes.small_hall import ACTORS, DOMAINS, at, small_hall
from tests.support.memory_tx import MemoryHall

UNITS = [f"n{number}" for number in range(10)]
TOWNS = UNITS[:4]
EARLY, LATE = ("2026-11-24", "2026-11-25"), ("2026-11-26", "2026-11-27")
PHASES = [Phase("self_check", "2026-11-02", "2026-11-25"), Phase("acceptance", *LATE)]


def campaign(phases: list[Phase] = PHASES) -> MemoryHall:
    """Over ten units, four of them towns, with a window each."""
    hall = small_hall(domains=(*DOMAINS, CAMPAIGN))
    for order, unit in enumerate(UNITS):
        category = "town" if unit in TOWNS else "department"
        put_unit(hall.tx, UnitRecord(rid=unit, names={"zh_Hans": unit}, kind="resident", head="", category=category))
        post = PostRecord(
            rid=f"w-{unit}", number=unit, zone="A", order=order, unit=unit, services=[], group="", kind="window", required=True
        )
        put_post(hall.tx, post)
    put_person(hall.tx, PersonRecord(rid="he", name="何", badge="he", unit="", title={}, roles=["TEAM"], outside=True))
    put(hall, phases)
    return hall


def put(hall: MemoryHall, phases: list[Phase]) -> None:
    guard = {"c1": version} if (version := hall.tx.version("campaign", "c1")) else {}
    assert hall.send(ACTORS["chen"], "camp.put", "c1", PutCampaign("专项整治", UNITS, phases, "ma"), guard=guard).st == "applied"


def plan(hall: MemoryHall, rid: str, units: list[str], days: tuple[str, str] = LATE, campaign: str = "c1") -> None:
    """Every unit of it is drawn."""
    args = CommitPlan(
        rid, "covert", "ms-1", units, ["wu", "zheng"], *days, ["上午", "下午"], "5a" * 32, coverage_percent=100, campaign=campaign
    )
    assert hall.send(ACTORS["sun"], "plan.commit", rid, args, received=at("10:00")).st == "applied"


def draw(hall: MemoryHall) -> None:
    hall.tx.minutes = [(at("10:02"), b"after")]
    hall.tick(at("10:03"))


def visit(hall: MemoryHall, rid: str, *units: str, published: bool = True) -> None:
    """The visits of a plan to these units are made on their days, and published."""
    for mission, row in [(mission, row) for mission, row in hall.rows("mission") if mission.startswith(f"{rid}:") and row["unit"] in units]:
        answers = [ItemAnswer(item, "full") for item in items_of(shipped_checklists()["ms-1"])]
        sheet = RecordVisit(mission, "ms-1", at("9:00", row["from_day"]), at("9:20", row["from_day"]), answers)
        assert (
            hall.send(ACTORS[row["team"][0]], "visit.record", f"v-{mission}", sheet, received=at("10:00", row["from_day"])).st == "applied"
        )
        if published:
            say(hall, "visit.publish", f"v-{mission}", Publish("情况属实"))


def say(hall: MemoryHall, kind: str, rid: str, args: Any, day: str = LATE[1]) -> None:
    guard = {rid: hall.tx.version(kind.split(".")[0], rid) or 0}
    assert hall.send(ACTORS["sun"], kind, rid, args, guard=guard, received=at("17:00", day)).st == "applied"


def reveal(hall: MemoryHall, *rids: str) -> None:
    for rid in rids:
        say(hall, "plan.reveal", rid, RevealPlan(), "2026-11-30")


def coverage(hall: MemoryHall) -> Any:
    return hall.row("camp.summary", "c1").get("coverage")


def test_the_coverage_of_a_campaign_is_over_its_units_by_all_its_plans() -> None:
    """CHK-02: two plans say 1 of 1 and 2 of 2; the campaign is at two of ten and needs ceil(0.30 * 10)."""
    hall = campaign()
    plan(hall, "p1", ["n0"])
    plan(hall, "p2", ["n0", "n5"])
    draw(hall)
    visit(hall, "p1", "n0")
    visit(hall, "p2", "n0", "n5")
    reveal(hall, "p1", "p2")
    whole = coverage(hall)
    assert [one["needed"] for one in hall.row("camp.summary", "c1")["checks"]] == [1, 2]
    assert whole["needed"] == 3
    assert whole["covered"] == {"units": 10, "drawn": 2, "reached": 2, "windows": 10, "windows_reached": 2}
    assert {name: (one["reached"], one["units"]) for name, one in whole["categories"].items()} == {"department": (1, 6), "town": (1, 4)}


def test_a_visit_before_the_phase_of_acceptance_or_for_nothing_does_not_count() -> None:
    """CHK-02: nor one of another campaign, or of a unit that is not of this one."""
    hall = campaign()
    plan(hall, "p1", ["n0"], EARLY)
    plan(hall, "p2", ["n1"], campaign="")
    plan(hall, "p3", ["u1", "n2"])
    draw(hall)
    visit(hall, "p1", "n0")
    visit(hall, "p2", "n1")
    visit(hall, "p3", "u1", "n2")
    reveal(hall, "p1", "p2", "p3")
    assert (coverage(hall)["covered"]["reached"], coverage(hall)["covered"]["units"]) == (1, 10)
    put(hall, [Phase("self_check", "2026-11-02", "2026-11-20"), Phase("acceptance", EARLY[0], LATE[1])])
    assert coverage(hall)["covered"]["reached"] == 2


def test_nothing_of_a_sealed_plan_or_result_is_in_the_coverage_of_its_campaign() -> None:
    """CHK-05: neither what is drawn nor what was found, until it is revealed and published; a result that is taken back counts no more."""
    hall = campaign()
    before = coverage(hall)
    assert before["covered"]["drawn"] == before["covered"]["reached"] == 0
    plan(hall, "p1", ["n0", "n1"])
    draw(hall)
    visit(hall, "p1", "n0")
    visit(hall, "p1", "n1", published=False)
    put(hall, PHASES)
    assert coverage(hall) == before
    hall.tick(at("9:00", "2027-03-15"))
    assert (coverage(hall)["covered"]["drawn"], coverage(hall)["covered"]["reached"]) == (2, 1)
    (rid,) = [rid for rid, row in hall.rows("visit") if row["unit"] == "n0"]
    say(hall, "visit.withdraw", rid, WithdrawVisit("照片有误"), "2027-03-15")
    assert coverage(hall)["covered"]["reached"] == 0


def test_a_campaign_without_a_phase_of_acceptance_has_no_coverage_to_reach() -> None:
    """CAMP-02, CHK-02: as a clean-up of services in batches."""
    assert coverage(campaign([Phase("self_check", "2026-11-02", "2026-11-27")])) is None
