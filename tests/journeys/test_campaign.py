"""Journey: a campaign over every unit of the demo hall, from the sealed draw to the final summary: self-checks with signed zero reports,
twelve visits by two sealed teams, forty problems, two of them returned, one that came back; the end of it at the desk.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from server.domain.campaign import ops as campaign
from server.domain.hall.handlers import put_person
from server.domain.hall.rules import at_time
from server.domain.hall.tables import PersonRecord
from server.domain.visit.ops import ItemAnswer, RecordVisit
from server.domain.visit.plan_ops import CommitPlan, DrawPlan, RevealPlan
from server.gateway.passwords import HASHER
from server.seed import DEMO_PASSWORD
from server.store import people
from server.store.contract import Unit
from tests.support.browser import DESK, Phone
from tests.support.cast import PERSONAS, SITE, Cast, Device
from tests.support.clock import DeviceClocks, Passing
from tests.support.hall import Hall, build_app
from tests.support.photos import Tus, blob_of, jpeg
from tests.support.server import RunningServer, serve

pytestmark = pytest.mark.chromium
TZ = "Asia/Shanghai"
UNITS, VISITS, PROBLEMS, COVERAGE_PERCENT = 34, 12, 40, 35
SELF_FOUND, BY_PATROL, RETURNED = 10, 7, 2
MINUTE, HOUR = 60_000, 3_600_000
UNSHOWN = "当面告知，无物可拍"
PHASES = [
    campaign.Phase("mobilise", "2026-11-02", "2026-11-02", duties=[campaign.CampaignDuty("d1", "动员部署")]),
    campaign.Phase("self_check", "2026-11-03", "2026-11-03", ["逐项自查，边查边改"]),
    campaign.Phase("rules", "2026-11-04", "2026-11-05"),
    campaign.Phase("acceptance", "2026-11-06", "2026-11-09"),
]


class Stage:
    """The hall and everybody in it, heads of all units and two more visitors included; time goes where the scene wants it."""

    def __init__(self, server: RunningServer, world: Passing, folder: Path) -> None:
        self.server, self.world, self.folder = server, world, folder
        self.cast = Cast(server.base_url, world)
        self.units = sorted(
            {post["unit"] for post in self.cast["周"].pull().replica.bodies("post").values() if self._resident(post["unit"])}
        )
        self._devices: dict[str, Device] = {}
        self._signed: dict[str, str] = {}

    def _resident(self, unit: str) -> bool:
        return bool(self.cast["周"].replica.body("unit", unit)["kind"] != "centre")

    def at(self, day: str, clock: str = "10:00") -> None:
        """It is that moment; the server does what is due."""
        ms = at_time(day, clock, TZ) - self.world.at
        assert ms > 0, f"it is past {day} {clock}"
        self.world.pass_ms(ms)
        self.server.tick()
        self._signed = {}

    def who(self, name: str) -> Device:
        """One of the named cast, signed in that day."""
        if self._signed.setdefault(name, "") == "":
            self.cast[name].sign_in(PERSONAS[name])
            self._signed[name] = name
        return self.cast[name]

    def head(self, unit: str) -> Device:
        """The head of a unit, at a device of his own."""
        office = self.cast["周"].replica
        uid = str(office.body("unit", unit)["head"])
        return self.by_badge(office.body("person", uid)["badge"])

    def by_badge(self, badge: str) -> Device:
        """Anybody, with a password of the demo, signed in that day."""
        if badge not in self._devices:
            self._devices[badge] = Device(self.server.base_url, DeviceClocks(self.world))
            self._devices[badge].sign_in_as(badge)
            self._devices[badge].enrol()
        elif badge not in self._signed:
            self._devices[badge].sign_in_as(badge)
        self._signed[badge] = badge
        return self._devices[badge]

    def visitor(self, badge: str) -> Device:
        """One more visitor, as a hall gets its first ones: with a password of the demo."""

        def come(work: Unit) -> None:
            with work.step() as tx:
                put_person(tx, PersonRecord(rid=badge, name=f"示{badge}", badge=badge, unit="", title={}, roles=["TEAM"], outside=True))
                people.put_account(tx, people.Account(badge, badge, f"示{badge}", HASHER.hash(DEMO_PASSWORD), "", ("TEAM",), None))
                tx.settle()

        self.server.call(lambda: self.server.app.gate.place(SITE).store.write(come))
        return self.by_badge(badge)

    def close(self) -> None:
        """Everybody goes home."""
        self.cast.close()
        for device in self._devices.values():
            device.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A demo hall founded on the first Monday of November."""
    build_app()
    world = Passing(at_time("2026-11-02", "09:00", TZ))
    with serve(clock=world, data=tmp_path / "data") as server:
        one = Stage(server, world, tmp_path)
        yield one
        one.close()


