"""Checklists, codes, the handbook, an inspection and its repairs between real devices and a real server (FAC, PRH, LNG, DOC-14)."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from server.domain.facility.ops import AssignRepair, CheckRepair, Fault, Inspect, Repaired
from server.domain.norms.ops import (
    Checklist,
    ChecklistGroup,
    ChecklistItem,
    CodeRule,
    ItemAnswer,
    PutChecklist,
    PutCode,
    PutHandbook,
    ReadHandbook,
)
from server.domain.norms.rules import score
from server.domain.patrol.ops import Observe
from sync import messages as m
from sync.ops import Blob
from tests.support.cast import Cast, Device
from tests.support.clock import FirstMorning, World
from tests.support.day import MINUTE, knew, post_of
from tests.support.registers import ask

PHOTO = Blob("ab" * 32, 1000, "image/jpeg", 0)
OWN = {"zh_Hans": "自定", "en": "Own"}


@pytest.fixture(scope="module")
def world() -> World:
    return FirstMorning()


def now(device: Device) -> int:
    return int(device.replica.time.now())


def sheet(device: Device, rid: str, failed: Sequence[str] = ("FF05",), **more: Any) -> Inspect:
    """A whole inspection by the list this device holds, with what its screen would show as the score."""
    body = device.replica.body("checklist", rid)
    checklist = msgspec.convert(body, Checklist)
    items = [item.id for group in checklist.groups for item in group.items]
    answers = [ItemAnswer(one, "fail", "过期", [PHOTO.sha256]) if one in failed else ItemAnswer(one, "full") for one in items]
    args = {"said_tenths": score(checklist, answers).tenths, "from_at": now(device) - 20 * MINUTE, "to_at": now(device), "answers": answers}
    return Inspect(checklist=rid, **(args | more))


def test_a_round_made_offline_with_an_older_version_counts_and_its_fault_is_repaired(cast: Cast) -> None:
    """FAC-05, FAC-06: published meanwhile, sent later; repaired by one, seen by another; on the register and on paper (DOC-14)."""
    lin, zhou, wang, sun = (cast[who].pull() for who in ("林", "周", "王", "孙"))
    post = post_of(wang)
    done = lin.save("facility.inspect", sheet(lin, "fa-1", faults={"FF05": Fault("missing", "grave", post, closes=True)}), blobs=[PHOTO])
    newer = PutChecklist(OWN, "facility", [ChecklistGroup("A", OWN, [ChecklistItem("A1", OWN, 100)])], "2099-01-01")
    assert zhou.do("norm.checklist", newer, "fa-2").st == "applied"
    assert [result.st for result in lin.push()] == ["applied"]
    repair = f"{done.rid}.FF05"
    seen = zhou.pull().replica.body("repair", repair)
    assert (seen["state"], seen["kind"], seen["place"]) == ("reported", "missing", post)
    assert repair not in sun.pull().replica.bodies("repair"), "a check lead has nothing to do with it"
    version = zhou.replica.rows["repair", repair].ver
    assert zhou.do("repair.assign", AssignRepair(wang.uid), repair, {repair: version}).st == "applied"
    assert wang.pull().replica.body("repair", repair)["due_day"]
    assert wang.do("repair.done", Repaired("已换新", now(wang)), repair, blobs=[PHOTO]).st == "applied"
    mine = cast["赵"].pull().replica.rows["repair", repair].ver
    assert wang.do("repair.check", CheckRepair(True), repair, {repair: mine}).code == "NO_RIGHT"
    assert lin.pull().do("repair.check", CheckRepair(True), repair, {repair: mine}).st == "applied"
    assert lin.pull().replica.body("repair", repair)["state"] == "checked"
    rows = ask(zhou, "register/repair", f__state="checked").raise_for_status().json()["rows"]
    assert [row["rid"] for row in rows] == [repair]
    assert ask(zhou, "register/facility").raise_for_status().json()["rows"][0]["rid"] == done.rid
    paper = f"/s/{lin.site}/paper/facility_check/{done.rid}.pdf"
    assert lin.http.get(paper).content.startswith(b"%PDF")
    assert wang.http.get(paper).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"checklist": "fa-9"}, "CHECKLIST_UNKNOWN"),
        ({"answers": [ItemAnswer("MS01", "full")]}, "ITEM_UNKNOWN"),
        ({"said_tenths": 1}, "SCORE_DIFFERS"),
    ],
)
def test_what_does_not_fit_is_held_whole_for_a_person_with_its_reason(cast: Cast, wrong: dict[str, Any], code: str) -> None:
    """FAC-06: a version nobody published, items the list does not have, a score that does not add up: nothing lost."""
    lin, zhou = cast["林"].pull(), cast["周"]
    args = msgspec.structs.replace(sheet(lin, "fa-1"), **wrong)
    op = lin.save("facility.inspect", args, blobs=[PHOTO])
    (result,) = lin.push()
    assert (result.st, result.code) == ("held", code)
    waiting = zhou.pull().replica.body("op.held", op.id)
    assert (waiting["code"], waiting["uid"]) == (code, lin.uid)
    assert waiting["args"].startswith('{"checklist":')


def test_mystery_shoppers_get_the_lists_of_visits_alone_and_a_new_version_at_once(cast: Cast) -> None:
    """CHK-07, CHK-05: published by the check lead, held by who records by it."""
    sun, wu, zhou = (cast[who].pull() for who in ("孙", "吴", "周"))
    assert {body.get("use", "visit") for body in wu.replica.bodies("checklist").values()} == {"visit"}
    assert "ms-1" not in zhou.replica.bodies("checklist")
    newer = PutChecklist(OWN, "visit", [ChecklistGroup("A", OWN, [ChecklistItem("A1", OWN, 100, proof=True)])], "2099-01-01")
    assert zhou.do("norm.checklist", newer, "ms-2").code == "NO_RIGHT"
    assert sun.do("norm.checklist", newer, "ms-2").st == "applied"
    assert {"ms-1", "ms-2"} <= set(wu.pull().replica.bodies("checklist"))


def test_codes_phrases_and_tags_are_on_every_phone_before_the_network_goes(cast: Cast) -> None:
    """LNG-01..06, PRH-01, PRH-02, PRH-05, OFF-02: a unit's own items on the phones of the unit only (PRH-04)."""
    wang, zhao, li, zhou = (cast[who].pull() for who in ("王", "赵", "李", "周"))
    for device in (wang, zhao, zhou):
        held = device.replica
        assert {"phrase", "tagset", "code", "handbook"} <= {kind for kind, _ in held.rows}
        assert {body["rule"]["group"] for body in held.bodies("code").values()} >= {"bending", "leaking", "deserting", "slackness"}
    unit = str(zhao.replica.body("me", zhao.uid)["unit"])
    own = PutCode(CodeRule(OWN, "slackness", "2099-01-01", unit=unit))
    assert zhao.do("norm.code", own, "U01@2099-01-01").st == "applied"
    assert "U01@2099-01-01" in li.pull().replica.bodies("code")
    assert "U01@2099-01-01" in zhou.pull().replica.bodies("code")
    assert "U01@2099-01-01" not in cast["领"].replica.bodies("code")


