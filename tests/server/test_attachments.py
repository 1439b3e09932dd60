"""Photos and sounds end to end: named by an op, sent by tus, made safe, shown to whom the record is open (PROTOCOL §7, I32)."""

import io
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from server.domain.incident.ops import Report, Tick
from server.domain.patrol.ops import Knew, Observe
from server.domain.visit.ops import ItemAnswer, Publish, RecordVisit, Void
from server.gateway.parts import Part
from server.store.contract import StoreTrouble
from sync.ops import Blob
from tests.support.cast import Cast, Device
from tests.support.clock import World
from tests.support.photos import CHUNK, GPS_MARK, Tus, blob_of, fetch, jpeg, jpeg_of_a_place, picture
from tests.support.server import RunningServer, serve_demo


def report(device: Device, *blobs: Blob) -> str:
    """An incident with these files; its rid."""
    post = next(rid for kind, rid in device.pull().replica.rows if kind == "post")
    rid = device.replica.new_id(device.replica.time.now())
    result = device.do("incident.report", Report("dispute", post, device.replica.time.now(), 3), rid, blobs=list(blobs))
    assert result.st == "applied"
    return rid


def faces(device: Device, kind: str) -> dict[str, dict[str, Any]]:
    """The rows of a kind as this device sees them after a pull."""
    rows = device.pull().replica.rows
    return {rid: msgspec.json.decode(row.body) for (k, rid), row in rows.items() if k == kind}


def test_a_photo_is_named_sent_made_safe_and_seen_by_whom_the_record_is_open(cast: Cast) -> None:
    """The record is there first and says what is missing; then thumbnail, then photo; the sender's own row says stored (PRV-10)."""
    photo = jpeg_of_a_place()
    rid = report(cast["王"], blob_of(photo))
    assert faces(cast["周"], "incident")[rid]["blobs"][0].get("st", "missing") == "missing"
    assert faces(cast["周"], "blob.due")[rid]["missing"] == 1
    assert fetch(cast["周"], rid, photo).status_code == 404
    tus = Tus(cast["王"])
    assert tus.upload(photo).status_code == 201
    shown = fetch(cast["周"], rid, photo)
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/jpeg"
    assert faces(cast["周"], "incident")[rid]["blobs"][0]["st"] == "stored"
    assert rid not in faces(cast["周"], "blob.due")
    (state,) = faces(cast["王"], "blob.state").values()
    assert (state["sha256"], state["state"]) == (blob_of(photo).sha256, "stored")
    assert GPS_MARK not in shown.content
    picture = Image.open(io.BytesIO(shown.content))
    assert picture.size == (200, 320), "turned upright"
    assert not picture.getexif()


def test_a_preview_comes_first_and_says_so(cast: Cast) -> None:
    """PROTOCOL §7: the thumbnail before the picture; the record goes on saying that the picture itself is missing."""
    photo = jpeg(600, 400, seed=31)
    rid = report(cast["王"], blob_of(photo))
    tus, small = Tus(cast["王"]), jpeg(60, 40, seed=31)
    assert tus.create(photo, part="thumb", first=small, **{"Upload-Length": str(len(small))}).is_success
    (face,) = faces(cast["周"], "incident")[rid]["blobs"]
    assert (face.get("st", "missing"), face["thumb"]) == ("missing", True)
    preview = fetch(cast["周"], rid, photo, "?thumb")
    assert preview.status_code == 200
    assert "max-age=0" in preview.headers["cache-control"]
    assert fetch(cast["周"], rid, photo).status_code == 404
    assert tus.upload(photo).is_success
    assert fetch(cast["周"], rid, photo, "?thumb").headers["etag"] != preview.headers["etag"]