def said(device: Device) -> None:
    """Everything waiting is sent, and all of it took effect."""
    results = device.push()
    assert [(result.k, result.code) for result in results if result.st != "applied"] == []


def test_a_campaign_from_the_draw_to_the_final_summary(stage: Stage, driver: Playwright) -> None:
    """CAMP-01..07, RCT-01..05, CHK-01..05, CHK-09, PRV-17, DOC-16, DOC-23, IDX-28, IDX-29."""
    zhou, sun, lin = (stage.who(name).pull() for name in "周孙林")
    assert len(stage.units) == UNITS
    rid = laid_down(stage, zhou)
    teams, plan = sealed(stage, sun, rid)
    drawn(stage, sun, plan)

    stage.at("2026-11-03")
    zhou, lin = stage.who("周"), stage.who("林")
    checked = self_checks(stage, rid)
    back = rectify(stage, zhou, lin, checked, returned=RETURNED)
    assert back == RETURNED
    assert zhou.do("camp.duty", campaign.ReportDuty("d1", text="会已开"), rid).st == "applied"
    for phase in (0, 1):
        assert zhou.do("camp.finish", campaign.FinishPhase(phase), rid).st == "applied"

    stage.at("2026-11-06", "15:00")
    zhou, sun, lin = (stage.who(name) for name in "周孙林")
    recorded(stage, plan, teams)
    visited = published_together(stage, driver, sun, plan)
    found = from_visits(stage, sun, rid, visited) + patrolled(stage, lin, rid, checked)
    assert zhou.do("camp.finish", campaign.FinishPhase(3), rid).code == "NOT_ALL_VERIFIED"
    rectify(stage, zhou, lin, found)
    outputs(stage, zhou, rid)
    for phase in (2, 3):
        assert zhou.do("camp.finish", campaign.FinishPhase(phase), rid).st == "applied"
    stage.at("2026-11-09")
    zhou, sun = stage.who("周"), stage.who("孙")
    assert sun.do("plan.reveal", RevealPlan("按期公布"), plan, guard=version(sun, "plan", plan)).st == "applied"

    summary = zhou.pull().replica.body("camp.summary", rid)
    numbers = {key: summary[key] for key in ("units", "reported", "found", "verified", "on_time", "returned", "recurred", "open")}
    assert numbers == {
        **{"units": UNITS, "reported": UNITS, "found": PROBLEMS, "verified": PROBLEMS, "on_time": PROBLEMS},
        **{"returned": RETURNED, "recurred": 1, "open": 0},
    }
    (inspected,) = summary["checks"]
    assert (inspected["needed"], inspected["covered"]["reached"], inspected["covered"]["units"]) == (VISITS, VISITS, UNITS)
    at_the_desk(stage, driver, rid)


def version(device: Device, kind: str, rid: str) -> dict[str, int]:
    """The guard of a command: the version this device sees now."""
    return {rid: device.pull().replica.rows[kind, rid].ver}


def laid_down(stage: Stage, zhou: Device) -> str:
    """CAMP-01, CAMP-02: the scope, four phases, three batches of 10, 10 and 14 units."""
    units, first = stage.units, stage.cast["领"].uid
    batches = [
        campaign.Batch(units[:10], "2026-11-05"),
        campaign.Batch(units[10:20], "2026-11-06"),
        campaign.Batch(units[20:], "2026-11-09"),
    ]
    assert [len(batch.units) for batch in batches] == [10, 10, 14]
    put = campaign.PutCampaign("窗口服务专项整治", units, PHASES, first, targets=["推三阻四", "不一次性告知"], batches=batches)
    result = zhou.do("camp.put", put)
    assert result.st == "applied"
    return result.rid


