"""Journeys: what is drawn. Irregular rounds nobody can foresee, sealed, drawn by the log, walked and counted; the draw of an inspection,
published after its period and repeated by anybody: on the page, without a network, and by the command that needs nothing of this project.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from server.domain.hall.rules import at_time, day_of
from server.store import evidence
from tests.support.browser import DESK, PHONE, SYNCED, Phone
from tests.support.cast import PERSONAS, SITE, Device
from tests.support.clock import DeviceClocks, Passing
from tests.support.hall import ROOT, Hall, build_app
from tests.support.server import RunningServer, serve

pytestmark = pytest.mark.chromium
TZ = "Asia/Shanghai"
MINUTE = 60_000
TOOL = ROOT / "tools" / "zaigang_draw.py"


class Week:
    """A demo hall in which days pass as the scene wants it."""

    def __init__(self, server: RunningServer, world: Passing, driver: Playwright) -> None:
        self.server, self.world, self.driver = server, world, driver

    @property
    def today(self) -> str:
        return day_of(self.world.at, TZ)

    def tomorrow(self) -> str:
        return (date.fromisoformat(self.today) + timedelta(days=1)).isoformat()

    def to(self, at: int) -> None:
        """It is that moment (ms); the server does what is due."""
        assert at > self.world.at
        self.world.pass_ms(at - self.world.at)
        self.server.tick()

    def minutes_of_the_log(self, *phones: Phone) -> None:
        """The log writes its minutes, one after another."""
        for _ in range(3):
            self.world.pass_ms(MINUTE)
            self.server.tick()
        for phone in phones:
            phone.pass_ms(3 * MINUTE, heard=True)

    @contextmanager
    def phone(self, persona: str, size: dict[str, int] = PHONE) -> Iterator[Phone]:
        """Somebody's phone from now on, signed in; no page of it may have thrown an error."""
        hall = Hall.served(self.server.base_url, self.world.ahead_ms)
        one = Phone(self.driver, self.server.base_url, ahead_ms=self.world.ahead_ms, size=size)
        try:
            one.sign_in(hall.names(), hall.person(persona))
            yield one
            assert one.errors == []
        finally:
            one.destroy()

    def rows_of(self, who: str, kind: str) -> dict[str, Any]:
        """What a device without a browser gets."""
        device = Device(self.server.base_url, DeviceClocks(self.world))
        device.sign_in(PERSONAS[who])
        device.enrol()
        found = device.pull().replica.bodies(kind)
        device.close()
        return found


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory, driver: Playwright) -> Iterator[Week]:
    """A hall founded on a Monday morning."""
    build_app()
    world = Passing(at_time("2026-11-23", "09:00", TZ))
    with serve(clock=world, data=tmp_path_factory.mktemp("week") / "data") as server:
        yield Week(server, world, driver)


def seal(desk: Phone, day: str, verb: str) -> None:
    """The period ends on its first day; everything else as the form proposes."""
    desk.page.get_by_label("结束日期").fill(day)
    desk.button(verb, exact=False).click()
    expect(desk.pill).to_contain_text(SYNCED)