def test_a_preview_that_ends_after_its_photo_was_refused_changes_nothing(cast: Cast) -> None:
    """EVD-13, PROTOCOL §7: what was refused is not waited for again, and the preview of no photo is not kept."""
    bad, small = b"\xff\xd8\xff\xe0" + b"no picture at all" * 100, jpeg(60, 40, seed=41)
    wang, tus = cast["王"], Tus(cast["王"])
    rid = report(wang, blob_of(bad))
    begun = tus.create(bad, part="thumb", first=small[:10], **{"Upload-Length": str(len(small))}).headers["location"]
    assert tus.upload(bad).status_code == 422

    def told() -> tuple[Any, ...]:
        (state,) = (one for one in faces(wang, "blob.state").values() if one["sha256"] == blob_of(bad).sha256)
        return state, faces(cast["周"], "incident")[rid]["blobs"], faces(cast["周"], "blob.due").get(rid)

    before = told()
    assert (before[0]["state"], before[2]) == ("refused", None)
    assert tus.patch(begun, 10, small[10:]).is_success
    assert told() == before
    assert fetch(cast["周"], rid, bad, "?thumb").status_code == 404


def test_a_blob_nobody_named_is_parked_told_to_nobody_and_taken_up_when_named(cast: Cast) -> None:
    """PROTOCOL §7, I32: bytes without a record are unreadable; the record that names them later finds them."""
    photo = jpeg(seed=32)
    assert Tus(cast["王"]).upload(photo).is_success
    assert blob_of(photo).sha256 not in {state["sha256"] for state in faces(cast["王"], "blob.state").values()}
    assert fetch(cast["王"], "x", photo).status_code == 404
    rid = report(cast["王"], blob_of(photo))
    assert faces(cast["周"], "incident")[rid]["blobs"][0]["st"] == "stored"
    assert rid not in faces(cast["周"], "blob.due")
    assert fetch(cast["周"], rid, photo).status_code == 200


@pytest.mark.parametrize("order", list(permutations(("op", "thumb", "full"))), ids=" ".join)
def test_record_preview_and_photo_come_in_any_order_and_all_are_kept(cast: Cast, order: tuple[str, ...]) -> None:
    """PROTOCOL §7: a preview that is parked says nothing of the photo: neither its size nor what kind of file it is."""
    photo = jpeg(640, 400, seed=60 + list(permutations(("op", "thumb", "full"))).index(order))
    small, tus, rid = picture("WEBP"), Tus(cast["王"]), ""
    for one in order:
        if one == "op":
            rid = report(cast["王"], blob_of(photo))
        elif one == "thumb":
            assert tus.create(photo, part="thumb", mime="image/webp", first=small, **{"Upload-Length": str(len(small))}).is_success
        else:
            assert tus.upload(photo).is_success
    (state,) = (one for one in faces(cast["王"], "blob.state").values() if one["sha256"] == blob_of(photo).sha256)
    assert (state["state"], state["size"]) == ("stored", len(photo))
    assert faces(cast["周"], "incident")[rid]["blobs"][0]["st"] == "stored"
    for query in ("", "?thumb"):
        shown = fetch(cast["周"], rid, photo, query)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(shown.content)).format == "JPEG"


def test_one_photo_twice_in_a_record_and_in_two_records_is_one_file(cast: Cast) -> None:
    photo = jpeg(seed=33)
    first = report(cast["王"], blob_of(photo), blob_of(photo, taken=5))
    assert Tus(cast["王"]).upload(photo).is_success
    second = report(cast["王"], blob_of(photo))
    for rid in (first, second):
        (face,) = faces(cast["周"], "incident")[rid]["blobs"]
        assert face["st"] == "stored"
        assert fetch(cast["周"], rid, photo).status_code == 200
    sent = Tus(cast["王"])
    answer = sent.create(photo, first=photo[:CHUNK])
    assert answer.headers["upload-offset"] == str(len(photo)), "the same person need not send it again"


def test_knowing_a_hash_tells_nobody_whether_its_bytes_are_here(cast: Cast) -> None:
    """No existence oracle: naming somebody else's photo gives neither the bytes nor a shorter upload."""
    photo = jpeg(seed=34)
    rid = report(cast["王"], blob_of(photo))
    assert Tus(cast["王"]).upload(photo).is_success
    mine = report(cast["李"], blob_of(photo))
    assert faces(cast["李"], "incident")[mine]["blobs"][0].get("st", "missing") == "missing"
    unknown = fetch(cast["李"], mine, b"no such photo")
    for answer in (fetch(cast["李"], mine, photo), fetch(cast["李"], rid, photo), fetch(cast["李"], "nothing", photo)):
        assert (answer.status_code, answer.content) == (404, unknown.content)
    assert not [s for s in faces(cast["李"], "blob.state").values() if s["sha256"] == blob_of(photo).sha256]
    created = Tus(cast["李"]).create(photo, first=photo[:1000])
    assert created.headers["upload-offset"] == "1000"


