"""Journey (g): the board unplugged, the server restarted, fifty changes: then it shows what a fresh load shows (DSP-01, DSP-04, DSP-05)."""

import time

import pytest
from playwright.sync_api import expect

from server.domain.board.ops import PutBoardItem
from server.domain.presence.ops import Announce, Return
from tests.support.browser import Board, MakeBoard
from tests.support.cast import Device
from tests.support.clock import DeviceClocks, World
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium
MINUTE = 60_000
CHANGES = 50


class Now(World):
    """The hall's present time."""

    def __init__(self, hall: Hall) -> None:
        super().__init__(0)
        self._ahead_ms = hall.ahead_ms

    @property
    def at(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead_ms

    @at.setter
    def at(self, _: int) -> None:
        """It passes by itself."""


def office_of(hall: Hall) -> Device:
    """The office's desk, without a browser."""
    office = Device(hall.url, DeviceClocks(Now(hall)), site=hall.site)
    office.sign_in("office")
    office.enrol()
    return office.pull()


def change(office: Device, first: int, times: int) -> None:
    """That many notices and returns, for one window after the other from the `first`."""
    duties = sorted((rid.split(":")[1], duty["a"]) for rid, duty in office.replica.bodies("duty").items() if duty["day"] == "2026-11-24")
    left = []
    for n in range(times):
        now = office.replica.time.now()
        if n % 3 == 2:
            office.save("away.return", Return(now), left.pop())
            continue
        post, person = duties[(first + n) % len(duties)]
        left.append(office.save("away.announce", Announce([post], "meeting", now, now + 40 * MINUTE, person)).rid)
    results = office.push()
    assert [result.st for result in results] == ["applied"] * times


def public(board: Board) -> dict[tuple[str, str], str]:
    """What a board holds but its own row, which says what it is to show."""
    return {key: body for key, body in board.rows().items() if key[0] != "screen"}


def test_a_board_unplugged_over_a_restart_and_fifty_changes_equals_a_fresh_load(
    hall: Hall, board: MakeBoard, pytestconfig: pytest.Config
) -> None:
    wall = board()
    before = wall.labels()
    wall.offline()
    office = office_of(hall)
    change(office, 0, CHANGES // 2)
    hall.restart()
    change(office, CHANGES // 2, CHANGES - CHANGES // 2)
    notice = office.replica.new_id(office.replica.time.now())
    said = PutBoardItem("notice", "2026-11-24", "", {"zh_Hans": "周六开放"}, {"zh_Hans": "上午照常办理。"}, checked=True)
    assert office.do("board.put", said, notice).st == "applied"
    assert wall.labels() == before
    expect(wall.page.locator("[data-stage]")).not_to_have_attribute("data-stage", "live", timeout=20_000)
    wall.page.wait_for_timeout(1000 * pytestconfig.getoption("--unplugged-seconds"))

    fresh = board()
    wanted = public(fresh)
    assert "上午照常办理。" in wanted["board.pub", notice]
    assert len([rid for rid, label in fresh.labels().items() if label != before[rid]]) > CHANGES // 4
    back = time.monotonic()
    wall.offline(False)
    wall.until(lambda: public(wall) == wanted)
    print(f"\n  the board caught up {time.monotonic() - back:.2f} s after the plug was back")
    expect(wall.page.locator("[data-stage]")).to_have_attribute("data-stage", "live")
