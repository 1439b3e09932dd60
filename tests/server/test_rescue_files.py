"""Photos and sounds in a rescue file: an upload by another road, once, verified by hash, refused cleanly."""

import hashlib
from typing import Any

import httpx
import msgspec
import pytest

from server.domain.incident.ops import Report
from server.gateway import uploads
from sync import messages as m
from sync.keys import b64, unb64
from sync.rescue import BadRescue, Rescued, RescuedFile, open_line, public_of, seal, seal_file, secret
from tests.server.test_attachments import faces
from tests.server.test_protocol_push import problem
from tests.server.test_rescue import export, hand_in, report
from tests.support.cast import Cast, Device
from tests.support.photos import Tus, blob_of, fetch, jpeg, webm_sound
from tests.support.server import RunningServer


def line(device: Device, photo: bytes, **changes: Any) -> m.RescueFile:
    """A photo as the phone seals it behind its ops."""
    file = RescuedFile(device.replica.dev, hashlib.sha256(photo).hexdigest(), "image/jpeg", photo)
    return seal_file(device.site, unb64(device.replica.rescue_key), file._replace(**changes))


def carry(cast: Cast, file: m.RescueFile, by: str = "管") -> httpx.Response:
    return cast[by].post("rescue/file", file)


def with_photo(cast: Cast, seed: int) -> tuple[Device, str, bytes]:
    """A phone that recorded an incident with a photo and never reached the site."""
    wang, photo = cast.device("王"), jpeg(seed=seed)
    report(wang, "with a photo")
    place = sorted(wang.replica.bodies("post"))[0]
    op = wang.save("incident.report", Report("other", place, wang.replica.time.now(), 3), blobs=[blob_of(photo)])
    return wang, op.rid, photo


def test_a_photo_is_carried_in_behind_its_record_and_imported_once(cast: Cast) -> None:
    """EVD-13, OFF-04: the record shows it to whom it is open; doing the import again changes nothing."""
    wang, rid, photo = with_photo(cast, 71)
    assert hand_in(cast, export(wang)).held == 0
    assert faces(cast["周"], "incident")[rid]["blobs"][0].get("st", "missing") == "missing"
    file = line(wang, photo)
    told = carry(cast, file).raise_for_status().json()
    assert told == {"sha256": hashlib.sha256(photo).hexdigest(), "st": "stored"}
    assert fetch(cast["周"], rid, photo).status_code == 200
    assert faces(cast["周"], "incident")[rid]["blobs"][0]["st"] == "stored"
    assert carry(cast, file).json()["st"] == "known"
    assert Tus(wang).create(photo, first=photo).status_code == 201, "the phone, back at last, hears that it is here"


def test_a_photo_of_a_record_on_a_branch_waits_with_it(cast: Cast) -> None:
    """EVD-14: what does not continue the chain is held; its photo is not parked for a week only."""
    wang, rid, photo = with_photo(cast, 72)
    assert hand_in(cast, export(wang, after=1)).branch == 1
    carry(cast, line(wang, photo)).raise_for_status()
    (state,) = [body for body in faces(wang, "blob.state").values() if body["sha256"] == hashlib.sha256(photo).hexdigest()]
    assert state["state"] == "stored"
    assert fetch(cast["周"], rid, photo).status_code == 404, "nothing shows it before a person has decided"


@pytest.mark.parametrize("name", ["王", "周"])
def test_only_an_administrator_carries_photos_in(cast: Cast, name: str) -> None:
    assert problem(carry(cast, line(cast["王"], jpeg(seed=73)), by=name)) == "forbidden"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sha256": "0" * 64}, "blob_hash"),
        ({"sha256": "no hash"}, "malformed"),
        ({"mime": "image/svg+xml"}, "blob_type"),
        ({"mime": "image/png"}, "blob_type"),
        ({"mime": "audio/webm"}, "blob_type"),
        ({"data": b""}, "malformed"),
        ({"data": jpeg(seed=74)[:-400]}, "blob_hash"),
        ({"data": b"\xff" * 15_000_001}, "too_large"),
        ({"dev": "0" * 32}, "device_unknown"),
    ],
)
def test_a_line_that_is_not_what_it_says_is_refused_and_keeps_nothing(
    cast: Cast, server: RunningServer, changes: dict[str, Any], told: str
) -> None:
    """Cut, oversized, of another type, under another hash, of nobody."""
    wang = cast["王"]
    assert problem(carry(cast, line(wang, jpeg(seed=74), **changes))) == told
    assert not server.app.gate.rooms["yunting"].parts.open


def test_no_more_is_carried_in_for_a_person_than_he_may_send(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that no record names have an end on this road, too."""
    monkeypatch.setattr(uploads, "PARKED_MAX", 0)
    assert problem(carry(cast, line(cast["王"], jpeg(seed=76)))) == "blob_quota"


def test_a_damaged_line_and_one_for_another_site_are_no_rescue_files(cast: Cast) -> None:
    """Any altered field; the line of the ops in the place of a photo; bytes without their head."""
    wang = cast["王"].pull()
    good = line(wang, jpeg(seed=75))
    data = bytearray(unb64(good.data))
    data[40] ^= 1
    report(wang, "ops in the wrong place")
    bad = [
        msgspec.structs.replace(good, data=b64(bytes(data))),
        msgspec.structs.replace(good, data=good.data[: len(good.data) // 2]),
        msgspec.structs.replace(good, iv=""),
        msgspec.structs.replace(good, epk=good.epk[:-4]),
        msgspec.structs.replace(good, dev=cast["林"].replica.dev),
        msgspec.structs.replace(good, site="jinghu"),
        msgspec.structs.replace(good, v=2),
        export(wang),
    ]
    assert [problem(carry(cast, one)) for one in bad] == ["rescue_bad"] * len(bad)
    assert problem(cast["管"].post("rescue", good)) == "rescue_bad", "a photo in the place of the ops"


def test_a_line_opens_only_as_what_it_was_sealed_and_by_its_site() -> None:
    mine, other = secret(bytes), secret(lambda n: b"\1" * n)
    file = RescuedFile("d", "0" * 64, "audio/webm", webm_sound(3) + b"\n\n")
    sealed = seal_file("yunting", public_of(mine), file)
    assert open_line(sealed, "yunting", mine) == file
    with pytest.raises(BadRescue):
        open_line(sealed, "yunting", other)
    for wrong in (file._replace(dev="another"), file._replace(mime="x" * 2_000)):
        with pytest.raises(BadRescue):
            open_line(msgspec.structs.replace(seal_file("yunting", public_of(mine), wrong), dev="d"), "yunting", mine)
    ops = seal("yunting", public_of(mine), Rescued("d", "k", "e", 1, "00", [], "s", 5))
    with pytest.raises(BadRescue):
        open_line(ops, "yunting", mine)