def sealed(stage: Stage, sun: Device, campaign_rid: str) -> tuple[list[str], str]:
    """Two teams of two, each with ties to half of the units, so that the draw cannot mix them; the plan is sealed (CHK-02, CHK-04)."""
    first = [stage.who("吴").uid, stage.who("郑").uid]
    second = [stage.visitor("T8001").uid, stage.visitor("T8002").uid]
    ties = {uid: half for team, half in ((first, stage.units[::2]), (second, stage.units[1::2])) for uid in team}
    sun.pull()
    commit = CommitPlan(
        title="验收暗访",
        method="covert",
        checklist="ms-1",
        units=stage.units,
        visitors=sorted(ties),
        from_day="2026-11-04",
        to_day="2026-11-06",
        slots=["上午", "下午"],
        secret="5a" * 32,
        recused=ties,
        coverage_percent=COVERAGE_PERCENT,
        team_size=2,
        campaign=campaign_rid,
    )
    result = sun.do("plan.commit", commit)
    assert (result.st, result.code) == ("applied", None)
    return [*first, *second], result.rid


def drawn(stage: Stage, sun: Device, plan: str) -> None:
    """Once the log has a minute nobody could know, the draw is made; until then it is too early (CHK-04)."""
    assert sun.do("plan.draw", DrawPlan(), plan).code == "TOO_EARLY"
    for _ in range(3):
        stage.world.pass_ms(MINUTE)
        stage.server.tick()
    assert sun.do("plan.draw", DrawPlan(), plan, guard=version(sun, "plan", plan)).st == "applied"


def self_checks(stage: Stage, rid: str) -> list[str]:
    """CAMP-03: ten units find two problems each, one of them corrected at once; all others sign that there is nothing."""
    problems: list[str] = []
    for n, unit in enumerate(stage.units):
        head = stage.head(unit)
        mine = [head.replica.new_id(0) for _ in range(2 if n < SELF_FOUND else 0)]
        listed = [
            campaign.FoundProblem(one, code, "自查发现", fixed="已改" * fixed)
            for one, code, fixed in zip(mine, ("F15", "F36"), (1, 0), strict=False)
        ]
        signed = "" if listed else head.pull().replica.body("person", head.uid)["name"]
        head.save("camp.self_check", campaign.SelfCheck(rid, unit, listed, signed))
        said(head)
        problems += mine
    return problems


def rectify(stage: Stage, office: Device, verifier: Device, problems: Sequence[str], returned: int = 0) -> int:
    """Ordered, done, looked at by somebody else; the first `returned` come back once, the last one is
    shown by photos from before and after. How many were returned (RCT-01, RCT-02).
    """
    unit_of = {rid: office.pull().replica.body("problem", rid)["unit"] for rid in problems}
    for rid, unit in unit_of.items():
        office.save("problem.order", campaign.OrderProblem("限期整改，报送回执", stage.head(unit).uid), rid)
    said(office)
    stage.world.pass_ms(HOUR)
    for rid, unit in unit_of.items():
        head = stage.head(unit)
        head.save("problem.measures", campaign.SetMeasures("逐条落实"), rid)
        pair = [jpeg(seed=1), jpeg(seed=2)] if rid == problems[-1] else []
        shown = [blob_of(photo, taken=stage.world.at) for photo in pair]
        claim = campaign.ClaimDone("已整改", [one.sha256 for one in shown[:1]], [one.sha256 for one in shown[1:]])
        head.save("problem.claim", claim, rid, blobs=shown)
        said(head)
        assert all(Tus(head).upload(photo).is_success for photo in pair)
    stage.world.pass_ms(HOUR)
    for n, rid in enumerate(problems):
        seen = campaign.VerifyProblem(True, "现场看过", "" if rid == problems[-1] else UNSHOWN)
        verifier.save("problem.verify", seen if n >= returned else campaign.VerifyProblem(False, "照片看不清"), rid)
    said(verifier)
    stage.world.pass_ms(HOUR)
    for rid in problems[:returned]:
        stage.head(unit_of[rid]).save("problem.claim", campaign.ClaimDone("补拍照片"), rid)
        said(stage.head(unit_of[rid]))
        stage.world.pass_ms(HOUR)
        verifier.save("problem.verify", campaign.VerifyProblem(True, "现场看过", UNSHOWN), rid)
    said(verifier)
    return sum(any(step["step"] == "returned" for step in row["steps"]) for row in office.pull().replica.bodies("problem").values())


