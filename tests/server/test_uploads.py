"""tus 1.0.0 as a stranger's client would speak it: where it goes on, what it refuses, and that nothing half-taken stays."""

import base64
import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.domain.incident.ops import Report
from server.gateway import uploads as gateway
from server.gateway.parts import Parts
from server.store.contract import StoreTrouble
from sync.errors import PROBLEMS
from tests.support.cast import Cast, Device
from tests.support.clock import World
from tests.support.photos import CHUNK, Tus, blob_of, jpeg
from tests.support.server import RunningServer, serve_demo

PHOTO = jpeg(900, 700, seed=3, quality=95)
assert len(PHOTO) > CHUNK, "these tests send it in two pieces"


@pytest.fixture
def wang(cast: Cast) -> Iterator[Tus]:
    """王, with a photo's record not needed: bytes may be parked."""
    tus = Tus(cast["王"])
    yield tus
    for url in uploads_of(tus):
        tus.device.http.delete(url, headers=tus.headers)


def uploads_of(tus: Tus) -> list[str]:
    """Every upload this test has begun."""
    return tus.__dict__.setdefault("begun", [])


def begin(tus: Tus, data: bytes, **how: str) -> str:
    """An upload without bytes yet; its address."""
    url = tus.create(data, **how).raise_for_status().headers["location"]
    uploads_of(tus).append(url)
    return url


def problem(answer: httpx.Response) -> str:
    """The registered identifier of a refusal."""
    kind = answer.json()["type"]
    assert PROBLEMS[kind].status == answer.status_code
    return kind


def kept_files(server: RunningServer, folder: str) -> set[str]:
    """Files under a folder of the data folder."""
    return {path.name for path in (Path(server.settings.data) / folder).rglob("*") if path.is_file()}


def test_options_tells_what_is_spoken(cast: Cast) -> None:
    answer = cast["王"].http.options(f"/s/{cast['王'].site}/blobs")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "creation-with-upload", "checksum", "expiration", "termination"}
    assert answer.headers["tus-max-size"] == "30000000"
    assert "sha256" in answer.headers["tus-checksum-algorithm"].split(",")


def test_another_version_of_tus_is_told_which_is_spoken(wang: Tus) -> None:
    answer = wang.create(PHOTO, **{"Tus-Resumable": "0.2.2"})
    assert (problem(answer), answer.headers["tus-version"]) == ("upload_version", "1.0.0")


def test_an_upload_goes_on_exactly_where_it_stopped(wang: Tus) -> None:
    url = begin(wang, PHOTO)
    assert wang.offset(url) == 0
    answer = wang.patch(url, 0, PHOTO[:1000])
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "1000")
    assert "upload-expires" in answer.headers
    assert wang.offset(url) == 1000
    assert wang.patch(url, 1000, PHOTO[1000:]).status_code == 204


@pytest.mark.parametrize("offset", ["0", "999", "1001", "-1", "x", ""])
def test_a_piece_that_does_not_follow_is_refused_and_changes_nothing(wang: Tus, offset: str) -> None:
    url = begin(wang, PHOTO)
    wang.patch(url, 0, PHOTO[:1000])
    assert problem(wang.patch(url, 0, PHOTO[1000:2000], **{"Upload-Offset": offset})) == "upload_offset"
    assert wang.offset(url) == 1000


