"""The offline promise in WebKit, the engine of every iPhone: sign in, record, lose the server, start again, and it is still there."""

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.browser import SYNCED
from tests.support.hall import Hall
from tests.support.webkit import webkit

pytestmark = pytest.mark.webkit
SECONDS_MAX = 20


@pytest.fixture
def safari() -> Iterator[webdriver.WebKitGTK]:
    with webkit() as driver:
        yield driver


def shown(driver: webdriver.WebKitGTK, text: str, within: str = "*") -> WebElement:
    """The innermost visible element that holds `text`, waited for."""
    path = f"//{within}[contains(normalize-space(.), '{text}')]"

    def look(_: object) -> WebElement | None:
        found = [one for one in driver.find_elements(By.XPATH, path) if one.is_displayed()]
        return found[-1] if found else None

    return WebDriverWait(driver, SECONDS_MAX).until(look, f"{text} was never shown")


def kept_for_offline(driver: webdriver.WebKitGTK) -> None:
    """The service worker has everything. An install that missed a file, as one may beside other tests, is made again at the next start."""
    ready = "const done = arguments[arguments.length - 1]; navigator.serviceWorker.ready.then(() => done())"
    try:
        driver.execute_async_script(ready)
    except TimeoutException:
        driver.refresh()
        driver.execute_async_script(ready)


def test_the_app_starts_in_webkit_without_a_server_and_keeps_what_was_recorded(hall: Hall, safari: webdriver.WebKitGTK) -> None:
    safari.get(hall.url)
    safari.execute_script("localStorage.setItem('zg.locale', 'zh_Hans'); location.reload()")
    shown(safari, hall.names(), "button").click()
    shown(safari, hall.person("staff"), "button").click()
    shown(safari, SYNCED, "a")
    kept_for_offline(safari)

    hall.kill()
    shown(safari, "离岗", "button").click()
    shown(safari, "提交", "button").click()
    shown(safari, "已存本机")
    safari.refresh()
    shown(safari, "离岗中")
    assert "1" in shown(safari, "1", "header//a").text

    hall.start()
    shown(safari, SYNCED, "header//a")