def recorded(stage: Stage, plan: str, uids: Sequence[str]) -> None:
    """Every mission by one of its team, on its day; nobody of a unit sees anything (CHK-05)."""
    team = dict(zip(uids, (stage.who("吴"), stage.who("郑"), stage.by_badge("T8001"), stage.by_badge("T8002")), strict=True))
    missions = {rid: one for d in team.values() for rid, one in d.pull().replica.bodies("mission").items() if rid.startswith(plan)}
    assert len(missions) == VISITS
    assert {frozenset(one["team"]) for one in missions.values()} == {frozenset(uids[:2]), frozenset(uids[2:])}
    before = stage.head(stage.units[0]).pull().replica.state()
    for rid, one in missions.items():
        visitor = team[one["team"][0]]
        checklist = visitor.replica.body("checklist", "ms-1")
        answers = [ItemAnswer(item["id"], "full") for group in checklist["groups"] for item in group["items"]]
        answers[0] = ItemAnswer(answers[0].item, "fail", "等候二十分钟")
        arrived = at_time(one["from_day"], "10:00", TZ)
        visitor.save("visit.record", RecordVisit(rid, "ms-1", arrived, arrived + HOUR // 2, answers, story="咨询"))
    for device in team.values():
        said(device)
    assert stage.head(stage.units[0]).pull().replica.state() == before


def published_together(stage: Stage, driver: Playwright, sun: Device, plan: str) -> list[tuple[str, str]]:
    """The lead publishes all of the plan in one act at the desk. The units visited, each with its result (CHK-09, PRV-17)."""
    hall = Hall.served(stage.server.base_url, stage.world.ahead_ms)
    desk = Phone(driver, stage.server.base_url, ahead_ms=stage.world.ahead_ms, size=DESK)
    try:
        desk.sign_in(hall.names(), hall.person("checklead"))
        page = desk.open(f"/plans/{plan}")
        expect(page.get_by_text(f"{VISITS} 份等待公布")).to_be_visible()
        desk.button("公布全部结果", exact=False).click()
        expect(desk.button("公布 0 份", exact=False)).to_be_disabled()
        page.get_by_label(f"没有作事实核对的 {VISITS} 份也公布").check()
        page.get_by_label("给各受检单位的话").fill("请整改")
        desk.button(f"公布 {VISITS} 份", exact=False).click()
        expect(page.get_by_text("份等待公布")).to_have_count(0)
    finally:
        desk.destroy()
    published = sun.pull().replica.bodies("visit.unit")
    assert {(one["state"], one["text"]) for one in published.values()} == {("published", "请整改")}
    assert len({one["published_at"] for one in published.values()}) == 1, "all units at one moment (PRV-17)"
    return sorted((one["unit"], rid) for rid, one in published.items())


def from_visits(stage: Stage, sun: Device, rid: str, visited: Sequence[tuple[str, str]]) -> list[str]:
    """What the visits found enters the list, with the result it comes from."""
    found = partial(campaign.FindProblem, source="covert", code="F20", text="清单没有一次给全", campaign=rid)
    made = [sun.save("problem.find", found(unit, fact=result)).rid for unit, result in visited]
    said(sun)
    return made


def patrolled(stage: Stage, lin: Device, rid: str, before: Sequence[str]) -> list[str]:
    """What patrols found; one of a code that the unit had closed: it comes back one level graver (RCT-03)."""
    units = stage.units[20 : 20 + BY_PATROL]
    made = [lin.save("problem.find", campaign.FindProblem(unit, "patrol", "F11", "玩手机", campaign=rid)).rid for unit in units]
    again = lin.save("problem.find", campaign.FindProblem(stage.units[0], "patrol", "F15", "又未戴工牌", campaign=rid)).rid
    said(lin)
    row = lin.pull().replica.body("problem", again)
    assert (row["recurs"], row["level"]) == (before[0], "serious")
    return [*made, again]


def outputs(stage: Stage, zhou: Device, rid: str) -> None:
    """CAMP-05, CAMP-06: a rule, a training, a facility, a good practice, a result of 政风行风评议."""
    output = partial(campaign.Output, rid, stage.units[0])
    for one in (
        output("rule", "一次性告知办法", "2026-11-04"),
        output("training", "文明用语培训", "2026-11-04"),
        output("facility", "加装叫号屏", "2026-11-05"),
    ):
        zhou.save("camp.output", one)
    zhou.save("camp.output", output("good_practice", "首问登记上墙", "2026-11-05"))
    zhou.save("camp.output", output("evaluation", "政风行风评议", "2026-11-06", figure=965))
    said(zhou)


def attach(desk: Phone, photo: Path) -> None:
    """CAMP-01: a page of the plan, photographed; the hall has it once its bytes have arrived."""
    photo.write_bytes(jpeg(600, 800))
    desk.button("附上文件照片").click()
    desk.page.get_by_label("文件名称", exact=False).fill("整治方案")
    desk.page.get_by_role("dialog").locator("input[type=file]").set_input_files(photo)
    expect(desk.page.get_by_role("dialog").locator(".strip img")).to_have_count(1)
    desk.button("附上并发送").click()
    card = desk.page.locator(".card").filter(has_text="整治方案")
    expect(card.locator("img")).to_have_count(1)
    desk.until(lambda: any('"st":"stored"' in body for body in desk.rows("camp.file").values()))


def at_the_desk(stage: Stage, driver: Playwright, rid: str) -> None:
    """The office looks at the dashboard, the board, the summary on paper, and the indices with their facts."""
    hall = Hall.served(stage.server.base_url, stage.world.ahead_ms)
    desk = Phone(driver, stage.server.base_url, ahead_ms=stage.world.ahead_ms, size=DESK)
    try:
        desk.sign_in(hall.names(), hall.person("office"))
        page = desk.open(f"/campaigns/{rid}")
        for word, n in (("发现", PROBLEMS), ("核实", PROBLEMS), ("退回", RETURNED), ("复发", 1), ("阶段后新增", VISITS + BY_PATROL + 1)):
            expect(page.locator(".figures > div").filter(has_text=word).locator("b")).to_have_text(str(n))
        expect(page.get_by_role("img", name="核实销号 100%")).to_be_visible()
        expect(page.get_by_text("第 3 批：14 家单位")).to_be_visible()
        expect(page.get_by_role("button", name="动员部署")).to_contain_text("已完成")
        attach(desk, stage.folder / "paper.jpg")
        expect(page.get_by_text(f"已查 {VISITS} / {UNITS} 家，至少 {VISITS} 家")).to_be_visible()
        expect(page.get_by_text(f"{UNITS} / {UNITS} 家已报").first).to_be_visible()
        page.get_by_role("link", name="问题看板").click()
        expect(page.get_by_role("heading", name="已办结").locator("xpath=..")).to_contain_text(str(PROBLEMS))
        page.get_by_role("radio", name="再次出现").check(force=True)
        expect(page.locator(".board a.cell")).to_have_count(1)
        page = desk.open(f"/papers/campaign_summary/{rid}")
        expect(page.locator("article.paper")).to_contain_text("窗口服务专项整治")
        expect(page.locator("article.paper")).to_contain_text("首问登记上墙")
        expect(page.locator("article.paper")).to_contain_text("检查验收覆盖情况")
        page = desk.open("/indices?by=month")
        card = page.locator(".card", has=page.get_by_role("heading", name="整改按期率", exact=True))
        expect(card.locator(".value")).to_have_text("100.0%")
        card.get_by_role("link", name="查看事实：整改台账").click()
        expect(page).to_have_url(re.compile(r"/registers/rectification\?"))
        expect(page.locator("tbody tr").first).to_be_visible()
        assert desk.errors == []
    finally:
        desk.destroy()
