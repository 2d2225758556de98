# SPDX-License-Identifier: Apache-2.0
"""From a click on the timeline of the playback page to the picture of that moment, in Chromium on the same cores.

Expected before measuring: three requests one after the other through door and desk (playlist, then init and GOP at once), some
10 ms each, and the decoding of at most one GOP of 2 s at 640x360: 100 ms; the goal is 500 ms.
"""
import random
import statistics
import time

from comparison import Figure, print_table
from support.box import Box, wait_for
from support.camera import Camera
from support.page import PASSWORD, open_page

# Each click is on a page that was opened anew at the beginning of the recording, and beyond what it has read ahead.
CLICKS, SECONDS = 12, 45
FIGURES = [Figure("median", "median ms", "{:.0f}"), Figure("worst", "worst ms", "{:.0f}")]

# Clicks at a share of the recorded bar and waits for the first frame that is of there.
CLICK = """
    const [share, done] = arguments;
    const bars = [...document.querySelectorAll(".tl-rec")].map((bar) => bar.getBoundingClientRect());
    const bar = bars.sort((a, b) => b.width - a.width)[0];
    const track = document.querySelector('[data-testid="track-cam1"]');
    const video = document.querySelector("video");
    const began = performance.now();
    const event = (type) => track.dispatchEvent(new PointerEvent(type, {bubbles: true, pointerId: 1, button: 0, pointerType: "mouse",
      clientX: bar.left + bar.width * share, clientY: bar.top + bar.height / 2}));
    track.setPointerCapture = () => {};
    event("pointerdown");
    event("pointerup");
    const look = (now, frame) => {
      if (!video.seeking && Math.abs(frame.mediaTime - video.currentTime) < 1) done(now - began);
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
"""


def enter(page, box):
    box.command("user", "add", "zhuren", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    page.log_in(box, "zhuren")
    page.find("nav-playback")


def open_at(page, box, begin):
    page.driver.get(f"{box.url}/playback?camera=cam1&at={int((begin + 2) * 1000)}")
    page.find("timeline")
    for _ in range(10):
        page.click("zoom-in")
    wait_for(lambda: page.driver.execute_script("return document.querySelector('video').readyState >= 2"), 30)
    time.sleep(1)


def bench(rounds):
    camera = Camera(size="1280x720", bitrate=2000)
    box = Box({"cameras": [camera.config("cam1")]})
    random.seed(7)
    try:
        box.wait_camera("cam1")
        begin = time.time()
        box.recorded_until("cam1", begin + SECONDS, SECONDS + 20)
        with open_page() as page:
            page.driver.set_script_timeout(20)
            enter(page, box)
            took = []
            for _ in range(CLICKS * rounds):
                open_at(page, box, begin)
                took.append(page.driver.execute_async_script(CLICK, random.uniform(0.5, 0.9)))
        print_table("From a click on the timeline to the picture", [
            {f"{len(took)} clicks": {"median": statistics.median(took), "worst": max(took)}}], FIGURES)
    finally:
        box.close()
        camera.kill()
