# SPDX-License-Identifier: Apache-2.0
"""A clue of rating fraud: pads that are pressed too soon after they asked, and what a director finds behind the flag."""
import contextlib
import sqlite3

from support.box import wait_for
from support.pad import Pad, invite
from support.page import PASSWORD

PRESSES = 10


def too_quick(pad, box):
    """One press as soon as the pad asks."""
    inv = invite(box, pad)
    rating = pad.press(5, inv=inv)
    pad.wait_stored(rating)
    return rating


def test_presses_that_nobody_can_have_read_before_are_a_clue_that_opens_with_its_ratings(make_box, make_camera, page):
    camera = make_camera()
    box = make_box({"cameras": [camera.config()], "rules": {"quick_press_ms": 5000, "clip_before_seconds": 3, "clip_after_seconds": 1}})
    box.wait_camera("cam1")
    with contextlib.closing(sqlite3.connect(f"file:{box.data}/hall.db?mode=ro", uri=True)) as store:
        looked = "SELECT value FROM meta WHERE key = 'clue_day'"
        wait_for(lambda: store.execute(looked).fetchone(), why="the last working day was looked at by itself")
    for name, more in (("zhuren", ()), ("li", ("--staff", "007"))):
        box.command("user", "add", name, "--role", "director", "--password-stdin", *more, "--data", box.data, stdin=PASSWORD + "\n")
    box.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "李敏"}})
    pad = Pad(box, "p1").wait_connected()
    ratings = [too_quick(pad, box) for _ in range(3)]
    assert box.api("POST", "/clues", {}) == {"raised": 0}  # three are too few
    ratings += [too_quick(pad, box) for _ in range(PRESSES - 3)]
    pad.close()
    page.log_in(box, "li")
    page.click("nav-flags")
    page.click("filter-kind-fraud")
    page.click("clue-look")
    wait_for(lambda: box.api("GET", "/flags?kind=fraud")["items"], why="a clue is raised")
    flag, = box.api("GET", "/flags?kind=fraud_quick")["items"]  # at night there is one of office hours, too
    assert flag["subject"] == "counter:c1"
    assert (flag["evidence"]["odd"], flag["evidence"]["of"]) == (PRESSES, PRESSES)
    assert set(flag["evidence"]["ratings"]) == set(ratings)
    assert box.api("POST", "/clues", {}) == {"raised": 0}

    page.click(f"flag-row-{flag['id']}")
    page.wait_text("clue-numbers", f"{PRESSES} 次应邀评价中，有 {PRESSES} 次在邀请发出后不到 5 秒按下")
    assert "若一切正常" in page.text("clue-numbers") and "线索" in page.text("flag-panel")
    newest = ratings[-1]
    page.click(f"clue-clip-{newest}")
    wait_for(lambda: page.find("clip").get_attribute("data-phase") == "ready", why="the clip of the press can be watched")
    page.wait_text("flag-panel", "须由他人处理")  # whoever the ratings are of decides nothing
    page.driver.delete_all_cookies()
    page.log_in(box, "zhuren")
    page.click("nav-flags")
    page.click("filter-kind-fraud")
    page.click(f"flag-row-{flag['id']}")
    page.click("flag-dismiss")
    page.type("flag-why", "老年人较多，窗口代为讲解后按键")
    page.click("flag-submit")
    page.wait_text("flag-panel", "老年人较多")
    assert box.api("GET", f"/flags/{flag['id']}")["state"] == "dismissed"
    assert box.api("POST", "/clues", {}) == {"raised": 0}  # not for the same ratings

    # Who is rated is not told what is looked for.
    assert box.api("GET", "/flags", role="staff")["items"] == []
    box.api("GET", f"/flags/{flag['id']}", role="staff", status=404)