def test_the_office_sees_who_has_read_the_handbook(cast: Cast) -> None:
    """PRH-06: one tap offline, sent later; the register, and the rows from which the list of those who have not follows."""
    wang, zhou, li = (cast[who].pull() for who in ("王", "周", "李"))
    read = wang.save("norm.read", ReadHandbook(now(wang)), "1")
    assert f"1:{wang.uid}" not in zhou.replica.bodies("handbook.read")
    assert [result.st for result in wang.push()] == ["applied"]
    assert read.rid == "1"
    assert zhou.pull().replica.body("handbook.read", f"1:{wang.uid}")["person"] == wang.uid
    assert f"1:{wang.uid}" not in li.pull().replica.bodies("handbook.read"), "a colleague does not"
    assert [row["rid"] for row in ask(zhou, "register/handbook").raise_for_status().json()["rows"]] == [f"1:{wang.uid}"]
    edition: m.Result = zhou.do("norm.handbook", PutHandbook(OWN, OWN, "2099-01-01"), "2")
    assert edition.st == "applied"
    assert f"2:{wang.uid}" not in zhou.pull().replica.bodies("handbook.read")


def test_praise_and_blame_are_recorded_on_the_same_screen_and_kept_alike(cast: Cast) -> None:
    """LNG-07, LNG-01: P0 of the quick list beside P13; what they are called is the hall's own list (§6.3)."""
    lin, wang = cast["林"].pull(), cast["王"].pull()
    post, round_id = post_of(wang), lin.replica.new_id(now(lin))
    named = {
        item["id"]: item["names"]["zh_Hans"] for group in lin.replica.body("checklist", "quick-1")["groups"] for item in group["items"]
    }
    assert (named["P0"], named["P13"]) == ("表扬", "用语或态度")
    assert "quick-1" in wang.replica.bodies("checklist")
    seen = {}
    for code in ("P0", "P13"):
        args = Observe(round_id, post, "serving", now(lin), knew(lin), codes=[code], person=wang.uid)  # type: ignore[list-item]
        seen[code] = lin.do("patrol.observe", args).rid
    held = lin.pull().replica.bodies("obs")
    assert {code: held[rid]["codes"] for code, rid in seen.items()} == {"P0": ["P0"], "P13": ["P13"]}
