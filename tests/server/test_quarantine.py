"""Ended devices and held ops: nothing unsent is lost, nothing takes effect unasked, and who may not know does not learn (I18)."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import msgspec
import pytest

from server.domain.hall.ops import HeldAccept, HeldReject
from server.domain.incident.ops import Report, Tick
from server.domain.patrol.ops import Tie
from server.domain.presence.ops import Announce, StepUp
from sync import messages as m
from sync.keys import b64
from sync.ops import Blob, upload_bytes
from tests.server.test_protocol_push import problem
from tests.support.cast import Cast, Device, Link
from tests.support.day import MINUTE, post_of, visit_args
from tests.support.photos import CHUNK, Tus, blob_of, fetch, jpeg
from tests.support.server import RunningServer
from tools import zaigang_verify as verify


def report(device: Device, post: str, text: str = "x", *blobs: Blob) -> Any:
    return device.save("incident.report", Report("other", post, device.replica.time.now(), 3, text=text), blobs=list(blobs))


def revoke(cast: Cast, device: Device, query: str = "") -> None:
    admin = cast["管"]
    admin.http.delete(f"/s/{admin.site}/devices/{device.replica.dev}{query}").raise_for_status()


def held(device: Device) -> dict[str, Any]:
    """The queue as this person's device has it."""
    return device.pull().replica.bodies("op.held")


def lost_report(cast: Cast, text: str) -> tuple[Device, str]:
    """A report of a phone that was disabled before it could send it, now in quarantine."""
    lost = cast.device("李", spare=True)
    op = report(lost, post_of(cast["王"].pull()), text)
    revoke(cast, lost)
    assert [(r.st, r.code) for r in lost.push()] == [("held", "REVOKED")]
    return lost, op.id


# --- revocation ------------------------------------------------------------------------------------------------------


def test_what_a_revoked_device_had_not_sent_is_kept_in_quarantine_and_then_it_is_told_to_forget(cast: Cast) -> None:
    """EVD-14: with grade C, for nobody answers for its clock."""
    lost = cast.device("李", spare=True)
    post = post_of(cast["王"].pull())
    sent = report(lost, post, "sent before")
    lost.push()
    unsent = [report(lost, post, f"unsent {n}") for n in range(3)]
    revoke(cast, lost)
    answer = lost.push_once(lost.replica.push())
    assert [(r.st, r.code, r.grade) for r in answer.results] == [("held", "REVOKED", "C")] * 3
    assert answer.stop == m.Stop("wipe", want=5)
    again = lost.push_once(lost.replica.push())
    assert again.results == answer.results, "the same bytes get the same answer"
    texts = {body["text"] for body in cast["林"].pull().replica.bodies("incident").values()}
    assert "sent before" in texts
    assert not texts & {"unsent 0", "unsent 1", "unsent 2"}
    for name in "管周":
        queue = held(cast[name])
        assert {op.id for op in unsent} <= set(queue)
        assert sent.id not in queue
        assert {(queue[op.id]["owner"], queue[op.id]["grade"]) for op in unsent} == {("ADM", "C")}
    lost.replica.push_answered(answer)
    assert lost.replica.wiped
    assert problem(lost.pull_response()) == "device_revoked"


def test_a_key_reported_stolen_sends_nothing_any_more(cast: Cast) -> None:
    lost = cast.device("李", spare=True)
    op = report(lost, post_of(cast["王"].pull()))
    revoke(cast, lost, "?stolen=1")
    answer = lost.post("push", lost.replica.push())
    assert (answer.status_code, problem(answer), answer.json()["params"]) == (403, "device_revoked", {})
    assert op.id not in held(cast["管"])


def test_signing_ops_of_a_revoked_device_again_does_not_get_them_past_the_quarantine(cast: Cast) -> None:
    lost = cast.device("李", spare=True)
    report(lost, post_of(cast["王"].pull()))
    revoke(cast, lost)
    fresh = Device(lost.url, lost.clocks)
    session = fresh.sign_in("standin")
    message = lost.replica.enrol_anew(fresh.replica.key, session.nonce)
    lost.replica.enrolled(msgspec.json.decode(fresh.post("devices", message).raise_for_status().content, type=m.Enrolled))
    lost.http = fresh.http
    assert [(r.st, r.code, r.grade) for r in lost.push()] == [("held", "REVOKED", "C")]


