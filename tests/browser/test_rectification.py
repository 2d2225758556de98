# SPDX-License-Identifier: Apache-2.0
"""A bad rating from its press to its end, as a director and a second person see it."""
import re

from support.box import wait_for
from support.pad import Pad
from support.page import PASSWORD
from support.rectification import step, wait_state


def open_rating(page, rating):
    page.click("nav-ratings")
    page.click("view-open")
    page.click(f"rectification-row-{rating}")


def test_from_press_to_end(make_box, page):
    box = make_box()
    for name, more in (("zhuren", ()), ("fuzhuren", ()), ("li", ("--staff", "007"))):
        box.command("user", "add", name, "--role", "director", "--password-stdin", *more, "--data", box.data, stdin=PASSWORD + "\n")
    box.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "李敏"}})
    pad = Pad(box, "p1").wait_connected()
    bad, wrong = pad.press(1, text="等了很久"), pad.press(2)
    for rating in (bad, wrong):
        pad.wait_stored(rating)
    pad.close()

    page.log_in(box, "zhuren")
    wait_for(lambda: "2" in page.text("tile-rectify"), why="two are in hand")
    open_rating(page, bad)
    wait_state(page, "verifying")
    step(page, "verify", "immediate")
    assert "说明" in page.text("rectification-problem")
    page.type("rectification-why", "窗口临时离开，已增派人员")
    page.click("rectification-submit")
    wait_state(page, "telling")
    step(page, "tell", "phone", "已致歉并说明")
    wait_state(page, "calling")
    step(page, "call", "dissatisfied", "仍不满意")
    wait_state(page, "fixing")
    step(page, "fix", why="调整排班")
    wait_state(page, "telling")
    step(page, "tell", "phone", "再次致歉")
    wait_state(page, "calling")
    step(page, "call", "satisfied")
    wait_state(page, "closed")
    steps = page.text("rectification-steps")
    assert re.search("核实情况：立行立改.*不满意，重新整改.*调整排班.*回访：满意", steps, re.S), steps

    # Whoever asks does not decide, and who was rated has no part in it: by the page and by the box.
    open_rating(page, wrong)
    step(page, "void", "mistaken", "老人按错")
    wait_state(page, "judging")
    step(page, "approve", why="属实")
    assert "申请人不能审批" in page.text("rectification-problem")
    page.click("user-menu")
    page.click("logout")
    page.find("login-name")
    page.log_in(box, "li")
    open_rating(page, wrong)
    step(page, "approve", why="属实")
    assert "被评价人员不得参与" in page.text("rectification-problem")
    assert box.http("POST", f"/api/v1/ratings/{wrong}/rectification/approve", json={"why": "x"}).status_code == 403, "a key is no person"
    page.click("user-menu")
    page.click("logout")
    page.find("login-name")
    page.log_in(box, "fuzhuren")
    open_rating(page, wrong)
    step(page, "approve", why="已核实，老人误按")
    wait_state(page, "void")
    page.driver.get(box.url + "/ratings?view=figures&by=staff")
    assert "0%" in page.text("ranking-007") and "0 / 1" in page.text("ranking-007")
    page.click("by-hour")
    wait_for(lambda: page.driver.find_elements("css selector", ".ranking tbody tr"), why="by hour")
    open_ended = box.url + f"/ratings?view=ended&id={wrong}"
    page.driver.get(open_ended)
    wait_state(page, "void")
    assert "不计入统计" in page.text("rating-panel") and "误评或恶意" in page.text("rating-panel")
    assert box.api("GET", "/overview")["ratings"]["bad"] == {"n": 1, "of": 1, "name": "差评率"}
    assert box.api("GET", "/overview")["ratings"]["rectified"]["n"] == 1
    actions = {row["action"] for row in box.api("GET", "/audit?limit=200")["items"]}
    assert {"rectification.verify", "rectification.tell", "rectification.void", "rectification.approve"} <= actions
