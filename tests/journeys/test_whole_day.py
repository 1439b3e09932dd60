"""Journey: one whole day of the hall on six devices, the morning of it without a network: punches, a window left with and without notice,
cover, rounds, a leave approved by the deputy, the return, the month confirmed; one end state on the board, the desk and in the own file.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Playwright, expect

from server.domain.attendance.ops import AttDecide, Punch
from server.domain.hall.rules import at_time
from server.domain.leave.ops import LeaveDecide, LeaveDeputy
from server.domain.patrol.ops import Observe, RoundFinish, RoundStart
from server.domain.presence.ops import HandBack, JudgeLate, StepUp
from server.reconcile import compare
from server.store.contract import Sql
from server.store.sqlite import Connection
from server.store.threaded import ThreadedStore
from sync import messages as m
from sync.ops import OpBody
from tests.server.scenes.day import Place, Sent, differences, whole_day
from tests.support.browser import DESK, SYNCED, WALL, Board, Phone
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import Passing
from tests.support.day import knew
from tests.support.hall import Hall, build_app
from tests.support.server import RunningServer, serve

pytestmark = pytest.mark.chromium
DAY, LAST_MONTH, TZ = "2026-12-01", "2026-11", "Asia/Shanghai"
AGREE = re.compile(r"^同意 ?\S")


class Theatre:
    """The hall, whose clock goes from one scene to the next for everybody at once."""

    def __init__(self, server: RunningServer, world: Passing, driver: Playwright) -> None:
        self.server, self._world, self._driver = server, world, driver
        self._hall = Hall.served(server.base_url, world.ahead_ms)
        self.cast = Cast(server.base_url, world)
        self._phones: list[Phone] = []

    def phone(self, persona: str, **options: Any) -> Phone:
        """A browser of this persona, signed in now."""
        one = Phone(self._driver, self.server.base_url, ahead_ms=self._world.ahead_ms, **options)
        self._phones.append(one)
        one.sign_in(self._hall.names(), self._hall.person(persona))
        return one

    def board(self) -> Board:
        """The lobby screen, confirmed by the administrator."""
        one = Board(self._driver, self.server.base_url, ahead_ms=self._world.ahead_ms, size=WALL)
        self._phones.append(one)
        self.cast["管"].post("displays/confirm", m.PairingConfirm(one.code(), "大厅", "hall", "")).raise_for_status()
        expect(one.page.locator("[data-post]").first).to_be_visible()
        return one

    def at(self, clock: str) -> int:
        """It is `clock` now: on every device, and at the server, which does what is due."""
        ms = at_time(DAY, clock, TZ) - self._world.at
        assert ms > 0, f"it is past {clock}"
        self._world.pass_ms(ms)
        for phone in self._phones:
            phone.pass_ms(ms, heard=isinstance(phone, Board))
        self.server.tick()
        return at_time(DAY, clock, TZ)

    def close(self) -> None:
        """Everybody goes home; no page has thrown an error."""
        self.cast.close()
        for phone in self._phones:
            phone.destroy()
        assert [error for phone in self._phones for error in phone.errors] == []


@pytest.fixture
def theatre(driver: Playwright, tmp_path: Path) -> Iterator[Theatre]:
    """A demo hall founded at ten past eight on the first of December."""
    build_app()
    world = Passing(at_time(DAY, "08:10", TZ))
    with serve(clock=world, data=tmp_path / "data") as server:
        stage = Theatre(server, world, driver)
        yield stage
        stage.close()


# --- what hands do ----------------------------------------------------------------------------------------------------


def place(phone: Phone, name: str) -> None:
    """One of the places of the bar."""
    phone.page.get_by_role("navigation").get_by_role("link", name=name).first.click()


def again(phone: Phone) -> None:
    """The first screen, looked at anew."""
    place(phone, "我的")
    place(phone, "在岗")


def saved(phone: Phone, press: str) -> None:
    """The press that saves, and its receipt."""
    phone.button(press, exact=False).first.click()
    expect(phone.receipt).to_be_visible()
    phone.button("关闭").click()


def leave_post(phone: Phone, *choose: Callable[[], None]) -> None:
    """离岗 with what is to be chosen."""
    again(phone)
    phone.button("离岗", exact=False).last.click()
    for one in choose:
        one()
    saved(phone, "提交（联网后自动发送）")


def body(phone: Phone, kind: str, rid: str) -> Any:
    """A row of this browser."""
    return json.loads(phone.rows(kind)[kind, rid])


def uid_of(phone: Phone) -> str:
    return next(rid for _, rid in phone.rows("me"))


def sent(device: Device) -> None:
    """Everything that waited takes effect."""
    assert {(r.st, r.code) for r in device.push()} == {("applied", None)}


def empty(theatre: Theatre, lin: Device, post: str, clock: str) -> tuple[str, str]:
    """A round is begun and the window seen empty, after a wait: the round and the sighting."""
    now = theatre.at(clock)
    going = lin.save("patrol.start", RoundStart(f"{DAY}T{clock[:2]}", "hourly", now)).rid
    return going, lin.save("patrol.observe", Observe(going, post, "empty_no_notice", now, knew(lin), waited=True)).rid


# --- the day ----------------------------------------------------------------------------------------------------------


def morning(theatre: Theatre, wang: Phone, post: str) -> tuple[str, str]:
    """From eight to noon nobody of the three has a network. Returns the two sightings: of the noticed absence, of the other."""
    li, lin = theatre.cast["李"], theatre.cast["林"]
    theatre.at("08:21")
    again(wang)
    saved(wang, "签到")
    li.save("att.punch", Punch(DAY, 0, "in"))
    theatre.at("09:58")
    leave_post(wang, wang.chip("30 分钟").click)
    first, noticed = empty(theatre, lin, post, "10:02")
    cover = li.save("cover.step_up", StepUp(post, theatre.at("10:05"))).rid
    li.save("cover.hand_back", HandBack(theatre.at("10:25")), cover)
    again(wang)
    saved(wang, "返岗")
    lin.save("patrol.finish", RoundFinish(theatre.at("10:40")), first)
    second, unnoticed = empty(theatre, lin, post, "11:08")
    theatre.at("11:14")
    more = wang.page.get_by_text("离岗时间、事由、联系方式、衔接事项")
    leave_post(wang, more.click, wang.button("10 分钟前已离开", exact=False).click, wang.chip("30 分钟").click)
    lin.save("patrol.finish", RoundFinish(theatre.at("11:20")), second)
    again(wang)
    saved(wang, "返岗")
    theatre.at("11:40")
    place(wang, "我的")
    wang.page.get_by_role("link", name="请假", exact=True).click()
    wang.chip("年休假").click()
    wang.chip("今天下午").click()
    saved(wang, "提交请假（联网后自动发送）")
    wang.open()
    theatre.at("12:01")
    again(wang)
    saved(wang, "签退")
    li.save("att.punch", Punch(DAY, 0, "out"))
    return noticed, unnoticed


def noon(theatre: Theatre, wang: Phone, office: Phone) -> None:
    """The network is back: what was seen arrives before what explains it; the deputy, the office and the head decide."""
    li, lin, head = theatre.cast["李"], theatre.cast["林"], theatre.cast["赵"]
    theatre.at("13:00")
    sent(lin)
    sent(li)
    wang.offline(False)
    expect(wang.pill).to_contain_text(SYNCED)
    (asked,) = [rid for rid, one in li.pull().replica.bodies("leave").items() if one["state"] == "pending"]
    assert li.do("leave.decide", LeaveDecide(True), asked).st == "applied", "the deputy of the head"
    office.open("/approve")
    office.page.get_by_role("button", name=AGREE).first.click()
    office.until(lambda: body(office, "leave", asked)["state"] == "approved")
    (late,) = [rid for rid, one in head.pull().replica.bodies("away.office").items() if one["late"] and one["person"] == uid_of(wang)]
    assert head.do("away.judge_late", JudgeLate(True, "取件属实"), late).st == "applied"


def afternoon(theatre: Theatre, wang: Phone, board: Board, post: str) -> None:
    """On leave from half past two; back an hour later, said without a network; signed out in the evening."""
    window = board.page.locator(f"[data-post='{post}']")
    theatre.at("14:31")
    expect(window).to_contain_text("今日不在岗")
    wang.offline()
    theatre.at("15:29")
    again(wang)
    saved(wang, "签到")
    saved(wang, "销假")
    wang.offline(False)
    expect(wang.pill).to_contain_text(SYNCED)
    theatre.at("15:31")
    expect(window).to_contain_text("在岗")
    theatre.at("17:31")
    again(wang)
    saved(wang, "签退")
    expect(wang.pill).to_contain_text(SYNCED)


def the_month(theatre: Theatre, wang: Phone) -> str:
    """Last month's sheet: its one open line answered in two taps and accepted, then confirmed. Returns that line."""
    page, head = wang.page, theatre.cast["赵"]
    wang.open("/attendance")
    page.get_by_role("link", name="待说明").click()
    saved(wang, "路上拥堵")
    expect(wang.pill).to_contain_text(SYNCED)
    exceptions = head.pull().replica.bodies("att.exc")
    (answered,) = [rid for rid, one in exceptions.items() if one["person"] == uid_of(wang) and one["state"] == "answered"]
    assert head.do("att.decide", AttDecide(True, "属实"), answered).st == "applied"
    wang.button("确认无误").click()
    expect(page.get_by_text("本人已确认")).to_be_visible()
    expect(wang.pill).to_contain_text(SYNCED)
    return str(answered)