def test_the_session_of_a_disabled_phone_opens_no_door_any_more_until_its_person_signs_in_anew(cast: Cast) -> None:
    """I19: no file, no snapshot, and no other key; the person's other phone is not concerned."""
    lost, again = cast.device("周", spare=True).pull(), Device(cast.url, cast["周"].clocks)
    again.http = lost.http
    door = f"/s/{lost.site}"
    assert lost.http.get(f"{door}/session").is_success
    revoke(cast, lost)
    # What a phone asks before it goes on under another key: it must not forget, as at `device_revoked`, what it has not sent.
    assert problem(lost.http.get(f"{door}/session")) == "login_required"
    for closed in (
        lost.http.get(f"{door}/snapshot/x"),
        lost.http.get(f"{door}/blobs/x/{'0' * 64}"),
        lost.post("devices", again.replica.enrol(lost.nonce)),
    ):
        assert problem(closed) == "device_revoked"
    assert cast["周"].http.get(f"{door}/session").is_success
    again.sign_in("office")
    again.enrol()
    assert again.pull().replica.state() == again.refetch()


# --- its photos ------------------------------------------------------------------------------------------------------


@contextmanager
def by_signature(device: Device, data: bytes) -> Iterator[Tus]:
    """Uploads of a phone that has no session any more."""
    cookies, device.http.cookies = device.http.cookies, httpx.Cookies()
    tus = Tus(device)
    signed = upload_bytes(device.site, device.replica.dev, blob_of(data).sha256)
    tus.headers["Zaigang-Signature"] = b64(device.replica.key.sign(signed))
    try:
        yield tus
    finally:
        device.http.cookies = cookies


def lost_photo(cast: Cast, photo: bytes, query: str = "") -> tuple[Device, str]:
    """A phone that was disabled with a report and its photo unsent; the report is in quarantine, if it was not stolen."""
    lost = cast.device("李", spare=True)
    op = report(lost, post_of(cast["王"].pull()), "x", blob_of(photo))
    revoke(cast, lost, query)
    if not query:
        lost.push()
    return lost, op.rid


def test_the_photos_its_ops_name_still_come_in_by_the_signature_of_a_revoked_phone(cast: Cast) -> None:
    """EVD-14: preview first, and the picture over a cut; the record shows it once it is accepted."""
    photo = jpeg(1200, 900, seed=71, quality=95)
    lost, rid = lost_photo(cast, photo)
    assert len(photo) > CHUNK
    small = jpeg(60, 40, seed=71)
    with by_signature(lost, photo) as tus:
        assert tus.create(photo, part="thumb", first=small, **{"Upload-Length": str(len(small))}).is_success
        url = tus.create(photo, first=photo[:CHUNK]).headers["location"]
        assert tus.offset(url) == CHUNK
        while (at := tus.offset(url)) + CHUNK < len(photo):
            assert tus.patch(url, at, photo[at : at + CHUNK]).is_success
        assert tus.patch(url, at, photo[at:]).is_success
        assert problem(tus.create(photo, first=photo[:CHUNK])) == "device_revoked", "it is here"
    (op,) = (op for op, body in held(cast["管"]).items() if body["rid"] == rid)
    assert cast["管"].do("held.accept", HeldAccept(), op).st == "applied"
    assert fetch(cast["林"].pull(), rid, photo).status_code == 200


def test_a_revoked_phone_sends_nothing_that_no_op_names_and_learns_nothing_of_what_others_have(cast: Cast) -> None:
    """I32: what nobody has, what others named or sent and what is here already get the same answer."""
    mine, theirs, theirs_too, nobodys = (jpeg(seed=seed) for seed in range(72, 76))
    lost, _ = lost_photo(cast, mine)
    report(cast["王"], post_of(cast["王"].pull()), "x", blob_of(theirs), blob_of(theirs_too))
    cast["王"].push()
    assert Tus(cast["王"]).upload(theirs).is_success
    with by_signature(lost, mine) as tus:
        assert tus.upload(mine).is_success
    answers = set()
    for photo in (mine, theirs, theirs_too, nobodys):
        with by_signature(lost, photo) as tus:
            answer = tus.upload(photo)
            answers.add((answer.status_code, answer.text))
    assert len(answers) == 1
    assert problem(answer) == "device_revoked"


def test_what_was_begun_unnamed_before_the_end_does_not_go_on_after_it(cast: Cast) -> None:
    photo = jpeg(1200, 900, seed=76, quality=95)
    lost = cast.device("李", spare=True)
    url = Tus(lost).create(photo, first=photo[:CHUNK]).headers["location"]
    revoke(cast, lost)
    with by_signature(lost, photo) as tus:
        for answer in (tus.patch(url, CHUNK, photo[CHUNK:]), tus.create(photo, first=photo[:CHUNK])):
            assert problem(answer) == "device_revoked"


