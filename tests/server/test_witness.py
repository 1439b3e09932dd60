"""A witness over months: old news, forks, restores and a memory that is damaged; it never signs two histories."""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server import witness
from server.__main__ import main
from sync import merkle
from sync.messages import Cosign, LogView
from sync.notes import ED25519, read_checkpoint, read_note, vkey_of
from tests.sync.test_notes import KEY, LEAVES, ORIGIN, SITE, note, view

FORKED = [merkle.leaf_hash(b"other"), *LEAVES[1:]]
SECOND, THIRD, OTHER = "zaigang/hall/ffff", "zaigang/hall/eeee", "zaigang/east/0123456789abcdef"
URL, OTHER_URL = "https://hall.example/s/hall", "https://east.example/s/east"
OTHER_SITE = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))


class Hall:
    """A log that shows what it is told to: so many minutes of `leaves` under a name. `others`: the same at other addresses."""

    def __init__(self, key: Ed25519PrivateKey = SITE) -> None:
        self.size, self.leaves, self.origin, self.key = 10, LEAVES, ORIGIN, key
        self.signed: list[tuple[str, int]] = []
        self.others: dict[str, Hall] = {}

    def shows(self, size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> None:
        self.size, self.leaves, self.origin = size, leaves, origin

    def fetch(self, url: str) -> bytes:
        here = self.others.get(url.partition("/log/")[0], self)
        shown: LogView = view(here.size, int(url.rpartition("=")[2]), here.leaves, here.origin, here.key)
        return msgspec.json.encode(shown)

    def send(self, _: str, message: Cosign) -> None:
        head = read_checkpoint(read_note(message.note).text)
        self.signed.append((head.origin, head.size))


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Hall:
    hall = Hall()
    monkeypatch.setattr(witness, "fetch", hall.fetch)
    monkeypatch.setattr(witness, "send", hall.send)
    return hall


@pytest.fixture
def looks(hall: Hall, tmp_path: Path) -> Callable[..., int]:
    """Looks once; the exit code."""
    key = tmp_path / "w.key"
    assert main(["witness", "--key", str(key), "--new", "discipline.example/w1"]) == 0

    def look(*more: str) -> int:
        return main(["witness", "--key", str(key), "--url", URL, *more])

    assert look() == 0
    return look


def test_old_news_is_signed_never_and_what_continues_afterwards_is(hall: Hall, looks: Callable[..., int]) -> None:
    for size in (20, 12, 9, 20, 25):
        hall.shows(size)
        assert looks() == (0 if size >= 20 else 1)
    assert hall.signed == [(ORIGIN, size) for size in (10, 20, 20, 25)]


@pytest.mark.parametrize("size", [10, 12])
def test_a_rewritten_history_is_no_restart_whatever_a_person_accepts(hall: Hall, looks: Callable[..., int], size: int) -> None:
    """A restored hall says so by another name; under the old one nothing is forgiven."""
    hall.shows(size, FORKED)
    assert looks("--accept-restart") == 1
    assert looks() == 1
    hall.shows(9)
    assert looks("--accept-restart") == 1
    hall.shows(13)
    assert looks() == 0
    assert hall.signed == [(ORIGIN, 10), (ORIGIN, 13)]


def test_two_halls_are_kept_apart_by_one_witness(hall: Hall, looks: Callable[..., int], tmp_path: Path) -> None:
    """What one of them does neither hides nor stops the other; a fork of each is kept."""
    other = hall.others[OTHER_URL] = Hall(OTHER_SITE)
    other.shows(5, origin=OTHER)
    for size in (5, 6):
        other.shows(size, origin=OTHER)
        assert looks("--url", OTHER_URL) == 0
        hall.shows(size + 10)
        assert looks() == 0
    other.shows(7, FORKED, OTHER)
    hall.shows(17, FORKED)
    assert (looks("--url", OTHER_URL), looks()) == (1, 1)
    other.shows(7, origin=OTHER)
    hall.shows(17)
    assert (looks("--url", OTHER_URL), looks()) == (0, 0)
    assert hall.signed == [(ORIGIN, 10), (OTHER, 5), (ORIGIN, 15), (OTHER, 6), (ORIGIN, 16), (OTHER, 7), (ORIGIN, 17)]
    assert {path.name.rpartition(".")[2] for path in tmp_path.glob("w.key.diverged.*")} == {
        name.replace("/", "-") for name in (ORIGIN, OTHER)
    }


@pytest.mark.parametrize(
    ("address", "origin", "key"),
    [
        (URL, OTHER, SITE),
        (URL, OTHER, OTHER_SITE),
        (URL, SECOND, OTHER_SITE),
        (OTHER_URL, OTHER, SITE),
        (OTHER_URL, SECOND, OTHER_SITE),
    ],
)
def test_a_hall_that_calls_itself_another_is_signed_once_a_person_knows_why(
    hall: Hall, looks: Callable[..., int], address: str, origin: str, key: Ed25519PrivateKey
) -> None:
    """Whoever has rewritten everything could say so, too. Only what shares neither address, name nor key is another hall."""
    renamed = hall.others[address] = Hall(key)
    renamed.shows(3, FORKED, origin)
    named = ("--url", address, "--log-key", str(vkey_of(key, origin, ED25519)))
    assert looks(*named) == 1
    assert looks(*named, "--accept-restart") == 0
    renamed.shows(4, FORKED, origin)
    assert looks("--url", address) == 0
    assert hall.signed == [(ORIGIN, 10), (origin, 3), (origin, 4)]


@pytest.mark.parametrize("address", [URL, OTHER_URL])
def test_no_name_a_log_ever_had_is_signed_with_another_history(hall: Hall, looks: Callable[..., int], address: str) -> None:
    """After a restore the old name is remembered, at whatever address it comes up again, and whoever accepts it."""
    hall.shows(6, origin=SECOND)
    assert looks("--accept-restart") == 0
    for size in (10, 12):
        hall.shows(size, FORKED)
        assert looks("--url", address, "--accept-restart") == 1
    hall.shows(12)
    assert looks() == 1, "not without a person: it goes on under its second name"
    hall.shows(7, origin=SECOND)
    assert looks() == 0
    assert hall.signed == [(ORIGIN, 10), (SECOND, 6), (SECOND, 7)]


def test_a_name_is_bound_to_the_key_it_was_signed_with(hall: Hall, looks: Callable[..., int]) -> None:
    hall.others[OTHER_URL] = Hall(OTHER_SITE)
    key = str(vkey_of(OTHER_SITE, ORIGIN, ED25519))
    for more in ((), ("--accept-restart",), ("--log-key", key), ("--log-key", key, "--accept-restart")):
        assert looks("--url", OTHER_URL, *more) == 1
    assert hall.signed == [(ORIGIN, 10)]


def test_what_an_older_release_remembered_is_remembered(hall: Hall, looks: Callable[..., int], tmp_path: Path) -> None:
    memory = tmp_path / "w.key.seen"
    memory.write_text(json.dumps({"log_key": str(KEY), "note": str(note(10))}), "utf-8")
    hall.shows(12, FORKED)
    assert looks() == 1
    hall.shows(12)
    assert looks() == 0
    assert hall.signed == [(ORIGIN, 10), (ORIGIN, 12)]


def test_two_at_once_with_one_key_wait_for_each_other(
    hall: Hall, looks: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would sign what continues the same head, and forget what the other has signed."""
    tried: list[str] = []

    def fetch(url: str) -> bytes:
        with (tmp_path / "w.key").open("rb") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        tried.append(url)
        return hall.fetch(url)

    monkeypatch.setattr(witness, "fetch", fetch)
    assert (looks(), len(tried)) == (0, 1)


def test_a_person_who_accepts_a_restart_accepts_one(hall: Hall, looks: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Left in the line that starts it, the option would take every other history for a restore."""
    shown: list[tuple[Any, ...]] = [(6, LEAVES, SECOND), (7, LEAVES, SECOND), (3, FORKED, THIRD), (8, LEAVES, SECOND)]

    def wait(_: float) -> None:
        if not shown:
            raise InterruptedError
        hall.shows(*shown.pop(0))

    monkeypatch.setattr("time.sleep", wait)
    wait(0)
    with pytest.raises(InterruptedError):
        looks("--accept-restart", "--every", "60")
    assert hall.signed == [(ORIGIN, 10), (SECOND, 6), (SECOND, 7), (SECOND, 8)]


@pytest.mark.parametrize("kept", ["", "{", "[]", "{}", '{"log_key": 5, "note": []}', "\x00" * 40])
def test_a_memory_that_cannot_be_read_signs_nothing_and_is_said(
    hall: Hall, looks: Callable[..., int], tmp_path: Path, kept: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "w.key.seen").write_text(kept, "utf-8")
    hall.shows(12, FORKED)
    assert looks() == 2
    assert "w.key.seen" in capsys.readouterr().err
    assert hall.signed == [(ORIGIN, 10)]


def test_what_is_about_to_be_signed_is_on_the_disk_before_with_its_name(
    hall: Hall, looks: Callable[..., int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A power cut after the signature must not bring back an older memory."""
    done: list[str] = []
    flush, send = os.fsync, hall.send

    def flushed(handle: int) -> None:
        done.append("name" if os.path.samestat(os.fstat(handle), tmp_path.stat()) else "text")
        flush(handle)

    def sent(url: str, message: Cosign) -> None:
        done.append("sent")
        send(url, message)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(witness, "send", sent)
    hall.shows(11)
    assert looks() == 0
    assert done == ["text", "name", "sent"]
