# SPDX-License-Identifier: Apache-2.0
"""The page in a browser without a screen, and what a person does with it."""
import contextlib
import os
import tempfile
import time

from selenium import webdriver
from selenium.common.exceptions import ElementClickInterceptedException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from support.box import wait_for

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--ignore-certificate-errors", "--window-size=1366,900", "--lang=zh-CN",
         "--disable-dev-shm-usage")
SHOTS = os.environ.get("HALLWATCH_SHOTS")  # a folder for pictures of what is tested, to be looked at
SIZES = ((1920, 1080, False), (390, 844, True))
PASSWORD = "Qingshi-2026-hall"


class Page:
    """The page in a browser; its parts are named by data-testid (dashboard/web/src/main.tsx)."""

    def __init__(self, driver):
        self.driver = driver

    def all(self, name):
        """What of that name a person sees; none where the page was drawn anew meanwhile."""
        try:
            return [part for part in self.driver.find_elements(By.CSS_SELECTOR, f'[data-testid="{name}"]') if part.is_displayed()]
        except StaleElementReferenceException:
            return []

    def find(self, name, seconds=30):
        return wait_for(lambda: (found := self.all(name)) and found[0], seconds, 0.1, f"{name} on the page")

    def gone(self, name, seconds=10):
        wait_for(lambda: not self.all(name), seconds, 0.1, f"{name} has gone from the page")

    def click(self, name):
        """Clicks where it stands still: what loads above it may move it in the moment of the click."""
        def try_it():
            try:
                self.find(name).click()
                return True
            except (ElementClickInterceptedException, StaleElementReferenceException):
                return False
        wait_for(try_it, 10, 0.1, f"{name} can be clicked")

    def type(self, name, text):
        self.find(name).send_keys(text)

    def text(self, name):
        return self.find(name).text

    def wait_text(self, name, part, seconds=15):
        return wait_for(lambda: part in self.text(name), seconds, 0.1, f"{name} says {part}")

    def set_up(self, box, name="zhuren"):
        """The first administrator, made with the code that lies in the box's folder."""
        self.driver.get(box.url)
        code = (box.data / "setup-code").read_text().strip()
        for part, text in (("code", code), ("name", name), ("password", PASSWORD), ("password-again", PASSWORD)):
            self.type(f"setup-{part}", text)
        self.click("setup-submit")
        self.find("tile-ratings")

    def log_in(self, box, name, password=PASSWORD):
        self.driver.get(box.url)
        self.type("login-name", name)
        self.type("login-password", password)
        self.click("login-submit")

    def video(self, selector):
        return self.driver.execute_script(
            "const v = document.querySelector(arguments[0]); return v && {t: v.currentTime, w: v.videoWidth, ready: v.readyState,"
            " press: v.dataset.pressSeconds ? Number(v.dataset.pressSeconds) : null};", selector)


def shoot(page, name):
    """Pictures of the page on a screen and on a telephone, where they are asked for."""
    if not SHOTS:
        return
    for width, height, mobile in SIZES:
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile})
        time.sleep(0.7)
        page.driver.save_screenshot(f"{SHOTS}/{name}-{width}.png")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@contextlib.contextmanager
def open_page(*more):
    """A browser with a profile of its own; more: flags."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    with tempfile.TemporaryDirectory(prefix="hw-chromium-") as profile:
        for flag in (*FLAGS, *more, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            yield Page(driver)
        finally:
            driver.quit()