def test_a_stolen_phone_sends_no_photo(cast: Cast) -> None:
    photo = jpeg(seed=77)
    lost, _ = lost_photo(cast, photo, "?stolen=1")
    report(cast["李"], post_of(cast["王"].pull()), "x", blob_of(photo))
    cast["李"].push()
    with by_signature(lost, photo) as tus:
        assert problem(tus.upload(photo)) == "device_revoked"


def test_the_signature_opens_one_file_of_an_ended_phone_and_no_other_door(cast: Cast) -> None:
    """Without it nobody learns even that a device was ended; a device in use signs in."""
    mine, other = jpeg(seed=78), jpeg(seed=79)
    lost, _ = lost_photo(cast, mine)
    with by_signature(lost, other) as tus:
        assert problem(tus.upload(mine)) == "signature_bad"
    with by_signature(lost, mine) as tus:
        tus.headers["Zaigang-Device"] = "0" * 32
        assert problem(tus.upload(mine)) == "device_unknown"
        del tus.headers["Zaigang-Signature"]
        tus.headers["Zaigang-Device"] = lost.replica.dev
        assert problem(tus.upload(mine)) == "login_required"
    used = cast.device("李", spare=True)
    report(used, post_of(cast["王"].pull()), "x", blob_of(other))
    used.push()
    with by_signature(used, other) as tus:
        assert problem(tus.upload(other)) == "login_required"


# --- deciding --------------------------------------------------------------------------------------------------------


def test_an_accepted_op_takes_effect_as_its_author_said_it_and_the_author_is_told(cast: Cast) -> None:
    lost, op = lost_report(cast, "灯管闪烁")
    body = held(cast["管"])[op]
    assert (body["k"], body["uid"], body["dev"], body["code"]) == ("incident.report", lost.uid, lost.replica.dev, "REVOKED")
    assert msgspec.json.decode(body["args"])["text"] == "灯管闪烁"
    version = cast["管"].replica.rows["op.held", op].ver
    assert cast["管"].do("held.accept", HeldAccept("已核实"), op, {op: version}).st == "applied"
    shown = [b for b in cast["林"].pull().replica.bodies("incident").values() if b["text"] == "灯管闪烁"]
    assert [b["reporter"] for b in shown] == [lost.uid]
    assert op not in held(cast["管"])
    assert op not in held(cast["周"])
    told = cast["李"].pull().replica.body("op.decided", op)
    assert (told["accepted"], told["by"], told["text"]) == (True, cast["管"].uid, "已核实")
    assert cast["周"].do("held.accept", HeldAccept(), op).code == "GONE"


def test_a_rejected_op_stays_without_effect_for_good_and_its_author_learns_why(cast: Cast) -> None:
    _, op = lost_report(cast, "重复登记")
    assert cast["周"].pull().do("held.reject", HeldReject(" "), op).code == "INVALID"
    assert cast["周"].do("held.reject", HeldReject("与另一条重复"), op).st == "applied"
    assert op not in held(cast["管"])
    told = cast["李"].pull().replica.body("op.decided", op)
    assert (told.get("accepted", False), told["text"]) == (False, "与另一条重复")
    texts = {body["text"] for body in cast["林"].pull().replica.bodies("incident").values()}
    assert "重复登记" not in texts


def test_nobody_decides_his_own_op_and_who_does_not_see_one_learns_nothing_of_it(cast: Cast) -> None:
    lost = cast.device("周", spare=True)
    op = report(lost, post_of(cast["王"].pull()))
    revoke(cast, lost)
    lost.push()
    assert cast["周"].pull().do("held.accept", HeldAccept(), op.id).code == "NO_RIGHT"
    never = cast["林"].replica.new_id(5)
    for name in "林王赵":
        known, unknown = (cast[name].do("held.accept", HeldAccept(), rid) for rid in (op.id, never))
        assert (known.st, known.code, known.cur) == (unknown.st, unknown.code, unknown.cur) == ("refused", "GONE", None)
    assert cast["管"].pull().do("held.accept", HeldAccept(), op.id).st == "applied"


def test_an_op_that_cannot_take_effect_refuses_its_acceptance_and_waits_on(cast: Cast) -> None:
    """A stranger took a post: the office may set that aside, but not make it so on his behalf."""
    li, post = cast["林"], post_of(cast["王"].pull())
    result = li.do("cover.step_up", StepUp(post, li.replica.time.now()))
    assert (result.st, result.code) == ("held", "NO_RIGHT")
    assert held(cast["周"])[result.id]["owner"] == "OFF"
    assert result.id not in held(cast["管"])
    assert cast["周"].do("held.accept", HeldAccept(), result.id).code == "NO_RIGHT"
    assert result.id in held(cast["周"])
    assert cast["周"].do("held.reject", HeldReject("不是本岗位人员"), result.id).st == "applied"