def test_an_op_without_right_shows_nothing_though_its_bytes_are_taken(cast: Cast) -> None:
    """A held op keeps its photos for whoever decides on it; no record of others begins to show them."""
    theirs = jpeg(seed=35)
    rid = report(cast["王"], blob_of(theirs))
    photo = jpeg(seed=36)
    tick = cast["李"].do("incident.tick", Tick("handling", 5, ""), rid, blobs=[blob_of(photo)])
    assert tick.st == "held"
    assert Tus(cast["李"]).upload(photo).is_success
    assert fetch(cast["周"], rid, photo).status_code == 404
    assert fetch(cast["李"], rid, photo).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        [Blob("x" * 64, 5, "image/jpeg", 1)],
        [Blob("a" * 63, 5, "image/jpeg", 1)],
        [Blob("a" * 64, 0, "image/jpeg", 1)],
        [Blob("a" * 64, 10**15, "image/jpeg", 1)],
        [Blob("a" * 64, 5, "m" * 65, 1)],
        [Blob("a" * 64, 5, "image/jpeg", 10**18)],
        [Blob(f"{n:064x}", 5, "image/jpeg", 1) for n in range(41)],
    ],
)
def test_an_op_that_names_nonsense_is_kept_for_a_person(cast: Cast, wrong: list[Blob]) -> None:
    result = cast["王"].do("incident.report", Report("dispute", "B", 1, 3), blobs=wrong)
    assert (result.st, result.code) == ("held", "INVALID")


def test_a_photo_of_a_round_is_in_its_finding_and_the_office_sees_it(cast: Cast) -> None:
    photo = jpeg(seed=37)
    lin = cast["林"].pull()
    # Not where other tests of this hall report incidents: nobody is counted there while they last.
    troubled = {body["place"] for body in lin.replica.bodies("incident").values()}
    post = next(rid for kind, rid in lin.replica.rows if kind == "post" and rid not in troubled)
    now = lin.replica.time.now()
    observe = Observe("r1", post, "empty_no_notice", now, Knew(1, [], now), waited=True)
    rid = lin.replica.new_id(now)
    assert lin.do("patrol.observe", observe, rid, blobs=[blob_of(photo)]).st == "applied"
    assert Tus(lin).upload(photo).is_success
    assert faces(lin, "obs")[rid]["blobs"][0]["st"] == "stored"
    assert faces(cast["周"], "finding")[rid]["blobs"][0]["st"] == "stored"
    assert fetch(cast["周"], rid, photo).status_code == 200
    assert fetch(cast["王"], rid, photo).status_code == 404, "the person concerned sees no photo of the inspector's"


def test_what_nobody_finished_and_what_nobody_named_goes_in_time(tmp_path: Path) -> None:
    """Expired uploads end with `upload_gone`; parked bytes go after seven days; what a record names stays."""
    world = World(1_773_799_800_000)
    with serve_demo(clock=world, data=tmp_path / "data") as server:
        cast = Cast(server.base_url, world)
        wang, named, parked, begun = cast["王"], jpeg(seed=38), jpeg(seed=39), jpeg(seed=40)
        rid = report(wang, blob_of(named))
        tus = Tus(wang)
        assert tus.upload(named).is_success
        assert tus.upload(parked).is_success
        url = tus.create(begun, first=begun[:100]).headers["location"]
        files = sum(path.is_file() for path in (tmp_path / "data" / "blobs").rglob("*"))
        world.pass_ms(8 * 24 * 3_600_000)
        wang.sign_in("staff")
        gone = wang.http.head(url, headers=tus.headers)
        assert gone.status_code == 410
        server.call(server.app.sweep_blobs)
        assert sum(path.is_file() for path in (tmp_path / "data" / "blobs").rglob("*")) == files - 3
        assert not list((tmp_path / "data" / "uploads").rglob("*.part"))
        assert fetch(wang, rid, named).status_code == 200
        cast.close()