def test_irregular_rounds_are_sealed_drawn_by_the_log_and_one_is_walked(week: Week) -> None:
    """PTL-05: nobody picks time or zone; only the efficiency group has the plan; looking at the zone at its time completes it."""
    with week.phone("efficiency", DESK) as desk:
        page = desk.open("/irregular/new")
        me = json.loads(next(iter(desk.rows("me").values())))["name"]
        group = page.get_by_role("group", name="可抽人员").locator("label")
        expect(group.filter(has_text=me)).to_be_visible()
        for other in group.filter(has_not_text=me).all():
            other.click()
        seal(desk, week.tomorrow(), "封存计划")
        page.get_by_role("link", name="已封存，待抽取").click()
        expect(page.get_by_text("等待存证日志")).to_be_visible()
        week.minutes_of_the_log(desk)
        drawn = page.locator("section", has_text="抽中的巡查")
        expect(drawn.locator("li").first).to_contain_text("待巡")
        ((_, rid),) = desk.rows("irregular")
        plan = json.loads(desk.rows("irregular")["irregular", rid])
        assert drawn.locator("li").count() == len(plan["rounds"]) >= 2
    for who in "王赵周林":
        assert week.rows_of(who, "irregular") == {}, "a round that is foreseen finds nothing"

    mine = next(one for one in plan["rounds"] if one["at"] > week.world.at)
    week.to(mine["at"] + MINUTE)
    with week.phone("efficiency") as phone:
        page = phone.open("/patrol")
        page.get_by_text("不定时、开门、关门巡查").click()
        phone.button("不定时巡查").click()
        zone = next(z["names"]["zh_Hans"] for z in json.loads(phone.rows("hall")["hall", "hall"])["zones"] if z["id"] == mine["zone"])
        section = page.locator("section", has=page.get_by_role("heading", name=zone, exact=True))
        section.get_by_role("button", name="个均在岗").click()
        expect(section.get_by_text("已看完")).to_be_visible()
        phone.button("结束巡查", exact=False).click()
        page.get_by_role("alertdialog").get_by_role("button", name="结束巡查").click()
        expect(phone.pill).to_contain_text(SYNCED)
        week.minutes_of_the_log(phone)
        phone.open(f"/irregular/{rid}")
        done = page.locator("section", has_text="抽中的巡查").locator("li", has_text="已巡")
        expect(done).to_have_count(1)
        expect(done).to_contain_text(zone)
        expect(done).to_contain_text(me)


def test_a_draw_is_published_after_its_period_and_anybody_repeats_it(week: Week, tmp_path: Path) -> None:
    """CHK-02, CHK-03, CHK-04: sealed, drawn by the log, revealed; equal on a phone without a network and by the stand-alone command."""
    with week.phone("checklead", DESK) as desk:
        page = desk.open("/plans/new")
        page.get_by_label("名称").fill("十一月暗访")
        seal(desk, week.tomorrow(), "封存方案")
        page.get_by_role("link", name="十一月暗访").click()
        week.minutes_of_the_log(desk)
        expect(page.get_by_text("抽中", exact=False).first).to_be_visible()
        expect(desk.button("公布抽取依据")).to_be_disabled()
        ((_, rid),) = desk.rows("plan")
    assert week.rows_of("赵", "plan.public") == week.rows_of("赵", "plan") == {}

    week.to(at_time(week.tomorrow(), "09:00", TZ))
    week.to(at_time(week.tomorrow(), "09:00", TZ))
    with week.phone("checklead", DESK) as desk:
        page = desk.open(f"/plans/{rid}")
        desk.button("公布抽取依据").click()
        page.get_by_role("dialog").or_(page.get_by_role("alertdialog")).get_by_role("button", name="公布", exact=True).click()
        page.get_by_role("link", name="查看公布的抽取依据，并重新验算").click()
        expect(page.get_by_text("验算一致")).to_be_visible()
    week.minutes_of_the_log()

    with week.phone("head") as phone:
        phone.fetched()
        page = phone.open("/draws")
        page.get_by_role("link", name="十一月暗访").click()
        expect(page.get_by_text("存证日志证明：封存在前，抽取在后。")).to_be_visible()
        phone.offline()
        page.reload()
        expect(page.get_by_text("这台设备重新抽取了一次，结果完全相同。")).to_be_visible()
        assert page.get_by_role("table", name="抽中的单位").locator("tbody tr").count() > 5
        with page.expect_download() as download:
            phone.button("下载抽取依据").click()
        draw = json.loads(download.value.path().read_bytes())

    key = str(evidence.vkey(week.server.app.gate.place(SITE).store.facts))
    equal = recomputed(draw, key, tmp_path)
    assert equal.returncode == 0, equal.stdout + equal.stderr
    assert re.match(rf"equal: {len(draw['drawn'])} visits", equal.stdout)
    assert "proven: the commitment stood in the log before the period" in equal.stdout
    draw["drawn"][0]["window"] += "X"
    other = recomputed(draw, key, tmp_path)
    assert other.returncode != 0
    assert draw["drawn"][0]["unit"] in other.stdout


def recomputed(draw: dict[str, Any], key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the command says of a draw, in an empty folder and without this project. `key`: of the hall's log, as noted down outside it."""
    file = folder / "draw.json"
    file.write_text(json.dumps(draw), encoding="utf-8")
    return subprocess.run([sys.executable, "-P", TOOL, file, "--key", key], cwd=folder, capture_output=True, text=True, check=False)