def sent_by(theatre: Theatre, people: dict[str, str]) -> list[Sent]:
    """What these people's devices have sent since the morning, as the server keeps it."""
    names = {uid: name for name, uid in people.items()}
    with closing(Connection(theatre.server.settings.data / f"{SITE}.sqlite", ("query_only=ON",))) as sql:
        devices = {dev: names.get(uid) for dev, uid in sql.all("SELECT dev, uid FROM device")}
        bodies = [msgspec.json.decode(body, type=OpBody) for (body,) in sql.all("SELECT body FROM op WHERE body IS NOT NULL ORDER BY n")]
    said = [(devices[body.dev], body) for body in bodies]
    return [Sent(who, b.clk.w + (b.clk.off or 0), b.k, b.rid, msgspec.json.decode(b.a)) for who, b in said if who is not None]


def rows_shown(sql: Sql) -> dict[str, set[tuple[str, str, str]]]:
    """Every row the store shows, by bucket: kind, rid, hash."""
    shown: dict[str, set[tuple[str, str, str]]] = {}
    rows = "SELECT b.bucket, v.kind, v.rid, v.hash FROM bucket_row b JOIN view_row v ON v.n = b.n WHERE b.live = 1 AND v.body IS NOT NULL"
    for bucket, *row in sql.all(rows):
        shown.setdefault(bucket, set()).add(tuple(row))
    return shown