def test_an_upload_the_server_died_over_is_finished_after_its_start(tmp_path: Path) -> None:
    """All bytes were there, the rows were not yet: the next start finishes it by itself."""
    world, photo = World(1_773_799_800_000), jpeg(seed=41)
    with serve_demo(clock=world, data=tmp_path / "data", database="") as server:
        cast = Cast(server.base_url, world)
        rid = report(cast["王"], blob_of(photo))
        url = Tus(cast["王"]).create(photo).headers["location"]
        cast.close()
    (tmp_path / "data" / "uploads" / "yunting" / f"{url.rsplit('/', 1)[1]}.part").write_bytes(photo)
    with serve_demo(clock=world, data=tmp_path / "data", database="") as server:
        server.call(server.app.sweep_blobs)
        cast = Cast(server.base_url, world)
        assert faces(cast["周"], "incident")[rid]["blobs"][0]["st"] == "stored"
        assert fetch(cast["周"], rid, photo).status_code == 200
        cast.close()


def test_whoever_missed_that_his_photo_is_stored_is_told_when_he_sends_it_again(tmp_path: Path) -> None:
    """PROTOCOL §7: the phone lay in a drawer for months; the row that said it is gone, and without it the photo would be sent for ever."""
    world, photo = World(1_773_799_800_000), jpeg(seed=70)
    with serve_demo(clock=world, data=tmp_path / "data", backup_folder=tmp_path / "backups", database="") as server:
        cast = Cast(server.base_url, world)
        wang = cast["王"]
        report(wang, blob_of(photo))
        assert Tus(wang).upload(photo).is_success
        server.call(server.app.keeper.turn)
        server.call(server.app.sweep_blobs)
        world.pass_ms(61 * 24 * 3_600_000)
        server.call(server.app.sweep_blobs)
        wang.sign_in("staff")
        assert blob_of(photo).sha256 not in {state["sha256"] for state in faces(wang, "blob.state").values()}
        assert Tus(wang).upload(photo).is_success
        (state,) = (one for one in faces(wang, "blob.state").values() if one["sha256"] == blob_of(photo).sha256)
        assert (state["state"], state["dur"]) == ("stored", True)
        world.pass_ms(61 * 24 * 3_600_000)
        server.call(server.app.sweep_blobs)
        wang.sign_in("staff")
        assert blob_of(photo).sha256 not in {state["sha256"] for state in faces(wang, "blob.state").values()}
        cast.close()


@pytest.mark.parametrize("part", ["thumb", "full"])
def test_an_upload_the_server_died_over_after_it_was_noted_is_there_still(cast: Cast, server: RunningServer, part: Part) -> None:
    """I1: the bytes and their row were written, the upload was not yet forgotten; what the next start does again takes nothing away."""
    photo = jpeg(seed=50 + len(part))
    rid = report(cast["王"], blob_of(photo))
    room = server.app.gate.rooms[cast["王"].site]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room.parts, "drop", lambda _: None)
        sent = photo if part == "full" else jpeg(60, 40)
        assert Tus(cast["王"]).create(photo, part=part, first=sent, **{"Upload-Length": str(len(sent))}).is_success
    server.call(server.app.sweep_blobs)
    assert not room.parts.count(cast["王"].uid)
    for query in ("?thumb", "")[: 1 if part == "thumb" else 2]:
        assert fetch(cast["周"], rid, photo, query).status_code == 200


def test_a_blob_store_that_fails_keeps_nothing_half(cast: Cast, server: RunningServer) -> None:
    """A store that fails refuses with `busy`; the upload waits whole and is finished when the store is back."""
    photo = jpeg(seed=42)
    rid = report(cast["王"], blob_of(photo))
    room = server.app.gate.rooms[cast["王"].site]
    working, room.store = room.store, Broken()
    try:
        assert Tus(cast["王"]).upload(photo).json()["type"] == "busy"
        assert faces(cast["周"], "incident")[rid]["blobs"][0].get("st", "missing") == "missing"
    finally:
        room.store = working
    server.call(server.app.sweep_blobs)
    assert faces(cast["周"], "incident")[rid]["blobs"][0]["st"] == "stored"


