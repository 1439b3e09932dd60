"""Journey (d): one op among a hundred crashes its handler: the other ninety-nine land, that one is in 需处理 with its reason."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import UNTIL_SECONDS_MAX, MakePhone, Phone
from tests.support.hall import KILLED, Hall
from tests.support.serve import POISON

pytestmark = pytest.mark.chromium
OPS = 100


def leave(phone: Phone) -> None:
    phone.button("离岗", exact=False).click()
    phone.page.get_by_role("dialog").get_by_role("button", name="提交").click()


# The same presses as fast as the screen follows them.
LEAVE_AND_RETURN = """async ([times, seconds]) => {
  const end = performance.now() + 1000 * seconds;
  const awaited = async (find) => {
    for (;;) {
      const found = find();
      if (found) return found;
      if (performance.now() > end) throw new Error(`never shown: ${find}`);
      await new Promise((go) => setTimeout(go, 10));
    }
  };
  const button = (word, within = "main") =>
    [...document.querySelectorAll(`${within} button`)].find((one) => one.textContent.includes(word) && one.checkVisibility());
  for (let n = 0; n < times; n += 1) {
    (await awaited(() => button("离岗"))).click();
    (await awaited(() => button("提交", "dialog[open]"))).click();
    (await awaited(() => !document.querySelector("dialog[open]") && button("返岗"))).click();
    await awaited(() => !button("返岗"));
  }
}"""


def leave_and_return(phone: Phone, times: int) -> None:
    """Two ops each time."""
    phone.page.evaluate(LEAVE_AND_RETURN, [times, UNTIL_SECONDS_MAX])


def report_poison(phone: Phone) -> None:
    phone.button("报告突发事件").click()
    phone.chip("停电").click()
    phone.page.get_by_text("人数、情况说明").click()
    phone.page.get_by_role("textbox", name="情况说明").fill(POISON)
    phone.button("报告（联网后自动发送）").click()
    phone.page.wait_for_url("**/incidents/*")
    phone.open()


@KILLED
def test_ninety_nine_ops_land_around_one_that_crashes(hall: Hall, phone: MakePhone, killed: bool) -> None:
    staff = phone("staff")
    staff.offline()
    leave_and_return(staff, 24)
    report_poison(staff)
    leave_and_return(staff, 25)
    leave(staff)
    expect(staff.pill).to_contain_text(f"离线 {OPS}")
    if killed:
        hall.restart()

    staff.offline(False)
    expect(staff.pill).to_contain_text("需处理 1")
    staff.open("/outbox")
    line = staff.page.get_by_role("link", name="报告突发事件")
    expect(line).to_contain_text("服务器处理时出错，已留存并通知管理员。")
    # That one needs somebody is said as soon as it is known, which the others need not be yet.
    staff.becomes(lambda: sorted(op.get("result", {}).get("st", "") for op in staff.stored("outbox")), ["applied"] * (OPS - 1) + ["held"])
