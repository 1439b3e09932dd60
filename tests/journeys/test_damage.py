"""Journey (k): a phone's storage is damaged on the disk, as flash and power cuts do it (I34).

Chromium hands back an emptied database without a word. What was saved is in two places: either gives the other what it lost, and what
both have lost is named by its number. Never silent, never used again.
"""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.browser import SYNCED, MakePhone, Phone
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium
OPS = 6
LINE_END = re.compile(rb"[0-9a-f]{32} \d+ [0-9a-f]{64} [0-9a-f]{16}\n")


def databases(phone: Phone) -> Path:
    """The LevelDB folder of the app's origin."""
    (folder,) = (phone.profile / "Default" / "IndexedDB").glob("*.indexeddb.leveldb")
    return folder


def journal(phone: Phone) -> Path:
    """The journal, wherever the browser keeps files of origins."""
    files = [path for path in (phone.profile / "Default").rglob("*") if path.is_file() and "File System" in path.parts]
    (found,) = [path for path in files if LINE_END.search(path.read_bytes())]
    return found


def garbage(pattern: str) -> Callable[[Phone], None]:
    def spoil(phone: Phone) -> None:
        for path in databases(phone).glob(pattern):
            path.write_bytes(b"\xa5" * path.stat().st_size)

    return spoil


def cut(pattern: str) -> Callable[[Phone], None]:
    def spoil(phone: Phone) -> None:
        for path in databases(phone).glob(pattern):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return spoil


def gone(phone: Phone) -> None:
    shutil.rmtree(databases(phone))


