"""Journey (h): a phone in the basement takes the time mark of the wall; back on the network it compares the evidence log."""

from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import TimeoutError, expect

from sync import messages as m
from sync.notes import read_note
from tests.support.browser import Board, MakeBoard, MakePhone, Phone
from tests.support.cast import Cast
from tests.support.hall import Hall
from tests.support.present import Present

pytestmark = pytest.mark.chromium


# What the app makes of an answer, at leisure; where it is too short what is awaited shows it.
COMPARED_MS = 200


def mark_of(hall: Hall) -> m.Beacon:
    """The time mark that the hall's wall screens show just now."""
    cast = Cast(hall.url, Present(hall))
    with cast["屏"].live() as link:
        (beacon,) = [frame.beacon for frame in link.frames if isinstance(frame, m.Ok)]
    cast.close()
    assert beacon.n == "", "a mark for everybody names nobody's chain"
    return beacon


def compared(phone: Phone, site: str) -> bool:
    """Compare now; whether there was something to compare with."""
    with phone.page.expect_response("**/log/checkpoint?*"):
        phone.button("现在核对").click()
    phone.page.wait_for_timeout(COMPARED_MS)
    return phone.page.evaluate(f"localStorage.getItem('zg.log.{site}')") is not None


def test_a_phone_without_a_network_takes_the_walls_time_and_later_compares_the_log(hall: Hall, phone: MakePhone) -> None:
    staff = phone("staff")
    page = staff.page
    staff.offline()
    beacon = mark_of(hall)
    staff.open(f"/time-code?b={hall.site}.{beacon.id}.{beacon.t}.{beacon.s}")
    expect(page.get_by_text("时间码已记下")).to_be_visible()
    forged = beacon.s[:-2] + ("AA" if beacon.s[-2:] != "AA" else "BB")
    staff.open(f"/time-code?b={hall.site}.{beacon.id}.{beacon.t + 60_000}.{forged}")
    expect(page.get_by_text("时间码核验不通过")).to_be_visible()
    staff.open("/time-code?b=nothing")
    expect(page.get_by_text("这不是大屏的时间码")).to_be_visible()

    staff.offline(False)
    staff.open("/storage")
    expect(page.get_by_text("还没有核对过")).to_be_visible()
    # The log begins with the first full minute of the hall.
    staff.until(lambda: compared(staff, hall.site), A_MINUTE_SECONDS_MAX)
    expect(page.get_by_text("还没有核对过")).not_to_be_visible()
    expect(page.get_by_text("矛盾")).not_to_be_visible()
    assert page.evaluate(f"JSON.parse(localStorage.getItem('zg.log.{hall.site}')).signed") is True

    # As if the hall had been restored since: it is said until a person accepts it, however often the log is compared.
    page.evaluate(
        "([at, hall]) => localStorage.setItem(at,"
        " localStorage.getItem(at).replaceAll(new RegExp(`${hall}/\\\\w+`, 'g'), `${hall}/before`))",
        [f"zg.log.{hall.site}", hall.site],
    )
    staff.open("/storage")
    for _ in range(2):
        assert compared(staff, hall.site)
        expect(page.get_by_text("存证日志从新开始")).to_be_visible()
    staff.button("导出两份凭据").click()
    staff.button("已问明，从新日志核对").click()
    staff.button("从新日志核对").click()
    expect(page.get_by_text("存证日志从新开始")).not_to_be_visible()
    assert compared(staff, hall.site)
    expect(page.get_by_text("存证日志从新开始")).not_to_be_visible()


# A minute of the hall, and some more.
A_MINUTE_SECONDS_MAX = 120
SMALL = {"width": 1366, "height": 768}
CARD_MS = 24_000
HEARD_MS_MAX = 10_000


def turn(wall: Board, cards: int) -> None:
    """So many cards later. A screen that heard nothing for so long shows no codes: the site is heard anew."""
    wall.pass_ms(cards * CARD_MS)
    wall.offline()
    wall.offline(False)


def scanned(wall: Board) -> tuple[int, str]:
    """What a phone reads off the wall: when its time mark was made (ms), and the text of its head of the log. (0, "") until it can."""
    try:
        wall.page.locator("[data-card=codes] svg").nth(1).wait_for(timeout=HEARD_MS_MAX)
    except TimeoutError:
        turn(wall, 1)
        return 0, ""
    found = zxingcpp.read_barcodes(Image.open(BytesIO(wall.page.screenshot())))
    texts = sorted((code.text for code in found), key=lambda text: "/time-code?" not in text)
    if len(texts) != 2:
        return 0, ""
    return int(parse_qs(urlsplit(texts[0]).query)["b"][0].split(".")[2]), texts[1]


def test_a_wall_shows_the_time_mark_and_the_head_of_the_log_together_and_both_can_be_scanned(hall: Hall, board: MakeBoard) -> None:
    """DSP-01, T6: on a large and on a small screen; the time mark is renewed while the screen is heard."""
    wall = board()
    seen = [(0, "")]
    turn(wall, 3)
    wall.until(lambda: seen.append(scanned(wall)) or seen[-1][0] > 0, A_MINUTE_SECONDS_MAX)
    first_at, note = seen[-1]
    assert read_note(note).text.startswith(f"zaigang/{hall.site}/")
    wall.page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    hall.restart()  # whoever is heard anew is told a new mark at once, not half a minute after the last
    turn(wall, 4)
    wall.until(lambda: scanned(wall)[0] > first_at, A_MINUTE_SECONDS_MAX)
