"""A witness over months: old news, forks, restores and a memory that is damaged; it never signs two histories (T6)."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server import witness
from server.__main__ import main
from sync import merkle
from sync.messages import Cosign, LogView
from sync.notes import read_checkpoint, read_note
from tests.sync.test_notes import LEAVES, ORIGIN, view

FORKED = [merkle.leaf_hash(b"other"), *LEAVES[1:]]
SECOND, THIRD = "zaigang/hall/ffff", "zaigang/hall/eeee"


class Hall:
    """A log that shows what it is told to: so many minutes of `leaves` under a name."""

    def __init__(self) -> None:
        self.size, self.leaves, self.origin = 10, LEAVES, ORIGIN
        self.signed: list[tuple[str, int]] = []

    def shows(self, size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> None:
        self.size, self.leaves, self.origin = size, leaves, origin

    def fetch(self, url: str) -> bytes:
        known = int(url.rpartition("=")[2])
        shown: LogView = view(self.size, known, self.leaves, self.origin)
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
        return main(["witness", "--key", str(key), "--url", "https://hall.example/s/hall", *more])

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
