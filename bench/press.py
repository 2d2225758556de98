# SPDX-License-Identifier: Apache-2.0
"""From a pad's publish of a rating (MQTT over TLS) to its `stored`, and to its row painted on an open Ratings page.

Expected before measuring: `stored` within 15 ms (the broker, one commit, the broker again). The row about 450 ms, since the
page read again 400 ms after the last event of a burst. It does so at once after a lone event since that was measured
(dashboard/web/src/resource.ts): then an event, a request and a frame are to wait for, about 60 ms.
"""
import random
import statistics
import time

from comparison import Figure, print_table
from support.box import Box, wait_for
from support.pad import Pad
from support.page import open_page

PRESSES = 20

# The wall clock's time at which each rating's row has been painted: a task queued by a frame's callback comes after it.
WATCH = """
    window.paintedAt = {};
    new MutationObserver(() => {
      for (const row of document.querySelectorAll('[data-testid^="rating-row-"]')) {
        const id = row.dataset.testid.slice("rating-row-".length);
        if (id in window.paintedAt) continue;
        window.paintedAt[id] = 0;
        const note = () => { window.paintedAt[id] = performance.timeOrigin + performance.now(); };
        requestAnimationFrame(() => setTimeout(note));
      }
    }).observe(document.body, {subtree: true, childList: true});
"""

FIGURES = [Figure("median", "median ms", "{:.0f}", True), Figure("worst", "worst ms", "{:.0f}", True)]


class WatchedPad(Pad):
    """Keeps the wall clock's time of each answer."""

    def __init__(self, *words, **options):
        self.stored_at = {}
        super().__init__(*words, **options)

    def on_message(self, client, data, message):
        now = time.time() * 1000
        super().on_message(client, data, message)
        for rating in self.stored:
            self.stored_at.setdefault(rating, now)


def open_ratings(page, box):
    page.set_up(box)
    page.click("nav-ratings")
    wait_for(lambda: page.find("connection").get_attribute("data-state") == "open", why="the page hears events")
    page.driver.execute_script(WATCH)


def press_once(page, pad):
    """Milliseconds to `stored` and to the row."""
    pressed = time.time() * 1000
    rating = pad.press(random.randint(1, 5))
    pad.wait_stored(rating)
    painted = wait_for(lambda: page.driver.execute_script("return window.paintedAt[arguments[0]]", rating), why="the row")
    return pad.stored_at[rating] - pressed, painted - pressed


def press_often():
    box = Box()
    pad = WatchedPad(box, "p1").wait_connected()
    try:
        with open_page() as page:
            open_ratings(page, box)
            pairs = []
            for _ in range(PRESSES):
                time.sleep(random.uniform(0.5, 1))
                pairs.append(press_once(page, pad))
    finally:
        pad.close()
        box.close()
    return pairs


def bench(rounds):
    pairs = [pair for _ in range(rounds) for pair in press_often()]
    results = {name: {"median": statistics.median(times), "worst": max(times)}
               for name, times in zip(("press to stored", "press to the row on the page"), zip(*pairs))}
    print_table(f"press: {len(pairs)} presses of a pad by MQTT over TLS, Chromium without a screen on the same cores",
                [results], FIGURES)
