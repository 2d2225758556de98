# SPDX-License-Identifier: Apache-2.0
"""Supervision, the pages of the list and intake in a hall.db of a million cases, 10,000 of them open.

Expected before measuring, CPU of one thread: a case that is judged reads its events and writes its row, 50 us, so a pass over
10,000 open ones takes 0.5 s, over a hundred 5 ms, and over none 20 us whatever exists. A page of fifty by an index takes 0.3 ms,
and counting up to ten thousand of its rows 1 ms; by words 2 to 10 ms. An event: 150 us with what watches and tracks it, so
6,000 a second.
"""
import json
import os
import subprocess
import tempfile
from pathlib import Path

CASES, OPEN = 1_000_000, 10_000


def bench(rounds, cases=CASES, opened=OPEN):
    program = Path(os.environ["HALLWATCH_BUILD"]) / "bench/bench_supervision"
    with tempfile.TemporaryDirectory(prefix="hallwatch-supervision-") as folder:
        path = Path(folder) / "hall.db"
        out = subprocess.run([program, path, str(cases), str(opened)], env={**os.environ, "TZ": "Asia/Shanghai"}, stdout=subprocess.PIPE,
                             text=True, check=True).stdout
        print(f"supervision: {cases:,} cases, {opened:,} open, hall.db {path.stat().st_size / 1e6:.0f} MB")
    for line in out.splitlines():
        print("  " + ", ".join(f"{key} {value}" for key, value in json.loads(line).items()))
