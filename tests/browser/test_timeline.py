# SPDX-License-Identifier: Apache-2.0
"""The timeline where recording is hard: H.265 that the browser cannot play, the minute that is still being recorded, clocks
that were set, and pieces of seconds in a whole day."""
import os
import time
from urllib.parse import urlparse

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from support.box import wait_for
from support.film import make_film
from support.page import PASSWORD

SHOTS = os.environ.get("HALLWATCH_SHOTS")


def shoot(page, name, sizes=((1920, 1080), (390, 844))):
    """For people who look at the pages."""
    if SHOTS:
        for width, height in sizes:
            page.driver.set_window_size(width, height)
            time.sleep(1.5)
            page.driver.save_screenshot(f"{SHOTS}/{name}-{width}.png")
        page.driver.set_window_size(1366, 900)


def add_director(box):
    box.command("user", "add", "zhuren", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")


def log_in(page, box):
    page.log_in(box, "zhuren")
    page.find("nav-playback")


def is_black(page, selector):
    """Whether a picture or film shows next to nothing."""
    return page.driver.execute_script("""
        const shown = document.querySelector(arguments[0]);
        const canvas = document.createElement("canvas");
        canvas.width = 32; canvas.height = 18;
        const context = canvas.getContext("2d");
        context.drawImage(shown, 0, 0, 32, 18);
        const bytes = context.getImageData(0, 0, 32, 18).data;
        return Math.max(...bytes.filter((_, i) => i % 4 < 3)) < 40;""", selector)


@pytest.fixture(scope="module")
def hall(share_box, share_camera):
    cameras = [share_camera(codec="h265"), share_camera(codec="h265"), share_camera(), share_camera()]
    configs = [camera.config(f"cam{i + 1}", (f"c{i + 1}",) if i < 2 else ()) for i, camera in enumerate(cameras)]
    del configs[1]["sub_url"]
    box = share_box({"cameras": configs})
    add_director(box)
    for config in configs:
        box.wait_camera(config["id"])
    box.begin = time.time()
    for config in configs:
        box.recorded_until(config["id"], box.begin + 8, 40)
    return box


def test_h265_that_cannot_be_played_says_so_and_offers_the_sub_stream(page, hall):
    log_in(page, hall)
    assert not page.driver.execute_script("return MediaSource.isTypeSupported('video/mp4; codecs=\"hvc1.1.6.L93.B0\"')"), "this browser can"
    # Live: with a sub stream that is shown and said; without one there are words, and no black tile.
    page.driver.get(hall.url + "/live?camera=cam1")
    wait_for(lambda: page.find("tile-cam1").get_attribute("data-phase") == "playing", 30, 0.2, "the sub stream plays")
    assert page.find("tile-cam1").get_attribute("data-stream") == "sub"
    page.wait_text("tile-cam1", "子码流")
    wait_for(lambda: not is_black(page, '[data-testid="tile-cam1"] video'), 20, 0.2, "a picture")
    page.driver.get(hall.url + "/live?camera=cam2")
    page.wait_text("tile-why-cam2", "不能播放 H.265")
    shoot(page, "h265-live")
    # Playback: stills by the box with words, and the way to what can be played.
    page.driver.get(f"{hall.url}/playback?camera=cam1&with=cam2&at={int((hall.begin + 2) * 1000)}")
    for name in ("cam1", "cam2"):
        page.wait_text(f"pane-{name}", "不能播放 H.265")
        wait_for(lambda: (stills := page.all(f"still-{name}")) and stills[0].get_property("naturalWidth") > 0, 20, 0.2, "a still")
        assert not is_black(page, f'[data-testid="still-{name}"]')
    shoot(page, "h265-playback")
    links = {name: [link.get_attribute("href") for link in page.find(f"pane-{name}").find_elements(By.TAG_NAME, "a")] for name in ("cam1", "cam2")}
    assert any("/live?camera=cam1" in link for link in links["cam1"]), links
    assert not any("/live" in link for link in links["cam2"]), links
    page.find("pane-cam1").find_element(By.CSS_SELECTOR, 'a[href*="/live"]').click()
    wait_for(lambda: page.find("tile-cam1").get_attribute("data-phase") == "playing", 30, 0.2, "what was offered plays")


def test_the_minute_that_is_being_recorded_can_be_scrubbed(page, hall):
    log_in(page, hall)
    page.driver.get(f"{hall.url}/playback?camera=cam3&at={int((time.time() - 5) * 1000)}")
    ready = """const v = document.querySelector('[data-testid="pane-cam3"] video'); return v && v.readyState >= 2 && !v.seeking && v.videoWidth > 0;"""
    wait_for(lambda: page.driver.execute_script(ready), 20, 0.1, "a picture of five seconds ago")
    for _ in range(8):
        page.click("zoom-in")
    timeline, ruler, track = page.find("timeline"), page.find("ruler"), page.find("track-cam3")

    def view():
        return [int(float(timeline.get_attribute(f"data-{side}"))) / 1000 for side in ("from", "to")]

    # Now is brought to the middle: around midnight it is at an end of the day.
    begin, end = view()
    by = int((0.5 - (time.time() - begin) / (end - begin)) * ruler.rect["width"])
    ActionChains(page.driver).move_to_element(track).click_and_hold().move_by_offset(by // 2, 0).move_by_offset(by - by // 2, 0).release().perform()
    wait_for(lambda: view() != [begin, end], 5, 0.1, "it has been dragged")
    begin, end = view()
    # Not one of these moments is in a finished file.
    newest = hall.http("GET", f"/media/playback/cam3/index.m3u8?from={int((time.time() - 20) * 1000)}&to={int(time.time() * 1000)}").text
    assert len({urlparse(line).path for line in newest.splitlines() if "segment" in line and not line.startswith("#")}) <= 2

    def drag_to(*moments):
        actions = ActionChains(page.driver, duration=60)
        for i, moment in enumerate(moments):
            x = (moment - begin) / (end - begin) * ruler.rect["width"] - ruler.rect["width"] / 2
            actions.move_to_element_with_offset(ruler, int(x), 0)
            if i == 0:
                actions.click_and_hold()
        return actions

    now = time.time()
    seen = set()
    for moment in (now - 7, now - 5, now - 3):
        drag_to(moment, moment + 0.2).perform()
        thumbnail = wait_for(lambda: page.all("thumbnail") and page.find("thumbnail").get_attribute("src"), 20, 0.1, "a picture under the pointer")
        wait_for(lambda: not is_black(page, '[data-testid="thumbnail"]'), 10, 0.1, "it shows something")
        seen.add(thumbnail)
        ActionChains(page.driver).release().perform()
        wait_for(lambda: abs(int(page.find("moment").get_attribute("data-ms")) / 1000 - moment) < 2, 10, 0.05, "the moment it was let go at")
    assert len(seen) == 3, seen
    first = int(page.find("moment").get_attribute("data-ms"))
    wait_for(lambda: page.driver.execute_script(ready) and int(page.find("moment").get_attribute("data-ms")) > first + 3000, 20, 0.1, "it plays on")


def test_four_cameras_on_a_telephone_go_two_by_two(page, hall):
    log_in(page, hall)
    page.driver.set_window_size(390, 844)
    page.driver.get(f"{hall.url}/playback?camera=cam3&with=cam4,cam1,cam2&at={int((hall.begin + 3) * 1000)}")
    rects = [page.find(f"pane-cam{n}").rect for n in (3, 4, 1, 2)]
    wait_for(lambda: not page.driver.find_elements(By.CSS_SELECTOR, ".pane .spinner"), 20, 0.2, "all have come")
    assert rects[0]["y"] == rects[1]["y"] < rects[2]["y"] == rects[3]["y"] and rects[0]["x"] == rects[2]["x"] < rects[1]["x"]
    assert page.driver.execute_script("return document.documentElement.scrollWidth") <= 390
    shoot(page, "four", ((390, 844), (1920, 1080)))


BARS = """return [...document.querySelectorAll('[data-testid="track-cam1"] ' + arguments[0])].map(
  (bar) => [Number(bar.getAttribute("x") || bar.getAttribute("x1")), Number(bar.getAttribute("width") || bar.getAttribute("x2") - bar.getAttribute("x1"))]);"""


def test_seconds_of_a_day_are_seen_and_so_is_a_clock_that_was_set(make_box, page, tmp_path):
    film = make_film(tmp_path / "film.mp4")
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": f"file:{film}", "counters": ["c1"]}],
                    "storage": {"free_gb": 0.1, "segment_seconds": 2}}, start=False)
    minutes = (-75, -50, -25, 0)
    box.fault(f"clock offset {minutes[0] * 60}")
    box.start()
    moments = []
    for offset in minutes:
        box.fault(f"clock offset {offset * 60}")
        moments.append(time.time() + offset * 60)
        time.sleep(1)
        box.recorded_until("cam1", moments[-1] + 4, 40)
    add_director(box)
    log_in(page, box)
    page.driver.get(f"{box.url}/playback?camera=cam1&at={int((moments[2] + 2) * 1000)}")
    page.find("timeline")
    if time.gmtime(moments[0] + 8 * 3600).tm_yday != time.gmtime(moments[-1] + 8 * 3600).tm_yday:
        page.click("zoom-out")  # around midnight both days are wanted
    bars = wait_for(lambda: len(found := page.driver.execute_script(BARS, ".tl-rec")) == 4 and found, 10, 0.1, "four pieces of some seconds")
    assert all(width >= 2.9 for _, width in bars), bars
    per_minute = page.find("ruler").rect["width"] / ((int(page.find("timeline").get_attribute("data-to")) - int(page.find("timeline").get_attribute("data-from"))) / 60000)
    for (x, _), (later, _) in zip(bars, bars[1:]):
        assert abs(later - x - 25 * per_minute) < 4, bars
    # What the clock was set after is marked on the track, and the legend says what that is; what is right is not.
    marks = page.driver.execute_script(BARS, ".tl-clock")
    assert len(marks) == 3 and max(x + width for x, width in marks) < bars[3][0], (marks, bars)
    page.wait_text("key-clock", "时钟不准")
    track = page.find("track-cam1")
    x = int(bars[0][0] + bars[0][1] / 2 - track.rect["width"] / 2)
    ActionChains(page.driver).move_to_element_with_offset(track, x, 10).perform()
    page.wait_text("timeline-card", "主机时钟不准")
    assert "+1:15:0" in page.text("timeline-card") or "+1:14:5" in page.text("timeline-card"), page.text("timeline-card")
    shoot(page, "clock-steps")
