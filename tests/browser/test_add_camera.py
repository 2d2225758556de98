# SPDX-License-Identifier: Apache-2.0
"""A camera is added in the page by its address until its live picture moves, changed, and removed."""
import os

import yaml
from selenium.webdriver.common.by import By

from support.box import wait_for
from support.page import PASSWORD

SHOTS = os.environ.get("HALLWATCH_SHOTS")


def shoot(page, name):
    """For people who look at the pages: both widths."""
    if SHOTS:
        for width, height in ((1920, 1080), (390, 844)):
            page.driver.set_window_size(width, height)
            page.driver.save_screenshot(f"{SHOTS}/{name}-{width}.png")
        page.driver.set_window_size(1366, 900)


def fill(page, name, text):
    field = page.find(name)
    field.clear()
    field.send_keys(text)


def test_a_camera_is_added_until_its_picture_moves(share_box, share_camera, page):
    camera = share_camera(user="admin", password="p@ss 1")
    box = share_box({"cameras": []})
    box.command("user", "add", "it", "--role", "admin", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    page.log_in(box, "it")
    page.click("user-menu")
    page.click("menu-cameras")
    shoot(page, "cameras-none")
    page.click("cameras-add")
    page.click("cam-find")
    page.find("found-none")
    page.find("cam-maker").find_element(By.CSS_SELECTOR, "option[value=other]").click()
    fill(page, "cam-url", camera.url("/main"))
    fill(page, "cam-sub", camera.url("/sub"))
    fill(page, "cam-user", "admin")
    fill(page, "cam-password", "wrong")
    page.click("cam-test")
    probe = page.find("probe-main")
    assert (probe.get_attribute("data-step"), probe.get_attribute("data-code")) == ("login", "password")
    assert "核对用户名和密码" in probe.text
    shoot(page, "camera-wrong")

    fill(page, "cam-password", "p@ss 1")
    page.gone("probe-main")
    page.click("cam-test")
    page.find("probe-sub")
    wait_for(lambda: page.driver.execute_script("return document.querySelector('[data-testid=probe-picture]')?.naturalWidth") == 640, why="a test picture")
    fill(page, "cam-name", "南门")
    page.click("cam-counter-c1")
    shoot(page, "camera-add")
    page.click("cam-save")
    wait_for(lambda: page.find("cameras-row-cam1").get_attribute("data-state") == "live", 30, why="it is live")
    shoot(page, "cameras")
    stored = yaml.safe_load(box.config_path.read_text())["cameras"]
    assert stored == [{**camera.config("cam1"), "name": "南门", "url": camera.url("/main", "admin", "p%40ss%201"), "sub_url": camera.url("/sub", "admin", "p%40ss%201")}]

    page.driver.get(box.url + "/live?camera=cam1")
    wait_for(lambda: (v := page.video('[data-testid="tile-cam1"] video')) and v["t"] > 0 and v, why="a picture")
    first = page.video('[data-testid="tile-cam1"] video')["t"]
    wait_for(lambda: page.video('[data-testid="tile-cam1"] video')["t"] > first + 1, why="it moves")

    # Changed without its password; tried again with the one that the box keeps.
    page.driver.get(box.url + "/cameras?edit=cam1")
    assert page.find("cam-password").get_attribute("value") == "" and page.find("cam-id").get_attribute("readonly")
    page.click("cam-test")
    assert page.find("probe-main").get_attribute("data-ok") == "true"
    fill(page, "cam-name", "北门")
    page.click("cam-record")
    shoot(page, "camera-edit")
    page.click("cam-save")
    wait_for(lambda: "北门" in page.find("cameras-row-cam1").text, why="the new name")
    assert yaml.safe_load(box.config_path.read_text())["cameras"] == [{**stored[0], "name": "北门", "record": False}]

    # Somebody else was quicker: said so, and nothing is lost.
    page.click("cameras-edit-cam1")
    page.find("cam-save")
    box.config_path.write_text("# 改\n" + box.config_path.read_text())
    page.click("cam-save")
    page.wait_text("cam-problem", "别人改动")
    page.driver.get(box.url + "/cameras?edit=cam1")
    page.click("cam-remove")
    page.click("cam-remove-sure")
    page.find("cameras-add")
    page.gone("cameras-row-cam1")
    assert not yaml.safe_load(box.config_path.read_text())["cameras"]