def test_a_checked_piece_is_taken_whole_or_not_at_all(wang: Tus) -> None:
    url = begin(wang, PHOTO)
    piece = PHOTO[:5000]
    right = base64.b64encode(hashlib.sha256(piece).digest()).decode()
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert problem(wang.patch(url, 0, piece, **{"Upload-Checksum": f"sha256 {wrong}"})) == "upload_checksum"
    assert wang.offset(url) == 0
    assert problem(wang.patch(url, 0, piece, **{"Upload-Checksum": "crc99 AAAA"})) == "malformed"
    assert problem(wang.patch(url, 0, piece, **{"Upload-Checksum": "sha256 not-base64!"})) == "malformed"
    assert wang.patch(url, 0, piece, **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204


def test_more_than_was_announced_is_refused_and_nothing_of_it_stays(wang: Tus) -> None:
    url = begin(wang, PHOTO)
    assert problem(wang.patch(url, 0, PHOTO + b"more")) == "too_large"
    assert wang.offset(url) == 0

    def unannounced() -> Iterator[bytes]:
        for _ in range(3):
            yield PHOTO

    assert problem(wang.patch(url, 0, unannounced())) == "too_large"
    assert wang.offset(url) == 0


def test_bytes_that_are_not_what_their_record_names_are_thrown_away(wang: Tus, server: RunningServer) -> None:
    """PROTOCOL §7: mismatch deletes and asks again."""
    other = jpeg(900, 700, seed=9, quality=95)[: len(PHOTO)].ljust(len(PHOTO), b"\0")
    url = begin(wang, PHOTO)
    wang.patch(url, 0, other[:CHUNK])
    before = kept_files(server, "blobs")
    assert problem(wang.patch(url, CHUNK, other[CHUNK:])) == "blob_hash"
    assert wang.device.http.head(url, headers=wang.headers).status_code == 404
    assert kept_files(server, "blobs") == before
    assert wang.upload(PHOTO).is_success, "and may be sent again"


def test_another_persons_upload_is_not_there(wang: Tus, cast: Cast) -> None:
    url = begin(wang, PHOTO)
    li = Tus(cast["李"])
    for answer in (
        li.device.http.head(url, headers=li.headers),
        li.patch(url, 0, PHOTO[:10]),
        li.device.http.delete(url, headers=li.headers),
    ):
        assert answer.status_code == 404
    unknown = li.device.http.delete(url[:-32] + "0" * 32, headers=li.headers)
    assert unknown.content == li.device.http.delete(url, headers=li.headers).content, "no telling whether it exists"
    assert wang.offset(url) == 0


@pytest.mark.parametrize("device", ["", "0" * 32, "x"])
def test_a_device_of_nobody_sends_nothing(wang: Tus, device: str) -> None:
    assert problem(wang.create(PHOTO, **{"Zaigang-Device": device})) == "device_unknown"


def test_a_device_of_somebody_else_sends_nothing(wang: Tus, cast: Cast) -> None:
    assert problem(wang.create(PHOTO, **{"Zaigang-Device": cast["李"].replica.dev})) == "login_required"


def test_without_a_session_nothing_is_sent(server: RunningServer, wang: Tus) -> None:
    with httpx.Client(base_url=server.base_url, headers={"Origin": server.base_url}) as stranger:
        for method, path in (("POST", "blobs"), ("HEAD", "blobs/" + "0" * 32), ("PATCH", "blobs/" + "0" * 32)):
            assert stranger.request(method, f"/s/yunting/{path}", headers=wang.headers).status_code == 401
        assert stranger.get("/s/yunting/blobs/x/" + "0" * 64).status_code == 401


def test_a_terminated_upload_is_gone(wang: Tus, server: RunningServer) -> None:
    before = kept_files(server, "uploads")
    url = begin(wang, PHOTO)
    wang.patch(url, 0, PHOTO[:1000])
    assert wang.device.http.delete(url, headers=wang.headers).status_code == 204
    assert wang.device.http.head(url, headers=wang.headers).status_code == 404
    assert kept_files(server, "uploads") == before


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Upload-Length": "0"}, "malformed"),
        ({"Upload-Length": "-5"}, "malformed"),
        ({"Upload-Length": ""}, "malformed"),
        ({"Upload-Length": "1e3"}, "malformed"),
        ({"Upload-Length": "9" * 40}, "malformed"),
        ({"Upload-Length": "15000001"}, "too_large"),
        ({"Upload-Metadata": ""}, "malformed"),
        ({"Upload-Metadata": "sha256 !!!"}, "malformed"),
        ({"Upload-Metadata": "sha256"}, "malformed"),
        ({"Upload-Metadata": "sha256 " + base64.b64encode(b"../../etc/passwd").decode()}, "malformed"),
        ({"Upload-Metadata": "mime dGV4dC9odG1s,sha256 " + base64.b64encode(b"a" * 64).decode()}, "blob_type"),
        ({"Upload-Metadata": "part d2hvbGU=,sha256 " + base64.b64encode(b"a" * 64).decode()}, "malformed"),
    ],
)
def test_a_creation_that_makes_no_sense_begins_nothing(wang: Tus, server: RunningServer, changes: dict[str, str], told: str) -> None:
    before = kept_files(server, "uploads")
    assert problem(wang.create(PHOTO, **changes)) == told
    assert kept_files(server, "uploads") == before


