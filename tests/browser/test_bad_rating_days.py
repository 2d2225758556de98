# SPDX-License-Identifier: Apache-2.0
"""A bad rating from the citizen's telephone to its end while days pass (the box's clock is moved): due today, late, verified,
told, called back, closed; a mistaken press beside it, decided by a second person; and what the rated person sees of it."""
import time
from datetime import datetime

from support.box import wait_for
from support.pad import Pad
from support.page import PASSWORD, open_page, shoot
from support.rectification import step, wait_state

NAME, PHONE = "张小三", "13812345678"


def to(box, moment):
    """Puts the box's clock on a moment of the hall."""
    box.fault(f"clock offset {int(datetime.fromisoformat(moment + '+08:00').timestamp() - time.time())}")


def wait_flags(box, *kinds):
    """What the box says of deadlines by itself."""
    def look():
        return sorted(flag["kind"] for flag in box.api("GET", "/flags?open=1")["items"] if flag["kind"].startswith("rectification"))
    box.api("PUT", f"/cases/{time.time()}", {"item": {"code": "x", "name": "社保卡补换"}, "unit": "人社", "kind": "instant"})  # wakes the sweep
    wait_for(lambda: look() == list(kinds), why=f"{kinds}, is {look()}")


def in_as(page, box, name):
    """Logs in; whoever was in is logged out by the days that passed, or now."""
    page.driver.delete_all_cookies()
    page.log_in(box, name)
    page.find("user-menu")


def finish_case(box, number, day):
    item = {"item": {"code": "x", "name": "居民养老保险参保"}, "unit": "人社", "kind": "instant", "counter": "c1",
            "person": {"number": "007", "name": "李敏"}, "applicant": "王芳"}
    box.api("PUT", f"/cases/{number}", item)
    for kind, at in (("accepted", "09:00"), ("finished", "09:50")):
        box.api("POST", f"/cases/{number}/events", {"id": kind, "kind": kind, "at": f"2026-11-{day}T{at}:00+08:00"})


def rate_by_telephone(box):
    """By the code of a finished case, with name and number."""
    finish_case(box, "2026-7", 25)
    url = box.api("POST", "/cases/2026-7/code", {})["url"]
    with open_page() as phone:
        phone.driver.get(url)
        phone.click("level-1")
        phone.type("rate-text", "材料跑了三趟")
        phone.click("rate-contact")
        phone.type("rate-name", NAME)
        phone.type("rate-phone", PHONE)
        phone.click("rate-send")
        phone.find("rate-done")
    return box.ratings()[0]["id"]


def press_by_mistake(box):
    pad = Pad(box, "p1", tls=False).wait_connected()
    rating = pad.press(2)
    pad.wait_stored(rating)
    pad.close()
    return rating


def test_days_pass_over_a_bad_rating(make_box, page):
    counters = [{"id": "c1", "name": "1号 综合窗口"}, {"id": "c9", "name": "9号 出件窗口", "kind": "pickup"}]
    box = make_box({"counters": counters, "pads": [{"id": "p1", "counter": "c1"}]}, start=False)
    to(box, "2026-11-25T10:00:00")  # a Wednesday
    box.start()
    for name, role, more in (("zhuren", "director", ()), ("fuzhuren", "director", ()), ("limin", "staff", ("--staff", "007"))):
        box.command("user", "add", name, "--role", role, "--password-stdin", *more, "--data", box.data, stdin=PASSWORD + "\n")
    box.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "李敏"}})
    bad = rate_by_telephone(box)
    wrong = press_by_mistake(box)
    in_as(page, box, "zhuren")
    page.wait_text("tile-rectify", "超期 0 件 · 今日到期 0 件")
    shoot(page, "wednesday")

    # Thursday afternoon: within the hours before the end of office, the box reminds.
    to(box, "2026-11-26T14:00:00")
    wait_flags(box, "rectification_due", "rectification_due")
    in_as(page, box, "zhuren")
    page.wait_text("tile-rectify", "超期 0 件 · 今日到期 2 件")
    shoot(page, "thursday")
    page.click("tile-rectify")
    page.wait_text(f"rectification-row-{bad}", "剩 3 小时")
    page.click(f"rectification-row-{wrong}")
    step(page, "void", "mistaken", "老人误按，当场说明")
    wait_state(page, "judging")
    step(page, "approve", why="属实")
    page.wait_text("rectification-problem", "申请人不能审批")
    shoot(page, "thursday-asked")
    in_as(page, box, "fuzhuren")
    page.wait_text("tile-rectify", "待审批 1 件")
    page.driver.get(box.url + f"/ratings?view=open&id={wrong}")
    step(page, "approve", why="看过录像，属实")
    wait_state(page, "void")
    wait_flags(box, "rectification_due")

    # Friday: nobody has verified the other one. It is late, and stays marked as done late.
    to(box, "2026-11-27T10:00:00")
    wait_flags(box, "rectification_late")
    in_as(page, box, "zhuren")
    page.wait_text("tile-rectify", "超期 1 件 · 今日到期 0 件")
    shoot(page, "friday")
    page.click("nav-flags")
    late = wait_for(lambda: [row for row in box.api("GET", "/flags?open=1")["items"] if row["kind"] == "rectification_late"])[0]
    page.click(f"flag-row-{late['id']}")
    page.wait_text("flag-panel", "待核实")
    shoot(page, "friday-flags")
    page.click("nav-ratings")
    page.click("view-open")
    page.wait_text(f"rectification-row-{bad}", "已超期 16 小时")
    page.click(f"rectification-row-{bad}")
    page.wait_text("person-masked", "张*三 · 138****5678")
    shoot(page, "friday-late")
    step(page, "verify", "complex", "两个部门各要一份，窗口未一次告知")
    wait_state(page, "fixing")
    assert "逾期办理" in page.text("rectification-steps")
    wait_flags(box)
    step(page, "fix", why="两部门共用一份材料清单，已印发")
    wait_state(page, "telling")
    step(page, "tell", "phone", "已致歉并说明")
    wait_state(page, "calling")
    page.click("rectification-callback")
    page.find(f"callback-row-rating:{bad}")
    shoot(page, "friday-call")
    page.click("callback-reached")
    page.click("callback-answer-satisfied")
    page.click("callback-save")
    wait_for(lambda: box.api("GET", f"/ratings/{bad}")["rectification"]["state"] == "closed", why="the citizen is content")
    page.driver.get(box.url + "/ratings?view=ended")
    page.click(f"rectification-row-{bad}")
    wait_state(page, "closed")
    shoot(page, "friday-closed")
    assert box.api("GET", "/rectifications?open=1")["total"] == 0

    # Whoever was rated reads what was said, and by no page who said it, nor which rating it was.
    in_as(page, box, "limin")
    page.click("nav-mine")
    page.wait_text("mine-text", "材料跑了三趟")
    assert page.driver.execute_script("return document.querySelector('[data-testid=chart-good]').dataset.points") == "1"
    shoot(page, "mine")
    page.wait_text("figures-done", "1")
    finish_case(box, "2026-8", 27)
    page.wait_text("figures-done", "2")
    for path in ("/mine", "/flags", "/cases", "/callbacks", "/complaints", f"/ratings?id={bad}"):
        page.driver.get(box.url + path)
        page.find("user-menu")
        source = page.driver.page_source
        assert not any(part in source for part in (NAME, PHONE, "138****5678", "张*三", bad)), path
    told = box.api("GET", "/flags", role="staff")["items"]
    assert {(row["subject"], row["rating"]) for row in told if row["kind"].startswith("rectification")} == {("rating", None)}
