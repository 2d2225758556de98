# SPDX-License-Identifier: Apache-2.0
"""16 cameras of 4 Mbit/s 1080p25, recorded: CPU and memory beside ffmpeg's segmenters and go2rtc.

Expected before measuring: the box a little above one ffmpeg with 16 inputs (each RTP packet costs libavformat a poll and
two reads, which both pay) and well below 16 of them in memory: 0.15 to 0.25 of a core, 100 MB. go2rtc with a reader for
each camera about 0.13, by the mark that was measured earlier; it does not write to disk. A C++ media server recorded 16
with 0.09 and 50 to 60 MB. The box's own RTSP client reads 64 KiB at once: 0.05 was hoped for.
"""
import contextlib
import subprocess
import tempfile
import time
from pathlib import Path

import film
import meter
from comparison import Figure, in_turn, print_table
from go2rtc import Go2rtc
from rtsp import Readers
from support.box import Box, wait_for
from support.camera import Camera

CAMERAS = 16
WARM_UP = 8
WINDOW = film.SECONDS
NAMES = [f"cam{i + 1}" for i in range(CAMERAS)]

FIGURES = [Figure("cpu", "CPU (cores)", "{:.3f}", True), Figure("pss", "PSS MB", "{:.0f}", True),
           Figure("rss", "RSS MB", "{:.0f}"), Figure("busy", "machine busy", "{:.0%}")]


def over_window(pids):
    time.sleep(WARM_UP)
    return meter.measure(pids, WINDOW)


@contextlib.contextmanager
def box_with(camera, reader="rtsp"):
    box = Box({"cameras": [{"id": name, "name": name, "url": camera.url(f"/{name}"), "reader": reader} for name in NAMES]})
    try:
        wait_for(lambda: all(c["recording"] for c in box.api("GET", "/cameras")["items"]), 40, 0.5, "all are recorded")
        yield box
    finally:
        box.close()


def box_records(camera, reader):
    with box_with(camera, reader) as box:
        return over_window([box.child("video")])


def box_records_and_relays(camera):
    with box_with(camera) as box:
        relay = f"county:relay-password@127.0.0.1:{box.ports[3]}"
        with contextlib.closing(Readers([f"rtsp://{relay}/{name}" for name in NAMES])):
            return over_window([box.child("video")])


def segmenter(inputs, folder):
    """Fragmented files of a minute, as the box writes them; ffmpeg neither syncs nor indexes them."""
    movflags = "movflags=+frag_keyframe+empty_moov+default_base_moof"
    words = ["ffmpeg", "-v", "error", "-nostdin"]
    for _, url in inputs:
        words += ["-rtsp_transport", "tcp", "-i", url]
    for i, (name, _) in enumerate(inputs):
        words += ["-map", f"{i}:v", "-c", "copy", "-f", "segment", "-segment_time", "60", "-reset_timestamps", "1",
                  "-segment_format_options", movflags, f"{folder}/{name}-%03d.mp4"]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL)


def ffmpeg_segments(camera, groups):
    """One process for each group of cameras."""
    with tempfile.TemporaryDirectory(prefix="hw-bench-") as folder:
        running = [segmenter([(name, camera.url(f"/{name}")) for name in group], folder) for group in groups]
        try:
            files = [Path(folder) / f"{name}-000.mp4" for name in NAMES]
            wait_for(lambda: all(file.exists() for file in files), 60, why="ffmpeg records all")
            return over_window([process.pid for process in running])
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(10)


def go2rtc_relays(camera):
    with contextlib.closing(Go2rtc({name: camera.url(f"/{name}") for name in NAMES})) as rival:
        with contextlib.closing(Readers([rival.url(name) for name in NAMES])):
            return over_window([rival.pid])


def bench(rounds):
    camera = Camera(file=film.make("main"), paths=CAMERAS)
    try:
        results = in_turn({
            "box: recorded": lambda: box_records(camera, "rtsp"),
            "box: recorded, reader: libav": lambda: box_records(camera, "libav"),
            "box: recorded, 1 RTSP reader each": lambda: box_records_and_relays(camera),
            "ffmpeg -f segment, 16 processes": lambda: ffmpeg_segments(camera, [[name] for name in NAMES]),
            "ffmpeg -f segment, 1 process": lambda: ffmpeg_segments(camera, [NAMES]),
            "go2rtc, 1 RTSP reader each, not recorded": lambda: go2rtc_relays(camera),
        }, rounds)
    finally:
        camera.kill()
    print_table(f"cameras: {CAMERAS} of {film.rate('main') * 8 / 1e6:.2f} Mbit/s 1080p25 by RTSP over TCP; source and readers "
                "run on the same cores and are not counted", [results], FIGURES)
