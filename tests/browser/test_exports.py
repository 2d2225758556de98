# SPDX-License-Identifier: Apache-2.0
"""A director keeps a clip, lets it go, exports it, watches the progress, and downloads what anybody can verify."""
import hashlib
import time

import requests
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from support.box import wait_for
from support.page import PASSWORD


def rows(page, kind):
    """The cards of a kind (export, hold) as (state, text), the newest first."""
    return page.driver.execute_script(
        "return [...document.querySelectorAll(`[data-testid^='${arguments[0]}-row-']`)].map(r => [r.dataset.state, r.innerText])", kind)


def say_why(page, name, words):
    page.type(f"{name}-why", words)
    page.click(f"{name}-submit")


def test_a_clip_is_held_lifted_exported_and_downloaded(make_box, make_camera, make_pad, page, tmp_path):
    camera = make_camera(bitrate="2000")
    box = make_box({"cameras": [camera.config(name="cam1")], "rules": {"clip_before_seconds": 6, "clip_after_seconds": 2}})
    box.command("user", "add", "zhuren", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    box.wait_camera("cam1")
    began = time.time()
    box.recorded_until("cam1", began + 6, 40)
    pad = make_pad(box, "p1").wait_connected()
    rating = pad.press(1, text="态度差")
    pad.wait_stored(rating)
    box.recorded_until("cam1", time.time() + 3, 40)

    # The box holds a bad rating's clip by itself; a person may lift it and place it again.
    page.log_in(box, "zhuren")
    page.click("nav-ratings")
    page.click(f"rating-row-{rating}")
    page.click("clip-lift")
    page.click("clip-submit")
    page.find("clip-why")  # a reason is wanted
    say_why(page, "clip", "已查清")
    page.find("clip-hold").click()
    say_why(page, "clip", "上级要求保留")
    page.find("clip-lift")
    page.click("clip-export")
    say_why(page, "clip", "投诉核查")
    page.gone("clip-why")

    page.click("nav-exports")
    wait_for(lambda: rows(page, "export") and rows(page, "export")[0][0] == "done", 60, 0.2, "the export is done")
    assert "投诉核查" in rows(page, "export")[0][1] and "zhuren" in rows(page, "export")[0][1]
    address = page.find("export-download").get_attribute("href")
    cookies = {c["name"]: c["value"] for c in page.driver.get_cookies()}
    zipped = requests.get(address, cookies=cookies, verify=False, timeout=30)
    assert zipped.status_code == 200
    assert hashlib.sha256(zipped.content).hexdigest() == page.find("export-hash").get_attribute("data-sha256")
    (tmp_path / "e.zip").write_bytes(zipped.content)
    key = box.command("box-key", "--data", box.data).stdout.strip()
    assert "whole" in box.command("verify", tmp_path / "e.zip", "--key", key).stdout

    # The page says the same of it, of the file that the person has and of the one on the box, and finds a changed byte.
    page.click("export-verify")
    page.find("verify-verdict")
    assert page.find("verify-verdict").get_attribute("data-verdict") == "whole"
    altered = bytearray(zipped.content)
    altered[len(altered) // 2] ^= 1
    (tmp_path / "f.zip").write_bytes(altered)
    for name, verdict in (("f.zip", "altered"), ("e.zip", "whole")):
        page.driver.find_element(By.CSS_SELECTOR, "[data-testid=verify-file]").send_keys(str(tmp_path / name))
        wait_for(lambda: [v.get_attribute("data-verdict") for v in page.all("verify-verdict")] == [verdict], 20, 0.1, verdict)
        assert [p.get_attribute("data-kind") for p in page.all("verify-part")].count("altered") == (verdict == "altered")
    assert key in page.text("verify-signature")
    page.click("nav-exports")
    page.click("exports-tab-holds")
    wait_for(lambda: [state for state, _ in rows(page, "hold")] == ["held"], 20, 0.2, "one hold")
    assert "上级要求保留" in rows(page, "hold")[0][1]
    page.click("hold-lift")
    say_why(page, "hold", "已调解")
    wait_for(lambda: rows(page, "hold") == [], 20, 0.2, "nothing is held")

    # By hand, to the end of a number of days; then for as long as nobody lifts it.
    page.click("place-hold")
    Select(page.find("place-until")).select_by_value("30")
    say_why(page, "place", "监控调取")
    wait_for(lambda: [state for state, _ in rows(page, "hold")] == ["held"], 20, 0.2, "it is held")
    page.wait_text("hold-until-text", "保留至 20")
    page.click("hold-prolong")
    Select(page.find("hold-until")).select_by_value("lifted")
    say_why(page, "hold", "尚未结案")
    page.wait_text("hold-until-text", "主任解除")
    page.click("hold-lift")
    say_why(page, "hold", "结案")
    wait_for(lambda: rows(page, "hold") == [], 20, 0.2, "nothing is held")

    # For a case, from its panel: it is listed there.
    box.api("PUT", "/cases/K-1", {"item": {"code": "1", "name": "社保卡"}, "unit": "人社局", "kind": "other", "counter": "c1"})
    page.driver.get(f"{box.url}/cases?number=K-1")
    page.click("place-hold")
    say_why(page, "place", "办件投诉")
    wait_for(lambda: [state for state, _ in rows(page, "hold")] == ["held"], 20, 0.2, "the case's hold is listed")
    assert box.api("GET", "/holds?ref=case:K-1")["total"] == 1
    page.click("nav-exports")
    page.click("exports-tab-lifted")
    wait_for(lambda: len(rows(page, "hold")) == 3, 20, 0.2, "both are on record")
    assert "结案" in rows(page, "hold")[0][1] and "已查清" in rows(page, "hold")[2][1]


def test_progress_shows_and_an_export_is_cancelled_and_tried_again(make_box, make_camera, page):
    camera = make_camera(bitrate="4000")
    box = make_box({"cameras": [camera.config(name="cam1")]})
    page.set_up(box)
    box.wait_camera("cam1")
    began = time.time()
    box.recorded_until("cam1", began + 20, 60)
    page.click("nav-exports")
    clip = {"camera": "cam1", "from": int(began * 1000), "to": int((began + 20) * 1000)}
    # Long enough to be seen at work: all at once, one after the other.
    many = [box.api("POST", "/exports", {"clips": [clip] * 16, "reason": f"第 {i} 次"})["id"] for i in range(4)]
    last = f"export-row-{many[-1]}"

    def part(name):
        found = page.find(last).find_elements(By.CSS_SELECTOR, f'[data-testid="{name}"]')
        return found[0] if found else None

    wait_for(lambda: "running" in [state for state, _ in rows(page, "export")], 60, 0.02, "one is being made")
    wait_for(lambda: "%" in str(rows(page, "export")), 60, 0.02, "its progress shows")
    assert page.find(last).get_attribute("data-state") == "queued"
    part("export-cancel").click()
    wait_for(lambda: page.find(last).get_attribute("data-state") == "cancelled", 20, 0.1, "it is cancelled")
    wait_for(lambda: part("export-retry"), 20).click()
    wait_for(lambda: page.find(last).get_attribute("data-state") == "done", 120, 0.2, "it is done after all")
    part("export-remove").click()
    wait_for(lambda: page.find(last).get_attribute("data-state") == "removed", 20, 0.1, "its file is removed")
    assert not part("export-download")


def test_who_may_not_export_is_not_shown_how(make_box, page):
    box = make_box()
    box.command("user", "add", "kan", "--role", "viewer", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    page.log_in(box, "kan")
    page.find("nav-ratings")
    assert not page.all("nav-exports")
    page.driver.get(f"{box.url}/exports")
    page.find("nav-ratings")
    assert not page.all("exports-tab-exports")
