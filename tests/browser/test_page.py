# SPDX-License-Identifier: Apache-2.0
"""People in a real browser: first set-up, a live tile that moves, a bad rating's clip at the right second, flags, rights."""
import time

from support.box import wait_for
from support.page import PASSWORD

OVERDUE = {"item": {"code": "1", "name": "食品小作坊登记"}, "unit": "市场监管所", "kind": "promised", "limit_days": 1, "counter": "c1",
           "applicant": "李四", "accepted_at": "2026-10-12T09:00:00+08:00"}


def test_from_set_up_to_the_clip_of_a_bad_rating(make_box, make_camera, make_pad, page):
    camera = make_camera()
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": camera.url(), "sub_url": camera.url("/sub"), "counters": ["c1"]}],
                    "rules": {"clip_before_seconds": 6, "clip_after_seconds": 3}})
    page.set_up(box)
    page.click("nav-live")
    tile = '[data-testid="tile-cam1"] video'
    first = wait_for(lambda: (s := page.video(tile)) and s["w"] > 0 and s["t"] > 0 and s, 40, 0.2, "a live picture")
    wait_for(lambda: page.video(tile)["t"] > first["t"] + 1, 20, 0.2, "the picture moves")

    pad = make_pad(box, "p1").wait_connected()
    rating = pad.press(1, tags=["115"], text="态度差")
    pad.wait_stored(rating)
    time.sleep(6)
    page.click("nav-ratings")
    page.click(f"rating-row-{rating}")
    clip = wait_for(lambda: (s := page.video('[data-testid="clip-video"]')) and s["ready"] >= 2 and s["w"] > 0 and s, 40, 0.2,
                    "the clip's picture")
    assert clip["press"] is not None and abs(clip["t"] - clip["press"]) < 5


def test_what_happens_shows_without_a_reload_and_filters_stay_in_the_address(make_box, make_pad, page):
    box = make_box()
    pad = make_pad(box, "p1").wait_connected()
    page.set_up(box)
    page.driver.execute_script("window.hallwatchStays = true")
    page.click("nav-ratings")
    bad = pad.press(1, text="等了很久")
    good = pad.press(5)
    page.find(f"rating-row-{bad}")
    page.find(f"rating-row-{good}")
    assert "等了很久" in page.text(f"rating-row-{bad}")
    page.click("filter-level-bad")
    page.gone(f"rating-row-{good}")
    page.find(f"rating-row-{bad}")
    another = pad.press(2)
    page.find(f"rating-row-{another}")
    assert page.driver.execute_script("return window.hallwatchStays === true"), "the page was loaded again"
    address = page.driver.current_url
    assert "level=bad" in address
    page.driver.get("about:blank")
    page.driver.get(address)
    page.find(f"rating-row-{bad}")
    assert not page.all(f"rating-row-{good}")
    page.click("range-custom")
    page.click("range-yesterday")
    page.gone(f"rating-row-{bad}")


def test_a_director_explains_confirms_and_closes_a_flag(make_box, page):
    box = make_box()
    box.command("user", "add", "yuanzhang", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    box.api("PUT", "/cases/OLD-1", OVERDUE)
    flag = wait_for(lambda: [f for f in box.api("GET", "/flags")["items"] if f["kind"] == "case_red"], 10)[0]["id"]
    page.log_in(box, "yuanzhang")
    page.click("nav-cases")
    page.wait_text("case-row-OLD-1", "红牌")
    page.click("nav-flags")
    page.click(f"flag-row-{flag}")
    page.click("flag-confirm")
    page.click("flag-submit")
    page.wait_text("flag-panel", "必须写明说明")
    for step in ("confirm", "close"):
        if step == "close":
            page.click("flag-close")
        page.type("flag-why", f"第二步 {step}")
        page.click("flag-submit")
        page.wait_text("flag-panel", f"第二步 {step}")
    row = box.api("GET", f"/flags/{flag}")
    assert row["state"] == "closed"
    assert [step["action"] for step in row["history"]] == ["raise", "confirm", "close"]
    assert {step["user"] for step in row["history"][1:]} == {"yuanzhang"}


def test_rights_wrong_passwords_and_languages(make_box, page):
    box = make_box()
    for name, role in (("kanguan", "viewer"), ("chuangkou", "staff")):
        box.command("user", "add", name, "--role", role, "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    page.log_in(box, "kanguan", "wrong-password-1")
    page.find("login-problem")
    page.log_in(box, "kanguan")
    page.find("tile-ratings")
    assert "评价" in page.text("tile-ratings")
    page.click("user-menu")
    page.click("lang-switch")
    page.wait_text("tile-ratings", "Ratings")
    page.click("logout")
    page.log_in(box, "chuangkou")
    page.find("nav-cases")
    assert not page.all("nav-ratings"), "staff see no ratings of persons"
    page.driver.get(box.url + "/ratings")
    time.sleep(1)
    assert not page.all("list-total")


def test_many_tiles_each_with_a_picture_or_a_reason(make_box, make_camera, page):
    camera = make_camera()
    cameras = [{"id": f"cam{i}", "name": f"{i}号摄像机", "url": camera.url(), "sub_url": camera.url("/sub"), "record": False} for i in range(1, 7)]
    cameras.append({"id": "gone", "name": "断开的摄像机", "url": "rtsp://127.0.0.1:9/none"})
    box = make_box({"cameras": cameras})
    page.set_up(box)
    page.click("nav-live")
    page.click("layout-9")
    page.wait_text("tile-why-gone", "拒绝", 30)
    for i in range(1, 7):
        wait_for(lambda i=i: page.find(f"tile-cam{i}").get_attribute("data-phase") == "playing", 60, 0.2, f"cam{i} plays")
    assert page.find("tile-cam1").get_attribute("data-stream") == "sub"
    page.click("layout-1")
    wait_for(lambda: len([t for t in page.driver.find_elements("css selector", ".tile video")]) == 1, 10)
    big = page.driver.find_element("css selector", ".tile")
    wait_for(lambda: big.get_attribute("data-stream") == "main" or not big.is_displayed(), 30, 0.2, "a large tile shows the main stream")
