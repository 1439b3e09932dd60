"""A bulletin from the draft to its reader: written at the desk, guarded against names, read on a phone (PTL-10, CHK-10, DOC-13)."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import MakePhone
from tests.support.hall import Hall

pytestmark = pytest.mark.chromium


def test_an_office_writes_a_bulletin_and_everybody_reads_the_public_version(desk: MakePhone, phone: MakePhone, hall: Hall) -> None:
    """PTL-10, CHK-09: the draft is the server's, the words are people's; a name is found before it is published."""
    office = desk("office")
    page = office.open("/bulletins")
    page.get_by_role("button", name="生成通报草稿").click()
    page.get_by_role("button", name=re.compile("^生成草稿")).click()
    page.get_by_role("button", name="编辑").click()
    page.get_by_role("textbox", name=re.compile("内部版")).first.fill("十点前后个别窗口空岗。")
    public = page.get_by_role("textbox", name=re.compile("公开版"))
    public.fill(f"{hall.person('staff')}当日在岗。")
    expect(page.get_by_role("alert")).to_contain_text(hall.person("staff"))
    public.fill("本周秩序总体平稳。")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^保存草稿")).click()
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="发布").click()
    expect(page.get_by_text(re.compile("2026 年第 1 期")).first).to_be_visible()
    page.get_by_role("button", name="打印或取 PDF").click()
    expect(page.get_by_role("link", name="正式 PDF")).to_be_visible()

    read = phone("staff").open("/bulletins")
    read.get_by_role("link", name=re.compile("巡查周报")).click()
    expect(read.get_by_text("本周秩序总体平稳。")).to_be_visible()
    expect(read.get_by_text("十点前后个别窗口空岗。")).to_have_count(0)
    expect(read.get_by_role("radio", name="内部版")).to_have_count(0)
