# SPDX-License-Identifier: Apache-2.0
"""The page of one camera: how it is, what it did, what was not recorded, the figures behind it; and who looked at it."""
import time

from selenium.webdriver.common.by import By

from support.box import wait_for, when
from support.page import PASSWORD


def history(box, camera, query=""):
    answer = box.http("GET", f"/media/history/{camera}{query}")
    return answer.json() if answer.status_code == 200 else None


def test_a_camera_that_came_back_shows_it(share_box, share_camera, page):
    camera = share_camera(fps=10, gop=1)
    box = share_box({"cameras": [camera.config("cam1", reader="rtsp")]})
    box.command("user", "add", "zhuren", "--role", "admin", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    box.wait_camera("cam1")
    camera.kill()
    box.wait_camera("cam1", "backoff")
    camera.start()
    box.wait_camera("cam1")
    began = box.back = time.time()
    figures = wait_for(lambda: (h := history(box, "cam1")) and sum(h["reconnects"]) == 1 and sum(h["keys"]) >= 3
                       and h["offset_ms"][-1] is not None and h, 40, 0.5, "it has come back")
    assert figures["step_ms"] == 60_000
    seconds = sum(figures["live_ms"]) / 1000
    assert 1 < seconds < time.time() - began + 60
    assert 7 < sum(figures["frames"]) / seconds < 14, figures
    assert abs(figures["offset_ms"][-1]) < 3000, "the simulated camera has the box's clock"
    assert history(box, "cam1", "?hours=168")["step_ms"] == 600_000
    for hours in ("0", "169", "x", "1x"):
        assert box.http("GET", f"/media/history/cam1?hours={hours}").status_code == 400
    assert history(box, "nobody")["at_ms"] == []

    page.log_in(box, "zhuren")
    page.find("tile-cameras")
    page.driver.get(box.url + "/camera?id=cam1")
    assert page.find("camera-state").get_attribute("data-state") == "live"
    for name in ("live", "mbit", "fps", "gop", "trouble", "offset"):
        wait_for(lambda: int(page.find(f"chart-{name}").get_attribute("data-points")) >= 1, why=f"{name} has a point")
    wait_for(lambda: page.driver.execute_script("return document.querySelector('[data-testid=camera-still] img')?.naturalWidth") == 640,
             why="a picture")
    assert "640×360" in page.text("camera-fact-size") and "1 次" in page.text("camera-fact-reconnects")
    assert "摄像机离线" in page.text("camera-gaps")
    camera.kill()
    wait_for(lambda: page.find("camera-state").get_attribute("data-state") == "backoff", 30, why="it is away")
    since = int(box.back * 1000)
    for _ in range(3):
        assert box.http("GET", f"/media/playback/cam1/index.m3u8?from={since}&to={since + 5000}").status_code == 200
    watched = wait_for(lambda: box.api("GET", "/audit?action=video.watch&q=cam1")["items"], why="it is on the audit list")
    assert len(watched) == 1 and watched[0]["who"] == "key:test", watched
    begin, end = map(when, watched[0]["detail"].split("/"))
    assert begin <= box.back < end and end - begin in (600, 1200)
    page.click("user-menu")
    page.click("menu-audit")
    wait_for(lambda: {"login", "video.live"} <= {row.get_attribute("data-action") for row in page.driver.find_elements(By.CSS_SELECTOR, ".audit-row")},
             why="who watched is shown")
    page.driver.get(box.url + "/camera?id=nobody")
    wait_for(lambda: "没有这台摄像机" in page.driver.page_source, why="unknown")
