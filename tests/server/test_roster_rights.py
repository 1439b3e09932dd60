"""What a change of the organisation does to accounts and devices, through push, pull and the socket of a real server (VIS-01, VIS-02)."""

import msgspec

from server.domain.hall.rules import local
from server.domain.hall.tables import RoleTerm, UnitTerm
from server.domain.roster.ops import DutyCell, EndPerson, PublishRoster, PutDraft, PutPerson, PutSwap
from sync.sheets import Issued
from tests.support.cast import Cast, Device

SINCE = "2020-01-01"


def body(device: Device, kind: str, rid: str) -> dict[str, object] | None:
    """A row this device has."""
    row = device.replica.rows.get((kind, rid))
    return msgspec.json.decode(row.body) if row else None


def new_person(cast: Cast, badge: str, roles: list[str]) -> Device:
    """A person the administrator has put, with a password handed over, at a device of his own."""
    admin = cast["管"]
    terms = [RoleTerm(role, SINCE) for role in roles]
    assert admin.do("org.person", PutPerson("于某", badge, [UnitTerm("u01", SINCE)], terms), f"n{badge}").st == "applied"
    answer = admin.http.post(f"/s/{admin.site}/people/n{badge}/password").raise_for_status()
    issued = msgspec.json.decode(answer.content, type=Issued)
    device = Device(cast.url, admin.clocks)
    device.sign_in_with(issued.login, issued.password)
    device.enrol()
    return device


def test_a_new_person_signs_in_and_has_what_the_role_may_see(cast: Cast) -> None:
    device = new_person(cast, "8001", ["STF"]).pull()
    assert body(device, "me", "n8001") == {"uid": "n8001", "name": "于某", "unit": "u01", "roles": ["STF"]}
    assert not [kind for kind, _ in device.replica.rows if kind in ("service", "duty.draft", "roster.check")]
    device.close()


def test_a_role_taken_away_takes_its_rows_from_the_device(cast: Cast) -> None:
    """VIS-02: at the next contact; drafts were the office's."""
    device = new_person(cast, "8002", ["STF", "OFF"]).pull()
    assert any(kind == "service" for kind, _ in device.replica.rows)
    with device.live() as link:
        only = [RoleTerm("STF", SINCE)]
        assert cast["管"].do("org.person", PutPerson("于某", "8002", [UnitTerm("u01", SINCE)], only), "n8002").st == "applied"
        link.until(lambda replica: not any(kind == "service" for kind, _ in replica.rows))
    assert not any(kind == "service" for kind, _ in device.pull().replica.rows)
    device.close()


def test_whoever_leaves_is_out_and_stays_by_name(cast: Cast) -> None:
    """PRV-08: access ends with the day, the record keeps the name; a new password cannot be issued."""
    device = new_person(cast, "8003", ["STF"]).pull()
    assert cast["管"].do("org.person_end", EndPerson(SINCE), "n8003").st == "applied"
    assert device.pull_response().status_code == 401
    listed = body(cast["周"].pull(), "person", "n8003")
    assert listed is not None
    assert (listed["name"], listed["left"]) == ("于某", True)
    assert cast["管"].http.post(f"/s/{device.site}/people/n8003/password").status_code == 404
    device.close()


def test_a_new_password_ends_what_was_open_with_the_old_one(cast: Cast) -> None:
    device = new_person(cast, "8004", ["STF"])
    cast["管"].http.post(f"/s/{device.site}/people/n8004/password").raise_for_status()
    assert device.pull_response().status_code == 401
    device.close()


def test_drafts_reach_the_office_and_nobody_else_until_they_are_published(cast: Cast) -> None:
    """ORG-02 through push and pull: two worlds, one with a draft, look the same to staff."""
    office, staff = cast["周"].pull(), cast["王"].pull()
    last = max(rid.split(":")[0] for kind, rid in office.replica.rows if kind == "duty")
    mine = next(rid.split(":")[1] for kind, rid in staff.replica.rows if kind == "duty" and body(staff, kind, rid)["a"] == staff.uid)  # type: ignore[index]
    before = staff.replica.state()
    assert office.do("roster.draft", PutDraft([DutyCell(last, mine, "", "")])).st == "applied"
    assert staff.pull().replica.state() == before
    check = body(office.pull(), "roster.check", last)
    assert check is not None
    assert [gap["post"] for gap in check["gaps"]] == [mine]  # type: ignore[index, attr-defined]
    refused = office.do("roster.publish", PublishRoster(last, last, text="试"))
    assert (refused.st, refused.code) == ("refused", "ROSTER_UNCOVERED")
    assert staff.pull().replica.state() == before
    assert office.do("roster.publish", PublishRoster(last, last, reasons={mine: "停办"}, text="停办")).st == "applied"
    published = body(staff.pull(), "duty", f"{last}:{mine}")
    assert published is not None
    assert published["a"] == ""


def test_swaps_made_offline_end_the_same_whichever_arrives_first(cast: Cast) -> None:
    """ORG-09: 王 and 李 both tap without a network; the later tap stands on every device."""
    first, second = cast["王"].pull(), cast["李"].pull()
    hall = body(first, "hall", "hall")
    today = local(first.clocks.wall_ms(), str(hall["tz"])).date().isoformat() if hall else ""
    rid = next(
        r for kind, r in sorted(first.replica.rows) if kind == "duty" and r.startswith(today) and pair(first, r) == {first.uid, second.uid}
    )
    a = body(first, "duty", rid)["a"]  # type: ignore[index]
    b = second.uid if a == first.uid else first.uid
    post = rid.split(":")[1]
    first.save("roster.swap", PutSwap(post, today, str(b), str(a)))
    # Two devices know the server's time to within the length of a request: what is said closer together has no order.
    said_at = first.clocks.wall_ms()
    while second.clocks.wall_ms() < said_at + 250:
        continue
    second.save("roster.swap", PutSwap(post, today, str(a), str(b)))
    assert {result.st for result in (*second.push(), *first.push())} == {"applied"}
    ends = {str(body(device.pull(), "duty", rid)) for device in (first, second, cast["林"])}
    assert len(ends) == 1
    assert pair(first, rid) == {first.uid, second.uid}
    assert body(first, "duty", rid)["a"] == a  # type: ignore[index]


def pair(device: Device, rid: str) -> set[str]:
    """A and B of a duty."""
    duty = body(device, "duty", rid)
    return {str(duty["a"]), str(duty["b"])} if duty else set()
