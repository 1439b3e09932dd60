"""Who is told what of camera findings, bulletins and irregular rounds: real devices, through push, pull, registers and papers (VIS-01)."""

from typing import Any

from msgspec.structs import replace

from server.domain.bulletin.ops import BulletinWording, DraftBulletin, EditBulletin, IssueBulletin
from server.domain.hall.handlers import put_hall
from server.domain.hall.rules import add_days
from server.domain.hall.tables import HallRecord
from server.domain.irregular.ops import CommitRounds
from server.domain.patrol.ops import Knew, Observe, VideoSeen
from server.store.contract import Unit
from tests.support.cast import SITE, Cast, Device
from tests.support.day import Day
from tests.support.server import RunningServer


def kinds(device: Device) -> set[str]:
    return {kind for kind, _ in device.pull().replica.rows}


def test_a_camera_finding_reaches_its_readers_and_asks_the_floor_for_no_more_than_a_look(cast: Cast) -> None:
    """PTL-11, PRH-07: camera and clip stay with those of `ptl.video_roles`; a cell of them is read for a purpose, and leaves a trace."""
    chen, lin = cast["陈"].pull(), cast["林"].pull()
    post, now = min(chen.replica.bodies("post")), chen.replica.time.now()
    rid = chen.do("patrol.video", VideoSeen("C-07", now, post, "empty_no_notice", clip="二号盘"), chen.replica.new_id(now)).rid
    assert chen.pull().replica.body("video", rid)["camera"] == "C-07"
    assert lin.pull().replica.body("video.ask", rid) == {"post": post, "since": now, "due_at": now + 600_000}
    for name in "林王赵领":
        assert "C-07" not in cast[name].pull_text(cur="").decode(), name
    page: Any = chen.http.get(f"/s/{chen.site}/register/video").raise_for_status().json()
    assert "C-07" not in str(page)
    assert "C-07" in chen.http.get(f"/s/{chen.site}/register/video", params={"purpose": "核对画面"}).text
    assert lin.do("patrol.observe", Observe("", post, "serving", now + 1, Knew(1, [], now), recheck_of=rid)).st == "applied"
    assert chen.pull().replica.body("video", rid)["recheck_seen"] == "serving"
    assert "video.ask" not in kinds(lin)


def test_a_held_camera_finding_is_told_to_those_who_read_such_findings_too(cast: Cast) -> None:
    """PRH-07, A6: it waits for the office by default, with the efficiency group beside it. What a visitor sends is the check leads'
    (I18).
    """
    chen, lin = cast["陈"].pull(), cast["林"].pull()
    op = lin.do("patrol.video", VideoSeen("C-08", lin.replica.time.now(), min(lin.replica.bodies("post")), "idle", clip="三号盘"))
    assert op.code == "NO_RIGHT"
    for name, hears in (("陈", True), ("周", True), ("管", False), ("领", False), ("赵", False)):
        assert ("C-08" in str(cast[name].pull().replica.bodies("op.held"))) is hears, name
    assert [row["owner"] for row in chen.pull().replica.bodies("op.held").values() if "C-08" in row["args"]] == ["OFF"]
    wu = cast["吴"].pull()
    assert wu.do("patrol.video", VideoSeen("C-09", wu.replica.time.now(), "w1", "idle")).code == "NO_RIGHT"
    for name, hears in (("陈", False), ("周", False), ("孙", True)):
        assert ("C-09" in str(cast[name].pull().replica.bodies("op.held"))) is hears, name


def test_a_narrower_rule_takes_what_is_held_of_a_camera_from_those_who_saw_it(cast: Cast, server: RunningServer) -> None:
    """PRH-07: the queue follows the rule, in both directions; what needs no change keeps its version."""
    chen, lin, zhou = cast["陈"], cast["林"].pull(), cast["周"]
    op = lin.do("patrol.video", VideoSeen("C-10", lin.replica.time.now(), min(lin.replica.bodies("post")), "idle", clip="四号盘"))

    def readers(roles: str) -> list[bool]:
        def rule(unit: Unit) -> None:
            with unit.step() as tx:
                record = tx.get(HallRecord, "hall")
                assert record
                rules = {**record.hall.rules, "ptl.video_roles": roles}
                put_hall(tx, replace(record, hall=replace(record.hall, rules=rules)))

        server.call(lambda: server.app.gate.place(SITE).store.write(rule))
        server.call(server.app.tell_held)
        return [op.id in device.pull().replica.bodies("op.held") for device in (chen, zhou)]

    assert readers("EFF,OFF") == [True, True]
    version = chen.replica.rows["op.held", op.id].ver
    assert readers("EFF,OFF") == [True, True]
    assert chen.replica.rows["op.held", op.id].ver == version
    assert readers("EFF") == [True, False]
    assert chen.replica.body("op.held", op.id)["owner"] == "EFF"
    assert readers("EFF,OFF") == [True, True]


def test_a_bulletin_is_read_and_printed_in_the_version_it_is_for(cast: Cast) -> None:
    """PTL-10, CHK-09, DOC-13, DOC-15: nobody's name leaves the hall with it."""
    zhou, wang, zhao = cast["周"].pull(), cast["王"], cast["赵"]
    last = add_days(f"{Day(cast).today(zhou)[:7]}-01", -1)
    rid = zhou.do("bulletin.draft", DraftBulletin("patrol_month", f"{last[:7]}-01", last)).rid
    assert not kinds(wang) & {"bulletin", "bulletin.in", "bulletin.pub"}
    name = zhou.replica.body("person", wang.uid)["name"]
    for public, code in ((f"{name}在岗", "NAMED"), ("总体平稳", None)):
        words = BulletinWording(title="上月巡查", overall="个别窗口空岗", public_overall=public)
        assert zhou.do("bulletin.edit", EditBulletin(words), rid).st == "applied"
        assert zhou.do("bulletin.issue", IssueBulletin(), rid).code == code
    assert kinds(wang) & {"bulletin", "bulletin.in", "bulletin.pub"} == {"bulletin.pub"}
    assert kinds(zhao) & {"bulletin", "bulletin.in", "bulletin.pub"} == {"bulletin.in", "bulletin.pub"}
    assert "个别窗口空岗" not in wang.pull_text(cur="").decode()
    for device, paper, status in ((wang, "bulletin_pub", 200), (wang, "bulletin_in", 404), (zhao, "bulletin_in", 200)):
        answer = device.http.get(f"/s/{device.site}/paper/{paper}/{rid}.pdf", params={"locale": "zh_Hant_TW"})
        assert (answer.status_code, answer.content[:4] == b"%PDF") == (status, status == 200), paper
    listed = zhou.http.get(f"/s/{zhou.site}/register/bulletin.csv", params={"from": last, "to": last}).raise_for_status().text
    assert "上月巡查" in listed


def test_a_plan_of_irregular_rounds_reaches_the_efficiency_group_alone(cast: Cast) -> None:
    """PTL-05."""
    chen = cast["陈"].pull()
    first = add_days(Day(cast).today(chen), 1)
    assert chen.do("irregular.commit", CommitRounds(first, add_days(first, 6), "5a" * 32)).st == "applied"
    assert "irregular" in kinds(chen)
    for name in "林王李赵周管领孙":
        assert "irregular" not in kinds(cast[name]), name
