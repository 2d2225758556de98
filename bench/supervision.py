# SPDX-License-Identifier: Apache-2.0
"""Supervision, lists and intake in a hall.db of a million cases, 10,000 of them open, and in one of ten million with 100,000
open; then the memory of a desk that has the larger or smaller one as its own.

Expected before measuring, CPU of one thread: a case that is judged reads its events and writes its row, 50 us, so a pass over
10,000 open ones takes 0.5 s, over a hundred 5 ms, and over none 20 us whatever exists. A page of fifty by an index takes 0.3 ms,
and counting up to ten thousand of its rows 1 ms; by words 2 to 10 ms; two characters that none has are looked for in each case,
1 us each: 1 s. An event: 150 us with what watches and tracks it, so 6,000 a second. Ten times the size: the pass ten times, the
rest the same but for what is looked for in each case. The desk: 40 MB, whatever exists.
"""
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from meter import memory

SIZES = [(1_000_000, 10_000), (10_000_000, 100_000)]
ASKED = ["/cases", "/cases?open=1", "/cases?q=事项77的", "/cases?state=finished&counter=c7", "/flags?open=1", "/overview"]


def made(folder, n, n_open):
    """The lines of the program, and its file."""
    path = Path(folder) / f"hall-{n}.db"
    program = Path(os.environ["HALLWATCH_BUILD"]) / "bench/bench_supervision"
    out = subprocess.run([program, path, str(n), str(n_open)], env={**os.environ, "TZ": "Asia/Shanghai"}, stdout=subprocess.PIPE,
                         text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()], path


def desk_memory(path):
    """MB of a desk that has the file for its cases, after its pages were read."""
    from support.box import Box
    box = Box()
    try:
        box.stop()
        for table in ("user", "session", "api_key"):  # whoever may ask
            subprocess.run(["sqlite3", path, f"ATTACH '{box.data / 'hall.db'}' AS own; INSERT OR REPLACE INTO {table} SELECT * FROM own.{table};"],
                           check=False, stderr=subprocess.DEVNULL)
        shutil.copy(path, box.data / "hall.db")
        box.start()
        for _ in range(20):
            for address in ASKED:
                box.http("GET", "/api/v1" + address)
        time.sleep(3)
        return memory(box.pids()["desk"])[0] / 1e6
    finally:
        box.close()


def bench(rounds):
    for n, n_open in SIZES:
        with tempfile.TemporaryDirectory(prefix="hallwatch-supervision-") as folder:
            lines, path = made(folder, n, n_open)
            print(f"supervision, {n:,} cases, {n_open:,} open, hall.db {path.stat().st_size / 1e6:.0f} MB")
            for line in lines:
                print("  " + ", ".join(f"{key} {value}" for key, value in line.items()))
            if n == SIZES[0][0]:
                print(f"  desk {desk_memory(path):.0f} MB")
