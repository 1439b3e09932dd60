"""Journey (h): a phone in the basement takes the time mark of the wall; back on the network it compares the evidence log (A8, T6)."""

import pytest
from playwright.sync_api import expect

from sync import messages as m
from tests.support.browser import MakePhone, Phone
from tests.support.cast import Cast
from tests.support.hall import Hall
from tests.support.present import Present

pytestmark = pytest.mark.chromium


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
    phone.button("现在核对").click()
    phone.page.wait_for_timeout(1_000)
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
    staff.until(lambda: compared(staff, hall.site))
    expect(page.get_by_text("还没有核对过")).not_to_be_visible()
    expect(page.get_by_text("矛盾")).not_to_be_visible()
    assert page.evaluate(f"JSON.parse(localStorage.getItem('zg.log.{hall.site}')).signed") is True
