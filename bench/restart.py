# SPDX-License-Identifier: Apache-2.0
"""How long a box with a year's index is away when it starts again: a million segments in media.db, each with its file (empty
here: a start looks at names), beside a box that has recorded next to nothing; after an orderly stop, and after kill -9 of all.

The index is put out of the machine's cache before each start; folders and inodes are not. Told are the seconds from the start
of the supervisor until the box is ready, until video records, and until index and files have been compared, which goes on
while it records; and the memory of video then.

Expected before measuring: a start sums the sizes of all segments from an index of 40 MB and recovers one open row: 0.2 s more
than the empty box, whose start is that of its processes. The comparison asks the index a million times (5 us) and the file
system twice as often (2 us): 10 s of one core, in steps between which the recorder is at its rings.
"""
import os
import re
import statistics
import time

from comparison import Figure, print_table
from index import fill, rows
from meter import MB, memory
from support.box import Box, wait_for
from support.camera import Camera

DAYS_BEFORE = 45
FIGURES = [Figure("ready", "ready s", "{:.2f}"), Figure("recording", "recording s", "{:.2f}"),
           Figure("compared", "compared s", "{:.1f}"), Figure("rss", "video MB", "{:.0f}")]
COMPARED = re.compile(r"index and files compared, (\d+) segments")


def make_files(root, begin_us):
    began, n, made = time.monotonic(), 0, set()
    for row in rows(begin_us):
        path = root / row[2]
        if path.parent not in made:
            path.parent.mkdir(parents=True)
            made.add(path.parent)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o640))
        n += 1
    print(f"files: {n:,} in {len(made)} folders, made in {time.monotonic() - began:.0f} s")


def forget(path):
    """The kernel drops what it has of a file."""
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)


def is_recording(box):
    storage = box.system()["parts"]["storage"]
    return storage and storage["state"] == "recording" and box.camera("cam1")["recording"]


def start(box, end):
    """Ends the box and measures its next start."""
    end()
    forget(box.data / "media.db")
    said = len(box.log())
    began = time.monotonic()
    box.start()
    ready = time.monotonic() - began
    wait_for(lambda: is_recording(box), 120, 0.02, "it records")
    recording = time.monotonic() - began
    wait_for(lambda: COMPARED.search(box.log()[said:]), 600, 0.05, "index and files are compared")
    compared = time.monotonic() - began
    return {"ready": ready, "recording": recording, "compared": compared, "rss": memory(box.child("video"))[0] / MB}


def middle(starts):
    return {figure: statistics.median(one[figure] for one in starts) for figure in starts[0]}


def measure(box, name, rounds):
    return {f"{name}, stopped": middle([start(box, box.stop) for _ in range(rounds)]),
            f"{name}, killed": middle([start(box, box.power_cut) for _ in range(rounds)])}


def bench(rounds):
    camera = Camera(size="1280x720", bitrate=2000)
    box = Box({"cameras": [camera.config("cam1")], "storage": {"free_gb": 0.1, "days": 3650}})
    try:
        wait_for(lambda: is_recording(box), 30)
        results = measure(box, "empty", rounds)
        box.stop()
        begin_us = int((time.time() - DAYS_BEFORE * 86400) * 1e6)
        make_files(box.data / "recordings", begin_us)
        fill(box.data / "media.db", begin_us)
        box.start()
        results |= measure(box, "a million segments", rounds)
        print_table("Time to start again", [results], FIGURES)
    finally:
        box.close()
        camera.kill()
