# SPDX-License-Identifier: Apache-2.0
"""64 streams of 512 kbit/s (sub streams of a county's halls, or cheap cameras), recorded by either reader.

Expected before measuring: a quarter of the bytes of 16 cameras of 4 Mbit/s each, but four times as many streams: 64 threads that
wake 25 times a second. 0.10 of a core for our own reader, 0.15 for libavformat's; 80 MB.
"""
import time

import film
import meter
from comparison import Figure, in_turn, print_table
from support.box import Box, wait_for
from support.camera import Camera

STREAMS = 64
WARM_UP = 8
FIGURES = [Figure("cpu", "CPU (cores)", "{:.3f}", True), Figure("pss", "PSS MB", "{:.0f}", True),
           Figure("rss", "RSS MB", "{:.0f}"), Figure("busy", "machine busy", "{:.0%}")]


def box_records(camera, reader):
    names = [f"cam{i + 1}" for i in range(STREAMS)]
    box = Box({"cameras": [{"id": name, "name": name, "url": camera.url(f"/{name}"), "reader": reader} for name in names]})
    try:
        wait_for(lambda: all(c["recording"] for c in box.api("GET", "/cameras")["items"]), 60, 0.5, "all are recorded")
        time.sleep(WARM_UP)
        return meter.measure([box.child("video")], film.SECONDS)
    finally:
        box.close()


def bench(rounds):
    camera = Camera(file=film.make("sub"), paths=STREAMS)
    try:
        results = in_turn({"box: recorded": lambda: box_records(camera, "rtsp"),
                           "box: recorded, reader: libav": lambda: box_records(camera, "libav")}, rounds)
    finally:
        camera.kill()
    print_table(f"substreams: {STREAMS} of {film.rate('sub') * 8 / 1e6:.2f} Mbit/s by RTSP over TCP, recorded", [results], FIGURES)