def test_a_creation_for_which_there_is_no_turn_now_begins_nothing(
    wang: Tus, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, photo = kept_files(server, "uploads"), PHOTO + b"one more"
    monkeypatch.setattr(server.app.gate.rooms["yunting"], "busy", {str(n) for n in range(gateway.WRITERS_MAX)})
    assert problem(wang.create(photo, first=photo[:CHUNK])) == "busy"
    assert kept_files(server, "uploads") == before


def test_a_preview_is_small(wang: Tus) -> None:
    assert problem(wang.create(PHOTO, part="thumb")) == "too_large"
    assert problem(wang.create(b"x" * 100, part="thumb", mime="audio/webm")) == "blob_type"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "blobs"), ("PUT", "blobs"), ("POST", "blobs/" + "0" * 32), ("PUT", "blobs/x/" + "0" * 64)]
)
def test_other_methods_are_none(wang: Tus, method: str, path: str) -> None:
    assert problem(wang.device.http.request(method, f"/s/yunting/{path}", headers=wang.headers)) == "method_not_allowed"


def test_a_body_of_another_type_is_no_piece(wang: Tus) -> None:
    url = begin(wang, PHOTO)
    assert problem(wang.patch(url, 0, PHOTO[:10], **{"Content-Type": "application/json"})) == "unsupported"
    assert wang.offset(url) == 0


def raw_patch(server: RunningServer, tus: Tus, url: str, announced: int, offset: int = 0) -> socket.socket:
    """A connection that has announced a body and sent none of it."""
    link = socket.create_connection(("127.0.0.1", server.port))
    cookies = "; ".join(f"{c.name}={c.value}" for c in tus.device.http.cookies.jar)
    lines = [f"PATCH {url} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Cookie: {cookies}", f"Content-Length: {announced}"]
    lines.append(f"Upload-Offset: {offset}")
    lines += [f"{name}: {value}" for name, value in tus.headers.items()]
    link.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
    return link


def test_two_at_once_never_mix(server: RunningServer, wang: Tus) -> None:
    """While one request writes, another is told so; the first goes on undisturbed."""
    url = begin(wang, PHOTO)
    link = raw_patch(server, wang, url, 1000)
    link.sendall(PHOTO[:500])
    answers: set[str] = set()
    for _ in range(50):
        answers.add(problem(wang.patch(url, 0, PHOTO[:200])) if not wang.offset(url) else "moved")
        if "upload_busy" in answers:
            break
    assert "upload_busy" in answers
    link.sendall(PHOTO[500:1000])
    assert link.recv(4096).startswith(b"HTTP/1.1 204")
    link.close()
    assert wang.offset(url) == 1000


def test_a_line_that_breaks_keeps_what_arrived_and_frees_the_upload(server: RunningServer, wang: Tus) -> None:
    url = begin(wang, PHOTO)
    link = raw_patch(server, wang, url, len(PHOTO))
    link.sendall(PHOTO[:700])
    link.close()
    for _ in range(100):  # held by the broken line (423), or it has just put down what had come (409)
        if (answer := wang.patch(url, wang.offset(url), b"")).status_code == 204:
            break
    assert answer.status_code == 204
    at = wang.offset(url)
    assert at <= 700
    assert wang.patch(url, at, PHOTO[at:]).status_code == 204


def test_a_hundred_hands_at_one_upload_leave_one_order(wang: Tus, cast: Cast) -> None:
    """Parallel pieces: each byte is taken once, whoever comes first."""
    url = begin(wang, PHOTO)
    statuses: list[int] = []

    def send() -> None:
        with httpx.Client(base_url=wang.device.url, headers={"Origin": wang.device.url}, cookies=wang.device.http.cookies) as http:
            statuses.append(http.patch(url, content=PHOTO[:1000], headers={**wang.headers, "Upload-Offset": "0"}).status_code)

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 409, 423}
    assert wang.offset(url) == 1000


