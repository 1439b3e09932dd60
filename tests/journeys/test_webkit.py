"""The offline promise in WebKit, the engine of every iPhone: sign in, record, lose the server, start again, and it is still there."""

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.browser import SYNCED
from tests.support.hall import Hall
from tests.support.webkit import webkit

pytestmark = pytest.mark.webkit
LEAVE = "离岗"
SECONDS_MAX = 60
# What is drawn anew between a look and a press is looked for again; a press of these kinds has not happened.
AGAIN = (StaleElementReferenceException, ElementNotInteractableException, ElementClickInterceptedException)
LOOKS_CHARS_MAX = 700


@pytest.fixture
def safari() -> Iterator[webdriver.WebKitGTK]:
    with webkit() as driver:
        yield driver


def shown(driver: webdriver.WebKitGTK, text: str, within: str = "*", *, press: bool = False) -> None:
    """Wait for a visible element that holds `text`; press the innermost one."""
    path = f"//{within}[contains(normalize-space(.), '{text}')]"

    def look(_: object) -> bool:
        found = [one for one in driver.find_elements(By.XPATH, path) if one.is_displayed()]
        if found and press:
            found[-1].click()
        return bool(found)

    try:
        WebDriverWait(driver, SECONDS_MAX, ignored_exceptions=AGAIN).until(look)
    except TimeoutException:
        seen = driver.execute_script("return location.pathname + ': ' + document.body.innerText")
        raise AssertionError(f"{text} was never shown, but {seen[:LOOKS_CHARS_MAX]}") from None


KEPT_FOR_OFFLINE = "const done = arguments[arguments.length - 1]; navigator.serviceWorker.ready.then(() => done())"


def test_the_app_starts_in_webkit_without_a_server_and_keeps_what_was_recorded(hall: Hall, safari: webdriver.WebKitGTK) -> None:
    safari.get(hall.url)
    # First of all: a worker whose page is left while it is being installed WebKitGTK may never install, whatever is loaded afterwards.
    safari.execute_async_script(KEPT_FOR_OFFLINE)
    safari.execute_script("localStorage.setItem('zg.locale', 'zh_Hans')")
    safari.refresh()  # unlike the page's own reload it is over when the next line begins
    shown(safari, hall.names(), "button", press=True)
    shown(safari, hall.person("staff"), "button", press=True)
    shown(safari, SYNCED, "a")
    # The pill speaks of the outbox: that the rows have come, too, the first screen says.
    shown(safari, LEAVE, "button")

    hall.kill()
    shown(safari, LEAVE, "button", press=True)
    shown(safari, "提交", "button", press=True)
    shown(safari, "已存本机")
    safari.refresh()
    shown(safari, "离岗中")
    shown(safari, "1", "header//a")

    hall.start()
    shown(safari, SYNCED, "header//a")
