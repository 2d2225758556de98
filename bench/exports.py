# SPDX-License-Identifier: Apache-2.0
"""How much faster than real time a signed export is made while the box records, and how fast it is verified.

Expected before measuring: a byte is hashed four times (segment, file, block, zip) at some 1.3 GB/s with the processor's
instructions, copied by libav at about 1 GB/s and written once: some 4 ns, so 200 MB/s on a free core, 400 times the real
time of 4 Mbit/s; the goal is 100.
"""
import re
import time

import film
from comparison import Figure, in_turn, print_table
from support.box import Box, wait_for

MINUTE, CLIPS = 60, 16
FIGURES = [Figure("export", "× real time", "{:.0f}"), Figure("rate", "MB/s", "{:.0f}"), Figure("verify", "verify MB/s", "{:.0f}")]


def made(box, begin):
    """Orders CLIPS times the same minute and measures what the box's log says of it."""
    clip = {"camera": "cam1", "from": int(begin * 1000), "to": int((begin + MINUTE) * 1000)}
    export = box.api("POST", "/exports", {"clips": [clip] * CLIPS, "reason": "bench"})["id"]
    wait_for(lambda: box.api("GET", f"/exports/{export}")["state"] in ("done", "failed"), 300, 0.5, "the export")
    line = re.search(rf"export={export} done: (\d+) bytes in (\d+) ms", box.log())
    size, seconds = int(line[1]), int(line[2]) / 1000
    began = time.monotonic()
    box.command("verify", box.data / "exports" / f"{export}.zip")
    verified = time.monotonic() - began
    box.api("DELETE", f"/exports/{export}")
    return {"export": CLIPS * MINUTE / seconds, "rate": size / seconds / 1e6, "verify": size / verified / 1e6}


def bench(rounds):
    box = Box({"cameras": [{"id": "cam1", "name": "cam1", "url": f"file:{film.make('main')}", "counters": ["c1"]}]})
    try:
        box.wait_camera("cam1")
        begin = time.time()
        box.recorded_until("cam1", begin + MINUTE + 2, 2 * MINUTE)
        print_table("Exports", [in_turn({"a minute of 4 Mbit/s, 16 times": lambda: made(box, begin)}, rounds)], FIGURES)
    finally:
        box.close()