def test_a_decision_on_another_version_is_not_carried_out(cast: Cast) -> None:
    _, op = lost_report(cast, "x")
    version = cast["管"].pull().replica.rows["op.held", op].ver
    assert cast["管"].do("held.reject", HeldReject("y"), op, {op: version + 1}).code == "STALE"


def test_what_waits_for_an_op_goes_on_when_that_is_accepted(cast: Cast) -> None:
    lost = cast.device("李", spare=True)
    op = report(lost, post_of(cast["王"].pull()))
    revoke(cast, lost)
    lost.push()
    tick = cast["李"].do("incident.tick", Tick("handling", lost.replica.time.now(), "在处理"), op.rid)
    assert tick.code == "REF_WAIT"
    assert cast["管"].pull().do("held.accept", HeldAccept(), op.id).st == "applied"
    cast["李"].pull()
    assert [o.state for o in cast["李"].replica.outbox if o.id == tick.id] == ["applied"]


def test_a_held_op_is_told_on_the_socket_to_those_who_decide(cast: Cast) -> None:
    with cast["周"].live() as link:
        _, op = lost_report(cast, "x")
        link.until(lambda replica: ("op.held", op) in replica.rows)


# --- secrecy ---------------------------------------------------------------------------------------------------------


def test_what_is_held_of_a_sealed_check_is_told_to_its_lead_only(cast: Cast) -> None:
    shopper = cast.device("吴", spare=True).pull()
    op = shopper.save("visit.record", visit_args(shopper))
    revoke(cast, shopper)
    assert [r.code for r in shopper.push()] == ["REVOKED"]
    body = held(cast["孙"])[op.id]
    assert (body["owner"], body["k"]) == ("CHECK", "visit.record")
    for name in "林王李赵周管郑":
        assert op.id not in held(cast[name]), name
        assert cast[name].do("held.accept", HeldAccept(), op.id).code == "GONE"
    assert cast["孙"].do("held.accept", HeldAccept(), op.id).st == "applied"
    assert ("visit", op.rid) in cast["孙"].pull().replica.rows


@pytest.mark.parametrize("known", [True, False])
def test_a_strangers_visit_is_held_for_the_lead_and_nobody_else(cast: Cast, known: bool) -> None:
    args = visit_args(cast["吴"].pull())
    if not known:
        args = msgspec.structs.replace(args, mission="no such mission")
    result = cast["王"].do("visit.record", args)
    assert (result.st, result.code) == ("held", "NO_RIGHT")
    assert held(cast["孙"])[result.id]["uid"] == cast["王"].uid
    for name in "周管林吴郑":
        assert result.id not in held(cast[name]), name


def test_whatever_a_visitor_sends_that_is_held_stays_inside_the_check_team(cast: Cast) -> None:
    shopper = cast.device("吴", spare=True)
    post = post_of(cast["王"].pull())
    now = shopper.replica.time.now()
    told = [
        shopper.do("incident.report", Report("other", post, now, 3)),
        shopper.do("away.announce", Announce([post], "trip", now, now + MINUTE, shopper.uid)),
    ]
    shopper.replica.append("", "", "", "no op at all")
    told += shopper.push()
    assert {result.st for result in told} == {"held"}
    ids = {result.id for result in told}
    assert ids <= set(held(cast["孙"]))
    for name in "周管":
        assert not ids & set(held(cast[name])), name


@pytest.mark.parametrize("name", ["吴", "孙"])
def test_a_tie_that_one_of_the_check_team_declared_and_that_is_held_stays_inside_it(cast: Cast, name: str) -> None:
    """PTL-07: who declares ties inspects."""
    device = cast.device(name, spare=True).pull()
    op = device.save("patrol.tie", Tie([], []), rid=device.uid)
    revoke(cast, device)
    assert [r.st for r in device.push()] == ["held"]
    assert held(cast["孙"])[op.id]["owner"] == "CHECK"
    for outside in "林王李赵周管郑":
        assert op.id not in held(cast[outside]), outside