def test_a_whole_day_of_the_hall_ends_as_its_facts_say(theatre: Theatre) -> None:
    """EVD-01, EVD-02, EVD-05, CON-01, CON-03, ATT-01, ATT-09, AB-02, LV-07, LV-12, GEN-08, PRV-08: six devices, three offline at first."""
    cast = theatre.cast
    wang, office = theatre.phone("staff"), theatre.phone("office", size=DESK)
    for name in ("李", "林", "赵"):
        cast[name].pull()
    uid, head, li = uid_of(wang), cast["赵"], cast["李"]
    assert head.do("leave.deputy", LeaveDeputy(li.uid, DAY, DAY), head.uid).st == "applied"
    post = next(one["post"] for one in li.replica.bodies("duty").values() if one["day"] == DAY and one["a"] == uid)
    wang.offline()
    noticed, unnoticed = morning(theatre, wang, post)
    noon(theatre, wang, office)
    board = theatre.board()
    afternoon(theatre, wang, board, post)
    answered = the_month(theatre, wang)

    # The desk: the window was empty twice, the person answers for neither.
    states = {rid: body(office, "finding", rid) for rid in (noticed, unnoticed)}
    assert [states[rid]["state"] for rid in (noticed, unnoticed)] == ["explained", "late_notice"]
    assert [states[rid]["person_count"] for rid in (noticed, unnoticed)] == [0, 0]
    assert [states[rid]["post_count"] for rid in (noticed, unnoticed)] == [1, 1]
    office.open("/overview")
    expect(office.page.get_by_role("table", name="人员去向一览表")).to_be_visible()
    day = body(office, "att.day", f"{DAY}:{uid}")
    assert [(one.get("in_kind", "ok"), one.get("out_kind", "ok")) for one in day["spells"]] == [("ok", "ok"), ("ok", "ok")], day["spells"]

    # The own file tells all of it; the board is back where the day began.
    wang.open("/own")
    for said in ("补告示，负责人已采信。", "已销假", "说明已采信，不计"):
        expect(wang.page.get_by_text(said).first).to_be_visible()
    # A copy on paper has what the sheets behind the lines say, too; afterwards the screen is as it was.
    wang.page.evaluate("window.print = () => { window.paper = document.body.innerText }")
    wang.button("打印").click()
    assert {"时间凭据", "所称离岗时间", "服务器收到"} <= set(wang.page.evaluate("window.paper").split("\n"))
    wang.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(wang.page.get_by_text("时间凭据")).to_have_count(0)
    assert board.labels()[post] in ("on_post", "closed")

    # One end state: what the devices hold is what the store has for them, and that is what the facts make in any order.
    store = theatre.server.app.gate.places[SITE].store
    assert isinstance(store, ThreadedStore)
    shown = theatre.server.call(lambda: store.read(rows_shown))
    for name in ("李", "林", "赵"):
        replica = cast[name].pull().replica
        # Answers to a device's own ops are no rows of the store.
        held = {(*key, row.hash) for key, row in replica.rows.items() if key[0] != "op.result"}
        assert held == {row for bucket in replica.buckets for row in shown.get(bucket, ())}, name
    result = theatre.server.call(lambda: compare(store))
    assert result.differences == []

    # What the devices sent is the day that is played in two hundred orders of arrival.
    people = {"wang": uid, "li": li.uid, "zhao": head.uid, "lin": cast["林"].uid, "zhou": uid_of(office)}
    script = whole_day(Place(DAY, post, people, answered, f"{LAST_MONTH}:{uid}"))
    assert differences(script, sent_by(theatre, people)) == []
