"""A real hall, without the demo, comes to its first sealed check: lead, visitor, draw, visit, publication (CHK-01..06, VIS-02, PRV-15)."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec
import pytest

from server.domain.hall.rules import add_days, day_of
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.roster.ops import PutPerson, PutPost, PutUnit, PutZone
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit
from server.domain.visit.people_ops import AppointLead, PutVisitor
from server.domain.visit.plan_ops import CommitPlan
from sync.sheets import Issued
from sync.units import DAY_MS, MINUTE_MS
from tests.support.cast import Device
from tests.support.clock import DeviceClocks, World
from tests.support.server import RunningServer, serve

START = 1_773_799_800_000  # Wednesday 2026-03-18, 10:10 in the hall
TODAY = day_of(START, "Asia/Shanghai")
NEXT, SINCE = add_days(TODAY, 1), "2020-01-01"
PEOPLE = {
    "1001": ("首某", "zx", "TOP"),
    "1002": ("孙某", "zx", "STF"),
    "1003": ("周某", "zx", "OFF"),
    "1004": ("赵某", "gs", "HEAD"),
    "1005": ("王某", "gs", "STF"),
}


class House(NamedTuple):
    """A founded hall with its administrator. `keys`: login and password by device."""

    server: RunningServer
    world: World
    adm: Device
    keys: dict[Device, tuple[str, str]]

    def person(self, login: str, password: str) -> Device:
        """Somebody comes with account and password."""
        device = Device(self.server.base_url, DeviceClocks(self.world), site="hall")
        device.sign_in_with(login, password)
        device.enrol()
        self.keys[device] = login, password
        return device.pull()

    def wait(self, ms: int) -> None:
        self.world.pass_ms(ms)
        self.server.tick()

    def next_day(self, *devices: Device) -> None:
        """A day later these sign in again."""
        self.wait(DAY_MS)
        for device in (self.adm, *devices):
            device.sign_in_with(*self.keys[device])


def issue(device: Device, uid: str) -> httpx.Response:
    return device.http.post(f"/s/hall/people/{uid}/password")


def issued(device: Device, uid: str) -> Issued:
    return msgspec.json.decode(issue(device, uid).raise_for_status().content, type=Issued)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    world = World(START)
    with serve(clock=world, mode="empty", site="hall", data=tmp_path_factory.mktemp("first")) as server:
        setup = {"code": server.app.gate.setup_code, "login": "root", "password": "long enough", "name": "管理", "hall": "新厅"}
        httpx.post(
            f"{server.base_url}/setup", json=setup | {"locale": "zh_Hans"}, headers={"Origin": server.base_url}, trust_env=False
        ).raise_for_status()
        adm = Device(server.base_url, DeviceClocks(world), site="hall")
        adm.sign_in_with("root", "long enough")
        adm.enrol()
        settle_in(adm)
        yield House(server, world, adm, {adm: ("root", "long enough")})


def settle_in(adm: Device) -> None:
    """Two units, a window, five people: with the office's ops alone."""
    done = [adm.do("org.zone", PutZone({"zh_Hans": "甲区"}, 1, 0), "A", {"hall": adm.pull().replica.rows["hall", "hall"].ver})]
    done += [
        adm.do("org.unit", PutUnit({"zh_Hans": name}, kind), rid)  # type: ignore[arg-type]
        for rid, name, kind in (("zx", "中心", "centre"), ("gs", "工商", "resident"))
    ]
    done.append(adm.do("org.post", PutPost("A01", "A", "gs"), "A01"))
    for badge, (name, unit, role) in PEOPLE.items():
        put = PutPerson(name, badge, [UnitTerm(unit, SINCE)], [RoleTerm(role, SINCE)])
        done.append(adm.do("org.person", put, f"p{badge}"))
    assert [(one.st, one.code) for one in done] == [("applied", None)] * len(done)


