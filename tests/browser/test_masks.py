# SPDX-License-Identifier: Apache-2.0
"""Privacy masks are drawn on a camera's picture with a mouse, a finger and keys, and viewers' pictures are covered there."""
import os

import yaml
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.keys import Keys

from support.box import wait_for
from support.page import PASSWORD
from support.picture import colours

SHOTS = os.environ.get("HALLWATCH_SHOTS")


def shoot(page, name):
    if SHOTS:
        page.driver.save_screenshot(f"{SHOTS}/{name}.png")


def canvas(page):
    wait_for(lambda: page.driver.execute_script("return document.querySelector('[data-testid=mask-still]')?.naturalWidth") == 640, 30, 0.1, "a picture")
    box = page.find("mask-canvas")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    return box.rect, page.driver.execute_script("return arguments[0].getBoundingClientRect().toJSON()", box)


def pointer(page, strokes, kind="mouse"):
    """Real pointer events: each stroke is a list of places, as shares of the picture."""
    _, rect = canvas(page)
    actions = ActionBuilder(page.driver, mouse=PointerInput(POINTER_TOUCH, "finger") if kind == "touch" else PointerInput("mouse", "mouse"), duration=30)
    for stroke in strokes:
        places = [(int(rect["left"] + x * rect["width"]), int(rect["top"] + y * rect["height"])) for x, y in stroke]
        actions.pointer_action.move_to_location(*places[0])
        actions.pointer_action.pointer_down()
        for place in places[1:]:
            actions.pointer_action.move_to_location(*place)
        actions.pointer_action.pointer_up()
    actions.perform()


def drawn(page):
    return [[tuple(map(float, corner.split(","))) for corner in page.find(f"mask-row-{i}").get_attribute("data-mask").split(" ")]
            for i in range(len(page.driver.find_elements("css selector", ".mask-row")))]


def near(mask, *corners):
    return len(mask) == len(corners) and all(abs(a - b) < 0.015 for at, to in zip(mask, corners) for a, b in zip(at, to))


def test_masks_are_drawn_and_cover_what_viewers_see(share_box, share_camera, page):
    camera = share_camera()
    box = share_box({"cameras": [camera.config("cam1")]})
    box.command("user", "add", "it", "--role", "admin", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    box.wait_camera("cam1")

    def covered(role):
        """Of the rectangle and of the triangle; of the places beside them."""
        still = box.http("GET", "/media/snapshot/cam1", role).content
        return [colours(still, *part) for part in ((17, 33, 17, 43), (84, 89, 42, 75))], [colours(still, *part) for part in ((37, 58, 17, 43), (60, 80, 70, 97))]

    wait_for(lambda: min(covered("viewer")[0]) > 3, 20, 0.5, "nothing is covered before")
    page.log_in(box, "it")
    page.find("user-menu")
    page.driver.get(box.url + "/cameras?edit=cam1")
    page.click("cam-masks")

    # By mouse: a rectangle pulled open, moved, one corner pulled away, undone.
    pointer(page, [[(0.1, 0.1), (0.2, 0.3), (0.3, 0.4)]])
    assert near(drawn(page)[0], (0.1, 0.1), (0.3, 0.4)), drawn(page)
    pointer(page, [[(0.2, 0.25), (0.25, 0.3)]])
    assert near(drawn(page)[0], (0.15, 0.15), (0.35, 0.45)), drawn(page)
    pointer(page, [[(0.35, 0.45), (0.45, 0.6)]])
    assert near(drawn(page)[0], (0.15, 0.15), (0.35, 0.15), (0.45, 0.6), (0.15, 0.45)), drawn(page)
    shoot(page, "masks-corner")
    page.click("mask-undo")
    assert near(drawn(page)[0], (0.15, 0.15), (0.35, 0.45))
    # The middle of a side is a corner once it is pulled; a side pulled across another is a fault that is not saved.
    pointer(page, [[(0.25, 0.25)], [(0.25, 0.15), (0.25, 0.6)]])
    page.wait_text("mask-row-0", "交叉")
    assert not page.find("mask-save").is_enabled()
    ActionChains(page.driver).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()
    assert near(drawn(page)[0], (0.15, 0.15), (0.35, 0.45)) and page.find("mask-save").is_enabled()

    # By keys: one in the middle, a corner moved, one removed.
    page.click("mask-add")
    corner = page.find("mask-corner-1-0")
    corner.send_keys(Keys.ARROW_LEFT * 4)
    corner.send_keys(Keys.SHIFT, Keys.ARROW_UP)
    assert near(drawn(page)[1], (0.38, 0.35), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)), drawn(page)
    page.find("mask-corner-1-2").send_keys(Keys.DELETE)
    assert near(drawn(page)[1], (0.38, 0.35), (0.6, 0.4), (0.4, 0.6))
    page.click("mask-remove-1")
    assert len(drawn(page)) == 1

    # By finger on a telephone, corner by corner; a corner too many is taken back.
    page.driver.set_window_size(390, 844)
    pointer(page, [[(0.6, 0.4)], [(0.9, 0.4)], [(0.9, 0.9)], [(0.7, 0.95)]], "touch")
    page.click("mask-undo")
    shoot(page, "masks-390-drawing")
    assert not page.find("mask-save").is_enabled(), "a mask that is not finished"
    pointer(page, [[(0.6, 0.4)]], "touch")
    assert near(drawn(page)[1], (0.6, 0.4), (0.9, 0.4), (0.9, 0.9)), drawn(page)
    shoot(page, "masks-390")
    page.driver.set_window_size(1920, 1080)
    shoot(page, "masks-1920")
    page.click("mask-preview")
    shoot(page, "masks-1920-preview")

    # Somebody else was quicker: said so, what is drawn stays, and is saved after all.
    box.config_path.write_text("# 改\n" + box.config_path.read_text())
    page.click("mask-save")
    page.wait_text("mask-problem", "别人改动")
    assert len(drawn(page)) == 2
    page.click("mask-reload")
    page.gone("mask-problem")
    wait_for(lambda: page.find("mask-save").is_enabled() and (page.click("mask-save") or True), 10, 0.2, "it is saved")
    page.find("cam-save")
    stored = yaml.safe_load(box.config_path.read_text())["cameras"][0]["masks"]
    assert len(stored) == 2 and box.config_path.read_text().startswith("# 改\n")
    wait_for(lambda: box.camera("cam1")["masks"] == stored, 20, why="in force")

    wait_for(lambda: max(covered("viewer")[0]) <= 3, 20, 0.5, "viewers' picture is covered")
    assert min(covered("viewer")[1]) > 5, covered("viewer")
    assert min(covered("admin")[0]) > 3, covered("admin")
    page.driver.get(box.url + "/cameras")
    page.wait_text("cameras-row-cam1", "隐私遮挡 2 块")
    shoot(page, "masks-list")

    # A camera that is away: what was recorded last is drawn on; all masks may go.
    camera.kill()
    box.wait_camera("cam1", "backoff")
    page.driver.get(box.url + "/cameras?masks=cam1")
    canvas(page)
    page.click("mask-remove-1")
    page.click("mask-remove-0")
    page.click("mask-save")
    page.find("cam-save")
    assert not yaml.safe_load(box.config_path.read_text())["cameras"][0].get("masks")