def journal_lines(phone: Phone, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = journal(phone)
    lines = [line for line in path.read_bytes().splitlines(keepends=True) if line.strip()]
    path.write_bytes(b"".join(change(lines)))


def saved_offline(phone: Phone) -> None:
    """Three absences, six records, nothing sent; then the battery dies."""
    phone.offline()
    for n in range(OPS // 2):
        phone.button("离岗", exact=False).click()
        phone.page.get_by_role("dialog").get_by_role("button", name="提交").click()
        phone.button("返岗", exact=False).click()
        expect(phone.button("返岗", exact=False)).to_have_count(0)
        expect(phone.pill).to_contain_text(f"离线 {2 * n + 2}")
    phone.kill()


class Weathered(NamedTuple):
    """`data` of a hall and `phones` of it in one folder, and how far they are ahead of the real clock."""

    folder: Path
    ahead_ms: int


@pytest.fixture(scope="module")
def weathered(seeded: Path, driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Weathered:
    """A phone with six unsent records and its hall, as they were when its battery died: each journey goes on from a copy."""
    folder = tmp_path_factory.mktemp("weathered")
    hall = Hall.copy_of(seeded, folder / "data")
    hall.start()
    staff = Phone(driver, hall.url, ahead_ms=hall.ahead_ms, ready=hall.phones["staff"])
    staff.open()
    staff.arrived()
    saved_offline(staff)
    hall.stop()
    shutil.copytree(staff.profile, folder / "phones" / "staff")
    staff.destroy()
    return Weathered(folder, hall.ahead_ms)


@pytest.fixture
def site(weathered: Weathered, tmp_path: Path) -> Iterator[Hall]:
    """The hall, running on."""
    one = Hall.copy_of(weathered.folder, tmp_path / "site", weathered.ahead_ms)
    one.start()
    yield one
    one.kill()


@pytest.fixture
def staff(driver: Playwright, site: Hall) -> Iterator[Phone]:
    """The phone, not started yet."""
    one = Phone(driver, site.url, ahead_ms=site.ahead_ms, ready=site.phones["staff"])
    yield one
    one.destroy()
    assert one.errors == []


def come_back(phone: Phone, hall: Hall) -> None:
    """The app opens; where the browser knows nobody any more, the person signs in."""
    phone.offline(False)
    phone.open()
    place = phone.page.get_by_role("button", name=hall.names())
    expect(phone.page.get_by_role("navigation").or_(place).first).to_be_visible()
    if place.is_visible():
        expect(phone.page.get_by_text("浏览器丢失了本机数据，另一处还存有")).to_be_visible()
        place.click()
        phone.page.get_by_role("button", name=hall.person("staff")).click()
        expect(phone.page.get_by_role("navigation")).to_be_visible()


def arrived(phone: Phone) -> list[str]:
    return [op["result"]["st"] for op in phone.stored("outbox") if "result" in op]


def ids(ops: list[Any]) -> list[str]:
    return [op["id"] for op in ops]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(garbage("*.log"), id="log"),
        pytest.param(garbage("MANIFEST-*"), id="MANIFEST", marks=pytest.mark.nightly),
        pytest.param(garbage("CURRENT"), id="CURRENT", marks=pytest.mark.nightly),
        pytest.param(cut("*.log"), id="log cut in half", marks=pytest.mark.nightly),
        pytest.param(gone, id="everything"),
    ],
)
def test_records_come_back_when_the_database_is_damaged(site: Hall, staff: Phone, spoil: Callable[[Phone], None]) -> None:
    spoil(staff)

    come_back(staff, site)

    staff.becomes(lambda: arrived(staff), ["applied"] * OPS)
    expect(staff.pill).to_contain_text(SYNCED)
    staff.open("/outbox")
    expect(staff.page.get_by_role("link", name="离岗")).to_have_count(OPS // 2)
    expect(staff.page.get_by_text("存储损坏过")).to_have_count(0)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda lines: lines[: len(lines) // 2], id="cut in half"),
        pytest.param(lambda lines: [], id="emptied", marks=pytest.mark.nightly),
        pytest.param(lambda lines: [b"\xa5" * len(line) for line in lines], id="garbage", marks=pytest.mark.nightly),
    ],
)
def test_the_journal_is_written_anew_when_it_is_damaged(staff: Phone, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = journal(staff)
    whole = path.read_bytes()
    journal_lines(staff, change)

    staff.offline()
    staff.open()
    expect(staff.pill).to_contain_text(f"离线 {OPS}")
    staff.until(lambda: path.read_bytes() == whole)

    assert len(staff.stored("outbox")) == OPS


def test_what_both_places_have_lost_is_named(site: Hall, staff: Phone) -> None:
    gone(staff)
    journal_lines(staff, lambda lines: [*lines[:3], lines[3][:40] + b"#" + lines[3][41:], *lines[4:]])

    come_back(staff, site)

    staff.becomes(lambda: len(arrived(staff)), OPS - 1)
    staff.open("/outbox")
    expect(staff.page.get_by_text("这台设备的存储损坏过，第 4 号记录已经没有了。")).to_be_visible()
    assert len(set(ids(staff.stored("outbox")))) == OPS - 1


def evicted(hall: Hall) -> list[str]:
    """What the site noted of browsers that came back empty: the last number it has, and the highest it was told of."""
    with closing(sqlite3.connect(hall.data / "yunting.sqlite")) as sql:
        return [detail for (detail,) in sql.execute("SELECT detail FROM audit WHERE act = 'device.evicted'")]


def test_a_browser_whose_data_was_cleared_claims_nothing_and_the_site_notes_how_far_it_knows(hall: Hall, phone: MakePhone) -> None:
    """Database and journal both gone. What was on no other place is lost; nobody is told that it arrived, and the trail says so."""
    staff = phone("staff")
    staff.button("离岗", exact=False).click()
    staff.page.get_by_role("dialog").get_by_role("button", name="提交").click()
    staff.button("返岗", exact=False).click()
    staff.becomes(lambda: len(arrived(staff)), 2)
    saved_offline(staff)
    gone(staff)
    journal(staff).unlink()

    staff.offline(False)
    staff.open()
    staff.page.get_by_role("button", name=hall.names()).click()
    staff.page.get_by_role("button", name=hall.person("staff")).click()

    expect(staff.pill).to_contain_text(SYNCED)
    staff.becomes(lambda: evicted(hall), ["2 2"])
    assert staff.stored("outbox") == []
    staff.open("/outbox")
    expect(staff.page.get_by_role("link", name="离岗")).to_have_count(0)