def test_a_hall_without_the_demo_holds_its_first_check_from_the_appointment_to_the_result(house: House) -> None:
    """CHK-01, CHK-02, CHK-04, CHK-05, CHK-06, VIS-02, PRV-15."""
    director, lead, office = (house.person(badge, issued(house.adm, f"p{badge}").password) for badge in ("1001", "1002", "1003"))
    before = {one: one.refetch() for one in (house.adm, office)}

    assert director.do("check.appoint", AppointLead(TODAY), "p1002").st == "applied"
    assert director.pull().replica.body("check.lead", "p1002")["from_day"] == TODAY
    lead.pull()
    assert lead.replica.body("me", "p1002")["roles"] == ["STF", "CHECK"]
    visitors = [enter(house, lead, name) for name in ("辛某", "任某")]

    assert {one: one.refetch() for one in (house.adm, office)} == before, "office and administrator have the very rows they had"
    plan = CommitPlan("首次检查", "covert", "ms-1", ["gs"], [v.uid for v in visitors], NEXT, NEXT, ["上午"], "5a" * 32)
    assert lead.do("plan.commit", plan, "plan").st == "applied"
    for _ in range(4):
        house.wait(MINUTE_MS)
    (mission,) = visitors[0].pull().replica.bodies("mission")
    house.next_day(lead, office, *visitors)
    now = house.world.at
    sheet = RecordVisit(mission, "ms-1", now - 20 * MINUTE_MS, now - 5 * MINUTE_MS, [ItemAnswer(item, "full") for item in ITEMS])
    visit = visitors[0].do("visit.record", sheet)
    assert visit.st == "applied"
    seen = lead.pull().replica.rows["visit", visit.rid].ver
    assert lead.do("visit.publish", Publish("另一人未到场"), visit.rid, {visit.rid: seen}).st == "applied"
    (told,) = office.pull().replica.bodies("visit.unit").values()
    assert (told["unit"], told["state"]) == ("gs", "published")

    assert lead.do("check.visitor", PutVisitor(ends=True), visitors[1].uid, {visitors[1].uid: 1}).st == "applied"
    assert visitors[1].http.get("/s/hall/session").status_code == 401, "an ended visitor is out at once"


ITEMS = list(items_of(shipped_checklists()["ms-1"]))


def enter(house: House, lead: Device, name: str) -> Device:
    """A lead enters a visitor and hands over the first password."""
    done = lead.do("check.visitor", PutVisitor(name, add_days(TODAY, 60)))
    assert done.st == "applied"
    number = lead.pull().replica.body("check.visitor", done.rid)["number"]
    given = issued(lead, done.rid)
    assert given.login == number
    visitor = house.person(number, given.password)
    assert (visitor.uid, visitor.replica.body("me", done.rid)["roles"]) == (done.rid, ["TEAM"])
    return visitor


def test_a_visitors_account_is_to_administrator_and_office_as_if_there_were_none(house: House) -> None:
    """CHK-05, PRV-15: the same answer, to the byte, as about an account that does not exist."""
    director, lead, office = (house.person(badge, issued(house.adm, f"p{badge}").password) for badge in ("1001", "1002", "1003"))
    director.do("check.appoint", AppointLead(TODAY), "p1002")
    tomorrow = add_days(day_of(house.world.at, "Asia/Shanghai"), 1)
    uid = lead.do("check.visitor", PutVisitor("戊某", tomorrow)).rid
    for device, status in ((house.adm, 404), (office, 403), (director, 403)):
        answers = [issue(device, one) for one in (uid, "nobody")]
        assert [(one.status_code, one.content) for one in answers] == [(status, answers[0].content)] * 2
    assert issue(lead, "p1003").status_code == 403, "a lead gives passwords to visitors from outside alone"
    assert issue(lead, "nobody").status_code == 403
    assert issue(lead, uid).status_code == 200
    house.wait(DAY_MS)
    house.next_day(lead)
    assert issue(lead, uid).status_code == 403, "not once the term is over"


def test_the_lead_keeps_the_role_in_no_list_file_or_sheet(house: House) -> None:
    """CHK-05: what the office takes away with it says nothing, and brought back takes nothing away."""
    office = house.person("1003", issued(house.adm, "p1003").password)
    director = house.person("1001", issued(house.adm, "p1001").password)
    director.do("check.appoint", AppointLead(day_of(house.world.at, "Asia/Shanghai"), ends=True), "p1002", guard(director))
    sheets = [office.http.get("/s/hall/sheets/people.csv").content]
    assert director.do("check.appoint", AppointLead(day_of(house.world.at, "Asia/Shanghai")), "p1002", guard(director)).st == "applied"
    sheets.append(office.http.get("/s/hall/sheets/people.csv").content)
    assert sheets[0] == sheets[1]
    assert office.http.post("/s/hall/sheets?apply=true", content=sheets[1]).status_code == 200
    assert "p1002" in director.pull().replica.bodies("check.lead")


def guard(device: Device) -> dict[str, int]:
    row = device.pull().replica.rows.get(("check.lead", "p1002"))
    return {"p1002": row.ver} if row else {}


def test_files_stay_where_they_were(house: House, tmp_path: Path) -> None:
    """PRV-15: no account of a visitor stands in what the hall exports for anybody."""
    office = house.person("1003", issued(house.adm, "p1003").password)
    assert "辛某".encode() not in office.http.get("/s/hall/sheets/people.csv").content
    assert not {"visitor", "check.visitor", "check.lead"} & {kind for kind, _ in office.pull().replica.rows}
