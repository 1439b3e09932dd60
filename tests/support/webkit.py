"""WebKitGTK driven through WebDriver under a virtual screen: the closest thing to an iPhone that runs everywhere."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

SCRIPT_SECONDS_MAX = 120
"""Its service worker comes up late beside other tests."""
BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))


@contextmanager
def virtual_screen() -> Iterator[str]:
    """An Xvfb of our own; yields its display name. The server picks a free number and tells it."""
    told, tell = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1024x900x24", "-nolisten", "tcp"], pass_fds=[tell], stderr=subprocess.DEVNULL
    )
    os.close(tell)
    try:
        with os.fdopen(told) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        process.terminate()
        process.wait(timeout=SCRIPT_SECONDS_MAX)


@contextmanager
def webkit() -> Iterator[webdriver.WebKitGTK]:
    """A fresh WebKitGTK with its own empty profile."""
    options = Options()
    options.binary_location = str(BROWSERS[-1])
    options.add_argument("--automation")
    with virtual_screen() as display:
        driver = webdriver.WebKitGTK(options=options, service=Service("/usr/bin/WebKitWebDriver", env={**os.environ, "DISPLAY": display}))
        driver.set_script_timeout(SCRIPT_SECONDS_MAX)
        try:
            yield driver
        finally:
            driver.quit()
