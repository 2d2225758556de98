# SPDX-License-Identifier: Apache-2.0
"""A director in a real browser: first set-up, a live tile that moves, a bad rating's clip at the right second."""
import tempfile
import time

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from support.box import wait_for

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--ignore-certificate-errors", "--window-size=1366,900", "--lang=zh-CN",
         "--disable-dev-shm-usage")


@pytest.fixture
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    with tempfile.TemporaryDirectory(prefix="hw-chromium-") as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        yield driver
        driver.quit()


def find(browser, name, seconds=30):
    def look():
        found = browser.find_elements(By.CSS_SELECTOR, f'[data-testid="{name}"]')
        return found and found[0]
    return wait_for(look, seconds, 0.1, f"{name} on the page")


def state_of_video(browser, selector):
    return browser.execute_script(
        "const v = document.querySelector(arguments[0]); return v && {t: v.currentTime, w: v.videoWidth, ready: v.readyState,"
        " press: v.dataset.pressSeconds ? Number(v.dataset.pressSeconds) : null};", selector)


def test_from_set_up_to_the_clip_of_a_bad_rating(make_box, make_camera, make_pad, browser):
    camera = make_camera()
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": camera.url(), "sub_url": camera.url("/sub"), "counters": ["c1"]}],
                    "rules": {"clip_before_seconds": 6, "clip_after_seconds": 3}})
    code = (box.data / "setup-code").read_text().strip()
    browser.get(box.url)
    for name, text in (("setup-code", code), ("setup-name", "zhuren"), ("setup-password", "Qingshi-2026-hall"),
                       ("setup-password-again", "Qingshi-2026-hall")):
        find(browser, name).send_keys(text)
    find(browser, "setup-submit").click()
    find(browser, "tile-ratings")
    find(browser, "nav-live").click()
    tile = '[data-testid="tile-cam1"] video'
    first = wait_for(lambda: (s := state_of_video(browser, tile)) and s["w"] > 0 and s["t"] > 0 and s, 40, 0.2, "a live picture")
    wait_for(lambda: state_of_video(browser, tile)["t"] > first["t"] + 1, 20, 0.2, "the picture moves")

    pad = make_pad(box, "p1").wait_connected()
    rating = pad.press(1, tags=["115"], text="态度差")
    pad.wait_stored(rating)
    time.sleep(6)
    find(browser, "nav-ratings").click()
    find(browser, f"rating-row-{rating}").click()
    clip = wait_for(lambda: (s := state_of_video(browser, '[data-testid="clip-video"]')) and s["ready"] >= 2 and s["w"] > 0 and s,
                    40, 0.2, "the clip's picture")
    assert clip["press"] is not None and abs(clip["t"] - clip["press"]) < 5