class Broken:
    """A blob store that takes nothing."""

    keeps_itself = False

    async def put(self, name: str, data: bytes) -> None:
        raise StoreTrouble(False, "the store is away")


def test_a_sealed_visits_photo_is_for_its_audience_until_published(cast: Cast) -> None:
    """CHK-05: while sealed, photo and work item are told to the visitors and their lead only; then the unit sees what failed."""
    failed, passed = jpeg(seed=43), jpeg(seed=44)
    wu = cast["吴"].pull()
    mission = next(rid for kind, rid in wu.replica.rows if kind == "mission")
    now = wu.replica.time.now()
    checklist = msgspec.json.decode(wu.replica.rows["mission", mission].body)["checklist"]
    items = [i["id"] for g in msgspec.json.decode(wu.replica.rows["checklist", checklist].body)["groups"] for i in g["items"]]
    answers = [ItemAnswer(items[0], "fail", "", [blob_of(failed).sha256]), ItemAnswer(items[1], "full", "", [blob_of(passed).sha256])]
    rid = wu.replica.new_id(now)
    visit = RecordVisit(mission, checklist, now - 1000, now, answers)
    assert wu.do("visit.record", visit, rid, blobs=[blob_of(failed), blob_of(passed)]).st == "applied"
    assert faces(cast["孙"], "blob.due")[rid]["missing"] == 2
    for name in "林王李赵周":
        assert rid not in faces(cast[name], "blob.due")
    for photo in (failed, passed):
        assert Tus(wu).upload(photo).is_success
    for name, sees in {"吴": 200, "孙": 200, "林": 404, "王": 404, "赵": 404, "周": 404}.items():
        assert fetch(cast[name], rid, failed).status_code == sees, name
    ver = cast["孙"].pull().replica.rows["visit", rid].ver
    assert cast["孙"].do("visit.publish", Publish("只查了几项"), rid, {rid: ver}).st == "applied"
    assert fetch(cast["周"], rid, failed).status_code == 200
    assert fetch(cast["周"], rid, passed).status_code == 404, "what passed stays with those who were there"
    assert faces(cast["周"], "visit.unit")[rid]["blobs"][0]["sha256"] == blob_of(failed).sha256
    ver = cast["孙"].pull().replica.rows["visit", rid].ver
    assert cast["孙"].do("visit.void", Void("查错单位"), rid, {rid: ver}).st == "applied"
    assert fetch(cast["周"], rid, failed).status_code == 404


def test_a_blob_is_durable_when_it_and_its_row_are_in_a_verified_backup(tmp_path: Path) -> None:
    """PROTOCOL §7: only then may the phone let go; the copy beside the backups is the sealed file itself."""
    world, photo = World(1_773_799_800_000), jpeg(seed=45)
    with serve_demo(clock=world, data=tmp_path / "data", backup_folder=tmp_path / "backups", database="") as server:
        cast = Cast(server.base_url, world)
        wang = cast["王"]
        place = server.app.gate.places[wang.site]
        server.call(lambda: server.app.keeper.back_up(place))
        rid = report(wang, blob_of(photo))
        assert Tus(wang).upload(photo).is_success
        server.call(server.app.sweep_blobs)
        assert [s.get("dur", False) for s in faces(wang, "blob.state").values()] == [False], "its row is in no backup yet"
        server.call(lambda: server.app.keeper.back_up(place))
        server.call(server.app.sweep_blobs)
        assert [s.get("dur", False) for s in faces(wang, "blob.state").values()] == [True]
        kept = {path.name: path.read_bytes() for path in (tmp_path / "data" / "blobs" / wang.site).rglob("*") if path.is_file()}
        copied = {path.name: path.read_bytes() for path in (tmp_path / "backups" / "blobs" / wang.site).rglob("*") if path.is_file()}
        assert kept == copied
        assert len(kept) == 3
        assert fetch(wang, rid, photo).status_code == 200
        cast.close()