def test_bytes_sent_over_kills_inside_every_piece_are_the_file_and_at_most_a_piece_a_kill(server: RunningServer, wang: Tus) -> None:
    """I33: the line is cut inside every piece; nothing that arrived is sent twice by more than that piece."""
    photo, piece, sent, kills = jpeg(900, 700, seed=5, quality=95), 32 * 1024, 0, 0
    url = begin(wang, photo)
    while (at := wang.offset(url)) < len(photo):
        begun = photo[at : at + min(piece // 2, len(photo) - at - 1)]
        link = raw_patch(server, wang, url, min(piece, len(photo) - at), at)
        link.sendall(begun)
        link.close()
        sent, kills = sent + len(begun), kills + 1
        answer = None
        while answer is None or answer.status_code != 204:
            # Until the server has seen the line break it may still say busy, or have moved on: that piece was sent for nothing.
            at = wang.offset(url)
            rest = photo[at : at + piece]
            answer = wang.patch(url, at, rest)
            assert answer.status_code in (204, 409, 423)
            sent, kills = sent + len(rest), kills + (answer.status_code != 204)
        if at + len(rest) == len(photo):
            break
    assert kills > 5
    assert sent <= len(photo) + piece * kills


def test_uploads_outlive_a_restart(tmp_path: Path) -> None:
    """A server that was killed goes on with the bytes it has."""
    photo = jpeg(900, 700, seed=4, quality=95)
    with serve_demo(data=tmp_path / "data", database="") as first:
        cast = Cast(first.base_url, World(0))
        tus = Tus(cast["王"])
        url = begin(tus, photo)
        tus.patch(url, 0, photo[:CHUNK])
        cookies = dict(tus.device.http.cookies)
    with serve_demo(data=tmp_path / "data", database="") as second, httpx.Client(base_url=second.base_url, cookies=cookies) as http:
        assert http.head(url, headers=tus.headers).headers["upload-offset"] == str(CHUNK)
        answer = http.patch(url, content=photo[CHUNK:], headers={**tus.headers, "Upload-Offset": str(CHUNK)})
        assert answer.status_code == 204
    cast.close()


def test_a_person_has_no_end_of_open_uploads(wang: Tus) -> None:
    answers = [wang.create(jpeg(8, 8, seed=seed)) for seed in range(60)]
    for answer in answers:
        if answer.is_success:
            uploads_of(wang).append(answer.headers["location"])
    assert {problem(answer) for answer in answers if not answer.is_success} <= {"busy", "blob_quota"}
    assert sum(answer.is_success for answer in answers) == 20


def test_previews_of_nothing_have_an_end_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview is not checked against its hash: parked ones count like whole files."""
    monkeypatch.setattr(gateway, "PARKED_MAX", 2)
    tus = Tus(cast["孙"])
    previews = [jpeg(16, 16, seed=seed) for seed in (51, 52, 53)]
    answers = [tus.create(preview, part="thumb", first=preview) for preview in previews]
    assert [answer.is_success for answer in answers] == [True, True, False]
    assert problem(answers[-1]) == "blob_quota"


def test_an_upload_given_up_for_another_takes_no_more_bytes(tmp_path: Path) -> None:
    """Its file would be nobody's: begun again and again, that fills the disk."""
    parts = Parts(tmp_path, World(0))
    first = parts.begin("u", "00" * 32, "full", "image/jpeg", 9)
    second = parts.begin("u", "00" * 32, "full", "image/jpeg", 9)
    with pytest.raises(StoreTrouble):
        parts.append(first, b"more")
    parts.append(second, b"more")
    with pytest.raises(StoreTrouble):
        parts.read(first)
    assert {path.stem for path in tmp_path.iterdir()} == {second.id}


def test_named_size_and_sent_size_must_agree(cast: Cast) -> None:
    device: Device = cast["李"]
    photo = jpeg(seed=12)
    blob = blob_of(photo)
    blob.size += 1
    device.do("incident.report", Report("dispute", "B", device.replica.time.now(), 3), blobs=[blob])
    assert problem(Tus(device).create(photo)) == "blob_hash"
