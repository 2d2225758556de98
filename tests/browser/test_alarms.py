# SPDX-License-Identifier: Apache-2.0
"""A bad rating is seen and heard on whatever page is open."""
from support.box import wait_for
from support.pad import Pad
from support.page import PASSWORD

# Counts the tones that the page asks the browser for.
LISTEN = """window.tones = 0; const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones++; return make.call(this); };"""


def tones(page):
    return page.driver.execute_script("return window.tones")


def press(pad, level, text=None):
    rating = pad.press(level, text=text) if text else pad.press(level)
    pad.wait_stored(rating)
    return rating


def test_seen_and_heard(make_box, page):
    box = make_box()
    box.command("user", "add", "zhuren", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    pad = Pad(box, "p1").wait_connected()
    old = press(pad, 1)
    page.log_in(box, "zhuren")
    page.find("tile-ratings")
    page.driver.execute_script(LISTEN)
    page.click("nav-cases")
    good, bad = press(pad, 5), press(pad, 2, "等了很久")
    assert "等了很久" in page.text("alarm-passing")
    assert page.text("bell") == "1", "neither the old one nor the good one is news"
    wait_for(lambda: tones(page) == 2, why="it chimes")
    page.click("bell")
    page.gone("alarm-passing")
    assert not page.all(f"alarm-{old}") and not page.all(f"alarm-{good}")
    page.click("alarm-sound")  # quiet from now on
    page.click(f"alarm-{bad}")
    page.find("rating-panel")
    press(pad, 1), press(pad, 1)
    wait_for(lambda: "差评集中" in alarms(page), why="four of five are unhappy")
    assert tones(page) == 2
    pad.close()


def alarms(page):
    if not page.all("alarms"):
        page.click("bell")
    return page.text("alarms")
