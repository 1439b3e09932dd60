"""Sounds are given out without what they carried besides: titles, places, pictures, bytes nobody asked for (PROTOCOL §7, PRV-10)."""

import random

import pytest

from server.domain.incident.ops import Report
from server.store.blank import Damaged, clean
from tests.server.test_protocol_push import problem
from tests.support.cast import Cast
from tests.support.photos import Tus, blob_of, box, element, fetch, mp4_sound, ogg_sound, webm_sound

PLACE = b"+31.2304+121.4737/"
TAGS = element(0x1254C367, element(0x7373, element(0x67C8, element(0x45A3, b"LOCATION") + element(0x4487, PLACE))))
SOUND = b"\x55" * 5_000

DIRTY = {
    "webm title": ("audio/webm", webm_sound(info=element(0x7BA9, PLACE))),
    "webm date, and an element of one byte": ("audio/webm", webm_sound(info=b"\x44\x61\x81\x07" + element(0x7BA9, PLACE))),
    "webm tags behind the sound": ("audio/webm", webm_sound(behind=TAGS)),
    "webm attachment": ("audio/webm", webm_sound(behind=element(0x1941A469, element(0x61A7, PLACE * 400)))),
    "webm with room of its own": ("audio/webm", webm_sound(info=element(0xEC, PLACE))),
    "webm with something else at its end": ("audio/webm", webm_sound(behind=b"<script>" + PLACE)),
    "webm tags cut short": ("audio/webm", webm_sound(behind=TAGS[:-4])),
    "mp4 place in its track": ("audio/mp4", mp4_sound(inside=box(b"udta", box(b"\xa9xyz", PLACE)))),
    "mp4 tags": ("audio/mp4", mp4_sound(inside=box(b"meta", bytes(4) + box(b"ilst", box(b"\xa9nam", PLACE))))),
    "mp4 with a box of nobody": ("audio/mp4", mp4_sound(behind=box(b"uuid", PLACE))),
    "mp4 with room of its own": ("audio/mp4", mp4_sound(behind=box(b"free", PLACE))),
    "ogg comment": ("audio/ogg", ogg_sound(comment=b"LOCATION=" + PLACE)),
    "ogg with a picture over several pages": ("audio/ogg", ogg_sound(comment=b"METADATA_BLOCK_PICTURE=" + PLACE * 6_000)),
    "ogg with something behind it": ("audio/ogg", ogg_sound() + b"<script>" + PLACE),
}


@pytest.mark.parametrize("case", DIRTY)
def test_what_a_sound_carries_besides_is_blanked_and_the_sound_stays(case: str) -> None:
    """PRV-10. What is cleaned once is clean."""
    mime, data = DIRTY[case]
    assert PLACE[:12] in data
    made = clean(data, mime)
    assert PLACE[:12] not in made
    assert b"script" not in made
    assert made.count(SOUND[:250]) == data.count(SOUND[:250])
    assert mime == "audio/ogg" or len(made) == len(data)
    assert clean(made, mime) == made


@pytest.mark.parametrize(("mime", "data"), [("audio/webm", webm_sound()), ("audio/mp4", mp4_sound())])
def test_a_sound_that_carries_nothing_else_stays_byte_for_byte(mime: str, data: bytes) -> None:
    assert clean(data, mime) == data


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("audio/webm", webm_sound()[:40]),
        ("audio/webm", webm_sound()[:60] + b"\0" * 500),
        ("audio/webm", webm_sound(behind=b"\xec\xff")),
        ("audio/mp4", mp4_sound(inside=box(b"moov", b"")[:-4])),
        ("audio/mp4", box(b"ftyp", b"isom\0\0\0\1isom")),
        ("audio/mp4", mp4_sound(inside=b"\xff\xff\xff\xffudta")),
        ("audio/ogg", ogg_sound()[:90]),
        ("audio/ogg", ogg_sound().replace(b"OpusTags", b"OpusTogs")),
        ("audio/ogg", ogg_sound().replace(b"OpusHead", b"Speex   ")),
    ],
)
def test_what_only_begins_like_a_sound_is_damaged(mime: str, data: bytes) -> None:
    """R10."""
    with pytest.raises(Damaged):
        clean(data, mime)


@pytest.mark.parametrize("mime", ["audio/webm", "audio/mp4", "audio/ogg"])
def test_bytes_that_change_on_the_way_never_do_more_than_that(mime: str) -> None:
    """A thousand damaged sounds each: cleaned or refused, never longer, never a crash."""
    rng = random.Random(mime)
    whole = {"audio/webm": webm_sound(300, behind=TAGS), "audio/mp4": mp4_sound(300), "audio/ogg": ogg_sound(300, b"A=B")}[mime]
    refused = 0
    for _ in range(1_000):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        try:
            assert len(clean(bytes(data[: rng.randint(8, len(data))] if rng.random() < 0.3 else data), mime)) <= len(data)
        except Damaged:
            refused += 1
    assert 0 < refused < 1_000


def test_a_record_gives_out_the_clean_sound_and_keeps_the_hash_that_was_signed(cast: Cast) -> None:
    """PRV-10, EVD-13: through the worker; one that is damaged is refused and stays named."""
    data, wang = webm_sound(info=element(0x7BA9, PLACE)), cast["王"]
    bad = ogg_sound().replace(b"OpusTags", b"OpusTogs")
    rid, post = wang.replica.new_id(wang.replica.time.now()), next(rid for kind, rid in wang.pull().replica.rows if kind == "post")
    named = [blob_of(data, "audio/webm"), blob_of(bad, "audio/ogg")]
    assert wang.do("incident.report", Report("dispute", post, wang.replica.time.now(), 3), rid, blobs=named).st == "applied"
    assert Tus(wang).upload(data, mime="audio/webm").is_success
    assert problem(Tus(wang).upload(bad, mime="audio/ogg")) == "blob_damaged"
    served = fetch(wang, rid, data)
    assert served.content == clean(data, "audio/webm")
    assert PLACE not in served.content
    assert fetch(wang, rid, bad).status_code == 404
