# SPDX-License-Identifier: Apache-2.0
"""One camera of 4 Mbit/s, live to 1 and 50 viewers as fragmented MP4, beside go2rtc.

The box's viewers come by HTTPS through its door (nginx), as browsers do; go2rtc's by plain HTTP, since it has no TLS. Expected
before measuring: the box's video process hands each viewer the same fragments, so 50 cost it little (0.05 of a core); the door
encrypts and copies 25 MB/s, 0.1 of a core. go2rtc muxes for each viewer: 0.2.
"""
import contextlib
import subprocess
import time

import film
import meter
from comparison import Figure, Refused, in_turn, print_table
from go2rtc import Go2rtc
from support.box import Box
from support.camera import Camera

COUNTS = [1, 50]
WARM_UP = 4
WINDOW = film.SECONDS
TAIL = 2

FIGURES = [Figure("cpu", "CPU (cores)", "{:.3f}", True), Figure("video", "of it video", "{:.3f}"), Figure("door", "door", "{:.3f}"),
           Figure("pss", "PSS MB", "{:.0f}", True), Figure("rate", "slowest viewer", "{:.0%}"), Figure("busy", "machine busy", "{:.0%}")]


class Viewers:
    """So many curls that read an address until their time is over."""

    def __init__(self, url, count, header=None):
        seconds = WARM_UP + WINDOW + TAIL
        words = ["curl", "-sk", "--max-time", str(seconds), "-o", "/dev/null", "-w", "%{size_download} %{time_total}\n", url]
        if header:
            words += ["-H", header]
        self.running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(count)]

    def slowest(self):
        """Bytes a second; waits for the end."""
        rates = []
        for process in self.running:
            size, seconds = process.communicate(timeout=60)[0].split()
            rates.append(int(size) / float(seconds))
        return min(rates)

    def close(self):
        for process in self.running:
            process.kill()
            process.wait()


def over_window(pids, viewers):
    """pids: by what they are."""
    time.sleep(WARM_UP)
    before = {name: meter.cpu_seconds(pid) for name, pid in pids.items()}
    began = time.monotonic()
    figures = meter.measure(list(pids.values()), WINDOW)
    took = time.monotonic() - began
    parts = {name: (meter.cpu_seconds(pid) - before[name]) / took for name, pid in pids.items()}
    return {**figures, **parts, "rate": viewers.slowest() / film.rate("main")}


def through_the_box(camera, count):
    box = Box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": camera.url(), "record": False}]})
    try:
        box.wait_camera("cam1")
        header = f"Authorization: Bearer {box.key()}"
        with contextlib.closing(Viewers(box.url + "/media/live/cam1?stream=main", count, header)) as viewers:
            return over_window({"video": box.child("video"), "door": box.child("door")}, viewers)
    finally:
        box.close()


def through_go2rtc(camera, count):
    with contextlib.closing(Go2rtc({"cam1": camera.url()})) as rival:
        with contextlib.closing(Viewers(f"{rival.api}/api/stream.mp4?src=cam1", count)) as viewers:
            return over_window({"video": rival.pid}, viewers)


def bench(rounds):
    camera = Camera(file=film.make("main"))
    try:
        groups = [in_turn({f"box, {n} viewers, HTTPS": lambda n=n: through_the_box(camera, n),
                           f"go2rtc, {n} viewers, HTTP": lambda n=n: through_go2rtc(camera, n)},
                          rounds, {"rate": min}) for n in COUNTS]
    finally:
        camera.kill()
    print_table(f"viewers: one camera of {film.rate('main') * 8 / 1e6:.2f} Mbit/s live as fragmented MP4; source and viewers run on "
                "the same cores and are not counted", groups, FIGURES)
    for name, result in ((name, result) for results in groups for name, result in results.items()):
        if result["rate"] < 0.9:
            print(f"  NOT THE SAME WORK: {name}: a viewer got only {result['rate']:.0%} of the camera's rate")
