# SPDX-License-Identifier: Apache-2.0
"""Sixteen cameras of 4 Mbit/s that drop their connections at random, recorded for an hour (./dev bench soak MINUTES).

Expected before measuring: memory flat (under 1 MB an hour once the rings are full), every drop answered by a reconnection
within 5 s, so that a camera that drops each minute loses about 2 %; the disk gets 1.02 times what the cameras send at most;
check --deep finds nothing. A quota makes retention delete all the while.
"""
import contextlib
import random
import re
import sqlite3
import statistics
import time

import film
import meter
from comparison import Figure, print_table
from support.box import Box, wait_for
from support.camera import Camera

CAMERAS = 16
MINUTES = 60
DROP_EVERY = 60  # seconds, on average, each camera
SAMPLE = 0.7  # seconds: in step with no key frames, between which memory comes and goes
QUOTA_GB = 4
WARM_UP = 90
NAMES = [f"cam{i + 1}" for i in range(CAMERAS)]

FIGURES = [Figure("cpu", "CPU (cores)", "{:.3f}"), Figure("begin", "PSS MB, begin", "{:.1f}"), Figure("end", "end", "{:.1f}"),
           Figure("most", "most", "{:.1f}"), Figure("slope", "MB an hour", "{:+.2f}")]


def drop_at_random(cameras, next_drop, now):
    """How many have dropped by now."""
    n = 0
    for name, camera in cameras.items():
        if now >= next_drop[name]:
            camera.drop()
            next_drop[name] = now + random.expovariate(1 / DROP_EVERY)
            n += 1
    return n


def watch(box, cameras, seconds):
    """Samples of both processes' memory and CPU, while cameras drop."""
    pids = {child: box.child(child) for child in ("video", "desk")}
    began, drops = time.monotonic(), 0
    next_drop = {name: began + random.expovariate(1 / DROP_EVERY) for name in cameras}
    samples = {child: [] for child in pids}
    next_sample = began
    while (now := time.monotonic()) < began + seconds:
        drops += drop_at_random(cameras, next_drop, now)
        if now >= next_sample:
            next_sample += SAMPLE
            for child, pid in pids.items():
                samples[child].append((now - began, meter.memory(pid)[1] / meter.MB, meter.cpu_seconds(pid)))
        time.sleep(0.2)
    assert {child: box.child(child) for child in pids} == pids, "a process was restarted"
    return samples, drops


def written_bytes(pid):
    text = open(f"/proc/{pid}/io").read()
    return int(re.search(r"^write_bytes: (\d+)", text, re.M).group(1))


def figures_of(samples):
    times, sizes, cpu = zip(*samples)
    slope = statistics.linear_regression(times, sizes).slope
    return {"cpu": (cpu[-1] - cpu[0]) / (times[-1] - times[0]), "begin": statistics.mean(sizes[:60]),
            "end": statistics.mean(sizes[-60:]), "most": max(sizes), "slope": slope * 3600}


def gaps_of(box):
    """How many there are, and the seconds that are missing."""
    with contextlib.closing(sqlite3.connect(f"file:{box.data}/media.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT count(*), coalesce(sum(to_us - from_us), 0) / 1e6 FROM gap").fetchone()


def bench(rounds, minutes=MINUTES):
    cameras = {name: Camera(file=film.make("main")) for name in NAMES}
    box = Box({"cameras": [camera.config(name, counters=(), sub_url=None) for name, camera in cameras.items()],
               "storage": {"free_gb": 0.1, "quota_gb": QUOTA_GB}})
    try:
        wait_for(lambda: all(c["recording"] for c in box.api("GET", "/cameras")["items"]), 60, 0.5, "all are recorded")
        watch(box, cameras, WARM_UP)  # so that cameras no longer send their key frames at the same moments
        video = box.child("video")
        lives, gaps, written = box.log().count(" live: "), gaps_of(box), written_bytes(video)
        samples, drops = watch(box, cameras, minutes * 60)
        written = written_bytes(video) - written
        wait_for(lambda: all(c["state"] == "live" for c in box.api("GET", "/cameras")["items"]), 20, 0.5, "all are back")
        lives, gaps = box.log().count(" live: ") - lives, [after - before for after, before in zip(gaps_of(box), gaps)]
        status, _ = box.stop(20)
        check = box.check("--deep")
    finally:
        box.close()
        for camera in cameras.values():
            camera.kill()
    print_table(f"soak: {CAMERAS} cameras of {film.rate('main') * 8 / 1e6:.2f} Mbit/s for {minutes:g} minutes, each drops about "
                f"every {DROP_EVERY} s; quota {QUOTA_GB} GB", [{name: figures_of(rows) for name, rows in samples.items()}], FIGURES)
    sent = film.rate("main") * CAMERAS * minutes * 60
    print(f"  drops {drops}, reconnections {lives}, gaps {gaps[0]:.0f} ({gaps[1] / (CAMERAS * minutes * 60):.2%} of the time); written to disk {written / sent:.3f} of what would have come "
          f"without drops; stopped with {status}")
    print("  check --deep:", check.stdout.strip().splitlines()[-1])
    if check.returncode != 0:
        print(check.stdout)
