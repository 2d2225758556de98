# SPDX-License-Identifier: Apache-2.0
"""One camera of 4 Mbit/s to 0, 1, 10 and 50 RTSP readers over TCP, beside go2rtc.

Expected before measuring: 0.01 of a core without a reader and about 0.05 with 50, since readers share one payloader; go2rtc
0.13 with 50. The marks measured earlier for 50 readers: a plain gst-rtsp-server relay 0.065, go2rtc 0.131, a C++ media
server 0.048 to 0.138. The box does not record here, since go2rtc does not.
"""
import contextlib
import time

import film
import meter
from comparison import Figure, in_turn, print_table
from go2rtc import Go2rtc
from rtsp import Readers
from support.box import Box
from support.camera import Camera

COUNTS = [0, 1, 10, 50]
WARM_UP = 5
WINDOW = film.SECONDS
TOLERANCE = 0.05

FIGURES = [Figure("cpu", "CPU (cores)", "{:.3f}", True), Figure("pss", "PSS MB", "{:.0f}", True),
           Figure("rss", "RSS MB", "{:.0f}"), Figure("rate", "slowest reader", "{:.1%}"),
           Figure("lost", "packets lost", "{:.0f}"), Figure("busy", "machine busy", "{:.0%}")]


def over_window(pid, urls):
    if not urls:
        time.sleep(WARM_UP)
        return meter.measure([pid], WINDOW)
    with contextlib.closing(Readers(urls)) as readers:
        time.sleep(WARM_UP)
        readers.begin()
        figures = meter.measure([pid], WINDOW)
        rate, lost = readers.end()
        return {**figures, "rate": rate / film.rate("main"), "lost": lost}


def through_the_box(camera, count):
    box = Box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": camera.url(), "record": False}]})
    try:
        box.wait_camera("cam1")
        return over_window(box.child("video"), [f"rtsp://county:relay-password@127.0.0.1:{box.ports[3]}/cam1"] * count)
    finally:
        box.close()


def through_go2rtc(camera, count):
    with contextlib.closing(Go2rtc({"cam1": camera.url()})) as rival:
        return over_window(rival.pid, [rival.url("cam1")] * count)


def bench(rounds):
    camera = Camera(file=film.make("main"))
    try:
        groups = [in_turn({f"box, {n} readers": lambda n=n: through_the_box(camera, n),
                           f"go2rtc, {n} readers": lambda n=n: through_go2rtc(camera, n)},
                          rounds, {"rate": min, "lost": max}) for n in COUNTS]
    finally:
        camera.kill()
    print_table(f"readers: one camera of {film.rate('main') * 8 / 1e6:.2f} Mbit/s to RTSP readers over TCP; source and readers "
                "run on the same cores and are not counted; go2rtc opens no camera without a reader", groups, FIGURES)
    for name, result in ((name, result) for results in groups for name, result in results.items()):
        if abs(result.get("rate", 1) - 1) > TOLERANCE:
            print(f"  NOT THE SAME WORK: {name}: a reader got only {result['rate']:.0%} of the camera's rate")