def test_a_disabled_phone_reads_nothing_by_the_name_of_another_phone_of_its_person(cast: Cast) -> None:
    """I19."""
    lost, other = cast.device("周", spare=True).pull(), cast["周"].pull()
    revoke(cast, lost)
    asked = {"dev": other.replica.dev, "cur": "", "epoch": "", "bh": "", "wait": "0", "sv": "1", "hs": "0", "hh": other.replica.link(0)}
    assert problem(lost.http.get(f"/s/{lost.site}/pull", params=asked)) == "device_revoked"


@contextmanager
def hiding(device: Device) -> Iterator[httpx.Client]:
    """The session of a phone, by somebody who shows the site no cookie that says which phone it is."""
    shown = {cookie.name: cookie.value or "" for cookie in device.http.cookies.jar if "-dev" not in cookie.name}
    with httpx.Client(base_url=device.http.base_url, cookies=shown) as bare:
        yield bare


@pytest.mark.parametrize("begun", ["before its enrolment", "after it"])
def test_a_disabled_phone_that_hides_which_it_is_opens_nothing_with_its_session_and_others_stay(cast: Cast, begun: str) -> None:
    """I19: a session belongs to the device that was enrolled with it, or that the browser was when its person signed in."""
    lost, other = cast.device("周", spare=True).pull(), cast["周"].pull()
    if begun == "after it":
        lost.sign_in("office")
    door = f"/s/{lost.site}"
    with hiding(lost) as bare:
        assert bare.get(f"{door}/registers").is_success
        revoke(cast, lost)
        asked = {"dev": other.replica.dev, "cur": "", "epoch": "", "bh": "", "wait": "0", "sv": "1", "hs": "0", "hh": other.replica.link(0)}
        for closed in (f"{door}/registers", f"{door}/blobs/x/{'0' * 64}", f"{door}/snapshot/x"):
            assert problem(bare.get(closed)) == "device_revoked", closed
        assert problem(bare.get(f"{door}/pull", params=asked)) == "device_revoked"
        assert problem(bare.get(f"{door}/session")) == "login_required"
    assert other.http.get(f"{door}/registers").is_success


def test_a_session_goes_on_with_the_device_a_phone_has_become(cast: Cast) -> None:
    """I19: the chain it left may be disabled."""
    old = cast.device("周", spare=True)
    again = Device(cast.url, cast["周"].clocks)
    again.http, again.nonce = old.http, old.nonce
    again.enrol()
    revoke(cast, old)
    assert again.http.get(f"/s/{again.site}/registers").is_success
    revoke(cast, again)
    with hiding(again) as bare:
        assert problem(bare.get(f"/s/{again.site}/registers")) == "device_revoked"


def test_no_socket_goes_on_or_begins_with_the_session_of_a_disabled_phone(cast: Cast) -> None:
    """I19: nor under the name of a device that the same browser was before."""
    before = cast.device("周", spare=True).pull()
    lost = Device(cast.url, cast["周"].clocks)
    lost.http, lost.nonce = before.http, before.nonce
    lost.enrol()
    with before.live() as link, cast["周"].pull().live() as other:
        revoke(cast, lost)
        assert link.closed_with() == 4401
        with before.socket() as socket:
            begun = Link(before, socket)
            begun.send(before.replica.hello(msgspec.json.decode(socket.recv(timeout=5), type=m.Hi)))
            assert begun.closed_with() == 4401
        other.settle()


def test_a_phone_disabled_and_reported_stolen_later_is_what_the_audit_says(cast: Cast, server: RunningServer) -> None:
    """T6: whoever checks the hall's evidence finds nothing altered (EVD-14)."""
    lost = cast.device("周", spare=True)
    revoke(cast, lost)
    time.sleep(0.01)
    revoke(cast, lost, "?stolen=1")
    with closing(sqlite3.connect(server.settings.data / f"{lost.site}.sqlite")) as sql:
        checker = verify.Checker(verify.Database(sql), [], [], [])
        checker.check()
    assert [str(one) for one in checker.findings if lost.replica.dev in str(one)] == []


def test_with_a_stolen_phone_its_person_is_signed_out_whatever_cookies_are_shown(cast: Cast) -> None:
    """I19: also one that was merely disabled before, and signed in on again."""
    for before in ("", "disabled"):
        lost = cast.device("周", spare=True).pull()
        if before:
            revoke(cast, lost)
            lost.sign_in("office")
        revoke(cast, lost, "?stolen=1")
        with hiding(lost) as bare:
            assert problem(bare.get(f"/s/{lost.site}/registers")) == "login_required"
        assert problem(lost.pull_response()) == "device_revoked", "by which it forgets what it holds"
        assert lost.http.get(f"/s/{lost.site}/registers").status_code in (401, 403)
